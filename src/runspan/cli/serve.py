"""``runspan serve --model DIR_OR_HUB_ID``: a page on this machine to try a model on a text or file."""

import argparse
from collections.abc import Sequence

from runspan.cli.console import messages
from runspan.cli.options import Options, positive
from runspan.cli.quiet import quiet_libraries

_DESCRIPTION = """Serve a page to try a model: paste a text or drop a file, and see spans, runs and estimates."""
_LOCAL = "127.0.0.1"
_MAX_BYTES = 2_000_000


def main(argv: Sequence[str]) -> int:
    """Serve until Ctrl-C."""
    args = parse_options(argv)
    quiet_libraries()
    from runspan.base.records import ReadDocument, Record
    from runspan.jobs.pipeline import predict_documents
    from runspan.jobs.prediction import Predictor
    from runspan.publish.demo_server.server import DemoServer

    predictor = Predictor.load(args.model, args.device)

    def predict(read: ReadDocument) -> Record:
        (record,) = predict_documents(predictor, [read])
        return record

    with DemoServer((args.host, args.port), predict, args.max_bytes) as server:
        host, port = server.server_address[:2]
        messages.print(f"http://{host!s}:{port}   model: {predictor.source}   Ctrl-C ends it")
        if args.host != _LOCAL:
            messages.print("whoever reaches this address can use it; there is no password")
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            return 0
    return 0


def parse_options(argv: Sequence[str]) -> argparse.Namespace:
    """What was typed.

    Raises:
        RunspanError: It can't be meant.
    """
    parser = Options("serve", _DESCRIPTION)
    parser.add_argument("--model", required=True, metavar="DIR_OR_HUB_ID", help="a fine-tuned model")
    parser.add_argument(
        "--host", default=_LOCAL, help=f"IP address to listen on (default: {_LOCAL}, this machine only)"
    )
    parser.add_argument("--port", type=int, default=8000, help="0 for a free one (default: 8000)")
    parser.add_argument(
        "--max_bytes", type=positive, default=_MAX_BYTES, metavar="N", help=f"of a document (default: {_MAX_BYTES:,})"
    )
    parser.add_argument("--device", help="cpu, cuda, cuda:1, mps; a GPU where there is one by default")
    return parser.parse_args(argv)
