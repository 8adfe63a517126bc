"""Keeps the libraries' own notices off the terminal; their warnings stay."""

import os
import warnings


def quiet_libraries() -> None:
    """Silence loading bars and reports of weights that are new on purpose."""
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
    from transformers.utils import logging

    logging.set_verbosity_error()
    logging.disable_progress_bar()
    warnings.filterwarnings("ignore", message=".*pin_memory.*")
