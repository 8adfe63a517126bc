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
from runspan.cli.engine_choice import load_predictor, make_engine, read_options
from runspan.cli.infer_options import parse_options
from runspan.cli.processes import share_machine, share_of_process, tell_launcher, wait_for_all
from runspan.cli.quiet import quiet_libraries
from runspan.cli.reading_progress import ReadingProgress
from runspan.cli.report import write_page
from runspan.cli.signals import StopRequest, stop_requests
from runspan.jobs.chunks import Share, in_chunks
from runspan.language.readers.files import STDIN
from runspan.language.readers.inputs import Inputs, read_documents
from runspan.publish.output_file import STDOUT, OutputFile
from runspan.publish.record_journal import RecordJournal
from runspan.publish.shared_output import check_shares, counts_of, in_order, part_of, parts_of, wait_for_parts
from runspan.publish.stdout_records import StdoutRecords

if TYPE_CHECKING:
    from runspan.jobs.engines import Engine


def main(argv: Sequence[str]) -> int:
    """Read, predict, write; say what was done."""
    args = parse_options(argv)
    if args.explain:
        return _explain(args)
    share_machine(args.input, args.output)
    output = None if args.output == STDOUT else OutputFile(args.output)
    inputs = Inputs(tuple(args.input), read_options(args), _written(args, output))
    quiet_libraries()
    engine = make_engine(args)
    report = BatchReport(engine, args.output, args.quiet or share_of_process().number > 0)
    with stop_requests(patient=share_of_process().of > 1) as stop:
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
    parts = parts_of(output.local, engine.job, share)
    with RecordJournal(part_of(output.local, share), engine.job, args.overwrite) as journal:
        before = Counts() if args.overwrite else counts_of(parts)
        wait_for_all()  # so that nobody takes what an earlier run left for a process's share
        if before.documents:
            report.say(f"going on after {before.documents} documents of an interrupted run")
        _run(engine, inputs, journal, share, stop, report, args)
        if not stop.is_set():
            journal.finish()
        if share.number:
            return stop.exit_code if stop.is_set() else 0  # the first process answers for all
        if stop.is_set() or not wait_for_parts(parts, stop):
            counts = counts_of(parts)
            report.say(f"{counts.documents} documents are kept beside {output.local}; the same command goes on")
            return _finish(counts, before, stop, report, args)
        counts = counts_of(parts)
        whole = journal.partial if share.of == 1 and not args.report else None
        output.publish(in_order(parts), engine.labels, whole=whole)
        _report(lambda: in_order(parts), inputs, report, args)
        for part in parts:
            part.discard()
    return _finish(counts, before, stop, report, args)


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
    if counts.failed:
        tell_launcher(f"{counts.failed} of {counts.documents} documents failed; their records say why")
    return stop.exit_code if stop.is_set() else int(counts.failed > 0)


def _written(args: argparse.Namespace, output: OutputFile | None) -> Collection[Path]:
    """Files and folders that are written, and so are no input."""
    written = [output.local] if output else []
    return {path.resolve() for path in [*written, *filter(None, [args.save_text, args.stats, args.report])]}


def _explain(args: argparse.Namespace) -> int:
    """Print what becomes of one document, step by step."""
    documents = list(islice(read_documents(Inputs((args.explain,), read_options(args))), 2))
    if len(documents) != 1:
        raise RunspanError(f"{args.explain}: expected one document to explain, found {len(documents) or 'none'}")
    (read,) = documents
    if read.error is not None:
        raise RunspanError(read.error)
    quiet_libraries()
    from runspan.jobs.explanation import explain
    from runspan.publish.explanation import write_explanation

    sys.stdout.write(write_explanation(explain(load_predictor(args), read.document, args.min_confidence)))
    return 0
