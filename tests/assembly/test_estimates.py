"""Estimates: numbers worked out by hand, and what must hold of any."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runspan.assembly.accelerators import accelerator
from runspan.assembly.assumptions import figure, read_rows
from runspan.assembly.estimates import estimate, estimate_runs
from runspan.assembly.grid import grid_intensity
from runspan.base.estimates import QUANTITIES, Estimates, Interval
from runspan.base.records import FieldValue, Run
from runspan.base.values import Country, Duration, Hardware, Quantity, Value, Year
from runspan.language.normalize import normalize
from runspan.language.normalize.tables import read_table


def run_of(**values: Value | list[Country]) -> Run:
    """A run with these values."""
    listed = {label: value if isinstance(value, list) else [value] for label, value in values.items()}
    return Run({label: [FieldValue(value, "", 0, 0, 1.0, ()) for value in of] for label, of in listed.items()})


def read_run(**texts: str | list[str]) -> Run:
    """A run with the values of these texts."""
    listed = {label: [text] if isinstance(text, str) else text for label, text in texts.items()}
    return Run({label: [FieldValue(normalize(label, t), t, 0, 0, 1.0, ()) for t in of] for label, of in listed.items()})


A100S = {"gpu_count": "64", "hardware": "NVIDIA A100", "training": "4 weeks", "country": "France", "year": "2023"}

WORKED = [
    # 64 × 672 h; 400 W (a PCIe card: 250 W); 55.275 g/kWh; 312e12 FLOP/s
    (
        A100S,
        {
            "accelerator_hours": (43_008, 43_008, 43_008),
            "energy_kwh": (17_203.2, 43_008 * 0.25 * 0.5, 17_203.2 * 1.82 * 1.56),
            "co2e_kg": (950.90688, 5_376 * 0.055275 * 0.75, 17_203.2 * 1.82 * 1.56 * 0.055275 * 1.3),
            "training_flop": (1.449197568e22, 1.449197568e22 / 3, 1.449197568e22 * 2),
        },
    ),
    # one card of 250 W for a day; FP32 11.34e12 FLOP/s, not the 0.18 of its 16-bit units
    (
        {"gpu_count": "1", "hardware": "GTX 1080 Ti", "training": "24 hours"},
        {
            "accelerator_hours": (24, 24, 24),
            "energy_kwh": (6.0, 3.0, 6 * 1.82 * 1.56),
            "co2e_kg": None,
            "training_flop": (24 * 3600 * 11.34e12 * 0.3, 24 * 3600 * 11.34e12 * 0.1, 24 * 3600 * 11.34e12 * 0.6),
        },
    ),
    # accelerator-hours contain the count
    (
        {"gpu_count": "512", "hardware": "V100 PCIe 16GB", "training": "1,000 GPU hours"},
        {"accelerator_hours": (1_000, 1_000, 1_000), "energy_kwh": (250, 125, 250 * 1.82 * 1.56)},
    ),
    ({"training": "1.08M GPU hours"}, {"accelerator_hours": (1.08e6, 1.08e6, 1.08e6), "energy_kwh": None}),
    # ranges and qualifiers
    ({"gpu_count": "8-16", "training": "2-3 days"}, {"accelerator_hours": (720, 384, 1152)}),
    ({"gpu_count": "8", "training": "about 10 hours"}, {"accelerator_hours": (80, 72, 88)}),
    ({"gpu_count": "at least 8", "training": "10 hours"}, {"accelerator_hours": (80, 80, 160)}),
    ({"gpu_count": "8", "training": "less than 10 hours"}, {"accelerator_hours": (80, 40, 80)}),
    # the 256 may be cores, two a chip of 450 W
    (
        {"gpu_count": "256", "hardware": "TPU v3", "training": "10 hours"},
        {"energy_kwh": (1152, 288, 1152 * 1.82 * 1.56)},
    ),
]


@pytest.mark.parametrize(("texts", "expected"), WORKED, ids=lambda case: str(case.get("hardware", ""))[:20])
def test_numbers_worked_out_by_hand(
    texts: dict[str, str], expected: dict[str, tuple[float, float, float] | None]
) -> None:
    written = estimate(read_run(**texts)).as_dict()
    for name, numbers in expected.items():
        wanted = numbers and dict(zip(("value", "low", "high"), numbers, strict=True))
        assert written[name] == (wanted if wanted is None else pytest.approx(wanted, rel=1e-9)), name


NEEDS = {
    "accelerator_hours": {"gpu_count", "training"},
    "energy_kwh": {"gpu_count", "training", "hardware"},
    "co2e_kg": {"gpu_count", "training", "hardware", "country", "year"},
    "training_flop": {"gpu_count", "training", "hardware"},
}
UNREADABLE = {"gpu_count": "some", "hardware": "GPUs", "training": "a few days", "country": "Europe", "year": "soon"}


@pytest.mark.parametrize("missing", A100S)
def test_nothing_is_estimated_from_a_missing_value(missing: str) -> None:
    absent = read_run(**{label: text for label, text in A100S.items() if label != missing})
    unreadable = read_run(**{**A100S, missing: UNREADABLE[missing]})
    for run in (absent, unreadable):
        written = estimate(run).as_dict()
        assert {name for name in QUANTITIES if written[name] is None} == {
            name for name, needs in NEEDS.items() if missing in needs
        }


def test_nothing_to_go_by() -> None:
    assert estimate(Run({})).as_dict() == {**dict.fromkeys(QUANTITIES), "assumptions": {}}


@pytest.mark.parametrize("hardware", ["NVIDIA GeForce GTX 970", "NVIDIA TITAN X", "AWS Trainium"])
def test_no_energy_of_a_device_whose_power_is_unknown(hardware: str) -> None:
    run = run_of(gpu_count=Quantity(8), training=Duration(10.0, "wall_clock"), hardware=Hardware(hardware))
    assert estimate(run).energy_kwh is None


def test_every_row_of_the_accelerator_table_has_figures_in_order() -> None:
    for row in read_table("accelerators"):
        for variant in (None, row["canonical_name"]):
            device = accelerator(Hardware(row["family"], variant=variant))
            assert device
            assert (device.tdp_w is None) <= (not row["tdp_w"])
            assert (device.peak_tflops is None) == (device.precision is None)


HOURS = st.floats(0.01, 1e5)
COUNTS = st.integers(1, 10**6)
DEVICES = st.sampled_from([Hardware(f) for f in ("NVIDIA A100", "NVIDIA H100", "Google TPU v3", "NVIDIA TITAN V")])


@st.composite
def runs(draw: st.DrawFn) -> dict[str, Any]:
    """Values of a run that everything can be estimated from."""
    low, high = sorted((draw(HOURS), draw(HOURS)))
    qualifier = draw(st.sampled_from([None, "approximately", "at least", "at most"]))
    duration = Duration((low + high) / 2, draw(st.sampled_from(["wall_clock", "accelerator_hours"])), low, high)
    return {
        "gpu_count": Quantity(draw(COUNTS), qualifier=qualifier),
        "training": duration if draw(st.booleans()) else Duration(low, duration.basis, qualifier=qualifier),
        "hardware": draw(DEVICES),
        "country": [Country(code) for code in draw(st.lists(st.sampled_from(["FR", "CN", "NO"]), min_size=1))],
        "year": Year(draw(st.integers(1990, 2040))),
    }


def parts(estimates: Estimates) -> list[Interval]:
    """All quantities, which must be there."""
    found = [getattr(estimates, name) for name in QUANTITIES]
    assert None not in found
    return found


@given(runs())
def test_intervals_contain_their_values(values: dict[str, Any]) -> None:
    estimates = estimate(run_of(**values))
    for interval, written in zip(parts(estimates), list(estimates.as_dict().values()), strict=False):
        assert 0 < interval.low <= interval.value <= interval.high
        assert 0 < written["low"] <= written["value"] <= written["high"]


@given(runs(), COUNTS)
def test_more_accelerators_never_take_less(values: dict[str, Any], more: int) -> None:
    count = values["gpu_count"]
    larger = Quantity(count.value + more, qualifier=count.qualifier)
    before, after = (parts(estimate(run_of(**{**values, "gpu_count": one}))) for one in (count, larger))
    for small, large in zip(before, after, strict=True):
        if values["training"].basis == "accelerator_hours":
            assert small == large
        else:
            assert (small.value, small.low, small.high) < (large.value, large.low, large.high)


@given(runs(), st.floats(1.001, 100))
def test_more_hours_take_more(values: dict[str, Any], factor: float) -> None:
    short = values["training"]
    ends = [end and end * factor for end in (short.value, short.low, short.high)]
    long = Duration(ends[0], short.basis, ends[1], ends[2], short.qualifier)
    before, after = (parts(estimate(run_of(**{**values, "training": one}))) for one in (short, long))
    for small, large in zip(before, after, strict=True):
        assert small.value < large.value
        assert small.low < large.low
        assert small.high < large.high


def test_several_countries_are_a_mean_between_the_least_and_the_greatest() -> None:
    grid = grid_intensity(["FR", "CN"], [2020])
    assert grid is not None
    france, china = (grid_intensity([code], [2020]) for code in ("FR", "CN"))
    assert france
    assert china
    low, high = france.g_per_kwh.value, china.g_per_kwh.value
    assert (grid.g_per_kwh.low, grid.g_per_kwh.high) == (low, high)
    assert grid.g_per_kwh.value == pytest.approx((low + high) / 2)
    assumptions = estimate(read_run(**{**A100S, "country": ["France", "China"]})).assumptions
    assert assumptions["grid_countries"] == ["FR", "CN"]
    assert "several_countries" in assumptions


@pytest.mark.parametrize(("year", "data_year"), [("2023", 2023), ("2026", 2024), ("2009", 2012)])
def test_the_nearest_year_with_data_is_named(year: str, data_year: int) -> None:
    assumptions = estimate(read_run(**{**A100S, "year": year})).assumptions
    assert assumptions["grid_years"] == [data_year]
    assert ("nearest_year" in assumptions) == (year != str(data_year))


def test_the_world_average_only_when_asked_for() -> None:
    nowhere = read_run(**{label: text for label, text in A100S.items() if label != "country"})
    assert estimate(nowhere).co2e_kg is None
    (asked,) = estimate_runs([nowhere], world_average=True)
    assert asked.estimates
    assert asked.estimates.co2e_kg
    assert asked.estimates.co2e_kg.value == pytest.approx(17_203.2 * 0.484403)
    assert asked.estimates.assumptions["grid_countries"] == ["WORLD"]
    assert "world_average" in asked.estimates.assumptions
    france = estimate(read_run(**A100S), world_average=True)
    assert france == estimate(read_run(**A100S))
    assert estimate(read_run(**{**A100S, "year": "soon"}), world_average=True).co2e_kg is None


def test_only_what_was_used_is_assumed() -> None:
    assert estimate(read_run(gpu_count="8", training="10 hours")).assumptions == {}
    assumptions = estimate(read_run(**A100S)).assumptions
    assert (assumptions["device"], assumptions["peak_precision"]) == ("NVIDIA A100", "16-bit matrix")
    assert "device_variant" in assumptions
    stated = estimate(read_run(**{**A100S, "hardware": "A100 SXM4 80GB"})).assumptions
    assert stated["tdp_w"] == {"value": 400.0, "low": 400.0, "high": 400.0}
    assert "device_variant" not in stated


@pytest.mark.parametrize("row", read_rows("assumptions"), ids=lambda row: row["name"])
def test_every_assumption_has_its_meaning_and_source(row: dict[str, str]) -> None:
    assert row["meaning"]
    assert row["source"]
    if row["value"]:
        assert figure(row["name"])
