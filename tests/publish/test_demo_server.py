"""The page to try a model, over loopback: what it answers, what it refuses."""

import http.client
import json
import re
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from runspan.base.errors import RunspanError, UnreadableError
from runspan.jobs.pipeline import predict_documents
from runspan.jobs.prediction import Predictor
from runspan.publish.demo_server.form_data import Form, read_form
from runspan.publish.demo_server.server import DemoServer

TYPE = "multipart/form-data; boundary=xyz"
MAX = 20_000
ALL_BYTES = bytes(range(256)) * 3 + b"\r\n\n\r--xy\r\n\r\n"


def form(text: bytes = b"", name: str = "", file: bytes = b"") -> bytes:
    parts = [b'name="text"\r\n\r\n' + text]
    parts.append(f'name="file"; filename="{name}"\r\nContent-Type: application/octet-stream\r\n\r\n'.encode() + file)
    return b"".join(b"--xyz\r\nContent-Disposition: form-data; " + part + b"\r\n" for part in parts) + b"--xyz--\r\n"


def nested(depth: int) -> bytes:
    return b"".join(
        b'--%s\r\nContent-Type: multipart/mixed; boundary="%d"\r\n\r\n' % (b"xyz" if i == 0 else b"%d" % i, i + 1)
        for i in range(depth)
    )[:MAX]


@pytest.fixture(scope="module")
def server(tiny_model_dir: Path) -> Iterator[DemoServer]:
    predictor = Predictor.load(str(tiny_model_dir), "cpu", backend="torch")
    with DemoServer(("127.0.0.1", 0), lambda read: next(predict_documents(predictor, [read])), MAX) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def ask(server: DemoServer, method: str, path: str = "/", body: bytes = b"", **headers: str) -> tuple[int, str]:
    connection = http.client.HTTPConnection("127.0.0.1", server.server_address[1], timeout=30)
    names = {name.replace("_", "-"): value for name, value in headers.items()}
    connection.request(method, path, body or None, names)
    answer = connection.getresponse()
    page = answer.read().decode()
    connection.close()
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]
    return answer.status, page


def post(server: DemoServer, body: bytes, **headers: str) -> tuple[int, str]:
    return ask(server, "POST", "/", body, **{"Content_Type": TYPE} | headers)


def text_of(page: str) -> str:
    (found,) = re.findall('<script type="application/json" id="document-0">(.*?)</script>', page, re.DOTALL)
    return str(json.loads(found)["text"])


def test_the_start_page(server: DemoServer) -> None:
    status, page = ask(server, "GET")
    assert status == 200
    assert "at most 0.02 MB" in page
    assert "{{" not in page


@pytest.mark.parametrize(
    ("body", "text"),
    [
        (form("Trained on 8 A100 in 2020 </script> 🤗".encode()), "Trained on 8 A100 in 2020 </script> 🤗"),
        (form(name="a.txt", file="Sur 8 A100\r\n".encode("utf-16")), "Sur 8 A100\r\n"),
        (form(name="C:\\x\\a.html", file=b"<html><p>On <b>8</b> A100"), "On 8 A100"),
    ],
)
def test_what_is_sent_is_read(server: DemoServer, body: bytes, text: str) -> None:
    status, page = post(server, body)
    assert status == 200
    assert text_of(page).strip("\n") == text.strip("\n")


@pytest.mark.parametrize(
    ("body", "headers", "status", "message"),
    [
        (form(b" "), {}, 422, "there is nothing to read"),
        (form(name="<b>.png", file=b"\x89PNG"), {}, 422, "&lt;b&gt;.png: is an image; run OCR on it"),
        (form(name="a.pdf", file=b"%PDF-1.7 no"), {}, 422, "a.pdf: "),
        (b"text=a", {"Content_Type": "application/x-www-form-urlencoded"}, 422, "expected a form of type"),
        (form(b"x" * (2 * MAX)), {}, 413, "expected at most 20,000 bytes"),
        (form(b"x"), {"Content_Length": "-1"}, 411, "how long it is"),
        (form(b"x"), {"Content_Length": "9" * 5000}, 411, "how long it is"),
        (nested(2000), {}, 422, ""),
        (form(b"x"), {"Host": "["}, 403, "comes from another site"),
        (form(b"x"), {"Origin": "https://elsewhere.example"}, 403, "comes from another site"),
        (form(b"x"), {"Host": "elsewhere.example"}, 403, "comes from another site"),
    ],
)
def test_what_is_refused(server: DemoServer, body: bytes, headers: dict[str, str], status: int, message: str) -> None:
    found, page = post(server, body, **headers)
    assert (found, message in page) == (status, True)


@pytest.mark.parametrize("path", ["/etc/passwd", "/../../etc/passwd", "//x", "/start_page.html"])
def test_no_file_is_served(server: DemoServer, path: str) -> None:
    assert ask(server, "GET", path)[0] == 404


def test_forms_come_through_byte_for_byte() -> None:
    assert read_form(TYPE, form(b"a\r\nb", "../x.bin", ALL_BYTES)) == Form("a\r\nb", "x.bin", ALL_BYTES)
    with pytest.raises(UnreadableError):
        read_form("multipart/form-data", form(b"a"))


def test_a_port_that_is_taken(server: DemoServer) -> None:
    with pytest.raises(RunspanError, match="give another --port"):
        DemoServer(("127.0.0.1", server.server_address[1]), server._predict, MAX)
