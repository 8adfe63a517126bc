"""All normalisers: the examples, the keys of a record, and properties of any text."""

import json
import time
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from runspan.base.labels import LABELS
from runspan.base.values import Country, Duration, Hardware, Name, Quantity, Value, Year
from runspan.language.normalize import NORMALIZERS, normalize
from runspan.language.normalize.cleaning import MAX_CHARS, clean, fold
from runspan.language.normalize.numbers import parse_number

EXAMPLES = Path(__file__).parents[2] / "data" / "normalize_examples.tsv"


def examples() -> list[tuple[str, str, str]]:
    lines = EXAMPLES.read_text(encoding="utf-8").splitlines()
    return [tuple(line.split("\t")) for line in lines if line and not line.startswith("#")]  # type: ignore[misc]


@pytest.mark.parametrize(("label", "text", "expected"), examples())
def test_example(label: str, text: str, expected: str) -> None:
    assert json.loads(expected).items() <= dict(normalize(label, text).as_dict()).items()


def test_unknown_label_lists_the_known_ones() -> None:
    with pytest.raises(ValueError, match=r"'energy'.*model, params, gpu_count, hardware, training, country, year"):
        normalize("energy", "5 MWh")


def test_every_label_has_a_normalizer() -> None:
    assert tuple(NORMALIZERS) == LABELS


@pytest.mark.parametrize(
    ("value", "keys"),
    [
        (Quantity(), ["value", "low", "high", "qualifier"]),
        (Duration(), ["value", "unit", "basis", "low", "high", "qualifier"]),
        (Hardware(), ["value", "vendor", "variant", "memory_gb"]),
        (Country(), ["value", "name"]),
        (Year(), ["value", "low", "high", "qualifier"]),
        (Name(), ["value"]),
    ],
)
def test_keys_of_a_record(value: Value, keys: list[str]) -> None:
    assert list(value.as_dict()) == keys
    assert set(value.as_dict().values()) == {None}


FRAGMENT_WORDS = """
    1 7 10 1.3 2,048 B M k billion half a an and - – × x ^ / ~ > ≥ + ( ) , . to between about up GPU hours days h m A100
    V100 TPU v3 80GB 2023 March per total active ½ ⁹ * _ ` \\ $ { } & &amp; <sup> ' ﷺ é 中国 US the
"""


FRAGMENTS = st.sampled_from([*FRAGMENT_WORDS.split(), "1 234", "\n", ""])


TEXTS = st.text() | st.lists(FRAGMENTS, max_size=12).map("".join) | st.lists(FRAGMENTS, max_size=12).map(" ".join)


@pytest.mark.parametrize("label", LABELS)
@settings(deadline=None, max_examples=150)
@given(text=TEXTS)
@example(text="\ud800")
@example(text="10^99 - 1e99 B")
@example(text="9" * 250 + "e99 hours")
@example(text="1/0")
@example(text="&#999999;")
def test_any_text_gives_one_value(label: str, text: str) -> None:
    value = normalize(label, text)
    assert value == normalize(label, text)
    fields = dict(value.as_dict())
    json.dumps(fields)
    if value.as_dict()["value"] is None and fields.get("low") is None:
        assert set(fields.values()) == {None}
    assert (fields.get("low") is None) == (fields.get("high") is None)
    if fields.get("low") is not None:
        assert fields["low"] < fields["high"]  # type: ignore[operator]


@settings(deadline=None, max_examples=150)
@given(text=TEXTS)
def test_cleaning_is_one_short_line(text: str) -> None:
    for line in (clean(text), fold(text)):
        assert len(line) <= MAX_CHARS
        assert line == " ".join(line.split())


@settings(deadline=None)
@given(number=st.integers(1, 10**15))
def test_numbers_with_separators(number: int) -> None:
    for separator in (",", " ", "'", "\u202f", "\u00a0"):
        assert parse_number(f"{number:,}".replace(",", separator)) == number
    assert parse_number(str(number)) == number


@pytest.mark.parametrize("label", LABELS)
@pytest.mark.parametrize(
    "piece",
    [
        *("9", "1 ", "a ", "half a ", "-\n", "- ", "&", "<b", "<sup>", "**", "_", "\\", "A100 ", "½", "1:00 ", "x8 "),
        *("8 nodes ", "(", "1 (1) ", "= 8 ", "7B-A2B", "8xA", "v3-", "🇫🇷", "France (", "1.234,5", "亿"),
    ],
)
def test_long_text_is_no_value_and_takes_no_time(label: str, piece: str) -> None:
    normalize(label, "warm up the tables")
    text = piece * (100_000 // len(piece))
    begin = time.process_time()
    value = normalize(label, text)
    assert time.process_time() - begin < 0.2
    assert value.as_dict()["value"] is None
