"""How often the documents of a corpus repeat a value: what a model would learn by heart instead of reading."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from runspan.base.documents import Document
from runspan.language.normalize import NORMALIZERS, normalize

FEWEST_DOCUMENTS = 50  # below it, one document more or less moves a share by two points

LARGEST_SHARE = {  # of the documents that tag the label
    "model": 0.05,  # names are invented: twice the same is chance, once in twenty a habit of the writer
    "params": 0.05,  # likewise: round sizes come back, but hundreds of sizes are in use
    "training": 0.08,  # a handful of days and weeks are usual, and no one of them should stand out
    "hardware": 0.10,  # a few families do lead in reality; a model must read the others too
    "country": 0.08,  # likewise
    "year": 0.25,  # there are some fifteen years to choose from, and the last few are the usual ones
}


@dataclass(frozen=True, slots=True)
class Frequent:
    """The most frequent value of a label: in how many documents it stands, of those that tag the label."""

    label: str
    value: str
    documents: int
    of: int

    @property
    def share(self) -> float:
        """Share of the label's documents."""
        return self.documents / self.of

    @property
    def is_too_frequent(self) -> bool:
        """Whether the share is above the label's bound, in a corpus large enough to say so."""
        return self.of >= FEWEST_DOCUMENTS and self.share > LARGEST_SHARE.get(self.label, 1)


def most_frequent(documents: Sequence[Document], labels: Sequence[str]) -> list[Frequent]:
    """The most frequent value of each label that is tagged at all, counted once a document."""
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    tagging: Counter[str] = Counter()
    for document in documents:
        values = {(span.label, value_of(span.label, document.surface(span))) for span in document.spans}
        tagging.update({label for label, _ in values})
        for label, value in values:
            counts[label][value] += 1
    found = []
    for label in labels:
        if tagging[label]:
            value, count = min(counts[label].items(), key=lambda item: (-item[1], item[0]))
            found.append(Frequent(label, value, count, tagging[label]))
    return found


def value_of(label: str, surface: str) -> str:
    """What is counted as one value: the normalised one, or the surface in small letters on one line.

    >>> value_of("hardware", "A100s (80GB)"), value_of("country", "U.K."), value_of("model", "Tern\\n2")
    ('NVIDIA A100', 'GB', 'tern 2')
    """
    value = normalize(label, surface).value if label in NORMALIZERS else None
    folded = " ".join(surface.casefold().split())
    return folded if value is None or label == "model" else str(value)
