"""An accelerator → its figures: power, peak, year of release."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from runspan.assembly.assumptions import figure, read_rows
from runspan.base.estimates import Interval
from runspan.base.values import Hardware
from runspan.language.normalize.tables import Row, read_table


@dataclass(frozen=True, slots=True)
class Accelerator:
    """Figures of one accelerator, ``None`` where the table has none.

    Attributes:
        name: The variant where one is stated, else the family.
        tdp_w: Thermal design power in watts.
        peak_tflops: Peak of the precision that training usually has, in 10¹² operations a second.
        precision: Which peak that is: ``16-bit matrix``, ``FP32`` or ``16-bit vector``.
        release_year: The year in which it came out; of a family, its first variant.
        variants: Rows of the table that the name stands for.
        parts: Units of one accelerator that a text may count as devices.
    """

    name: str
    tdp_w: Interval | None
    peak_tflops: Interval | None
    precision: str | None
    release_year: int | None
    variants: int
    parts: int


@cache
def accelerator(hardware: Hardware) -> Accelerator | None:
    """Figures of the variant that a text states, or of all variants of its family.

    A family's own row gives the value, or else the variant with the highest TDP (the module made for training
    servers); the bounds are those of all its variants.

    >>> accelerator(Hardware("NVIDIA A100")).tdp_w
    Interval(value=400.0, low=250.0, high=400.0)
    >>> accelerator(Hardware("NVIDIA A100", variant="NVIDIA A100 PCIe 40 GB")).tdp_w
    Interval(value=250.0, low=250.0, high=250.0)
    >>> accelerator(Hardware("NVIDIA GeForce GTX 1080")).precision
    'FP32'
    >>> accelerator(Hardware()) is None
    True
    """
    rows = _families().get(hardware.value or "", [])
    if hardware.variant:
        rows = [row for row in rows if row["canonical_name"] == hardware.variant]
    if not rows:
        return None
    parts = _parts().get(hardware.value or "", 1)
    leading = max(rows, key=lambda row: (row["canonical_name"] == row["family"], float(row["tdp_w"] or 0)))
    peaks = {row["canonical_name"]: _peak(row) for row in rows}
    precision, peak = peaks[leading["canonical_name"]]
    same = [other for kind, other in peaks.values() if other is not None and kind == precision]
    years = [int(row["release_year"]) for row in rows if row["release_year"]]
    return Accelerator(
        name=hardware.variant or hardware.value or "",
        tdp_w=_spread(float(leading["tdp_w"] or 0), [float(row["tdp_w"]) for row in rows if row["tdp_w"]], parts),
        peak_tflops=_spread(peak or 0.0, same, parts),
        precision=precision,
        release_year=min(years, default=None),
        variants=len(rows),
        parts=parts,
    )


def processor_core(name: str) -> Accelerator:
    """Figures of one core of a processor that no table lists: its power is assumed.

    >>> processor_core("AMD EPYC").tdp_w
    Interval(value=12.0, low=3.0, high=30.0)
    """
    return Accelerator(
        name=f"a core of {name}",
        tdp_w=figure("processor_core_w"),
        peak_tflops=None,
        precision=None,
        release_year=None,
        variants=1,
        parts=1,
    )


def _spread(value: float, all_values: Sequence[float], parts: int) -> Interval | None:
    """A figure between those of all variants; where parts of a device may have been counted, down to a part's."""
    return Interval(value, min(all_values) / parts, max(all_values)) if value else None


def _peak(row: Mapping[str, str]) -> tuple[str | None, float | None]:
    """The peak that training usually runs against: of the 16-bit matrix units; without them FP32.

    A 16-bit peak of vector units stands in only where FP32 is not listed: GeForce cards of the Pascal generation have
    next to none.
    """
    half, single = row["peak_fp16_bf16_tflops"], row["peak_fp32_tflops"]
    if half and not row["fp16_basis"].startswith("vector"):
        return "16-bit matrix", float(half)
    if single:
        return "FP32", float(single)
    return ("16-bit vector", float(half)) if half else (None, None)


@cache
def _families() -> dict[str, list[Row]]:
    families: dict[str, list[Row]] = defaultdict(list)
    for row in read_table("accelerators"):
        families[row["family"]].append(row)
    return dict(families)


@cache
def _parts() -> dict[str, int]:
    return {row["family"]: int(row["parts"]) for row in read_rows("divided_devices")}
