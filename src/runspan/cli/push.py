"""``runspan push --model DIR --repo_id NAMESPACE/NAME``: a model with its card, or a dataset, onto the hub."""

import argparse
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from runspan.base.errors import RunspanError
from runspan.cli.console import messages
from runspan.cli.options import Options, positive
from runspan.cli.quiet import quiet_libraries
from runspan.language.normalize import normalize_country

if TYPE_CHECKING:
    from runspan.publish.hub.card_metadata import Publication
    from runspan.publish.hub.staging import StagedFile
    from runspan.publish.hub.time_limit import TimeIsUpError
    from runspan.publish.hub.upload import Published, Target

_SECONDS = 1800
_LOOK = 60  # seconds for the last look at the hub, when time was up


def main(argv: Sequence[str]) -> int:
    """Stage, write and check the card, send as one commit, read back."""
    quiet_libraries()  # before the hub's client is loaded
    args = parse_options(argv)
    from runspan.publish.hub.staging import staged_files

    with tempfile.TemporaryDirectory(prefix="runspan-push-") as folder:
        staged = Path(folder) / "staged"
        staged.mkdir()
        card = _stage(args, staged)
        files = staged_files(staged)
        if args.dry_run:
            _print_plan(args, files, card)
        else:
            _send(args, staged, files, Path(folder) / "cache")
    return 0


def _stage(args: argparse.Namespace, staged: Path) -> str:
    """Copy what is published, and write the card beside it."""
    from runspan.publish.hub.card_metadata import Publication
    from runspan.publish.hub.staging import CARD

    publication = Publication(args.repo_id, args.license, tuple(args.language), args.dataset_id)
    card = _stage_model(args, staged, publication) if args.model else _stage_dataset(args, staged, publication)
    (staged / CARD).write_text(card, encoding="utf-8")
    return card


def _stage_model(args: argparse.Namespace, staged: Path, publication: "Publication") -> str:
    from runspan.publish.hub.card import write_model_card
    from runspan.publish.hub.card_check import check_card
    from runspan.publish.hub.card_metadata import eval_results
    from runspan.publish.hub.facts import read_evaluations, read_facts
    from runspan.publish.hub.run_record import own_run
    from runspan.publish.hub.staging import stage_model

    evaluations = read_evaluations(args.evaluation)
    stage_model(args.model, staged, args.datasheet)
    facts = read_facts(staged)
    card = write_model_card(publication, facts, own_run(facts, args.country), evaluations)
    check_card(card, eval_results(publication, facts, evaluations))
    return card


def _stage_dataset(args: argparse.Namespace, staged: Path, publication: "Publication") -> str:
    from runspan.publish.hub.card_check import check_card
    from runspan.publish.hub.dataset_card import write_dataset_card
    from runspan.publish.hub.staging import stage_dataset

    stage_dataset(args.dataset, staged, args.datasheet)
    card = write_dataset_card(publication, args.dataset, args.datasheet is not None)
    check_card(card, is_dataset=True)
    return card


def _print_plan(args: argparse.Namespace, files: Sequence["StagedFile"], card: str) -> None:
    messages.print(f"would publish {_count(files)} as {args.repo_id}; nothing is sent")
    for file in files:
        messages.print(f"{file.size:>12,}  {file.path}")
    print(card, end="")


def _send(args: argparse.Namespace, staged: Path, files: Sequence["StagedFile"], cache: Path) -> None:
    """Publish, verify, and say so."""
    from runspan.publish.hub.time_limit import TimeIsUpError, within
    from runspan.publish.hub.upload import Target, publish

    kind = "model" if args.model else "dataset"
    target = Target(args.repo_id, kind, args.revision, args.private)
    try:
        published = within(args.timeout, publish, staged, files, target, f"Upload {kind} with runspan")
    except TimeIsUpError as error:
        published = _look_once_more(error, files, target)
    for warning in published.warnings:
        messages.print(f"the hub says: {warning}")
    _verify(args, staged, files, target, published.commit, cache)
    what = f"published {_count(files)}" if published.is_new else f"{_count(files)} were there already"
    messages.print(f"{what}, read back and compared: {args.repo_id}@{published.commit}")


def _look_once_more(error: "TimeIsUpError", files: Sequence["StagedFile"], target: "Target") -> "Published":
    """What there is on the hub when time is up: the commit may have gone through, and its reply not have come.

    Raises:
        RunspanError: It has not, or nobody knows.
    """
    from runspan.publish.hub.time_limit import within
    from runspan.publish.hub.upload import Published, find_published

    given_up = f"{target.repo_id}: {error}, so it was given up"
    try:
        commit = within(_LOOK, find_published, files, target)
    except RunspanError as why:
        raise RunspanError(
            f"{given_up}, and whether it was published is not known ({why}); push again, which sends nothing twice"
        ) from error
    if commit is None:
        raise RunspanError(f"{given_up} and nothing was published; try again, or give it more --timeout") from error
    return Published(commit)


def _verify(
    args: argparse.Namespace, staged: Path, files: Sequence["StagedFile"], target: "Target", commit: str, cache: Path
) -> None:
    from runspan.publish.hub.time_limit import within
    from runspan.publish.hub.verification import check_dataset, check_files, check_model, download

    try:
        downloaded = within(args.timeout, download, target, commit, cache)
        check_files(downloaded, files)
        (check_model if args.model else check_dataset)(downloaded, staged)
    except RunspanError as error:
        raise RunspanError(
            f"{args.repo_id}: commit {commit} was published, but reading it back failed: {error}. "
            "Push again to check it"
        ) from error


def _count(files: Sequence["StagedFile"]) -> str:
    return f"{len(files)} files, {sum(file.size for file in files) / 1e6:,.1f} MB"


def parse_options(argv: Sequence[str]) -> argparse.Namespace:
    """What was typed.

    Raises:
        RunspanError: It can't be meant.
    """
    parser = Options("push", "Publish a model with its card, or a dataset, on the model hub.")
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--model", type=Path, metavar="DIR", help="a model folder that train.py wrote")
    what.add_argument("--dataset", type=Path, metavar="DIR", help="a dataset folder, as a dataset repository")
    parser.add_argument("--repo_id", required=True, metavar="NAMESPACE/NAME", help="where it goes; made if missing")
    parser.add_argument("--private", action="store_true", help="a repository that nobody else sees")
    parser.add_argument("--revision", default="main", metavar="BRANCH", help="made if missing (default: main)")
    parser.add_argument("--dry_run", action="store_true", help="print the files and the card; send nothing")
    parser.add_argument(
        "--timeout", type=positive, default=_SECONDS, metavar="SECONDS", help=f"time limit (default: {_SECONDS})"
    )
    parser.add_argument(
        "--evaluation",
        nargs="+",
        default=[],
        metavar="[NAME=]FILE",
        help="scores on documents of other kinds, for the card: what `runspan evaluate --output` wrote",
    )
    parser.add_argument("--datasheet", type=Path, metavar="FILE.md", help="tells of the training documents; goes along")
    parser.add_argument("--dataset_id", metavar="NAMESPACE/NAME", help="where the training documents are published")
    parser.add_argument("--country", metavar="NAME", help="where the model was trained, for the CO2e of its training")
    parser.add_argument("--license", default="apache-2.0", help="as the hub names it (default: apache-2.0)")
    parser.add_argument("--language", nargs="+", default=["en"], metavar="CODE", help="of the documents (default: en)")
    args = parser.parse_args(argv)
    if args.dataset and (args.evaluation or args.country or args.dataset_id):
        parser.error("--evaluation, --country and --dataset_id are about a model")
    _check_names(args, parser)
    return args


def _check_names(args: argparse.Namespace, parser: Options) -> None:
    from runspan.publish.hub.card_metadata import is_hub_id

    for name in ("repo_id", "dataset_id"):
        value = getattr(args, name)
        if value is not None and not is_hub_id(value):
            parser.error(f"--{name} is {value!r}, expected NAMESPACE/NAME")
    if args.country is not None:
        country = normalize_country(args.country)
        if country.value is None:
            parser.error(f"--country is {args.country!r}, expected the name of a country")
        args.country = country
