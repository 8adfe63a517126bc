"""Engines against the model itself; converted models kept, checked and made anew; what can't be had."""

import json
import subprocess
import sys
from pathlib import Path
from shutil import copytree, ignore_patterns
from typing import Any

import numpy as np
import pytest
import torch
import transformers

from runspan.base.documents import Document
from runspan.base.errors import RunspanError
from runspan.base.labels import tag_names
from runspan.cli.main import main
from runspan.jobs.prediction import Predictor
from runspan.language.markup import parse
from runspan.modeling.backends import converted, openvino_backend
from runspan.modeling.backends.choice import BACKENDS, load_backend
from runspan.modeling.backends.converted import fingerprint
from runspan.modeling.dataset import build_dataset, save_dataset
from runspan.modeling.windows import WindowSettings
from tests.conftest import TOKENIZERS

TEXT = "We trained StrumNet (31,842 parameters) on a GeForce GTX 970 for roughly 90 minutes in Finland. " * 6
SMALL = {
    "hidden_size": 32,
    "num_hidden_layers": 2,
    "num_attention_heads": 2,
    "intermediate_size": 64,
    "max_position_embeddings": 132,
    "pad_token_id": 3,
}
ARCHITECTURES = {
    "BertForTokenClassification": (transformers.BertConfig, SMALL),
    "RobertaForTokenClassification": (transformers.RobertaConfig, SMALL),
    "XLMRobertaForTokenClassification": (transformers.XLMRobertaConfig, SMALL),
    "ModernBertForTokenClassification": (transformers.ModernBertConfig, SMALL),
    "DebertaV2ForTokenClassification": (transformers.DebertaV2Config, SMALL),
    "DistilBertForTokenClassification": (
        transformers.DistilBertConfig,
        {"dim": 32, "n_layers": 2, "n_heads": 2, "hidden_dim": 64, "max_position_embeddings": 132, "pad_token_id": 3},
    ),
}


@pytest.fixture
def model_dir(tiny_model_dir: Path, tmp_path: Path) -> Path:
    return copytree(tiny_model_dir, tmp_path / "model", ignore=ignore_patterns("runspan-*"))


@pytest.mark.parametrize("name", [name for name in BACKENDS if name != "auto"])
def test_an_engine_scores_as_the_model_does(name: str, model_dir: Path) -> None:
    predictor = Predictor.load(str(model_dir), "cpu", precision="fp32", backend=name)
    model = transformers.AutoModelForTokenClassification.from_pretrained(model_dir).eval()
    encoding, scores = predictor.score(Document("a", "We trained StrumNet in Finland"))
    ids = torch.tensor([[*predictor.encoder.prefix, *encoding.input_ids.tolist(), *predictor.encoder.suffix]])
    with torch.inference_mode():
        expected = model(input_ids=ids).logits[0].log_softmax(-1)[1:-1][encoding.first_tokens]
    assert predictor.backend.name == name
    np.testing.assert_allclose(scores, expected.numpy(), atol=1e-5)


@pytest.mark.parametrize("name", ARCHITECTURES)
def test_architectures_convert(name: str, tmp_path: Path) -> None:
    config, sizes = ARCHITECTURES[name]
    tags = tag_names(("year", "model"))
    torch.manual_seed(0)
    tokenizer = TOKENIZERS["byte_level"]
    labels = {"id2label": dict(enumerate(tags)), "label2id": {tag: i for i, tag in enumerate(tags)}}
    getattr(transformers, name)(config(vocab_size=len(tokenizer), **sizes, **labels)).save_pretrained(tmp_path)
    tokenizer.save_pretrained(tmp_path)
    WindowSettings(max_length=64, stride=16).save(tmp_path)
    documents = [Document("a", TEXT), Document("b", "We trained StrumNet")]
    scores = {
        backend: [Predictor.load(str(tmp_path), "cpu", None, "fp32", backend).score(d)[1] for d in documents]
        for backend in ("torch", "auto")
    }
    for left, right in zip(scores["torch"], scores["auto"], strict=True):
        np.testing.assert_allclose(left, right, atol=1e-4)


def test_a_converted_model_is_kept_for_its_weights_alone(model_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    conversions = []
    convert = openvino_backend._convert
    monkeypatch.setattr(
        openvino_backend, "_convert", lambda model, folder: (conversions.append(folder), convert(model, folder))
    )
    before = load_backend(model_dir, "openvino")
    load_backend(model_dir, "openvino")
    assert len(conversions) == 1
    model = transformers.AutoModelForTokenClassification.from_pretrained(model_dir)
    with torch.no_grad():
        model.classifier.bias += torch.arange(15.0)
    model.save_pretrained(model_dir)
    after = load_backend(model_dir, "openvino")
    assert len(conversions) == 2
    document = Document("a", TEXT)
    left, right = (Predictor(b, WindowSettings(64, 16)).score(document)[1] for b in (before, after))
    assert np.abs(left - right).max() > 1
    assert sorted(path.name for path in model_dir.iterdir() if path.is_dir()) == ["runspan-openvino"]


def test_what_other_tools_keep_beside_the_weights_stays(model_dir: Path) -> None:
    (model_dir / "openvino").mkdir()
    (model_dir / "openvino" / "model.xml").write_text("another tool's")
    load_backend(model_dir, "openvino")
    assert (model_dir / "openvino" / "model.xml").read_text() == "another tool's"


def test_beside_weights_that_nothing_can_be_written_beside(
    model_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mkdir = Path.mkdir

    def refuse(path: Path, *args: object, **options: object) -> None:
        if model_dir in path.parents:
            raise PermissionError(13, "Permission denied")
        mkdir(path, *args, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(Path, "mkdir", refuse)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    load_backend(model_dir, "openvino")
    (place,) = (tmp_path / "cache" / "runspan").iterdir()
    assert place.name == f"runspan-openvino-{fingerprint(model_dir)[:16]}"
    monkeypatch.setattr(converted, "_convert", None)  # not called again
    load_backend(model_dir, "openvino")


def test_a_converted_model_runs_without_the_model_libraries(model_dir: Path) -> None:
    load_backend(model_dir, "openvino")
    (model_dir / "a.txt").write_text(TEXT)
    code = (
        "import sys; from runspan.cli.main import main; "
        f"assert main(['infer', '--model', {str(model_dir)!r}, '--input', {str(model_dir / 'a.txt')!r}, "
        "'--output', '-', '--quiet', '--device', 'cpu']) == 0; "
        "assert not {'torch', 'transformers', 'datasets'} & set(sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert '"schema": "runspan/1"' in done.stdout


def test_int8_is_made_scored_and_used(model_dir: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    others = [" ".join(f"word{i}x{j}" for j in range(40)) for i in range(40)]
    texts = [f"We trained <model>Net{i}</model> in <year>20{i:02}</year>. {other}" for i, other in enumerate(others)]
    documents = [parse(text, str(i)).document for i, text in enumerate(texts)]
    save_dataset(build_dataset(documents), tmp_path / "dataset")
    assert main(["quantize", "--model", str(model_dir), "--dataset", str(tmp_path / "dataset")]) == 0
    report = json.loads((model_dir / "runspan-openvino" / "quantization.json").read_text())
    assert set(report["f1"]) == {load_backend(model_dir, "openvino").precision, "int8"}
    assert report["documents"] > 0
    assert f"int8 costs {report['loss']:.4f}" in " ".join(capsys.readouterr().err.split())
    full, int8 = (Predictor.load(str(model_dir), precision=p, backend="openvino") for p in ("fp32", "int8"))
    left, right = (predictor.score(documents[0])[1] for predictor in (full, int8))
    assert 0 < np.abs(left - right).max() < 0.5


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"name": "openvino", "device": "cuda"}, "--backend openvino runs on cpu; for cuda take --backend torch"),
        ({"name": "openvino", "precision": "int8"}, "no int8 model was made of these weights"),
        ({"name": "openvino", "precision": "fp16"}, "precision fp16 is not to be had from openvino"),
        ({"name": "onnx", "precision": "bf16"}, "precision bf16 is not to be had from onnx"),
        ({"name": "torch", "device": "cpu", "precision": "int8"}, "precision int8 is not to be had from torch"),
        ({"name": "torch", "device": "no"}, "device 'no' is not to be had"),
    ],
)
def test_what_can_not_be_had(options: dict[str, str], message: str, model_dir: Path) -> None:
    with pytest.raises(RunspanError, match=message):
        load_backend(model_dir, **options)


def test_an_engine_that_is_not_installed(model_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(RunspanError, match=r"pip install 'runspan\[onnx\]'"):
        load_backend(model_dir, "onnx")
    assert load_backend(model_dir, "auto", "cpu").name == "torch"


def test_a_device_without_room_for_a_batch_gets_halves(
    model_dir: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    predictor = Predictor.load(str(model_dir), "cpu", precision="fp32", backend="torch")
    texts = [TEXT[i:] for i in range(9)]
    encodings = [predictor.encoder.encode(text) for text in texts]
    expected = [scores.log_probs(slice(None)) for scores in predictor.score_encoded(encodings)]
    model = predictor.backend.model  # type: ignore[attr-defined]
    forward, tried = model.forward, []

    def with_little_memory(input_ids: torch.Tensor, **others: Any) -> Any:
        tried.append(input_ids.numel())
        if input_ids.numel() > 300:
            raise torch.OutOfMemoryError("CUDA out of memory")
        return forward(input_ids=input_ids, **others)

    monkeypatch.setattr(model, "forward", with_little_memory)
    found = [scores.log_probs(slice(None)) for scores in predictor.score_encoded(encodings)]
    for one, other in zip(found, expected, strict=True):
        np.testing.assert_allclose(one, other, atol=1e-5)
    assert "out of memory: batches have at most" in caplog.text
    failures = [i for i, tokens in enumerate(tried) if tokens > 300]
    assert failures == list(range(len(failures))), "what did not fit once is tried no more"


def test_one_window_that_does_not_fit_is_an_error(model_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    predictor = Predictor.load(str(model_dir), "cpu", precision="fp32", backend="torch")

    def without_memory(**_: Any) -> Any:
        raise torch.OutOfMemoryError("CUDA out of memory")

    monkeypatch.setattr(predictor.backend.model, "forward", without_memory)  # type: ignore[attr-defined]
    with pytest.raises(torch.OutOfMemoryError):
        predictor.score(Document("a", TEXT))
