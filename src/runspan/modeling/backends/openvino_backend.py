"""OpenVINO: the fastest on CPU, and quick to start, since nothing else is loaded."""

from collections import deque
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import openvino

from runspan.base.errors import RunspanError
from runspan.modeling.backends.backend import UnsupportedError, log_softmax, threads_asked_for
from runspan.modeling.backends.converted import Converted, converted_model
from runspan.modeling.batches import Batch
from runspan.modeling.decoding import FloatArray, TagScores

INT8 = "int8.xml"
MODEL = "model.xml"
_KERNELS = 100  # kept: each shape of a batch has its own, and by default thousands stay in memory
_WAITING = 2  # requests for each stream, so that none is idle while scores are read
_HINTS = {"fp32": "f32", "bf16": "bf16", "int8": "bf16"}  # int8: of what is not quantised


class OpenVinoBackend:
    """A converted model on the CPU, in as many streams as the machine has room for.

    Args:
        converted: As :func:`convert_for_openvino` gives it.
        precision: ``fp32``, ``bf16`` or ``int8``; by default ``bf16`` where the processor has it, else ``fp32``.

    Raises:
        UnsupportedError: The processor lacks the precision.
        RunspanError: No int8 model was made.
    """

    name = "openvino"
    device = "cpu"
    batch_tokens = 1024
    chunk_chars = 200_000

    def __init__(self, converted: Converted, precision: str | None = None) -> None:
        self.tags, self.longest_window, self.tokenizer = converted.tags, converted.longest_window, converted.tokenizer
        core = openvino.Core()
        has_bf16 = "BF16" in core.get_property("CPU", "OPTIMIZATION_CAPABILITIES")
        self.precision = precision or ("bf16" if has_bf16 else "fp32")
        if self.precision not in _HINTS or (self.precision == "bf16" and not has_bf16):
            raise UnsupportedError(
                f"precision {self.precision} is not to be had from openvino on this processor; expected one of fp32, "
                f"{'bf16, ' if has_bf16 else ''}int8. Or take --backend torch"
            )
        file = converted.folder / (INT8 if self.precision == "int8" else MODEL)
        if not file.is_file():
            raise RunspanError(
                f"{converted.folder}: no int8 model was made of these weights; make it with "
                "`runspan quantize --model DIR --dataset DIR`, or take another --precision"
            )
        hint = _HINTS[self.precision] if has_bf16 else "f32"
        options: dict[str, Any] = {
            "PERFORMANCE_HINT": "THROUGHPUT",
            "INFERENCE_PRECISION_HINT": hint,
            "CPU_RUNTIME_CACHE_CAPACITY": _KERNELS,
        }
        if threads := threads_asked_for():
            options["INFERENCE_NUM_THREADS"] = threads
        compiled = core.compile_model(str(file), "CPU", options)
        # Waited for one after the other: the library's queue with callbacks aborts now and then when it is let go.
        streams = compiled.get_property("OPTIMAL_NUMBER_OF_INFER_REQUESTS")
        self._requests = [compiled.create_infer_request() for _ in range(_WAITING * streams)]

    def score(self, batches: Sequence[Batch], words: int) -> TagScores:
        """Scores of ``words`` words; batches run side by side, one a stream."""
        log_probs = np.zeros((words, len(self.tags)), dtype=np.float32)
        free, busy = list(self._requests), deque[tuple[Any, Batch]]()
        for batch in batches:
            if not free:
                free.append(self._finish(*busy.popleft(), log_probs))
            request = free.pop()
            request.start_async([batch.input_ids, batch.attention_mask])
            busy.append((request, batch))
        for request, batch in busy:
            self._finish(request, batch, log_probs)
        return TagScores.of(log_probs)

    def _finish(self, request: Any, batch: Batch, log_probs: FloatArray) -> Any:
        """Wait for a request and keep the scores that its batch wants."""
        request.wait()
        logits = request.get_output_tensor().data.reshape(-1, len(self.tags))
        log_probs[batch.words] = log_softmax(logits[batch.positions])
        return request


def convert_for_openvino(folder: Path, trust_remote_code: bool = False) -> Converted:
    """The model of a folder for OpenVINO, converted at its first use.

    Raises:
        RunspanError: The folder's model can't be loaded.
        UnsupportedError: OpenVINO can't run it.
    """
    engine = f"openvino {openvino.__version__}"
    return converted_model(folder, "runspan-openvino", engine, _convert, trust_remote_code)


def _convert(model: Any, folder: Path) -> None:
    """Write a model of the model library as ``model.xml`` and ``model.bin``, in fp32.

    By way of the frontend, since ``openvino.convert_model`` reports each use to its makers.
    """
    import torch
    from openvino.frontend import FrontEndManager
    from openvino.frontend.pytorch.ts_decoder import TorchScriptPythonDecoder

    from runspan.modeling.backends.logits import LogitsOnly, example_inputs, quiet_tracing

    try:
        with torch.no_grad(), quiet_tracing():
            decoder = TorchScriptPythonDecoder(LogitsOnly(model), example_input=example_inputs())
            frontend = FrontEndManager().load_by_framework("pytorch")
            converted = frontend.convert(frontend.load(decoder))
    except RuntimeError as error:
        reason = str(error).strip().splitlines()[0]
        raise UnsupportedError(
            f"{type(model).__name__} can't be converted for openvino ({reason}); take --backend torch"
        ) from error
    openvino.save_model(converted, folder / MODEL, compress_to_fp16=False)
