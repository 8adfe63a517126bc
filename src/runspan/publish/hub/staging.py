"""What is published of a model or dataset folder: an allow-listed copy, without secrets, and its checksums."""

import hashlib
import json
import shutil
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import yaml

from runspan.base.errors import RunspanError
from runspan.modeling.splits import SPLITS
from runspan.publish.hub.secrets import check_no_tokens, without_secrets

CARD = "README.md"
DATASHEET = "DATASHEET.md"
RUN_CONFIG = "run_config.yaml"
NEEDED = ("config.json", "model.safetensors", "tokenizer.json")
OPTIONAL = (  # of the tokenizer, and what a training run writes beside the weights
    "tokenizer_config.json",
    "special_tokens_map.json",
    "vocab.txt",
    "vocab.json",
    "merges.txt",
    "runspan.json",
    "calibration.json",
    "metrics.json",
    RUN_CONFIG,
    "reliability.svg",
)
_OF_A_MODEL = (*NEEDED, *OPTIONAL)
_NAMES_A_PLACE = ("config.json", "tokenizer_config.json")  # may say where their model was loaded from
_PLACES = ("_name_or_path", "name_or_path")
_OWN_CODE = "auto_map"


@dataclass(frozen=True, slots=True)
class StagedFile:
    """A file that is to be published.

    Attributes:
        path: In the repository.
        size: Bytes.
        sha256: What the hub names it by where it keeps it as a large file.
        git_sha1: What the hub names it by where it keeps it in git.
    """

    path: str
    size: int
    sha256: str
    git_sha1: str


def stage_model(source: Path, target: Path, datasheet: Path | None = None) -> None:
    """Copy what is published of a model folder into an empty folder.

    Raises:
        RunspanError: A file that a model needs is missing, the model needs code of its own, or a file holds a token.
    """
    missing = [name for name in NEEDED if not (source / name).is_file()]
    if missing:
        raise RunspanError(f"{source}: lacks {', '.join(missing)}; expected a model folder that train.py wrote")
    for name in _OF_A_MODEL:
        if (source / name).is_file():
            shutil.copyfile(source / name, target / name)
    for name in filter(lambda name: (target / name).is_file(), _NAMES_A_PLACE):
        _drop_places(target / name, source)
    if (target / RUN_CONFIG).is_file():
        _rewrite_run_config(target / RUN_CONFIG, source)
    _add_datasheet(datasheet, target)
    check_no_tokens(sorted(target.iterdir()))


def stage_dataset(source: Path, target: Path, datasheet: Path | None = None) -> None:
    """Copy what is published of a dataset folder, its Parquet files, into an empty folder.

    Raises:
        RunspanError: A split is missing, or a file holds a token.
    """
    parts = {split: source / "parquet" / f"{split}.parquet" for split in SPLITS}
    missing = [str(file.relative_to(source)) for file in parts.values() if not file.is_file()]
    if missing:
        raise RunspanError(f"{source}: lacks {', '.join(missing)}; expected a folder that `runspan dataset` wrote")
    (target / "data").mkdir()
    for file in parts.values():
        shutil.copyfile(file, target / "data" / file.name)
    _add_datasheet(datasheet, target)
    check_no_tokens(sorted(path for path in target.rglob("*") if path.is_file()))


def staged_files(folder: Path) -> list[StagedFile]:
    """The files of a staged folder with their checksums, in order of their paths."""
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    return [_staged(path, path.relative_to(folder).as_posix()) for path in paths]


def superseded(published: Iterable[str], files: Sequence[StagedFile], repo_type: str) -> list[str]:
    """Files of a repository that an earlier push wrote and this one has no more: they would pass for the new ones'.

    >>> superseded(["calibration.json", "notes.md"], [StagedFile("README.md", 1, "", "")], "model")
    ['calibration.json']
    """
    ours = {CARD, DATASHEET, *(_OF_A_MODEL if repo_type == "model" else ())}
    return sorted(ours.intersection(published) - {file.path for file in files})


def _staged(path: Path, name: str) -> StagedFile:
    size = path.stat().st_size
    sha256, git_sha1 = hashlib.sha256(), hashlib.sha1(f"blob {size}\0".encode(), usedforsecurity=False)
    with path.open("rb") as file:
        while part := file.read(1 << 20):
            sha256.update(part)
            git_sha1.update(part)
    return StagedFile(name, size, sha256.hexdigest(), git_sha1.hexdigest())


def _add_datasheet(datasheet: Path | None, target: Path) -> None:
    if datasheet is None:
        return
    if not datasheet.is_file():
        raise RunspanError(f"{datasheet}: no such file; expected a Markdown file that tells of the training documents")
    shutil.copyfile(datasheet, target / DATASHEET)


def _drop_places(file: Path, source: Path) -> None:
    """Take out of a configuration where its model was loaded from; leave a file without it byte for byte as it is."""
    try:
        content = json.loads(file.read_text(encoding="utf-8"))
    except ValueError as error:
        raise RunspanError(f"{source / file.name}: is no JSON ({error}); train the model anew") from error
    if _OWN_CODE in content:
        raise RunspanError(f"{source / file.name}: the model needs code of its own, which runspan does not publish")
    if any(name in content for name in _PLACES):
        kept = {key: value for key, value in content.items() if key not in _PLACES}
        file.write_text(json.dumps(kept, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def _rewrite_run_config(file: Path, source: Path) -> None:
    try:
        content = without_secrets(yaml.safe_load(file.read_text(encoding="utf-8")))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise RunspanError(f"{source / file.name}: is no YAML; train the model anew") from error
    file.write_text(yaml.safe_dump(content, sort_keys=False, allow_unicode=True), encoding="utf-8")
