"""A trainer with our evaluation, order of windows, moving average and learning rate of the head."""

import time
from pathlib import Path
from typing import Any

import torch
from accelerate.utils import broadcast
from torch.utils.data import Sampler, SequentialSampler

from runspan.jobs.evaluation import read_split, score_documents
from runspan.jobs.prediction import Predictor
from runspan.jobs.stoppable_trainer import StoppableTrainer
from runspan.modeling.averaging import WeightAverage
from runspan.modeling.backends.torch_backend import TorchBackend
from runspan.modeling.windows import WindowSettings

_SCORES = ("precision", "recall", "f1")


class SpanTrainer(StoppableTrainer):
    """A trainer that evaluates as prediction predicts: whole documents, windows, legal tags, strict F1.

    With an ``ema_decay`` above 0 it keeps the mean of its weights, and what it evaluates is that.

    Args:
        *args: Of :class:`StoppableTrainer`, as the other arguments by name.
        settings: How documents are cut into windows at evaluation.
        ema_decay: Decay a step of the mean of the weights; 0 for none.
        **kwargs: Of :class:`StoppableTrainer`.
    """

    def __init__(self, *args: Any, settings: WindowSettings, ema_decay: float = 0.0, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._settings = settings
        self._since: float | None = None  # the clock of tokens a second
        self._tokens = 0
        self._average: WeightAverage | None = None
        if ema_decay:
            self._average = WeightAverage(self.accelerator.unwrap_model(self.model), ema_decay)
            self.add_callback(self._average)

    def take_average(self) -> None:
        """Put the mean of the weights in place of the last ones, where there is one."""
        if self._average:
            self.accelerator.unwrap_model(self.model).load_state_dict(self._average.model.state_dict())
            self._average = None

    def _save(self, output_dir: str | None = None, state_dict: dict[str, Any] | None = None) -> None:
        super()._save(output_dir, state_dict)
        if self._average and self.args.should_save:
            self._average.save(Path(output_dir or self.args.output_dir))

    def _load_from_checkpoint(self, resume_from_checkpoint: str, model: Any = None) -> None:
        super()._load_from_checkpoint(resume_from_checkpoint, model)
        if self._average:
            self._average.load(Path(resume_from_checkpoint))

    def _load_best_model(self) -> None:
        super()._load_best_model()
        if self._average and self.state.best_model_checkpoint:
            self._average.load(Path(self.state.best_model_checkpoint))

    def _get_train_sampler(self, train_dataset: Any = None) -> Sampler[int]:
        return SequentialSampler(train_dataset if train_dataset is not None else self.train_dataset)

    def create_optimizer(self, model: Any = None) -> torch.optim.Optimizer:
        """The library's optimizer, with the head's parameters in groups of their own where they learn faster."""
        optimizer = super().create_optimizer(model)
        rate = self.args.head_learning_rate
        if rate is not None and not any("head" in group for group in optimizer.param_groups):
            base = self.model.base_model_prefix
            head = {id(p) for name, p in self.model.named_parameters() if not name.startswith(f"{base}.")}
            for group in list(optimizer.param_groups):
                own = [p for p in group["params"] if id(p) in head]
                if own:
                    group["params"] = [p for p in group["params"] if id(p) not in head]
                    options = {key: value for key, value in group.items() if key not in ("params", "lr", "initial_lr")}
                    optimizer.add_param_group({**options, "params": own, "lr": rate, "head": True})
        return optimizer

    def training_step(self, model: Any, inputs: Any, *args: Any, **kwargs: Any) -> torch.Tensor:
        """The library's step; counts its tokens."""
        if self._since is None:
            self._since, self._tokens = time.perf_counter(), 0
        self._tokens += int(inputs["input_ids"].numel()) * self.args.world_size
        return super().training_step(model, inputs, *args, **kwargs)

    def log(self, logs: dict[str, float], *args: Any, **kwargs: Any) -> None:
        """Log, with the tokens a second of the steps since the last log, evaluation or checkpoint."""
        if "loss" in logs and self._since is not None:
            logs["tokens_per_second"] = round(self._tokens / (time.perf_counter() - self._since), 1)
        self._since = None
        super().log(logs, *args, **kwargs)

    def _save_checkpoint(self, model: Any, trial: Any) -> None:
        super()._save_checkpoint(model, trial)
        self._since = None

    def evaluate(
        self, eval_dataset: Any = None, ignore_keys: Any = None, metric_key_prefix: str = "eval"
    ) -> dict[str, float]:
        """Strict scores of the validation documents, logged and handed to the callbacks; one process finds them."""
        started = time.time()
        rows = eval_dataset if eval_dataset is not None else self.eval_dataset
        found = self._score(rows) if self.is_world_process_zero() else [0.0] * len(_SCORES)
        if self.args.world_size > 1:
            found = broadcast(torch.tensor(found, dtype=torch.float64, device=self.args.device)).tolist()
        metrics = {f"{metric_key_prefix}_{name}": score for name, score in zip(_SCORES, found, strict=True)}
        metrics[f"{metric_key_prefix}_runtime"] = round(time.time() - started, 2)
        self.log(metrics)
        self.control: Any = self.callback_handler.on_evaluate(self.args, self.state, self.control, metrics)
        return metrics

    def _score(self, rows: Any) -> list[float]:
        model = self._average.model if self._average else self.accelerator.unwrap_model(self.model)
        backend = TorchBackend(model, self.processing_class, self.args.precision)
        predictor = Predictor(backend, self._settings, self.args.per_device_eval_batch_size)
        tagged = read_split(rows)
        scores = score_documents(tagged, predictor.predict_spans(tagged))
        return [float(scores[name]) for name in _SCORES]
