"""What was published, read back into an empty cache: the same files, and a model that says the same."""

import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
from huggingface_hub import snapshot_download

from runspan.base.documents import Document
from runspan.base.errors import RunspanError
from runspan.jobs.prediction import Predictor
from runspan.publish.hub.card_tables import read_rows
from runspan.publish.hub.hub_errors import HUB_ERRORS, explain, is_transient
from runspan.publish.hub.staging import StagedFile, staged_files
from runspan.publish.hub.upload import Target

_PAUSES = (1.0, 2.0, 4.0)  # seconds: the client does not repeat a download that failed


def download(target: Target, commit: str, cache: Path) -> Path:
    """The files of a commit, downloaded into an empty cache.

    Raises:
        RunspanError: They are not to be had.
    """
    for pause in (*_PAUSES, None):
        try:
            found = snapshot_download(target.repo_id, repo_type=target.repo_type, revision=commit, cache_dir=cache)
            return Path(found)
        except HUB_ERRORS as error:
            if pause is None or not is_transient(error):
                raise explain(error, target.repo_id) from error
            time.sleep(pause)
    raise AssertionError("unreachable")


def check_files(folder: Path, files: Sequence[StagedFile]) -> None:
    """Make sure that a downloaded folder has the files that were sent, byte for byte.

    Raises:
        RunspanError: A file is missing or differs.
    """
    found = {file.path: file.sha256 for file in staged_files(folder)}
    for file in files:
        if found.get(file.path) != file.sha256:
            what = "differs from" if file.path in found else "is missing, beside"
            raise RunspanError(f"{file.path} {what} what was sent (sha256 {file.sha256[:12]}…)")


def check_model(downloaded: Path, staged: Path) -> None:
    """Make sure that a downloaded model loads, and scores a sentence as the local one does, to the last bit.

    Raises:
        RunspanError: It does not.
    """
    document = Document("verification", " ".join(row["text"] for row in read_rows("widget_examples")))
    here, there = (
        Predictor.load(str(folder), "cpu", precision="fp32", backend="torch").score(document)[1]
        for folder in (staged, downloaded)
    )
    if not np.array_equal(here, there):
        raise RunspanError("the model scores a sentence otherwise than the local one")


def check_dataset(downloaded: Path, staged: Path) -> None:
    """Make sure that the tables of a downloaded dataset can be read, with the local ones' columns and rows.

    Raises:
        RunspanError: They can't.
    """
    for file in sorted((staged / "data").iterdir()):
        here, there = (pq.read_table(folder / "data" / file.name) for folder in (staged, downloaded))
        if not here.equals(there):
            raise RunspanError(f"{file.name} reads otherwise than the local one")
