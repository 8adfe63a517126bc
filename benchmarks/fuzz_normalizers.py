"""Random and mutated strings through every normaliser: no exception, and time linear in the length of the text.

    python benchmarks/fuzz_normalizers.py --strings 100000 --seed 0

Prints a JSON object with the number of strings, the slowest of them, and the seconds of the longest adversarial text.
"""

import argparse
import json
import random
import time
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

from runspan.language.context_units import normalize_in_context
from runspan.language.normalize import NORMALIZERS, normalize

EXAMPLES = Path(__file__).parents[1] / "tests" / "data" / "normalize_examples.tsv"
LONG = 100_000  # characters of an adversarial text
WORDS = """
    1 7 10 1.3 2,048 1.234.567 B M k billion million half quarter a an one three twenty hundred dozen and - – × x ^ / ~
    > ≥ + = ( ) [ ] , . : to between from about up over GPU GPUs hours days h m s min weeks A100 V100 RTX 3090 Ti TPU
    v3 v3-128 80GB nodes each per node total active A22B 2023 March - € $ ½ ⁹ ** * _ ` { } & &amp; &nbsp; <sup> <br> |
    ' † 中国 亿 参数 🇫🇷 ﷺ é US the France Korea (North) \\ \\times \\text{ e9 e99 10^ Tage heures
"""
FRAGMENTS = [*WORDS.split(), "\u200b", "\u00ad", "\u202f", "\u2011", "\uff10", "\uff19", "\n", "\ud800", "\0"]
SHAPES = [
    *("9", "1 ", "1,", "1.", "a ", "half a ", "-\n", "- ", "&", "<b", "<sup>", "**", "_", "\\", "A100 ", "½", "1:00 "),
    *(
        "x8 ",
        "(",
        ")",
        "1 (1) ",
        "8 × ",
        "8 nodes ",
        "= 8 ",
        "one hundred ",
        "1h ",
        "1 day, ",
        "7B (",
        "$",
        "{",
        "\\times",
    ),
    *(
        "between ",
        "about ",
        "+ ",
        "A ",
        "🇫🇷",
        "France, ",
        "(France) ",
        "2023-",
        "2019/",
        "March ",
        "\n",
        " ",
        "é",
        "中",
    ),
    *(
        "1 d 1 h ",
        "1e9",
        "'",
        "1'000",
        "-A22B",
        "&#1;",
        "no more than ",
        "RTX 2080 Ti ",
        "v3-",
        "mil-\n",
        "| 1 ",
        "1/",
        "of ",
    ),
]


def random_string(generator: random.Random, examples: list[str]) -> str:
    """Fragments, any characters, or an example with characters dropped, doubled, moved or replaced."""
    kind = generator.random()
    if kind < 0.4:
        return generator.choice(["", " "]).join(generator.choices(FRAGMENTS, k=generator.randint(0, 12)))
    if kind < 0.5:
        planes = generator.choice([0x80, 0x250, 0x3000, 0x10FFFF])
        return "".join(chr(generator.randrange(planes)) for _ in range(generator.randint(0, 40)))
    text = list(generator.choice(examples))
    for _ in range(generator.randint(1, 5)):
        place = generator.randrange(len(text) + 1)
        cut = slice(place, place + generator.randint(0, 3))
        text[cut] = generator.choice([[], text[cut] * 2, text[cut][::-1], list(generator.choice(FRAGMENTS))])
    return "".join(text)


def long_strings() -> Iterator[str]:
    """Adversarial texts of 100,000 characters: one piece over and over, with another end, or two pieces in turn."""
    for piece in SHAPES:
        yield (piece * (LONG // len(piece) + 1))[:LONG]
        yield (piece * (LONG // len(piece) + 1))[: LONG - 9] + " GPU days"
    for left, right in pairwise(SHAPES):
        yield ((left + right) * (LONG // len(left + right) + 1))[:LONG]


def seconds_of(label: str, text: str) -> float:
    """Processor time of reading a text as a value of a label, alone and in its context."""
    begin = time.process_time()
    json.dumps(dict(normalize(label, text).as_dict()))
    normalize_in_context(label, f"Hours used: {text} | {text}", 12, 12 + len(text))
    return time.process_time() - begin


def main() -> None:
    """Run the fuzzer."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--strings", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    generator = random.Random(options.seed)
    lines = EXAMPLES.read_text(encoding="utf-8").splitlines()[1:]
    examples = [line.split("\t")[1] for line in lines]
    slowest = max(
        (seconds_of(label, text), label, text)
        for text in (random_string(generator, examples) for _ in range(options.strings))
        for label in NORMALIZERS
    )
    longest = max((seconds_of(label, text), label, text[:20]) for text in long_strings() for label in NORMALIZERS)
    figures = {"strings": options.strings, "labels": len(NORMALIZERS), "slowest": slowest, "longest": longest}
    print(json.dumps(figures, ensure_ascii=True))


if __name__ == "__main__":
    main()
