"""The page over HTTP: nothing is kept, no file of this machine is served, and one document is read at a time.

A web site that is open in the same browser could send requests, too: those for another host or of another origin are
refused.
"""

import html
import json
import sys
from collections.abc import Callable
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.resources import files
from ipaddress import ip_address
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Lock
from urllib.parse import urlsplit

from runspan.base.documents import Document
from runspan.base.errors import RunspanError, UnreadableError
from runspan.base.records import ReadDocument, Record
from runspan.language.readers.options import ReadOptions
from runspan.language.readers.single import read_content
from runspan.publish.demo_server.form_data import read_form
from runspan.publish.review_page.page import ReviewPageWriter

_PASTED = "pasted text"
_OVERHEAD = 4096  # bytes of a form beside what was pasted or dropped
_DIGITS = 18  # of the length of a request
_SECONDS = 30  # that a slow sender is waited for
_HEADERS = {
    "Content-Type": "text/html; charset=utf-8",
    "Cache-Control": "no-store",
    "Content-Security-Policy": "frame-ancestors 'none'; form-action 'self'; base-uri 'none'",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
}


class DemoServer(ThreadingHTTPServer):
    """Serves the page on ``address``; port 0 takes a free one.

    Args:
        address: Host and port.
        predict: A document that was read → its record.
        max_bytes: What is pasted or dropped may have so many.

    Raises:
        RunspanError: The address can't be listened on.
    """

    daemon_threads = True

    def __init__(self, address: tuple[str, int], predict: Callable[[ReadDocument], Record], max_bytes: int) -> None:
        try:
            super().__init__(address, _Handler)
        except (OSError, OverflowError) as error:
            raise RunspanError(
                f"{address[0]}:{address[1]}: can't be listened on ({error}); give another --port or --host"
            ) from error
        self._predict, self.max_bytes = predict, max_bytes
        self._options = ReadOptions(max_chars=max_bytes)
        self._one_at_a_time = Lock()

    def is_addressed_by(self, host: str) -> bool:
        """Whether a request's ``Host`` is one of this server; any is, where others than this machine are served."""
        name = urlsplit(f"//{host}").hostname or ""
        if not ip_address(str(self.server_address[0])).is_loopback:
            return True
        return name in ("localhost", self.server_address[0])

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing of a browser that went away; what else goes wrong is said, and the next request is served."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)  # type: ignore[arg-type]

    def page_of(self, content_type: str, body: bytes) -> bytes:
        """The review page of what a form holds.

        Raises:
            UnreadableError: There is nothing in it, or it can't be read.
        """
        form = read_form(content_type, body)
        if not form.file and not form.text.strip():
            raise UnreadableError("there is nothing to read: paste a text, or choose a file")
        with self._one_at_a_time:  # neither the model nor the PDF library is for several threads
            if form.file:
                read = read_content(form.file, form.name or "file", self._options)
            else:
                read = ReadDocument(Document(_PASTED, form.text))
            record = self._predict(read)
        if record.error is not None:
            raise UnreadableError(record.error)
        return _review_page(record, read.document.text)


def _review_page(record: Record, text: str) -> bytes:
    with TemporaryDirectory() as folder:
        page = Path(folder) / "page.html"
        with ReviewPageWriter(page) as writer:
            writer.write(json.loads(json.dumps(record.as_dict())), text)
        return page.read_bytes()


class _Handler(BaseHTTPRequestHandler):
    server: DemoServer
    timeout = _SECONDS
    server_version, sys_version = "runspan", ""

    def do_GET(self) -> None:
        if self._is_refused():
            return
        self._send(HTTPStatus.OK, self._start_page())

    def do_POST(self) -> None:
        if self._is_refused():
            return
        length = self.headers.get("Content-Length", "")
        if not (length.isascii() and length.isdigit() and len(length) <= _DIGITS):
            self._complain(HTTPStatus.LENGTH_REQUIRED, "expected a request that says how long it is")
            return
        if int(length) > self.server.max_bytes + _OVERHEAD:
            limit = f"{self.server.max_bytes:,} bytes"
            self._complain(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"that is too long; expected at most {limit}")
            return
        body = self.rfile.read(int(length))
        try:
            self._send(HTTPStatus.OK, self.server.page_of(self.headers.get("Content-Type", ""), body))
        except (UnreadableError, RunspanError) as error:
            self._complain(HTTPStatus.UNPROCESSABLE_ENTITY, str(error))

    def _is_refused(self) -> bool:
        """Whether the request is not for this page, which is then said."""
        if not self._is_from_this_page():
            self._complain(HTTPStatus.FORBIDDEN, "this request comes from another site")
        elif self.path != "/":
            self._complain(HTTPStatus.NOT_FOUND, "there is nothing here; go to /")
        else:
            return False
        return True

    def _is_from_this_page(self) -> bool:
        host, origin = self.headers.get("Host", ""), self.headers.get("Origin")
        try:
            return self.server.is_addressed_by(host) and (origin is None or urlsplit(origin).netloc == host)
        except ValueError:  # no host at all
            return False

    def _complain(self, status: HTTPStatus, message: str) -> None:
        self.close_connection = True  # what is left of the request is not read
        self._send(status, self._start_page(message))

    def _start_page(self, message: str = "") -> bytes:
        page = files(__package__).joinpath("start_page.html").read_text(encoding="utf-8")
        page = page.replace("{{limit}}", f"{self.server.max_bytes / 1e6:g} MB")
        return page.replace("{{message}}", html.escape(message)).encode("utf-8", "replace")

    def _send(self, status: HTTPStatus, page: bytes) -> None:
        self.send_response(status)
        for name, value in (_HEADERS | {"Content-Length": str(len(page))}).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(page)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing: what is read here is nobody else's matter."""
