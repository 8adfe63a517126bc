"""What the benchmarks share: texts, clocks, the environment, scores, tables."""

import os
import platform
import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from random import Random
from typing import Any

from runspan.base.documents import Document
from runspan.language.compose.papers import ComposerSettings, compose_corpus
from runspan.language.seeds import read_seeds
from runspan.modeling.splits import assign_splits

SEEDS = Path(__file__).parents[1] / "data" / "seeds"
_PACKAGES = ("torch", "transformers", "tokenizers", "openvino", "onnxruntime", "numpy")
_SENTENCES = 3  # at most, of a short text


def papers(count: int) -> list[Document]:
    """Texts as long as papers, composed from the corpus."""
    composed = compose_corpus(read_seeds([str(SEEDS)]), 0, 0, ComposerSettings(paper_rate=1.0, noise_rate=0.5))
    long = sorted(composed, key=lambda document: -len(document.text))
    return [long[i % len(long)] for i in range(count)]


def read_texts(folder: Path) -> list[Document]:
    """The text files of a folder."""
    return [Document(file.stem, file.read_text(encoding="utf-8")) for file in sorted(folder.glob("*.txt"))]


def short_texts(count: int) -> list[Document]:
    """One to three sentences each, from the held-out documents of the corpus."""
    random = Random(0)
    texts = []
    for document in held_out():
        sentences = [s.strip() for s in document.text.replace("\n", " ").split(". ") if 20 < len(s.strip()) < 400]
        while sentences:
            number = random.randint(1, _SENTENCES)
            texts.append(". ".join(sentences[:number]) + ".")
            del sentences[:number]
    return [Document(str(i), texts[i % len(texts)]) for i in range(count)]


def held_out() -> list[Document]:
    """The tagged test documents of the corpus."""
    documents = read_seeds([str(SEEDS)])
    splits = assign_splits(documents)
    return [document for document in documents if splits[document.id] == "test"]


def strict_f1(gold: Sequence[Document], found: Sequence[set[tuple[int, int, str]]]) -> float:
    """Micro F1 of spans with the same characters and label."""
    true = [{(span.start, span.end, span.label) for span in document.spans} for document in gold]
    correct = sum(len(left & right) for left, right in zip(true, found, strict=True))
    return 2 * correct / max(1, sum(map(len, true)) + sum(map(len, found)))


def spans_of(document: Document) -> set[tuple[int, int, str]]:
    """Characters and labels of a document's spans."""
    return {(span.start, span.end, span.label) for span in document.spans}


def stock_spans(groups: Sequence[Mapping[str, Any]], text: str) -> set[tuple[int, int, str]]:
    """Spans of what the stock pipeline returns for a text."""
    found = set()
    for group in groups:
        surface = text[group["start"] : group["end"]]
        start = group["start"] + len(surface) - len(surface.lstrip())
        found.add((start, start + len(surface.strip()), group["entity_group"]))
    return found


def alternate(tasks: Mapping[str, Callable[[], Any]], rounds: int) -> dict[str, list[float]]:
    """Seconds of each task, the tasks in turn, after one round that does not count."""
    seconds: dict[str, list[float]] = {name: [] for name in tasks}
    for i in range(rounds + 1):
        for name, task in tasks.items():
            started = time.perf_counter()
            task()
            if i:
                seconds[name].append(time.perf_counter() - started)
    return seconds


def spread(values: Sequence[float]) -> str:
    """Median and range.

    >>> spread([1.0, 3.0, 2.0])
    '2.00 (1.00-3.00)'
    """
    return f"{statistics.median(values):.2f} ({min(values):.2f}-{max(values):.2f})"


def environment() -> str:
    """Processor, cores and versions, in one line."""
    cpu = next(
        (line.split(":")[1].strip() for line in _lines("/proc/cpuinfo") if line.startswith("model name")),
        platform.processor(),
    )
    flags = next((line for line in _lines("/proc/cpuinfo") if line.startswith("flags")), "")
    features = [name for name in ("avx512_bf16", "avx512_vnni", "amx_bf16") if name in flags]
    versions = [f"{name} {_version(name)}" for name in _PACKAGES if _version(name)]
    cores = len(os.sched_getaffinity(0))
    return f"{cpu}, {cores} cores, {' '.join(features)}; Python {platform.python_version()}, {', '.join(versions)}"


def print_table(columns: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """Print a Markdown table."""
    for row in (columns, ["---"] * len(columns), *rows):
        print("| " + " | ".join(map(str, row)) + " |")


def _lines(file: str) -> list[str]:
    try:
        return Path(file).read_text(encoding="utf-8").splitlines()
    except OSError:
        return []


def _version(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None
