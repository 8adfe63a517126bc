"""Accelerators: ``NVIDIA A100 80GB GPUs`` → device family, vendor, variant and memory.

A surface is cut into words; memory sizes and form factors are set aside, and the longest aliases of the accelerator
tables are looked for among the rest. One device must be found, and nothing may be left that could name another one.

A bare *Titan X* is two cards (Maxwell, 2015, and Pascal, 2016) and stays ``NVIDIA TITAN X``; with *GTX* or the name of
the architecture it is one of them.
"""

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from runspan.base.values import Hardware
from runspan.language.normalize.cleaning import fold
from runspan.language.normalize.tables import Row, read_table, words_of

_MEMORY = re.compile(r"(?<![A-Za-z0-9.])([0-9]{1,4}(?:\.[0-9]+)?)[ -]?(?:gib|gbs?|gm?|gigabytes?)(?![A-Za-z0-9])", re.I)
_POSSESSIVE = re.compile(r"'s?(?![A-Za-z0-9])")
_WORD = re.compile(r"[^\W_]+")
_PLURAL = re.compile(r"[A-Za-z]*[0-9]+[A-Za-z]{0,2}s")
_TPU_SLICE = re.compile(r"\b(v[2-9][a-z]{0,2})-[0-9]{1,5}(?= (?:cloud )?tpus?\b)", re.I)
_TWO_SIZES = re.compile(r"(?<![A-Za-z0-9.])([0-9]{2,3})/(?=[0-9]{2,3} ?gb)", re.I)
_GLUED_COUNT = re.compile(r"(?<![A-Za-z0-9])([0-9]{1,5}x)(?=[A-Za-z])", re.I)
_FACTOR_BEHIND = re.compile(r" ?× ?([0-9]{1,5})(?![A-Za-z0-9.])")
_FACTOR = re.compile(r"[0-9]{1,5}x|x[0-9]{1,5}")
_GEFORCE = re.compile(r"NVIDIA GeForce (GTX|RTX|GT) ([0-9]{3,4})(?: ?(.+))?")
_TPU = re.compile(r"Google TPU (v([0-9]\w*))")
_NUMBER_ENOUGH = (  # families whose number names no other device, with the part that people write alone
    re.compile(r"NVIDIA RTX ([0-9]{4} Ada)(?: Generation)?"),
    re.compile(r"AMD Radeon RX ([0-9]{4} XTX?)"),
    re.compile(r"Huawei Ascend (910[A-Z][0-9]?)"),
)
_LONGEST_ALIAS = 7  # words
_SHORTEST_WITHOUT_VENDOR = 5  # characters: "A2" and "M1" need their vendor


@dataclass(frozen=True, slots=True)
class _Surface:
    """A surface in parts: words that can name a device, in small letters and as written, memory sizes, form factors."""

    words: tuple[str, ...]
    as_written: tuple[str, ...]
    memory: frozenset[float]
    forms: frozenset[str]


@dataclass(frozen=True, slots=True)
class _Match:
    """A device family named by ``words[start:end]``."""

    start: int
    end: int
    family: str


def normalize_hardware(text: str) -> Hardware:
    """The one device that a surface names. CPUs, kinds of devices and two devices are none.

    >>> normalize_hardware("Tesla-V100-SXM2-32GB GPU")
    Hardware(value='NVIDIA Tesla V100', vendor='NVIDIA', variant='NVIDIA Tesla V100 SXM2 32 GB', memory_gb=32)
    >>> normalize_hardware("2080ti").value, normalize_hardware("TPUv3-128").value, normalize_hardware("A100s").memory_gb
    ('NVIDIA GeForce RTX 2080 Ti', 'Google TPU v3', None)
    >>> normalize_hardware("GPUs").value, normalize_hardware("A100 and V100").value
    (None, None)
    """
    surface = _read_surface(text)
    matches = _find_matches(surface.words)
    if len({match.family for match in matches}) != 1 or _is_ambiguous(surface):
        return Hardware()
    family = matches[0].family
    rows = _rows_of()[family]
    if not _is_plain(surface.words, matches, rows[0]["vendor"]):
        return Hardware()
    memory = next(iter(surface.memory)) if len(surface.memory) == 1 else None
    form = next(iter(surface.forms)) if len(surface.forms) == 1 else None
    sizes = {size for row in rows for size in _sizes_of(row)}
    known = next(iter(sizes)) if len(sizes) == 1 and not surface.memory else memory
    return Hardware(family, rows[0]["vendor"], _variant(family, form, memory), _tidy(known))


def _tidy(size: float | None) -> int | float | None:
    return int(size) if size is not None and size == int(size) else size


@cache
def _rows_of() -> dict[str, list[Row]]:
    """Rows of the accelerator tables by family."""
    families: dict[str, list[Row]] = defaultdict(list)
    for row in (*read_table("accelerators"), *read_table("accelerators_more")):
        families[row["family"]].append(row)
    return dict(families)


def _sizes_of(row: Row) -> set[float]:
    """Memory sizes of a row of the table."""
    return {float(size) for size in (row["memory_gb"], *row["memory_options_gb"].split("|")) if size}


def _read_surface(text: str) -> _Surface:
    """Cut a surface into its parts. The small *s* of a plural goes (``A100s``), a capital one stays (``V100S``)."""
    line = _GLUED_COUNT.sub(r"\1 ", _POSSESSIVE.sub("", fold(text)))
    line = _FACTOR_BEHIND.sub(r" x\1", line)
    line = _TWO_SIZES.sub(r"\1 GB ", _TPU_SLICE.sub(r"\1", line))
    memory = frozenset(float(size[1]) for size in _MEMORY.finditer(line))
    words = _WORD.findall(_MEMORY.sub(" ", line))
    words = [word[:-1] if _PLURAL.fullmatch(word) and word not in _ambiguous() else word for word in words]
    forms = {_form(word.lower()) for word in words} - {""}
    kept = [word for word in words if not _form(word.lower())]
    return _Surface(tuple(map(str.lower, kept)), tuple(kept), memory, frozenset(forms))


def _form(word: str) -> str:
    """The form factor that a word is, or nothing."""
    return ("pcie" if word == "pcle" else word) if word in words_of("hardware_words", "form") else ""


@cache
def _ambiguous() -> dict[str, str]:
    """Surfaces that name two devices, as written and in small letters, with the memory size that makes them so."""
    keys = {row["surface"].replace(" ", ""): row["memory_gb"] for row in read_table("ambiguous_hardware")}
    return keys | {key.lower(): size for key, size in keys.items()}


def _is_ambiguous(surface: _Surface) -> bool:
    skipped = words_of("hardware_words", "noun") | words_of("hardware_words", "vendor")
    key = "".join(word for word in surface.as_written if word.lower() not in skipped)
    size = _ambiguous().get(key)
    return size == "" or (bool(size) and float(size or 0) in surface.memory)


@cache
def _index() -> dict[str, str]:
    """Alias without spaces, memory and form factor → family. The names of the tables win over composed ones."""
    index: dict[str, str] = {}
    for composed in (False, True):
        for family, rows in _rows_of().items():
            for row in rows:
                for name in _composed_names(family, row) if composed else _table_names(row):
                    index.setdefault(_key(name), family)
    index.pop("", None)
    return index


def _key(name: str) -> str:
    return "".join(_read_surface(name).words)


def _table_names(row: Row) -> Iterator[str]:
    yield row["canonical_name"]
    yield row["family"]
    yield from filter(None, row["aliases"].split(" | "))


def _composed_names(family: str, row: Row) -> Iterator[str]:
    """Names that people write though no table lists them: without vendor or brand, or with the brand in the middle."""
    vendor = row["vendor"].split()[0]
    bare = family.removeprefix(vendor).strip()
    if len(_key(bare)) >= _SHORTEST_WITHOUT_VENDOR:
        yield bare
    geforce = _GEFORCE.fullmatch(family)
    if geforce:
        yield from _geforce_names(geforce[2], (geforce[3] or "").replace("Laptop", "").strip(), "Laptop" in family)
    yield from (short[1] for pattern in _NUMBER_ENOUGH if (short := pattern.fullmatch(family)))
    tpu = _TPU.match(family)
    if tpu:
        yield f"TPU version {tpu[2]}"
        yield from (f"TPU {tpu[1]}", f"TPUs {tpu[1]}", f"{tpu[1]} TPU", f"{tpu[1]} TPUs", f"{tpu[1]} Cloud TPU")


def _geforce_names(number: str, suffix: str, laptop: bool) -> Iterator[str]:
    """``2080 Ti``, ``GTX 2080 Ti`` (a common slip), ``2080 RTX Ti``; numbers of three digits need a brand."""
    brands = ["GeForce ", "GTX ", "GeForce GTX "] + (["RTX ", "GeForce RTX ", ""] if len(number) == 4 else [])
    for brand in brands:
        for place in ("Laptop", "Mobile", "Notebook") if laptop else ("",):
            yield f"{brand}{number} {suffix} {place}"
            yield f"{number} {brand}{suffix} {place}"


def _find_matches(words: tuple[str, ...]) -> list[_Match]:
    """Aliases among the words, the longest first, none over another."""
    vendors, found = words_of("hardware_words", "vendor"), list[_Match]()
    spans = [(i, j) for i in range(len(words)) for j in range(i + 1, min(len(words), i + _LONGEST_ALIAS) + 1)]
    spans.sort(key=lambda span: -sum(word not in vendors for word in words[span[0] : span[1]]))
    for start, end in spans:
        family = _family_of(words[start:end])
        if family and all(end <= match.start or match.end <= start for match in found):
            found.append(_Match(start, end, family))
    return found


def _family_of(words: tuple[str, ...]) -> str | None:
    """Family whose alias the words are; the article of *a 100 GPU cluster* begins no name."""
    key = "".join(words)
    if len(words) > 1 and words[0] == "a":
        return None
    return _index().get(key) or (_index().get(key[:-1]) if key.endswith("s") and key[-2:-1].isalpha() else None)


def _is_plain(words: tuple[str, ...], matches: list[_Match], vendor: str) -> bool:
    """Whether no word beside the matches could name another device, another vendor, or deny the match."""
    inside = {index for match in matches for index in range(match.start, match.end)}
    rest = [(index, word) for index, word in enumerate(words) if index not in inside]
    beside_cpu = not words_of("hardware_words", "cpu").isdisjoint(words)
    after_tpu = {match.end for match in matches if match.family.startswith("Google TPU")}
    rest = [(index, word) for index, word in rest if not (index in after_tpu and word.isdigit())]  # v3-128: 128 cores
    return all(_is_harmless(index, word, vendor, beside_cpu) for index, word in rest)


def _is_harmless(index: int, word: str, vendor: str, beside_cpu: bool) -> bool:
    """Whether a word beside a device says nothing against it: a count before it, a noun, its own vendor, plain text."""
    kind, owner = _kinds().get(word, ("", ""))
    if kind in ("stop", "distinct"):
        return False
    if owner:
        return owner == vendor or (beside_cpu and owner in ("Intel", "AMD"))
    if kind or beside_cpu or _FACTOR.fullmatch(word) or (index == 0 and word.isdigit()):
        return True
    return word.isalpha() and len(word) > 1


@cache
def _kinds() -> dict[str, tuple[str, str]]:
    return {row["word"]: (row["kind"], row["vendor"]) for row in read_table("hardware_words")}


def _variant(family: str, form: str | None, memory: float | None) -> str | None:
    """The row that the stated form factor and memory single out among those of a family."""
    if form is None and memory is None:
        return None
    read = [(row, _read_surface(row["canonical_name"])) for row in _rows_of()[family]]
    fitting = [(row, named) for row, named in read if _same_form(form, named.forms)]
    exact = [row for row, named in fitting if named.memory == (frozenset() if memory is None else {memory})]
    loose = [row for row, _ in fitting if memory is None or memory in _sizes_of(row)]
    row = exact[0] if len(exact) == 1 else loose[0] if len(loose) == 1 else None
    return None if row is None or row["canonical_name"] == family else row["canonical_name"]


def _same_form(stated: str | None, named: frozenset[str]) -> bool:
    """Whether a row has the stated form factor; ``SXM`` stands for each of its generations."""
    if stated is None:
        return not named
    return any(form == stated or {form[:3], stated} == {"sxm"} for form in named)
