"""Warnings about values that can hardly all be true."""

import pytest

from runspan.assembly.consistency import inconsistencies
from runspan.assembly.estimates import estimate_runs
from tests.assembly.test_estimates import read_run

SOUND = {"params": "7B", "gpu_count": "64", "hardware": "A100", "training": "4 weeks", "year": "2023"}

CASES = [
    ({}, []),
    ({"hardware": "H100", "year": "2019"}, ["run 1: the NVIDIA H100 came out in 2022, after the year 2019"]),
    ({"hardware": "H100", "year": "2022"}, []),
    ({"hardware": "H100", "year": "2020-2022"}, []),
    (
        {"training": "500 days"},
        ["run 1: 12,000 hours of training are more than 8,784 (a year)"],
    ),
    ({"training": "300-500 days"}, []),
    ({"training": "12,000 GPU hours"}, []),
    (
        {"training": "12,000 GPU days", "gpu_count": "8"},
        [
            "run 1: 288,000 accelerator hours on 8 accelerators are more than 8,784 hours (a year) each",
        ],
    ),
    (
        {"params": "1,000 parameters"},
        ["run 1: about 1.4e+22 FLOP of training for 1.0e+03 parameters, where 1e+05 to 1e+16 a parameter are known"],
    ),
    (
        {"params": "70B", "gpu_count": "1", "training": "2 seconds"},
        ["run 1: about 1.9e+14 FLOP of training for 7.0e+10 parameters, where 1e+05 to 1e+16 a parameter are known"],
    ),
]


@pytest.mark.parametrize(("changed", "expected"), CASES)
def test_warnings(changed: dict[str, str], expected: list[str]) -> None:
    assert inconsistencies(estimate_runs([read_run(**SOUND | changed)])) == expected


@pytest.mark.parametrize("missing", SOUND)
def test_a_missing_value_contradicts_nothing(missing: str) -> None:
    run = read_run(**{label: text for label, text in SOUND.items() if label != missing})
    assert inconsistencies(estimate_runs([run])) == []


def test_runs_are_numbered() -> None:
    runs = estimate_runs([read_run(**SOUND), read_run(**SOUND | {"year": "2012"})])
    assert inconsistencies(runs) == ["run 2: the NVIDIA A100 came out in 2020, after the year 2012"]
