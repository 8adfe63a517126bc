"""ONNX Runtime: for machines that have it and nothing faster."""

import logging
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime

from runspan.base.errors import RunspanError
from runspan.modeling.backends.backend import log_softmax, threads_asked_for
from runspan.modeling.backends.converted import Converted, converted_model
from runspan.modeling.batches import Batch
from runspan.modeling.decoding import TagScores

GRAPHS = {"fp32": "model.onnx", "int8": "int8.onnx"}  # by precision
_LARGEST_FILE = 1_500_000_000  # bytes; larger weights lie in a file beside the graph, as the format wants from 2 GB on


class OnnxBackend:
    """A converted model on the CPU.

    Args:
        converted: As :func:`convert_for_onnx` gives it.
        precision: ``fp32`` or ``int8``; by default the first of these that is there.

    Raises:
        RunspanError: Another precision is asked for, or no int8 model was made.
    """

    name = "onnx"
    device = "cpu"
    batch_tokens = 1024
    chunk_chars = 200_000

    def __init__(self, converted: Converted, precision: str | None = None) -> None:
        there = [name for name, file in GRAPHS.items() if (converted.folder / file).is_file()]
        self.precision = precision or (there or ["fp32"])[0]
        if self.precision not in GRAPHS:
            raise RunspanError(f"precision {precision} is not to be had from onnx; expected {' or '.join(GRAPHS)}")
        if self.precision not in there:
            raise RunspanError(
                f"{converted.folder}: no {self.precision} model was made of these weights; make it with `runspan "
                "export --model DIR --dataset DIR --output DIR`, or take another --precision"
            )
        self.tags, self.longest_window, self.tokenizer = converted.tags, converted.longest_window, converted.tokenizer
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads_asked_for() or 0
        self._session = onnxruntime.InferenceSession(
            str(converted.folder / GRAPHS[self.precision]), options, providers=["CPUExecutionProvider"]
        )

    def score(self, batches: Sequence[Batch], words: int) -> TagScores:
        """Scores of ``words`` words."""
        log_probs = np.zeros((words, len(self.tags)), dtype=np.float32)
        for batch in batches:
            inputs = {"input_ids": batch.input_ids, "attention_mask": batch.attention_mask}
            (logits,) = self._session.run(None, inputs)
            log_probs[batch.words] = log_softmax(logits.reshape(-1, len(self.tags))[batch.positions])
        return TagScores.of(log_probs)


def convert_for_onnx(folder: Path, trust_remote_code: bool = False) -> Converted:
    """The model of a folder for ONNX Runtime, converted at its first use.

    Raises:
        RunspanError: The folder's model can't be loaded.
    """
    engine = f"onnxruntime {onnxruntime.__version__}"
    return converted_model(folder, "runspan-onnx", engine, _convert, trust_remote_code)


def _convert(model: Any, folder: Path) -> None:
    """Write a model of the model library as ``model.onnx``, in fp32."""
    import torch

    from runspan.modeling.backends.logits import LogitsOnly, example_inputs, quiet_tracing

    inputs = example_inputs()
    size = sum(weight.numel() * weight.element_size() for weight in model.parameters())
    axes = {0: torch.export.Dim.DYNAMIC, 1: torch.export.Dim.DYNAMIC}
    logging.getLogger("torch.onnx").setLevel(logging.ERROR)  # names packages that it does without
    with quiet_tracing():
        torch.onnx.export(
            LogitsOnly(model).eval(),
            tuple(inputs.values()),
            folder / GRAPHS["fp32"],
            input_names=list(inputs),
            output_names=["logits"],
            dynamic_shapes=tuple(axes for _ in inputs),
            dynamo=True,
            external_data=size > _LARGEST_FILE,
            verbose=False,
        )
