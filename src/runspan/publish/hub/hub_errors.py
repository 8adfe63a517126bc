"""What the hub's client raises → one clear line, and whether it is worth another try."""

from json import JSONDecodeError

from huggingface_hub.errors import (
    HfHubHTTPError,
    HFValidationError,
    LocalTokenNotFoundError,
    OfflineModeIsEnabled,
)

from runspan.base.errors import RunspanError
from runspan.modeling.hub_files import http_error, reason

# The last two are what an upload without and with Xet raises when it has given up.
HUB_ERRORS: tuple[type[Exception], ...] = (HfHubHTTPError, http_error(), ValueError, OSError, RuntimeError)
CONFLICT = 412
_TOO_MANY = (408, 429)
_SERVER = 500
_MEANINGS = {
    401: "the hub does not accept the token: log in anew (hf auth login), or set HF_TOKEN",
    403: "the token may not write there: take one with the role write, and a namespace of your own",
    404: "no such repository or namespace, or it is hidden from this token",
    409: "another change of the repository is under way: try again",
    413: "a file is larger than the hub takes",
}
_CUT = 200  # characters of what the hub says


def status_of(error: BaseException) -> int | None:
    """HTTP status behind an error; ``None`` where the hub did not answer."""
    seen: BaseException | None = error
    while seen is not None:
        if isinstance(seen, HfHubHTTPError):
            return int(seen.response.status_code)
        seen = seen.__cause__
    return None


def is_transient(error: BaseException) -> bool:
    """Whether the same request may succeed a little later."""
    if isinstance(error, LocalTokenNotFoundError | OfflineModeIsEnabled):
        return False
    if isinstance(error, JSONDecodeError):  # the page of a proxy in place of the hub's answer
        return True
    if isinstance(error, ValueError) and not isinstance(error, OSError):  # an invalid card, or a refused large file
        return False
    status = status_of(error)
    if isinstance(error, RuntimeError) and status == 400:  # the content was damaged on its way
        return True
    return status is None or status >= _SERVER or status in _TOO_MANY


def explain(error: BaseException, place: str) -> RunspanError:
    """One clear line for what the hub's client raised.

    Args:
        error: What it raised.
        place: The repository that was meant.
    """
    said = _said(error)
    if isinstance(error, LocalTokenNotFoundError):
        return RunspanError("no token for the hub: log in (hf auth login), or set HF_TOKEN")
    if isinstance(error, OfflineModeIsEnabled):
        return RunspanError("HF_HUB_OFFLINE is set, so nothing can be published; unset it")
    if isinstance(error, HFValidationError):
        return RunspanError(f"{place}: {said}")
    if isinstance(error, JSONDecodeError):
        return RunspanError(f"{place}: the hub failed (its answer is no JSON); try again later")
    if isinstance(error, ValueError) and not isinstance(error, OSError):
        return RunspanError(f"{place}: the hub refuses it: {said}")
    status = status_of(error)
    if status in _MEANINGS:
        return RunspanError(f"{place}: {_MEANINGS[status]} ({said})")
    if status is not None and status < _SERVER:
        return RunspanError(f"{place}: refused by the hub ({said})")
    if status is not None:
        return RunspanError(f"{place}: the hub failed ({said}); try again later")
    hint = "; HF_HUB_DISABLE_XET=1 goes another way" if type(error) is ConnectionError else ""  # what Xet raises
    return RunspanError(f"{place}: the hub could not be reached ({said}){hint}")


def _said(error: BaseException) -> str:
    """What an error says, and what the one behind it says, on one line."""
    if isinstance(error, ValueError) and not isinstance(error, OSError):  # a list of faults, one a line
        return " ".join(str(error).split())[:_CUT]
    behind = error.__cause__ if isinstance(error, RuntimeError) else None
    return (f"{reason(error)} {reason(behind)}" if behind else reason(error))[:_CUT]
