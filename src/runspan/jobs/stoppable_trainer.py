"""The library's trainer with sealed checkpoints, which stops with one when it is asked to."""

import pickle
import signal
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from safetensors import SafetensorError
from transformers import PrinterCallback, ProgressCallback, Trainer

from runspan.base.errors import RunspanError, StoppedError
from runspan.jobs.checkpoints import check_seal, remove, rotate, seal
from runspan.jobs.stop_request import StopRequest


class StoppableTrainer(Trainer):
    """A trainer whose interrupted runs end where uninterrupted ones do.

    Args:
        *args: Of the library's trainer, as the other arguments by name.
        trained: The fingerprint of the training, kept in the seals.
        stop: What may ask it to stop.
        **kwargs: Of the library's trainer.
    """

    def __init__(self, *args: Any, trained: Mapping[str, Any], stop: StopRequest, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for display in (PrinterCallback, ProgressCallback):
            self.remove_callback(display)  # the command line has its own
        self._trained = trained
        self._stop = stop
        self._looked_at = self._saved_at = -1

    def fit(self, checkpoint: Path | None) -> Mapping[str, float]:
        """Train, from a checkpoint on where one is given, and return what the library measured.

        Raises:
            RunspanError: The checkpoint holds more than tensors and numbers.
            StoppedError: It was asked to stop, and has written a checkpoint.
        """
        try:
            with self._stop.kept():
                output = self.train(resume_from_checkpoint=str(checkpoint) if checkpoint else None)
        except (pickle.UnpicklingError, SafetensorError) as error:
            place, reason = checkpoint or self.args.output_dir, str(error).splitlines()[0]
            raise RunspanError(
                f"{place}: holds what no training writes, and was not loaded ({reason}). Remove it to go on from the "
                "checkpoint before it"
            ) from error
        return dict(output.metrics)

    def _run_epoch(self, *args: Any, **kwargs: Any) -> None:
        control = self.state.stateful_callbacks.get("TrainerControl", {})  # as it was saved
        if self.state.global_step >= self.state.max_steps or control.get("args", {}).get("should_training_stop"):
            self.control.should_training_stop = True  # goes on from a checkpoint of the last step
            return
        super()._run_epoch(*args, **kwargs)

    def _maybe_log_save_evaluate(self, *args: Any, **kwargs: Any) -> None:
        step, first_look = self.state.global_step, self._looked_at != self.state.global_step
        self._looked_at = step
        epoch_ends = float(self.state.epoch).is_integer() or self.control.should_training_stop
        # After the last step of an epoch the library looks twice; the evaluation of the epoch is due then.
        number = None if first_look and epoch_ends else self._stop.asked()
        if number:
            self.control.should_log = True
        super()._maybe_log_save_evaluate(*args, **kwargs)
        if number:
            if self._saved_at != step:
                self._save_checkpoint(self.model, None)
            name = signal.Signals(number).name
            raise StoppedError(
                number,
                f"stopped by {name} after step {step} of {self.state.max_steps}; checkpoint: {self._folder_of(step)}",
            )

    def _folder_of(self, step: int) -> Path:
        return Path(self.args.output_dir) / f"checkpoint-{step}"

    def _save_checkpoint(self, model: Any, trial: Any) -> None:
        checkpoint = self._folder_of(self.state.global_step)
        if self.args.should_save and checkpoint.exists():  # half-written by a run that was killed
            remove(checkpoint)
        self.accelerator.wait_for_everyone()
        keep, self.args.save_total_limit = self.args.save_total_limit, None  # none is removed before this one is whole
        try:
            super()._save_checkpoint(model, trial)
        finally:
            self.args.save_total_limit = keep
        self.accelerator.wait_for_everyone()
        if self.args.should_save:
            seal(checkpoint, self._trained)
            rotate(Path(self.args.output_dir), keep, {checkpoint, *self._best()})
        self._saved_at = self.state.global_step

    def _finalize_training(self, *args: Any, **kwargs: Any) -> Any:
        keep, self.args.save_total_limit = self.args.save_total_limit, None  # the last one is needed until the end
        try:
            return super()._finalize_training(*args, **kwargs)
        finally:
            self.args.save_total_limit = keep

    def remove_surplus_checkpoints(self) -> None:
        """Once the model is written: keep the best checkpoint alone where one is to be kept."""
        if self.args.save_total_limit == 1 and self._best():
            rotate(Path(self.args.output_dir), 1, self._best())

    def _best(self) -> set[Path]:
        best = self.state.best_model_checkpoint
        return {Path(best)} if best else set()

    def _load_best_model(self) -> None:
        for checkpoint in self._best():
            check_seal(checkpoint)
        super()._load_best_model()

    def _save(self, output_dir: str | None = None, state_dict: dict[str, Any] | None = None) -> None:
        super()._save(output_dir, state_dict)
        if self.args.should_save:
            file = Path(output_dir or self.args.output_dir) / "training_args.bin"
            file.unlink(missing_ok=True)  # a pickle that nothing reads
