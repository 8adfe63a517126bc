"""Devices swapped for others of a like kind, written in the same manner."""

import re
from collections.abc import Iterator
from functools import cache
from random import Random
from typing import NamedTuple

from runspan.base.documents import Document
from runspan.language.compose.edit import Edit, Swaps, is_outside, surfaces_of
from runspan.language.normalize.tables import read_table

_BRAND = r"GeForce|Tesla|Quadro|Radeon|Instinct"
_UNUSUAL = re.compile(r"Laptop|Mobile|Max-Q|Embedded|Jetson|SFF|4090D|Generation|GH100|[(/]|Server|Edition|WS")
_SERIES = {"6": 2012, "7": 2013, "9": 2014, "10": 2016, "16": 2019, "20": 2018, "30": 2020, "40": 2022, "50": 2025}
_MEMORY = re.compile(r"(?<![\w.])\d+(?:\.\d+)?(?=[\s-]?G(?:i?B|G)?\b)")
_FORM = re.compile(r"\b(?:SXM\d?|PCIe)\b")
_SXM = {"P100": "SXM2", "V100": "SXM2", "A100": "SXM4", "A800": "SXM4", "H100": "SXM5", "H800": "SXM5"}
_USUAL = frozenset({"A100", "V100", "H100", "T4", "P100", "RTX 3090", "RTX 4090", "RTX 2080 Ti", "GTX 1080 Ti"})
_USUAL_WEIGHT = 5  # against 1 for the others
_HARMLESS = re.compile(
    r"(?:[gt]pu|card|device|chip|accelerator|core|board|processor)s?|graphics|with|of|and|memory|v?ram|each|the|a|gi?b?"
    r"|tensor|video|cloud|google|amd|nvidia|intel|aws"
)


class _Device(NamedTuple):
    """A device family in the parts of its name; ``memory`` in GB, as texts."""

    vendor: str
    brand: str
    name: str
    group: str
    year: int
    memory: tuple[str, ...]


class _Written(NamedTuple):
    """A device in a surface: vendor, brand, name and plural as a match, and whether *GTX* or *RTX* is left out."""

    device: _Device
    match: re.Match[str]
    bare: bool


@cache
def _devices() -> dict[str, _Device]:
    """Devices by their name in small letters, without spaces."""
    memory: dict[str, set[str]] = {}
    devices: dict[str, _Device] = {}
    for row in (*read_table("accelerators"), *read_table("accelerators_more")):
        family = row["family"]
        sizes = memory.setdefault(family, set())
        sizes |= {size for size in (row["memory_gb"], *row["memory_options_gb"].split("|")) if size.isdecimal()}
        parts = re.fullmatch(rf"{row['vendor']} (?:({_BRAND}) )?(.+)", family)
        series = re.search(r"[GR]TX (\d{1,2})\d\d\b", family)
        year = row.get("release_year") or (_SERIES.get(series[1], "") if series else "")
        if parts and year and not _UNUSUAL.search(family):
            group = _group_of(row["vendor"], parts[1] or "", parts[2])
            device = _Device(row["vendor"], parts[1] or "", parts[2], group, int(year), tuple(sorted(sizes)))
            devices.setdefault(_compact(parts[2]), device)
    return {key: device._replace(memory=tuple(sorted(memory[_family(device)]))) for key, device in devices.items()}


def _family(device: _Device) -> str:
    return " ".join(filter(None, (device.vendor, device.brand, device.name)))


def _group_of(vendor: str, brand: str, name: str) -> str:
    """Devices of a group are swapped for one another; those of the three groups of NVIDIA also across groups."""
    if vendor != "NVIDIA":
        return f"{vendor} {brand or re.split(r'[ 0-9]', name)[0]}"
    if brand == "Quadro" or name.startswith(("RTX A", "TITAN")) or name.endswith("Ada"):
        return "NVIDIA workstation"
    return "NVIDIA consumer" if brand == "GeForce" else "NVIDIA data centre"


def _compact(name: str) -> str:
    return re.sub(r"[\s-]", "", name).lower()


@cache
def _device_pattern() -> re.Pattern[str]:
    names = [device.name for device in _devices().values()]
    names += [name[4:] for name in names if re.match(r"[GR]TX \d{4}", name)]
    forms = "|".join(r"[\s-]*".join(map(re.escape, name.split())) for name in sorted(names, key=len, reverse=True))
    forms = re.sub(r"(?<=\d)S\b", "(?-i:S)", forms)  # V100s are several V100, and no V100S
    vendors = "|".join(sorted({re.escape(device.vendor) for device in _devices().values()}))
    return re.compile(rf"(?<![^\W_])(?:({vendors})([\s-]+))?(?:({_BRAND})([\s-]+))?({forms})(s?)(?![^\W_])", re.I)


@cache
def read_device(surface: str) -> _Written | None:
    """The device of a surface, if beside it stand only a memory size, a form factor and plain words."""
    found = list(_device_pattern().finditer(surface))
    ambiguous = {row["surface"] for row in read_table("ambiguous_hardware")}
    if len(found) != 1 or found[0][5] + found[0][6] in ambiguous:
        return None
    key = _compact(found[0][5])
    bare = key not in _devices()
    device = next((_devices()[p + key] for p in ("", "rtx", "gtx") if p + key in _devices()), None)
    rest = surface[: found[0].start()] + " | " + surface[found[0].end() :]
    if len(_MEMORY.findall(rest)) > 1 or not device:
        return None
    plain = re.findall(r"[^\W_]+", re.sub(r"(?<=\d)G\b", " ", _FORM.sub("", rest)))
    words = [re.sub(r"^\d+(?=g)", "", word.lower()) for word in plain]
    sizes = set(_MEMORY.findall(rest))
    return (
        _Written(device, found[0], bare) if all(not w or w in sizes or _HARMLESS.fullmatch(w) for w in words) else None
    )


def swap_hardware(document: Document, random: Random) -> Swaps:
    """Devices by others of their kind and time, usual ones rather, every mention of one by the same other."""
    surfaces = surfaces_of(document, "hardware")
    written = {surface: found for surface in surfaces if (found := read_device(surface))}
    taken = {found.device for found in written.values()}
    swaps: Swaps = {}
    for device in dict.fromkeys(found.device for found in written.values()):
        mine = {surface: found for surface, found in written.items() if found.device == device}
        choices = [new for new in _alternatives(device, mine, random) if new not in taken]
        if choices:
            weights = [_USUAL_WEIGHT if new.name in _USUAL else 1 for new in choices]
            new = random.choices(choices, weights)[0]
            taken.add(new)
            memory = random.choice(new.memory or ("",))
            swaps |= {surface: _write_device(surface, found, new, memory) for surface, found in mine.items()}
    return swaps


def swap_untagged_hardware(document: Document, swaps: Swaps, random: Random) -> Iterator[Edit]:
    """The same for the mentions that are not tagged: other people's devices, and those that only run a model.

    Were they left as they are, a name would tell whether it is tagged: usual ones stand untagged more often in our
    documents, which they don't in the world. So here they become unusual ones.

    Args:
        document: A document.
        swaps: As :func:`swap_hardware` gives them; a device that is tagged somewhere becomes the same as there.
        random: Source of all choices.
    """
    tagged = [(surface, swaps.get(surface, surface)) for surface in surfaces_of(document, "hardware")]
    devices = [(read_device(old), read_device(new)) for old, new in tagged]
    new_of = {old.device: new.device for old, new in devices if old and new}
    for match in _device_pattern().finditer(document.text):
        written = read_device(match[0]) if is_outside(document.spans, *match.span()) else None
        if written and written.device not in new_of:
            alike = list(_alternatives(written.device, {match[0]: written}, random))
            choices = [new for new in alike if new.name not in _USUAL] or alike
            new_of[written.device] = random.choice(choices) if choices else written.device
        if written and (_can_be_bare(new_of[written.device]) or not written.bare):
            yield Edit(*match.span(), _write_device(match[0], written, new_of[written.device], ""))


def _alternatives(old: _Device, written: dict[str, _Written], random: Random) -> Iterator[_Device]:
    """Devices that can be written in all the manners in which the old one is."""
    across = old.vendor == "NVIDIA" and random.random() < 0.3
    for new in _devices().values():
        alike = new.group == old.group or (across and new.vendor == old.vendor)
        if not alike or abs(new.year - old.year) > 4:
            continue
        fits_bare = _can_be_bare(new) or not any(found.bare for found in written.values())
        fits_memory = bool(new.memory) or not any(map(_MEMORY.search, written))
        if fits_bare and fits_memory and (new.name in _SXM or not any(map(_FORM.search, written))):
            yield new


def _can_be_bare(device: _Device) -> bool:
    """Whether a device is called by its number alone: *3090*."""
    return bool(re.match(r"[GR]TX \d{4}", device.name)) and device.brand != "Quadro"


def _write_device(surface: str, written: _Written, new: _Device, memory: str) -> str:
    """The surface with another device: vendor and brand where they stood, the same case and spaces."""
    match, name = written.match, new.name[4:] if written.bare else new.name
    gap = re.search(r"[\s-]+", match[5])
    had_space = " " in written.device.name[4 * written.bare :]
    name = name.replace(" ", gap[0], 1) if gap else name.replace(" ", "") if had_space else name
    brand = new.brand + (match[4] or " ") if new.brand and (match[3] or new.brand == "Quadro") else ""
    core = (match[1] or "") + (match[2] or "") + brand + name
    core = core.lower() if match[0].islower() else core.upper() if "GEFORCE" in match[0] else core
    before, after = surface[: match.start()], surface[match.end() :]
    form = _SXM.get(new.name, "")
    before, after = (
        _FORM.sub(lambda m: form if m[0][:3] == "SXM" else m[0], _MEMORY.sub(memory, part)) for part in (before, after)
    )
    return before + core + match[6] + after
