"""Durations: rows of (surface, expected)."""

import pytest

from runspan.base.values import Duration
from runspan.language.normalize import normalize, normalize_training
from tests.language.normalize.rows import (
    ABOUT,
    AT_LEAST,
    AT_MOST,
    CLOCK,
    DAY,
    DEVICES,
    MONTH,
    WEEK,
    YEAR,
    duration,
    nothing,
)

TRAINING = [
    ("3 d 4 h", 76.0),
    ("13h 20m", 13 + 1 / 3),
    ("2h30m15s", 2.5 + 15 / 3600),
    ("1h30", 1.5),
    ("8 h 05 min", 8 + 1 / 12),
    ("12:30 h", 12.5),
    ("01:30:00", 1.5),
    ("1 day, 12:00:00", 36.0),
    ("1 hr. 15 min.", 1.25),
    ("one-and-a-half days", 36.0),
    ("three-quarters of an hour", 0.75),
    ("a three-day run", 72.0),
    ("a whole week", WEEK),
    ("an entire week", WEEK),
    ("3 calendar days", 72.0),
    ("1,5 Stunden", 1.5),
    ("3 días", 72.0),
    ("36小时", 36.0),
    ("just shy of 3 weeks", Duration(3 * WEEK, CLOCK, qualifier=AT_MOST)),
    ("6000 GPUhours", Duration(6000.0, DEVICES)),
    ("1.3M GPU-hours (A100-80GB)", Duration(1_300_000.0, DEVICES)),
    ("3 days of training with 8 GPUs", 72.0),
    ("2 days and 6 hours", 54.0),
    ("6 days 4 hours", 148.0),
    ("1 week, 2 days", 216.0),
    ("3 days + 4 hours", 76.0),
    ("half an hour", 0.5),
    ("an hour and a half", 1.5),
    ("a day and a half", 36.0),
    ("a week and a half", 252.0),
    ("four days and a half", 108.0),
    ("two days and half an hour", 48.5),
    ("a quarter of an hour", 0.25),
    ("5½ hours", 5.5),
    ("1 1/2 days", 36.0),
    ("1/2 day", 12.0),
    ("two weeks", 2 * WEEK),
    ("a fortnight", 2 * WEEK),
    ("a month", MONTH),
    ("3 mo", 3 * MONTH),
    ("1 yr", YEAR),
    ("2 wk", 2 * WEEK),
    ("90 mins", 1.5),
    ("3600 s", 1.0),
    ("27h", 27.0),
    ("495 hrs", 495.0),
    ("4.5d", 108.0),
    ("1,5 days", 36.0),
    ("1,100,000 hours", 1_100_000.0),
    ("1 million hours", 1_000_000.0),
    ("10^4 hours", 10_000.0),
    ("one hundred and twenty hours", 120.0),
    ("Thirty-four days", 34 * DAY),
    ("three further days", 72.0),
    ("3 consecutive days", 72.0),
    ("a 10-day run", 240.0),
    ("three-week", 3 * WEEK),
    ("around\neleven hours", Duration(11.0, CLOCK, qualifier=ABOUT)),
    ("72 hours (3 days)", 72.0),
    ("3 days of wall-clock time", 72.0),
    ("24 wall-clock hours", 24.0),
    ("60 hours total", 60.0),
    ("5 days on 8 A100 GPUs", 120.0),
    ("four to five days", Duration(108.0, CLOCK, 96.0, 120.0)),
    ("between 5 and 7 hours", Duration(6.0, CLOCK, 5.0, 7.0)),
    ("between 5 hours and 7 hours", Duration(6.0, CLOCK, 5.0, 7.0)),
    ("30 minutes to 1 hour", Duration(0.75, CLOCK, 0.5, 1.0)),
    ("3~4 days", Duration(84.0, CLOCK, 72.0, 96.0)),
    ("about 5-6 days", Duration(132.0, CLOCK, 120.0, 144.0, ABOUT)),
    ("2-3 GPU days", Duration(60.0, DEVICES, 48.0, 72.0)),
    ("24+ hours", Duration(24.0, CLOCK, qualifier=AT_LEAST)),
    ("> 24 h", Duration(24.0, CLOCK, qualifier=AT_LEAST)),
    ("over two weeks", Duration(336.0, CLOCK, qualifier=AT_LEAST)),
    ("little more than an hour", Duration(1.0, CLOCK, qualifier=AT_LEAST)),
    ("3 weeks or more", Duration(504.0, CLOCK, qualifier=AT_LEAST)),
    ("under a day", Duration(24.0, CLOCK, qualifier=AT_MOST)),
    ("just under 4 days", Duration(96.0, CLOCK, qualifier=AT_MOST)),
    ("no more than 2 days", Duration(48.0, CLOCK, qualifier=AT_MOST)),
    ("an hour or so", Duration(1.0, CLOCK, qualifier=ABOUT)),
    ("ca. 3 days", Duration(72.0, CLOCK, qualifier=ABOUT)),
    ("some 70 hours", Duration(70.0, CLOCK, qualifier=ABOUT)),
    ("≈ 7 h", Duration(7.0, CLOCK, qualifier=ABOUT)),
    ("8 GPU-days", Duration(192.0, DEVICES)),
    ("two GPU days", Duration(48.0, DEVICES)),
    ("74K GPU hours", Duration(74_000.0, DEVICES)),
    ("22.7 thousand GPU hours", Duration(22_700.0, DEVICES)),
    ("35.4 million accelerator hours", Duration(35_400_000.0, DEVICES)),
    ("1,488,137.26 DCU hours", Duration(1_488_137.26, DEVICES)),
    ("60,400 A100 hours", Duration(60_400.0, DEVICES)),
    ("7.0M H100-80GB GPU hours", Duration(7_000_000.0, DEVICES)),
    ("39.3**M GPU hours", Duration(39_300_000.0, DEVICES)),
    ("16 3090-hours", Duration(16.0, DEVICES)),
    ("1000 TPUv4-hours", Duration(1000.0, DEVICES)),
    ("1000 TPU v4 core-hours", Duration(1000.0, DEVICES)),
    ("256 TPU v3-days", Duration(6144.0, DEVICES)),
    ("500 device-hours", Duration(500.0, DEVICES)),
    ("500 chip-hours", Duration(500.0, DEVICES)),
    ("1.5 GPU years", Duration(1.5 * YEAR, DEVICES)),
    ("100 GPU·hours", Duration(100.0, DEVICES)),
    ("100 GPUh", Duration(100.0, DEVICES)),
    ("3000 hours of GPU time", Duration(3000.0, DEVICES)),
    ("approximately two GPU days", Duration(48.0, DEVICES, qualifier=ABOUT)),
    *nothing("""
        36 | 150000 | 336 thousand | 45 m | 12:30 | overnight | a weekend | three nights | Two days and a night |
        five days and some hours | several weeks | a couple of weeks | some hours | few days | days | 0 hours |
        2/3 days | 24/7 | 24 hours a day | 3 hours per epoch | 3 hours/epoch | 2 days each | 300B tokens |
        1e23 FLOPs | 5 PF-days | 1000 CPU hours | 1000 core-hours | 200 node-hours | 2 x 24 hours | 3*2*24 hours |
        8×24 GPU-hours | 16 h × 8 GPUs | 64 GPUs for 3 days | 2 hours 3 days | 3 days to 2 days | 72 hours (4 days) |
        5 days 80GB | 680,000 hours of speech | 5 working days | 50 node days | 2 or 3 days |
        2 million A100 and H100 hours | 3 cars | 1 h 75
    """),
]


@pytest.mark.parametrize(("text", "expected"), TRAINING)
def test_training(text: str, expected: object) -> None:
    assert normalize("training", text) == duration(expected)


@pytest.mark.parametrize(
    ("text", "unit", "expected"),
    [
        ("150000", "GPU hours", Duration(150_000.0, DEVICES)),
        ("1,488,137.26", "hours", Duration(1_488_137.26, CLOCK)),
        ("36", "days", Duration(864.0, CLOCK)),
        ("about 16,800", "A100-hours", Duration(16_800.0, DEVICES, qualifier=ABOUT)),
        ("336 thousand", "h", Duration(336_000.0, CLOCK)),
        ("3–4", "days", Duration(84.0, CLOCK, 72.0, 96.0)),
        ("3 days", "hours", Duration(72.0, CLOCK)),
        ("several", "days", Duration()),
        ("100 epochs", "hours", Duration()),
        ("150", "steps", Duration()),
        ("150", None, Duration()),
    ],
)
def test_training_with_the_unit_of_a_table(text: str, unit: str | None, expected: Duration) -> None:
    assert normalize_training(text, unit=unit) == expected
