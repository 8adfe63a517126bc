"""A study over the knobs of a recipe: kept on disk as it goes, hopeless trials ended early, by validation F1."""

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import optuna
from optuna.pruners import MedianPruner
from optuna.samplers import TPESampler
from optuna.trial import TrialState
from transformers import TrainerCallback

from runspan.base.errors import RunspanError
from runspan.jobs.loss import DivergedError
from runspan.jobs.tuning_ranges import Range

STUDY = "study.db"
_NAME = "runspan"
_ABOUT = "what is tuned"
_ENDED = (TrialState.COMPLETE, TrialState.PRUNED)
_SCORE = "eval_f1"

Objective = Callable[[Mapping[str, Any], TrainerCallback], float]


class Pruning(TrainerCallback):
    """Tells a study the score of each evaluation, and ends the training where it is below the median of the others."""

    def __init__(self, trial: Any) -> None:
        self._trial = trial

    def on_evaluate(self, args: Any, state: Any, control: Any, metrics: Any = None, **_: Any) -> None:
        """Report; raises Optuna's ``TrialPruned`` to end the trial."""
        self._trial.report(metrics[_SCORE], state.global_step)
        if self._trial.should_prune():
            raise optuna.TrialPruned


def tune(
    folder: Path, ranges: Sequence[Range], trials: int, about: Mapping[str, Any], seed: int, objective: Objective
) -> Any:
    """Try values until ``trials`` trials have ended, those of earlier calls among them.

    Args:
        folder: Where the study is kept, in ``study.db``.
        ranges: What may be tried.
        trials: How many, in all.
        about: Data and arguments that all trials share; a study goes on with the same alone.
        seed: Of the choice of values.
        objective: Values and a callback for the trainer → validation F1.

    Returns:
        Optuna's study.

    Raises:
        RunspanError: The folder holds a study of something else.
    """
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    folder.mkdir(parents=True, exist_ok=True)
    study = optuna.create_study(
        storage=f"sqlite:///{(folder / STUDY).resolve()}",
        study_name=_NAME,
        load_if_exists=True,
        direction="maximize",
        pruner=MedianPruner(n_startup_trials=4, n_warmup_steps=1),
    )
    _refuse_another(study, {**about, "ranges": [[one.name, one.kind, *one.values] for one in ranges]}, folder)
    for trial in study.get_trials(states=(TrialState.RUNNING,)):  # of a call that was interrupted
        study.tell(trial.number, state=TrialState.FAIL)
    study.sampler = TPESampler(seed=seed + len(study.trials))  # what was drawn before is not drawn again
    left = trials - len(study.get_trials(states=_ENDED))
    if left > 0:
        study.optimize(lambda trial: _score(trial, ranges, objective), n_trials=left)
    return study


def _score(trial: Any, ranges: Sequence[Range], objective: Objective) -> float:
    try:
        return objective({one.name: one.suggest(trial) for one in ranges}, Pruning(trial))
    except DivergedError as error:  # one trial's values lead nowhere; the study goes on
        raise optuna.TrialPruned(str(error)) from error


def _refuse_another(study: Any, about: Mapping[str, Any], folder: Path) -> None:
    now = json.loads(json.dumps(about, default=str))
    before = study.user_attrs.get(_ABOUT)
    if before is None:
        study.set_user_attr(_ABOUT, now)
    elif before != now:
        name = next(name for name in now.keys() | before.keys() if now.get(name) != before.get(name))
        raise RunspanError(
            f"{folder / STUDY}: is a study with another {name}; go on with the same data, recipe and ranges, or give "
            "another --output"
        )
