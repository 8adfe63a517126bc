"""The engine that the options of ``infer.py`` ask for."""

import argparse
import importlib.util
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from runspan.base.errors import RunspanError
from runspan.cli.processes import device_of_process, share_of_process
from runspan.language.readers import json_lines, parquet
from runspan.language.readers.files import STDIN, is_url
from runspan.language.readers.folders import suffix_of
from runspan.language.readers.options import ReadOptions
from runspan.publish.text_folder import TextFolder

if TYPE_CHECKING:
    from runspan.jobs.engines import Engine
    from runspan.jobs.prediction import PredictionOptions, Predictor


def make_engine(args: argparse.Namespace) -> "Engine":
    """What predicts, ready to begin.

    Raises:
        RunspanError: It can't be had, or can't load the model.
    """
    if args.engine == "ray":
        return _ray_engine(args)
    from runspan.jobs.engines import LocalEngine
    from runspan.jobs.job_identity import identify

    predictor, options = load_predictor(args), _prediction_options(args)
    return LocalEngine(predictor, options, identify(predictor, read_options(args), options))


def load_predictor(args: argparse.Namespace) -> "Predictor":
    """The model, in this process."""
    return _loader(args, args.device or device_of_process())()


def read_options(args: argparse.Namespace) -> ReadOptions:
    """How inputs are read."""
    return ReadOptions(args.text_column, args.id_column, args.max_chars)


def _loader(args: argparse.Namespace, device: str | None) -> "partial[Predictor]":
    from runspan.jobs.prediction import Predictor

    return partial(
        Predictor.load,
        args.model,
        device,
        args.batch_size,
        precision=None if args.precision == "auto" else args.precision,
        backend=args.backend,
        trust_remote_code=args.trust_remote_code,
    )


def _prediction_options(args: argparse.Namespace) -> "PredictionOptions":
    from runspan.jobs.prediction import PredictionOptions

    keep = TextFolder(args.save_text).keep if args.save_text else None
    return PredictionOptions(args.world_average, args.min_confidence, keep)


def _ray_engine(args: argparse.Namespace) -> "Engine":
    if share_of_process().of > 1:
        raise RunspanError("--engine ray starts its own workers: run it without accelerate launch or torchrun")
    if importlib.util.find_spec("ray") is None:
        raise RunspanError("--engine ray needs a package that is not installed: pip install 'runspan[ray]'")
    from runspan.jobs.ray_cluster import connect, plan_workers
    from runspan.jobs.ray_engine import RayEngine
    from runspan.jobs.ray_worker import Assignment

    gpus = 0.0 if args.device == "cpu" else args.gpus_per_worker
    plan = plan_workers(connect(args.ray_address), args.workers, gpus)
    assignment = Assignment(
        _loader(args, args.device if plan.gpus else "cpu"),
        read_options(args),
        _prediction_options(args),
        Path.cwd(),
        _paths_of_workers(args),
    )
    return RayEngine(assignment, plan)


def _paths_of_workers(args: argparse.Namespace) -> tuple[str, ...]:
    """What workers open by path: the model, and documents in files of their own. Lines and rows are sent to them."""
    sent = json_lines.SUFFIXES | parquet.SUFFIXES
    inputs = [path for path in args.input if path != STDIN and not is_url(path) and suffix_of(path) not in sent]
    return (*([args.model] if Path(args.model).is_dir() else []), *inputs)
