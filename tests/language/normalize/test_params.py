"""Sizes: rows of (surface, expected)."""

import pytest

from runspan.base.values import Quantity
from runspan.language.normalize import normalize, normalize_params
from tests.language.normalize.rows import ABOUT, AT_LEAST, AT_MOST, B, K, M, nothing, quantity

PARAMS = [
    ("34,2 billion", 34_200 * M),
    ("1,5 billion parameters", 1500 * M),
    ("110 million", 110 * M),
    ("1.7 trillion", 1700 * B),
    ("1.04T\nparameters", 1040 * B),
    ("0.3B params", 300 * M),
    ("345M", 345 * M),
    ("345 m", 345 * M),
    ("12k", 12 * K),
    ("584k trainable\nparameters", 584 * K),
    ("6716M parameters", 6716 * M),
    ("1,300M parameters", 1300 * M),
    ("7bn parameters", 7 * B),
    ("65 mn parameters", 65 * M),
    ("671B total parameters", 671 * B),
    ("671B in total", 671 * B),
    ("total of 671B parameters", 671 * B),
    ("671B (37B active)", 671 * B),
    ("671B parameters with 37B activated", 671 * B),
    ("46.7B total / 12.9B active", 46_700 * M),
    ("8x7B (46.7B total)", 46_700 * M),
    ("31,842", 31_842),
    ("7000000", 7 * M),
    ("1,043,781 parameters", 1_043_781),
    ("1 234 567 parameters", 1_234_567),
    ("1\u202f234\u202f567 parameters", 1_234_567),
    ("1'234'567", 1_234_567),
    ("1.234.567", 1_234_567),
    ("12,34,567 parameters", 1_234_567),
    ("1_000_000", 1_000_000),
    ("500 parameters", 500),
    ("1e9", B),
    ("1.3e9 parameters", 1300 * M),
    ("1.3×10⁹ parameters", 1300 * M),
    ("2.1 × 10^6 params", 2_100 * K),
    ("1.3 × 10<sup>9</sup> parameters", 1300 * M),
    ("$1.3 \\times 10^{9}$", 1300 * M),
    ("10^9 parameters", B),
    ("10**9 parameters", B),
    ("1.3&nbsp;&times; 10<sup>9</sup>", 1300 * M),
    ("a billion parameters", B),
    ("half-a-billion parameters", 500 * M),
    ("two and a half billion", 2500 * M),
    ("one and a half billion", 1500 * M),
    ("a billion and a half parameters", 1500 * M),
    ("three quarters of a billion", 750 * M),
    ("a quarter of a million parameters", 250 * K),
    ("one point five billion parameters", 1500 * M),
    ("two hundred million parameters", 200 * M),
    ("1.5 hundred million", 150 * M),
    ("hundred thousand", 100 * K),
    ("one million two hundred thousand parameters", 1_200 * K),
    ("175-billion-parameter", 175 * B),
    ("5.8M-parameter", 5_800 * K),
    ("the 175B model", 175 * B),
    ("a 7B", 7 * B),
    ("(34B)", 34 * B),
    ("params: 34B.", 34 * B),
    ("1.9 mil-\nlion parameters", 1_900 * K),
    ("34.2** billion parameters", 34_200 * M),
    ("_7B_", 7 * B),
    ("`345M`", 345 * M),
    ("３４B", 34 * B),
    ("235B-A22B", 235 * B),
    ("30B-A3.3B", 30 * B),
    ("activates 37B of its 671B parameters", 671 * B),
    ("671B parameters, of which 37B are activated", 671 * B),
    ("86M trainable params out of 7B total", 7 * B),
    ("175 billion (175B)", 175 * B),
    ("one hundred and ten million (110M) parameters", 110 * M),
    ("one-and-a-half billion", 1500 * M),
    ("three-quarters of a billion parameters", 750 * M),
    ("110 millions of parameters", 110 * M),
    ("110 Mio. Parameter", 110 * M),
    ("7 Mrd. Parameter", 7 * B),
    ("7 milliards de paramètres", 7 * B),
    ("70亿参数", 7 * B),
    ("1 234,5 million", 1_234_500 * K),
    ("1.234,5 million", 1_234_500 * K),
    ("a 7 billion parameter language model", 7 * B),
    ("7Bparameters", 7 * B),
    ("7B†", 7 * B),
    ("[7B]", 7 * B),
    ("> 100B", Quantity(100 * B, qualifier=AT_LEAST)),
    ("≥100B", Quantity(100 * B, qualifier=AT_LEAST)),
    ("100B+", Quantity(100 * B, qualifier=AT_LEAST)),
    ("more than a billion", Quantity(B, qualifier=AT_LEAST)),
    ("less than 1M parameters", Quantity(M, qualifier=AT_MOST)),
    ("no more than 10M", Quantity(10 * M, qualifier=AT_MOST)),
    ("up to about 540B", Quantity(540 * B, qualifier=AT_MOST)),
    ("~1.5B", Quantity(1500 * M, qualifier=ABOUT)),
    ("$\\sim$1.5B", Quantity(1500 * M, qualifier=ABOUT)),
    ("nearly 2B parameters", Quantity(2 * B, qualifier=ABOUT)),
    ("1.5B (approx.)", Quantity(1500 * M, qualifier=ABOUT)),
    ("on the order of 10^9 parameters", Quantity(B, qualifier=ABOUT)),
    ("7-70B", Quantity(None, 7 * B, 70 * B)),
    ("7 to 70 billion", Quantity(None, 7 * B, 70 * B)),
    ("between 7B and 70B", Quantity(None, 7 * B, 70 * B)),
    ("500M -- 1.5B", Quantity(None, 500 * M, 1500 * M)),
    *nothing("""
        7 | 1.3 | zero | 0B | −7B | 8x7B | A22B | 37B active | 12.345 parameters | 1.2.3B | 7 mil millones | 7% |
        30B×4 | 1.3 × 109 | 1.3B and 2.7B | 1.3B/2.7B | 70B–7B | 7B tokens | 7 GB |
        80 GB | 1.3G | 2B FLOPs | $7B | 37B activated parameters | 6.7B non-embedding parameters |
        1.3B LoRA parameters | hundreds of millions | tens of billions of parameters | a few billion |
        several million | million | 7B7 | 2^30 | 1.3 parameters | 1,23,4 | 1,2345 million | 1,234 billion | 9e99 |
        1e999999 params | 8 billion 30 million | over 10B at most
    """),
]


@pytest.mark.parametrize(("text", "expected"), PARAMS)
def test_params(text: str, expected: object) -> None:
    assert normalize("params", text) == quantity(expected)


@pytest.mark.parametrize(
    ("text", "unit", "value"),
    [("1.3", "B", 1300 * M), ("85.8", "million parameters", 85_800 * K), ("7B", "M", 7 * B), ("1.3", None, None)],
)
def test_params_with_the_unit_of_a_table(text: str, unit: str | None, value: int | None) -> None:
    assert normalize_params(text, unit=unit).value == value
