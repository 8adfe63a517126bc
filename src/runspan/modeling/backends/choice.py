"""Which engine runs a model: the one asked for, or the fastest that is there."""

import importlib.util
import sys
from pathlib import Path

from runspan.base.errors import RunspanError
from runspan.modeling.backends.backend import Backend, UnsupportedError
from runspan.modeling.backends.converted import open_exported
from runspan.modeling.model_files import is_exported

BACKENDS = ("auto", "torch", "openvino", "onnx")
_PACKAGES = {"openvino": "openvino", "onnx": "onnxruntime"}
_GPU_DRIVERS = ("/dev/nvidiactl", "/dev/kfd", "/dev/dxg")  # NVIDIA; AMD; either under Windows


def load_backend(
    folder: Path,
    name: str = "auto",
    device: str | None = None,
    precision: str | None = None,
    trust_remote_code: bool = False,
) -> Backend:
    """A fine-tuned model, ready to run.

    Args:
        folder: A model folder.
        name: One of :data:`BACKENDS`. ``auto``: PyTorch on a GPU, OpenVINO on a CPU where it is installed and can.
        device: As PyTorch names it; a GPU where there is one by default.
        precision: ``fp32``, ``bf16``, ``fp16`` or ``int8``; the fastest that keeps the scores by default.
        trust_remote_code: Whether code of the model's repository may run.

    Raises:
        RunspanError: The engine is not installed or not made for the device, lacks the precision, or can't load the
            model.
    """
    if is_exported(folder):
        if name not in ("auto", "onnx"):
            raise RunspanError(
                f"{folder}: is an exported model, for --backend onnx alone; for {name} take the model itself"
            )
        name = "onnx"
    if name == "auto":
        return _fastest(folder, device, precision, trust_remote_code)
    if name in _PACKAGES:
        if device not in (None, "cpu"):
            raise RunspanError(f"--backend {name} runs on cpu; for {device} take --backend torch")
        if importlib.util.find_spec(_PACKAGES[name]) is None:
            raise RunspanError(f"--backend {name} needs a package that is not installed: pip install 'runspan[{name}]'")
    if name == "openvino":
        from runspan.modeling.backends.openvino_backend import OpenVinoBackend, convert_for_openvino

        return OpenVinoBackend(convert_for_openvino(folder, trust_remote_code), precision)
    if name == "onnx":
        from runspan.modeling.backends.onnx_backend import OnnxBackend, convert_for_onnx

        if is_exported(folder):
            return OnnxBackend(open_exported(folder), precision)
        return OnnxBackend(convert_for_onnx(folder, trust_remote_code), precision)
    if precision == "int8":
        raise RunspanError("precision int8 is not to be had from torch; take --backend openvino or onnx")
    from runspan.modeling.backends.torch_backend import TorchBackend, best_device, place_model
    from runspan.modeling.encoder import load_model, load_tokenizer

    model = load_model(folder, trust_remote_code)
    place_model(model, device or best_device())
    return TorchBackend(model, load_tokenizer(folder, trust_remote_code), precision)


def _fastest(folder: Path, device: str | None, precision: str | None, trust_remote_code: bool) -> Backend:
    on_cpu = device == "cpu" or (device is None and not _has_gpu())
    if on_cpu and precision != "fp16" and importlib.util.find_spec("openvino"):
        try:
            return load_backend(folder, "openvino", "cpu", precision, trust_remote_code)
        except UnsupportedError:
            pass
    return load_backend(folder, "torch", device, precision, trust_remote_code)


def _has_gpu() -> bool:
    """Whether PyTorch finds a GPU; it is not loaded where no driver of any is."""
    if sys.platform == "linux" and not any(Path(driver).exists() for driver in _GPU_DRIVERS):
        return False
    from runspan.modeling.backends.torch_backend import best_device

    return best_device() != "cpu"
