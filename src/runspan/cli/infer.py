"""``infer.py --model DIR_OR_HUB_ID --input PATH… --output FILE``: texts → run records."""

import argparse
import json
import sys
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from runspan.base.errors import RunspanError
from runspan.base.record_lines import Counts
from runspan.cli.batch_report import BatchReport
from runspan.cli.infer_options import parse_options
from runspan.cli.processes import device_of_process, share_of_process, wait_for_all
from runspan.cli.quiet import quiet_libraries
from runspan.cli.reading_progress import ReadingProgress
from runspan.cli.report import write_page
from runspan.cli.signals import StopRequest, stop_requests
from runspan.jobs.chunks import Share, in_chunks
from runspan.language.readers.files import STDIN
from runspan.language.readers.inputs import Inputs, read_documents
from runspan.language.readers.options import ReadOptions
from runspan.publish.output_file import STDOUT, OutputFile
from runspan.publish.record_journal import RecordJournal
from runspan.publish.shared_output import check_shares, counts_of, in_order, part_of, wait_for_parts
from runspan.publish.stdout_records import StdoutRecords
from runspan.publish.text_folder import TextFolder

if TYPE_CHECKING:
    from runspan.jobs.engines import Engine
    from runspan.jobs.prediction import Predictor


def main(argv: Sequence[str]) -> int:
    """Read, predict, write; say what was done."""
    args = parse_options(argv)
    if args.explain:
        return _explain(args)
    output = None if args.output == STDOUT else OutputFile(args.output)
    inputs = Inputs(tuple(args.input), _read_options(args), _written(args, output))
    quiet_libraries()
    engine = _engine(args)
    report = BatchReport(engine, args.output, args.quiet)
    with stop_requests() as stop:
        if output is None:
            records = StdoutRecords()
            _run(engine, inputs, records, Share(), stop, report, args)
            return _finish(records.counts, Counts(), stop, report, args)
        return _to_file(engine, inputs, output, stop, report, args)


def _to_file(
    engine: "Engine",
    inputs: Inputs,
    output: OutputFile,
    stop: StopRequest,
    report: BatchReport,
    args: argparse.Namespace,
) -> int:
    """Write the records, or this process's share of them; the first process puts all shares together."""
    share = share_of_process()
    check_shares(output.local, share, args.overwrite)
    with RecordJournal(part_of(output.local, share), engine.job, args.overwrite) as journal:
        wait_for_all()  # so that nobody takes what an earlier run left for a process's share
        before = journal.counts
        if before.documents:
            report.say(f"going on after {before.documents} documents of an interrupted run")
        _run(engine, inputs, journal, share, stop, report, args)
        if stop.is_set():
            report.say(f"{journal.counts.documents} documents are kept in {journal.partial}; the same command goes on")
            return _finish(journal.counts, before, stop, report, args)
        journal.finish()
        if share.of == 1:
            output.publish(journal.lines(), engine.labels, whole=None if args.report else journal.partial)
            _report(journal.lines, inputs, report, args)
            journal.discard()
    if share.of == 1:
        return _finish(journal.counts, before, stop, report, args)
    if share.number:
        return 0  # the first process answers for all
    journals = wait_for_parts(output.local, engine.job, share)
    output.publish(in_order(journals), engine.labels)
    _report(lambda: in_order(journals), inputs, report, args)
    for journal in journals:
        journal.discard()
    return _finish(counts_of(journals), before, stop, report, args)


def _report(
    lines: Callable[[], Iterator[bytes]], inputs: Inputs, report: BatchReport, args: argparse.Namespace
) -> None:
    """Make the page of the records, if it is wanted, with the texts of the inputs; stdin can't be read again."""
    if args.report:
        places = replace(inputs, paths=tuple(path for path in inputs.paths if path != STDIN))
        report.say(write_page(lambda: map(json.loads, lines()), places, args.report, args.output))


def _run(
    engine: "Engine",
    inputs: Inputs,
    records: RecordJournal | StdoutRecords,
    share: Share,
    stop: StopRequest,
    report: BatchReport,
    args: argparse.Namespace,
) -> None:
    chunks = share.take(in_chunks(inputs, engine.chunk_chars))
    with ReadingProgress(inputs, args.quiet or share.number > 0) as progress:
        for lines in engine.predict(records.remaining(chunks), stop):
            progress.advance(len(lines), records.write(lines))
            report.errors(lines)


def _finish(counts: Counts, before: Counts, stop: StopRequest, report: BatchReport, args: argparse.Namespace) -> int:
    report.finish(counts, before, args.stats)
    return stop.exit_code if stop.is_set() else int(counts.failed > 0)


def _engine(args: argparse.Namespace) -> "Engine":
    from runspan.jobs.engines import LocalEngine
    from runspan.jobs.job_identity import identify
    from runspan.jobs.prediction import PredictionOptions

    predictor = _predictor(args)
    keep = TextFolder(args.save_text).keep if args.save_text else None
    options = PredictionOptions(args.world_average, args.min_confidence, keep)
    return LocalEngine(predictor, options, identify(predictor, _read_options(args), options))


def _predictor(args: argparse.Namespace) -> "Predictor":
    from runspan.jobs.prediction import Predictor

    precision = None if args.precision == "auto" else args.precision
    return Predictor.load(
        args.model,
        args.device or device_of_process(),
        args.batch_size,
        precision,
        args.backend,
        trust_remote_code=args.trust_remote_code,
    )


def _read_options(args: argparse.Namespace) -> ReadOptions:
    return ReadOptions(args.text_column, args.id_column, args.max_chars)


def _written(args: argparse.Namespace, output: OutputFile | None) -> Collection[Path]:
    """Files and folders that are written, and so are no input."""
    written = [output.local] if output else []
    return {path.resolve() for path in [*written, *filter(None, [args.save_text, args.stats, args.report])]}


def _explain(args: argparse.Namespace) -> int:
    """Print what becomes of one document, step by step."""
    documents = list(islice(read_documents(Inputs((args.explain,), _read_options(args))), 2))
    if len(documents) != 1:
        raise RunspanError(f"{args.explain}: expected one document to explain, found {len(documents) or 'none'}")
    (read,) = documents
    if read.error is not None:
        raise RunspanError(read.error)
    quiet_libraries()
    from runspan.jobs.explanation import explain
    from runspan.publish.explanation import write_explanation

    sys.stdout.write(write_explanation(explain(_predictor(args), read.document, args.min_confidence)))
    return 0
