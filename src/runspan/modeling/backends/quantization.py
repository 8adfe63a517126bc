"""Eight-bit weights and activations for OpenVINO, their ranges seen on real windows."""

import logging
from collections.abc import Iterable
from pathlib import Path

import nncf
import openvino

from runspan.modeling.backends.converted import Converted
from runspan.modeling.backends.openvino_backend import INT8, MODEL
from runspan.modeling.batches import Batch


def quantize(converted: Converted, batches: Iterable[Batch]) -> Path:
    """Write an int8 model beside a converted one.

    Static quantisation after training, with outliers of the activations smoothed into the weights (SmoothQuant, Xiao et
    al. 2023) and biases corrected. What is no matrix product keeps its precision.

    Args:
        converted: As :func:`~runspan.modeling.backends.openvino_backend.convert_for_openvino` gives it.
        batches: Some hundred windows as the model will see them, from documents that it is not scored on.

    Returns:
        The file of the int8 model.
    """
    logging.getLogger("nncf").setLevel(logging.ERROR)
    inputs = [{"input_ids": batch.input_ids, "attention_mask": batch.attention_mask} for batch in batches]
    model = openvino.Core().read_model(str(converted.folder / MODEL))
    quantized = nncf.quantize(
        model,
        nncf.Dataset(inputs),
        model_type=nncf.ModelType.TRANSFORMER,
        preset=nncf.QuantizationPreset.MIXED,
        subset_size=len(inputs),
    )
    file = converted.folder / INT8
    making = file.with_name(f".{file.name}.making.xml")
    openvino.save_model(quantized, making, compress_to_fp16=False)
    making.with_suffix(".bin").replace(file.with_suffix(".bin"))
    making.replace(file)
    return file
