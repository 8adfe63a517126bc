"""Bare numbers in their context: rows of a passage with the number tagged, and the value that it means."""

import time

import pytest

from runspan.base.values import Duration, Name, Quantity
from runspan.language.context_units import normalize_in_context, unit_of_context, unit_of_head
from runspan.language.markup import parse
from runspan.language.table_cells import heads_of

CLOCK, DEVICES = "wall_clock", "accelerator_hours"
DAYS = "| Model | GPUs | Time (in Days) |\n|---|---|---|\n| S | 8 | 2 |\n"
COSTS = "| Model (B) | Run Time, h<br>(50B/1T) | GPU H100 h<br>(50B/1T) |\n| --- | --- | --- |\n"
PLAIN = "Network      Params (M)   Time (h)   OA (%)\nSegNet             29.4         33     82.9\n"
HTML = "<table>\n<tr><th>Run</th><th>Acc. hours</th></tr>\n<tr><td>XL</td><td>"
LATEX = "\\toprule\nVariant & Params (M) & Time (h) \\\\\n\\midrule\n"

HOURS = [
    ("- **Hours used:** <training>150000</training>", 150_000.0, CLOCK),
    ("- **Hours used:** 22,000 for ViT-g, <training>4,500</training> for ViT-S", 4500.0, CLOCK),
    ("train_time_h: <training>14.2</training>", 14.2, CLOCK),
    ('{"gpu_hours": <training>96</training>}', 96.0, DEVICES),
    ("Training time (days) = <training>about 3</training>", 72.0, CLOCK),
    ("Hardware: Tesla V100S. Hours used: <training>456</training>", 456.0, CLOCK),
    ("GPU-hours (in thousands): <training>2.5</training>", 2500.0, DEVICES),
    ("16, 40 and <training>95 hours</training>", 95.0, CLOCK),
    ("<training>16</training>, 40 and 95 hours", 16.0, CLOCK),
    ("<training>1.5</training>, 4 and 11 GPU days", 36.0, DEVICES),
    (f"{DAYS}| XL | 8 | <training>36</training> |", 864.0, CLOCK),
    (f"{DAYS}| XL | 8 | <training>3–4</training> |", 84.0, CLOCK),
    (f"{DAYS}| XL | 8 | <training>36 h</training> |", 36.0, CLOCK),
    (f"{COSTS}| 1.3 | 6.13/<training>122.70</training> | 393/7853 |", 122.7, CLOCK),
    (f"{COSTS}| 1.3 | 6.13/122.70 | <training>393</training>/7853 |", 393.0, DEVICES),
    ("| Model | GPU x days |\n|---|---|\n| Lite | 8 x <training>6</training> |", 144.0, CLOCK),
    ("| | small | base |\n|---|---|---|\n| Hours | 19 | <training>23</training> |", 23.0, CLOCK),
    ("Model\tTime (k GPU hours)\nS\t2\nXL\t<training>102</training>", 102_000.0, DEVICES),
    (f"{PLAIN}Dense              4.1         <training>46</training>     84.4", 46.0, CLOCK),
    (f"{HTML}<training>4,096</training></td></tr>\n</table>", 4096.0, DEVICES),
    (f"{LATEX}Full & 3.62 & <training>38.5</training> \\\\", 38.5, CLOCK),
    ("<training>36</training>", None, None),
    ("We ran it for <training>36</training>.", None, None),
    ("Note: <training>36</training>", None, None),
    ("Node hours: <training>36</training>", None, None),
    ("CPU hours: <training>36</training>", None, None),
    ("Hours of audio: <training>36</training>", None, None),
    ("Minutes per epoch: <training>36</training>", None, None),
    ("Hours or days: <training>36</training>", None, None),
    ("Hours used: none. It took <training>36</training>", None, None),
    (f"{DAYS}\n\nThe larger one: | a | b | <training>36</training> |", None, None),
    ("| Model | Epochs |\n|---|---|\n| XL | <training>36</training> |", None, None),
    ("<table><tr><th>Days</th></tr></table> <training>36</training>", None, None),
]

PARAMS = [
    ("| Model | Params (M) |\n|---|---|\n| S | <params>86.4</params> |", 86_400_000),
    ("| Model | Params (M) |\n|---|---|\n| S | <params>1,024</params> |", 1_024_000_000),
    ("| Model | Params (M) |\n|---|---|\n| S | <params>1.2B</params> |", 1_200_000_000),
    (f"{COSTS}| <params>1.3</params> | 6.13 | 393 |", 1_300_000_000),
    (f"{PLAIN}Dense              <params>4.1</params>         46     84.4", 4_100_000),
    (f"{LATEX}Full & <params>3.62</params> & 38.5 \\\\", 3_620_000),
    ("| | small | ViT-B |\n|---|---|---|\n| parameters (10⁶) | 21.3 | <params>85.8</params> |", 85_800_000),
    ("#weights (k): <params>240</params>", 240_000),
    ("params_millions: <params>66</params>", 66_000_000),
    ("<params>7</params>, 13 and 70 billion parameters", 7_000_000_000),
    ("Active params (B): <params>37</params>", None),
    ("| Model | MACs (G) | FLOPs (B) |\n|---|---|---|\n| S | 1 | <params>4.1</params> |", None),
    ("Params: <params>86.4</params>", None),
]


def value_of(tagged: str) -> object:
    document = parse(tagged).document
    (span,) = document.spans
    return normalize_in_context(span.label, document.text, span.start, span.end)


@pytest.mark.parametrize(("tagged", "hours", "basis"), HOURS)
def test_hours(tagged: str, hours: float | None, basis: str | None) -> None:
    value = value_of(tagged)
    assert isinstance(value, Duration)
    assert (value.value, value.basis) == (hours, basis)


@pytest.mark.parametrize(("tagged", "expected"), PARAMS)
def test_params(tagged: str, expected: int | None) -> None:
    value = value_of(tagged)
    assert isinstance(value, Quantity)
    assert value.value == expected


def test_other_labels_have_no_unit() -> None:
    assert value_of("Days: <gpu_count>8</gpu_count>") == Quantity(8)
    assert normalize_in_context("energy", "Days: 5  MWh", 6, 12) == Name("5 MWh")


@pytest.mark.parametrize(
    "piece", ["| 1 ", "1 | 2\n", "1, ", "a: ", "<td>1", "<table><tr>", "1  ", "\t1\n", "& ", "\\", "1/"]
)
def test_long_text_takes_no_time(piece: str) -> None:
    text = piece * (100_000 // len(piece))
    normalize_in_context("training", "Hours used: 36", 12, 14)
    begin = time.process_time()
    for position in (0, 50_000, 99_000):
        heads_of(text, position)
        unit_of_context("training", text, position, position + 1)
    unit_of_head("params", text)
    assert time.process_time() - begin < 1
