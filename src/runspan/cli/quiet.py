"""Keeps the libraries' own notices off the terminal; their warnings stay."""

import os
import warnings


def quiet_libraries() -> None:
    """Silence loading bars and reports of weights that are new on purpose, before the libraries are loaded."""
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
    os.environ.setdefault("TRANSFORMERS_VERBOSITY", "error")
    os.environ.setdefault("HF_HUB_DISABLE_PROGRESS_BARS", "1")
    os.environ.setdefault("HF_HUB_VERBOSITY", "error")  # each try of a request is a warning; what matters, we say
    warnings.filterwarnings("ignore", message=".*pin_memory.*")
