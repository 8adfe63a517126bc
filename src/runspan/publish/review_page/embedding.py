"""Data inside of a page: JSON that no text can break out of, and the hash that lets one script or style in."""

import base64
import hashlib
import json
import re
from typing import Any

_LONE_SURROGATE = re.compile("[\ud800-\udfff]")
_ESCAPES = {"<": r"\u003c", "\u2028": r"\u2028", "\u2029": r"\u2029"}  # ends of elements and, to scripts, of lines
_ESCAPED = re.compile("|".join(_ESCAPES))


def embedded_json(data: Any) -> str:
    r"""JSON to stand in a ``<script type="application/json">``.

    A lone surrogate, which no UTF-8 file can hold, becomes U+FFFD: one character for one, so that offsets hold.

    >>> embedded_json({"text": "</script> \ud800"})
    '{"text":"\\u003c/script> �"}'
    """
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    return _LONE_SURROGATE.sub("\N{REPLACEMENT CHARACTER}", _ESCAPED.sub(lambda match: _ESCAPES[match[0]], text))


def has_lone_surrogate(text: str) -> bool:
    """Whether :func:`embedded_json` alters a text."""
    return _LONE_SURROGATE.search(text) is not None


def content_hash(content: str) -> str:
    """What a Content-Security-Policy names an inline script or style by.

    >>> content_hash("")
    'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='
    """
    return "sha256-" + base64.b64encode(hashlib.sha256(content.encode("utf-8")).digest()).decode()
