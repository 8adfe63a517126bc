"""Eight-bit weights and activations for ONNX Runtime."""

import logging
from pathlib import Path

from onnxruntime.quantization import QuantType, quantize_dynamic

from runspan.modeling.backends.onnx_backend import GRAPHS


def quantize_graph(folder: Path) -> Path:
    """Write the int8 graph of a folder beside its fp32 graph.

    Weights have a scale a channel, which stays nearest to the fp32 model; activations get theirs anew for each batch
    (dynamic quantisation), so that no documents are needed to see ranges on. Word embeddings are kept in
    eight bits too.

    Args:
        folder: Of a converted model.

    Returns:
        The file of the int8 graph.
    """
    file = folder / GRAPHS["int8"]
    making = file.with_name(f".{file.name}.making")
    root = logging.getLogger()
    level = root.level
    root.setLevel(logging.ERROR)  # it advises a preparation for graphs that are not optimised yet
    try:
        quantize_dynamic(folder / GRAPHS["fp32"], making, per_channel=True, weight_type=QuantType.QInt8)
        making.replace(file)
    finally:
        root.setLevel(level)
        making.unlink(missing_ok=True)
    return file
