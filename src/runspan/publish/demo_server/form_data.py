"""A form as a browser sends it → what was pasted and dropped."""

from dataclasses import dataclass
from email.parser import BytesParser

from runspan.base.errors import UnreadableError

_TYPE = "multipart/form-data"


@dataclass(frozen=True, slots=True)
class Form:
    """What was sent.

    Attributes:
        text: What was pasted.
        name: Of the file, without folders.
        file: Its bytes.
    """

    text: str = ""
    name: str = ""
    file: bytes = b""


def read_form(content_type: str, body: bytes) -> Form:
    """The fields ``text`` and ``file`` of a form.

    Raises:
        UnreadableError: It is no such form.
    """
    head = b"Content-Type: " + content_type.encode("latin-1", "replace") + b"\r\n\r\n"
    try:
        message = BytesParser().parsebytes(head + body)
    except RecursionError as error:
        raise UnreadableError("expected a form without forms in it") from error
    if message.get_content_type() != _TYPE or not message.is_multipart():
        raise UnreadableError(f"expected a form of type {_TYPE}")
    text, name, file = "", "", b""
    for part in message.walk():
        field = part.get_param("name", header="content-disposition")
        content = part.get_payload(decode=True)
        if field == "text" and isinstance(content, bytes):
            text = content.decode("utf-8", "replace")
        elif field == "file" and isinstance(content, bytes):
            name, file = (part.get_filename() or "").replace("\\", "/").rpartition("/")[2], content
    return Form(text, name, file)
