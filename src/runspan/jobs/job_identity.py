"""What decides the records of a job: the same command over the same documents gives the same bytes."""

import hashlib
from dataclasses import asdict
from typing import Any

from runspan import __version__
from runspan.jobs.checkout import git_commit
from runspan.jobs.prediction import PredictionOptions, Predictor
from runspan.language.readers.options import ReadOptions
from runspan.modeling.backends.converted import fingerprint


def identify(predictor: Predictor, read: ReadOptions, options: PredictionOptions) -> dict[str, Any]:
    """What a job is, by the names that a user knows.

    Args:
        predictor: A model that was loaded from its folder.
        read: How inputs are read.
        options: What is made of the spans.
    """
    folder = predictor.folder
    assert folder is not None, "the model was not loaded from a folder"
    settings = [folder / name for name in ("runspan.json", "calibration.json")]
    digest = hashlib.sha256(b"\0".join(file.read_bytes() for file in settings if file.is_file()))
    backend = predictor.backend
    return {
        "runspan": __version__,
        "commit": git_commit(),
        "model": fingerprint(folder),
        "settings of the model": digest.hexdigest(),
        "backend": backend.name,
        "device": backend.device,
        "precision": backend.precision,
        "tokens of a batch": predictor.batch_tokens,
        "world_average": options.world_average,
        "min_confidence": options.min_confidence,
        **asdict(read),
    }
