"""Values of entities swapped for others, written in the same manner, and the same for every mention in a document."""

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from random import Random
from typing import NamedTuple

from runspan.base.documents import Document
from runspan.language.compose import read_rows
from runspan.language.compose.edit import Edit, edit_safely, is_outside
from runspan.language.normalize.tables import read_table

Swaps = dict[str, str]  # surface → new surface, of one label in one document

# ---------------------------------------------------------------------------------------------------------- numbers

_COUNTS = [2, 3, 4, 5, 6, 8, 10, 12, 16, 20, 24, 32, 40, 48, 64, 80, 96, 128, 192, 256, 384, 512, 768, 1024, 1536, 2048]
_COUNTS += [3072, 4096, 6144, 8192, 16384]
_SIZES = (2, 3, 4, 5, 6, 7, 8, 9, 11, 12, 13, 14, 15, 18, 20, 22, 27, 30, 32, 34, 40, 65, 70, 72)
_LARGEST_SPELLED = 20
_FIGURES = r"(?<![\w.,:/^–-])(?:\d{1,3}(?:[,\u00a0\u202f ]\d{3}(?!\d))+|\d+(?:\.\d+)?)(?![.,:/–]?\d|½)"
_COMPOUND = re.compile(r"\d\s*(?:d|days?|h|hours?)\b.*\d", re.S)
_UNIT = re.compile(r"(?<![a-z])(?:(hours?|days?|weeks?)|(hrs?)|([hd]))(?![a-z])", re.I)
_ACCELERATOR = re.compile(r"[GTXN]PU|chip|device|accelerator|core|node|card|[AHV]100", re.I)
_OTHER_UNIT = {"h": "day", "d": "hour", "w": "day"}


@cache
def _words() -> dict[str, int]:
    kinds = ("unit", "teen", "ten")
    return {row["word"]: int(row["value"]) for row in read_table("number_words") if row["kind"] in kinds}


@cache
def _spellings() -> dict[int, str]:
    return {value: word for word, value in reversed(_words().items())}


@cache
def _number_pattern() -> re.Pattern[str]:
    return re.compile(rf"{_FIGURES}|(?<![\w-])(?:{'|'.join(_words())})(?![\w-])", re.I)


class _Number(NamedTuple):
    """The one number of a surface: where it stands, and its value."""

    start: int
    end: int
    value: float


def _find_number(surface: str, label: str) -> _Number | None:
    """The number to swap: the only one, or the first of *2 days 7 h*. One and fractions are left as they are."""
    found = list(_number_pattern().finditer(surface))
    compound = label == "training" and _COMPOUND.search(surface)
    if not found or (len(found) > 1 and not compound) or re.search(r"[×^½–{]|\bto\b|\d[xX]", surface):
        return None
    text = found[0][0]
    value = _words().get(text.lower()) or float(re.sub(r"[,\s]", "", text))
    return None if value in (0, 1) else _Number(*found[0].span(), value)


def _other_number(old: str, value: float, label: str, spelled: bool, random: Random) -> float:
    """A number of the same order and precision."""
    if label == "gpu_count":
        top = 16 if spelled else max(64, value * 8)
        return random.choice([n for n in _COUNTS if n != value and value / 8 <= n <= top] or [value])
    if label == "params" and value < 80 and value.is_integer():
        return random.choice([n for n in _SIZES if n != value and (n <= _LARGEST_SPELLED or not spelled)])
    if value <= _LARGEST_SPELLED and value.is_integer():
        return random.choice([n for n in range(2, _LARGEST_SPELLED + 1) if n != value])
    decimals = len(old.partition(".")[2])
    zeros = len(old) - len(old.rstrip("0")) if not decimals else 0
    new = value * math.exp(random.uniform(-1.1, 1.1))
    new = new if value >= 1000 else min(new, 999 - 10**zeros)
    least: float = 2 * 10**zeros if not decimals else 2 / 10**decimals
    return max(round(new, decimals or -zeros), least)


def _write_number(new: float, old: str, value: float) -> str:
    """A number as the old one was written: in words, with as many decimals, with the same thousands mark."""
    if old.isalpha():
        word = _spellings().get(int(new), f"{new:g}")
        return word.upper() if old.isupper() else word.capitalize() if old[0].isupper() else word
    decimals = len(old.partition(".")[2])
    mark = next((c for c in old if not c.isdigit() and c != "."), "" if value >= 1000 else ",")
    return f"{new:,.{decimals}f}".replace(",", mark)


def _swap_numbers(document: Document, label: str, random: Random) -> Swaps:
    """Numbers by numbers, the same value by the same; hours by days and back at times."""
    surfaces = _surfaces(document, label)
    numbers = {surface: number for surface in surfaces if (number := _find_number(surface, label))}
    spelled = any(surface[n.start : n.end].isalpha() for surface, n in numbers.items())
    new_values: dict[float, float] = {}
    swap_units = label == "training" and random.random() < 0.25
    swaps = {}
    for surface, (start, end, value) in numbers.items():
        old = surface[start:end]
        if value not in new_values:
            digits = re.sub(r"[,\s]", "", old)
            new_values[value] = _other_number(digits, float(value), label, spelled, random)
        rest = surface[end:]
        if swap_units and not _ACCELERATOR.search(surface) and not _COMPOUND.search(surface):
            rest = _UNIT.sub(_other_unit, rest)
        swaps[surface] = surface[:start] + _write_number(new_values[value], old, value) + rest
    return swaps


def _other_unit(match: re.Match[str]) -> str:
    """``hours`` → ``days``, ``h`` → ``d``, and back."""
    old = match[0]
    new = _OTHER_UNIT[old[0].lower()]
    new = new[0] if match[3] else new + "s" * (old[-1] in "sS")
    return new.upper() if old.isupper() else new


# --------------------------------------------------------------------------------------------------------- hardware

_BRAND = r"GeForce|Tesla|Quadro|Radeon|Instinct"
_UNUSUAL = re.compile(r"Laptop|Mobile|Max-Q|Embedded|Jetson|SFF|4090D|Generation|GH100|[(/]|Server|Edition|WS")
_SERIES = {"6": 2012, "7": 2013, "9": 2014, "10": 2016, "16": 2019, "20": 2018, "30": 2020, "40": 2022, "50": 2025}
_MEMORY = re.compile(r"(?<![\w.])\d+(?:\.\d+)?(?=[\s-]?G(?:i?B|G)?\b)")
_FORM = re.compile(r"\b(?:SXM\d?|PCIe)\b")
_SXM = {"P100": "SXM2", "V100": "SXM2", "A100": "SXM4", "A800": "SXM4", "H100": "SXM5", "H800": "SXM5"}
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
def _read_device(surface: str) -> _Written | None:
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


def _swap_hardware(document: Document, random: Random) -> Swaps:
    """Devices by others of their kind and time, every mention of one by the same other."""
    surfaces = _surfaces(document, "hardware")
    written = {surface: found for surface in surfaces if (found := _read_device(surface))}
    taken = {found.device for found in written.values()}
    swaps: Swaps = {}
    for device in dict.fromkeys(found.device for found in written.values()):
        mine = {surface: found for surface, found in written.items() if found.device == device}
        choices = [new for new in _alternatives(device, mine, random) if new not in taken]
        if choices:
            new = random.choice(choices)
            taken.add(new)
            memory = random.choice(new.memory or ("",))
            swaps |= {surface: _write_device(surface, found, new, memory) for surface, found in mine.items()}
    return swaps


def _alternatives(old: _Device, written: dict[str, _Written], random: Random) -> Iterator[_Device]:
    """Devices that can be written in all the manners in which the old one is."""
    across = old.vendor == "NVIDIA" and random.random() < 0.3
    for new in _devices().values():
        alike = new.group == old.group or (across and new.vendor == old.vendor)
        if not alike or abs(new.year - old.year) > 4:
            continue
        fits_bare = bool(re.match(r"[GR]TX \d{4}", new.name)) or not any(found.bare for found in written.values())
        fits_memory = bool(new.memory) or not any(map(_MEMORY.search, written))
        if fits_bare and fits_memory and (new.name in _SXM or not any(map(_FORM.search, written))):
            yield new


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


# ------------------------------------------------------------------------------------------------ countries and years

_YEAR = re.compile(r"(?<![\w.,/-])20[12]\d(?![\w/-])")
_TOWN = re.compile(r"(?:, |\n|\(|\b(?:in|at|near) )((?:[^\W\d_a-z][\w.'’-]*[ -])*[^\W\d_a-z][\w'’-]*),\s$")
_SCHOOL = re.compile(
    r"\b(?:[a-z]{4,}|(?:Univ|Inst|Lab|Dep|Cent|Coll|Acad|Tech|School|Serv|Soc|Min|Bank|Ltd|Inc)\w*)\b|[A-Z]{3}"
)
_EARLIEST, _LATEST, _FARTHEST = 2012, 2026, 4


@cache
def _codes() -> dict[str, str]:
    """Country names in small letters → code."""
    rows = [(row["name"], row["iso2"]) for row in read_table("countries")]
    rows += [(row["alias"], row["iso2"]) for row in read_table("country_aliases")]
    return {
        name.lower(): code for name, code in [*rows, *((row["form"], row["iso2"]) for row in read_rows("countries"))]
    }


def _swap_countries(document: Document, random: Random) -> Swaps:
    """Countries by others; *the* before a name, or a sentence around it, limits what can stand there."""
    spans = [span for span in document.spans if span.label == "country"]
    code_of = {
        s: _codes().get(" ".join(s.replace("-\n", "").split()).lower(), "") for s in _surfaces(document, "country")
    }
    chosen: dict[str, str] = {}
    swaps = {}
    for surface, code in code_of.items():
        before = [document.text[max(0, s.start - 24) : s.start] for s in spans if document.surface(s) == surface]
        article = {"the": "1", "in": "0"}.get(_words_before(before), "")
        rows = [row for row in read_rows("countries") if not article or row["article"] == article]
        rows = [row for row in rows if row["iso2"] == chosen.get(code, row["iso2"])]
        if code not in chosen:
            rows = [row for row in rows if row["iso2"] not in {*code_of.values(), *chosen.values()}]
        if not code or not rows:
            continue
        row = random.choices(rows, [int(row["weight"]) for row in rows])[0]
        chosen[code] = row["iso2"]
        swaps[surface] = row["form"].upper() if surface.isupper() and len(surface) > 4 else row["form"]
    return swaps


def _words_before(befores: list[str]) -> str:
    """``"the"`` or ``"in"`` for what stands before the mentions of a country, nothing where all stand by themselves."""
    if any(re.search(r"\bthe\s+$", before, re.I) for before in befores):
        return "the"
    return "in" if any(re.search(r"[a-z]\s+$", before) for before in befores) else ""


def _swap_towns(document: Document, countries: Swaps, random: Random) -> Iterator[Edit]:
    """Towns before swapped countries: ``Espoo, Finland`` → ``Lyon, France``; schools and firms stay."""
    towns = {row["iso2"]: row["cities"].split(" | ") for row in read_rows("cities")}
    for span in document.spans:
        code = _codes().get(countries.get(document.surface(span), "").lower(), "") if span.label == "country" else ""
        town = _TOWN.search(document.text, max(0, span.start - 60), span.start)
        if code in towns and town and is_outside(document.spans, *town.span(1)) and not _SCHOOL.search(town[1]):
            yield Edit(*town.span(1), random.choice(towns[code]))


def _swap_years(document: Document, random: Random, newest: int) -> Swaps:
    """All years moved by the same number, to no year before what the text speaks of."""
    years = [int(surface) for surface in _surfaces(document, "year") if _YEAR.fullmatch(surface)]
    if not years:
        return {}
    told = [int(match[0]) for match in _YEAR.finditer(document.text)]
    untagged = max((y for y in told if y <= max(years) and y not in years), default=_EARLIEST)
    lowest = max(_EARLIEST - min(years), max(newest, untagged) - max(years), -_FARTHEST)
    moves = [move for move in range(lowest, min(_LATEST - max(years), _FARTHEST) + 1) if move]
    move = random.choice(moves) if moves else 0
    return {str(year): str(year + move) for year in years if move}


# ------------------------------------------------------------------------------------------------------------- models

_KIND_OF_NET = re.compile(
    r"(?<=[a-z])(?:Net|BERT|BERTa|LM|Former|GPT|UNet|Fold|TTS|CNN|LSTM|ASR|MT|Code|Embed|Diff|VL)$"
)
_STEM = re.compile(r"(?<![^\W_])[^\W\d_]{4,}(?![^\W_])")
_SIZE = re.compile(r"(\d+(?:\.\d+)?)[ -]?([BMK])\b")


def _swap_models(document: Document, random: Random) -> Iterator[Edit]:
    """Other names for the stems of model names, in their spans and outside of all spans; the other words stay."""
    generic = {row["word"] for row in read_rows("generic_words")}
    new_of: Swaps = {}
    for surface in _surfaces(document, "model"):
        for stem in _STEM.findall(surface)[:1]:
            if stem.lower() not in generic and stem.lower() not in new_of:
                new_of[stem.lower()] = _other_name(stem, document.text, random)
    if not new_of:
        return
    for match in re.finditer(rf"(?<![^\W_])(?:{'|'.join(map(re.escape, new_of))})(?![^\W_])", document.text, re.I):
        old, new = match[0], new_of[match[0].lower()]
        if is_outside(document.spans, *match.span()) or _label_at(document, match.start()) == "model":
            yield Edit(*match.span(), new.lower() if old.islower() else new.upper() if old.isupper() else new)


def _other_name(stem: str, text: str, random: Random) -> str:
    """A name that the text lacks; a plain word with the same ending for ``TwarzNet``: ``CurlewNet``."""
    kind = _KIND_OF_NET.search(stem)
    rows = [row for row in read_rows("model_names") if not kind or row["source"] == "own"]
    name = random.choice(rows)["name"]
    while name in text:
        name = random.choice(rows)["name"]
    return name + (kind[0] if kind else "")


def _label_at(document: Document, offset: int) -> str:
    return next((span.label for span in document.spans if span.start <= offset < span.end), "")


def _resize_models(document: Document, params: Swaps) -> Iterator[Edit]:
    """Sizes in model names, where that size was swapped: ``Fen-7B`` → ``Fen-13B``."""
    sizes = {}
    for old, new in params.items():
        size, other = _SIZE.match(old), _SIZE.match(new)
        if size and other:
            sizes["".join(size.groups()).lower()] = "".join(other.groups())
    for span in document.spans:
        for match in _SIZE.finditer(document.surface(span)) if span.label == "model" else ():
            if other_size := sizes.get("".join(match.groups()).lower()):
                new = other_size.lower() if match[0].islower() else other_size
                yield Edit(span.start + match.start(), span.start + match.end(), new)


# ------------------------------------------------------------------------------------------------ all of a document

_ARTICLE = re.compile(r"(?<![\w-])([Aa]n?)(\s+)$")
_AN = re.compile(r"8|11(?!\d)|18(?!\d)|nvidia|[AEFHILMNORSX](?:[A-Z\d]|$)|(?!uni|one|eu|[A-Z]{2}|U\d)[aeiou]", re.I)


@dataclass(frozen=True, slots=True)
class SubstitutionRates:
    """How often, of all documents, the values of a label are swapped."""

    model: float = 0.3
    params: float = 0.5
    gpu_count: float = 0.5
    hardware: float = 0.6
    training: float = 0.5
    country: float = 0.3
    year: float = 0.5


def substitute(document: Document, random: Random, rates: SubstitutionRates | None = None) -> Document:
    """The document with other values, written in the manner of the old ones.

    All mentions of one surface are swapped for the same new surface, and mentions of one number, device or country for
    the same other, whatever their form. What can't be swapped with certainty stays as it is.

    Args:
        document: Document to swap the values of.
        random: Source of all choices.
        rates: How often the values of each label are swapped.

    >>> from runspan.language.markup import parse, write
    >>> tagged = "It took <training>31 hours</training> on an <hardware>RTX A6000</hardware>, <year>2023</year>."
    >>> print(write(substitute(parse(tagged).document, Random(0))))
    It took <training>31 hours</training> on an <hardware>RTX 4500 Ada</hardware>, <year>2023</year>.
    """
    rates = rates or SubstitutionRates()
    chosen = [label for label in SubstitutionRates.__slots__ if random.random() < getattr(rates, label)]
    swaps: dict[str, Swaps] = {}
    for label in ("params", "gpu_count", "training"):
        swaps[label] = _swap_numbers(document, label, random) if label in chosen else {}
    swaps["hardware"] = _swap_hardware(document, random) if "hardware" in chosen else {}
    swaps["country"] = _swap_countries(document, random) if "country" in chosen else {}
    devices = [swaps["hardware"].get(surface, surface) for surface in _surfaces(document, "hardware")]
    newest = max((found.device.year for surface in devices if (found := _read_device(surface))), default=_EARLIEST)
    swaps["year"] = _swap_years(document, random, newest) if "year" in chosen else {}
    edits = [*_swap_models(document, random)] if "model" in chosen else []
    edits += _swap_towns(document, swaps["country"], random)
    edits += _resize_models(document, swaps["params"])
    edits += _edits_of(document, swaps)
    return edit_safely(document, edits)


def _edits_of(document: Document, swaps: dict[str, Swaps]) -> Iterator[Edit]:
    """Edits of whole spans, and of an article before one that no longer suits."""
    for span in document.spans:
        old = document.surface(span)
        new = swaps.get(span.label, {}).get(old, old)
        if new == old:
            continue
        yield Edit(span.start, span.end, new)
        article = _ARTICLE.search(document.text, max(0, span.start - 8), span.start)
        if article and bool(_AN.match(old)) == (len(article[1]) == 2) != bool(_AN.match(new)):
            yield Edit(*article.span(1), article[1][0] + "n" * bool(_AN.match(new)))


def _surfaces(document: Document, label: str) -> list[str]:
    """Distinct surfaces of a label, in order."""
    return list(dict.fromkeys(document.surface(span) for span in document.spans if span.label == label))
