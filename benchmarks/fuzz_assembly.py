"""Random documents through the rules and the assembler: no exception, nothing lost, and time linear in the mentions.

    python benchmarks/fuzz_assembly.py --documents 100000 --seed 0

Each document is a row of random and mutated strings, tagged with any labels and scores, between what papers, tables and
lists are made of. Prints a JSON object: number of documents, runs and spans, the slowest document, and the seconds of
documents of 1,000, 2,000, 4,000 and 8,000 spans.
"""

import argparse
import json
import random
import time

from fuzz_normalizers import EXAMPLES, random_string

from runspan.assembly.consistency import inconsistencies
from runspan.assembly.estimates import estimate_runs
from runspan.assembly.runs import assemble
from runspan.base.documents import Document, Span
from runspan.base.labels import LABELS
from runspan.base.records import LIST_LABELS, Record
from runspan.language.rules import apply_rules

SIZES = (1_000, 2_000, 4_000, 8_000)
BETWEEN = [
    *(
        " ",
        "\n",
        "\n\n",
        ", ",
        " and ",
        " | ",
        "\n| ",
        " & ",
        " \\\\\n",
        "\t",
        ". ",
        "; ",
        ": ",
        " on ",
        " for ",
        " (",
        ")",
    ),
    *("\n# Training\n", "\nAbstract\n", "\n1 Introduction\n", "\nReferences\n[1] ", "\nAppendix A\n", "\n|---|---|\n"),
    *(
        "\n- ",
        "\n1. ",
        ", respectively",
        " in total ",
        " each ",
        "\nUniversity of Tartu\na@ut.ee\n",
        " the first run ",
        "\x0c",
    ),
]


def random_document(generator: random.Random, examples: list[list[str]], strings: int) -> Document:
    """A document of so many strings, some three in four of them tagged."""
    text, spans = "", []
    for _ in range(strings):
        text += generator.choice(BETWEEN)
        label, example = generator.choice(examples)
        piece = example if generator.random() < 0.6 else random_string(generator, [example])
        if piece.strip() and generator.random() < 0.75:
            spans.append(Span(len(text), len(text) + len(piece), label, round(generator.random(), 4)))
        text += piece
    return Document("fuzzed", text, tuple(spans))


def check(document: Document) -> int:
    """Assemble a document.

    Returns:
        The number of its runs.

    Raises:
        AssertionError: A span is lost or doubled, or a run has two values of a field.
    """
    document = apply_rules(document)
    runs, unassigned = assemble(document)
    runs = estimate_runs(runs, world_average=True)
    record = Record(document, LABELS, runs=runs, unassigned=unassigned, warnings=inconsistencies(runs))
    json.dumps(record.as_dict())
    places = {(span.start, span.end) for span in document.spans}
    assigned = {m for run in runs for found in run.fields.values() for one in found for m in one.mentions}
    free = {(document.spans[k].start, document.spans[k].end) for k in unassigned}
    stated = {
        m
        for run in runs
        for found in run.fields.values()
        for one in found
        if not one.inferred_from
        for m in one.mentions
    }
    assert stated <= places, "a mention that is no span"
    assert free | (assigned & places) == places, "a span is lost"
    assert not free & assigned, "a span is assigned and unassigned"
    assert all(len(found) <= 1 or label in LIST_LABELS for run in runs for label, found in run.fields.items()), (
        "two values"
    )
    return len(runs)


def main() -> None:
    """Run the fuzzer."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--documents", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    generator = random.Random(options.seed)
    rows = [line.split("\t")[:2] for line in EXAMPLES.read_text(encoding="utf-8").splitlines()[1:]]
    examples = [[label, text] for label, text in rows if label in LABELS]
    runs = spans = 0
    slowest = (0.0, "")
    for _ in range(options.documents):
        document = random_document(generator, examples, min(int(generator.expovariate(0.25)), 40))
        begin = time.process_time()
        runs += check(document)
        slowest = max(slowest, (time.process_time() - begin, document.text))
        spans += len(document.spans)
    seconds = {}
    for size in SIZES:
        document = random_document(generator, examples, size * 4 // 3)
        begin = time.process_time()
        check(document)
        seconds[size] = round(time.process_time() - begin, 2)
    figures = {"documents": options.documents, "spans": spans, "runs": runs, "slowest": slowest, "seconds": seconds}
    print(json.dumps(figures, ensure_ascii=True))


if __name__ == "__main__":
    main()
