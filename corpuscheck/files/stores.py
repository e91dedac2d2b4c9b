"""Stores: the file systems behind URLs, by fsspec; what they raise is told of in one way, or tried again."""

from __future__ import annotations

import errno
import random
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any, TypeVar

from corpuscheck.errors import ScanError, UsageError
from corpuscheck.files.urls import named, without_secrets
from corpuscheck.text.printable import printable

T = TypeVar("T")

TRIES = 6
_FIRST_WAIT, _LONGEST_WAIT = 0.25, 30.0
_DENIED, _MISSING, _CHANGED = (401, 403), (404, 410), (412, 416)
_BUSY = (408, 409, 425, 429)

_EXTRAS = {
    "s3": "s3", "s3a": "s3", "gs": "gcs", "gcs": "gcs", "http": "http", "https": "http",
    "az": "azure", "abfs": "azure", "abfss": "azure", "adl": "azure",
}  # fmt: skip
"""What has to be installed for a scheme, as an extra of this package."""

_OWN_CACHE = ("hf", "memory")


class UnreachableError(ScanError):
    """A store that gave no answer, however often it was asked: no trouble of a file."""


class ChangedError(ScanError):
    """A file in a store that is no longer what it was when it was found."""


def system_of(url: str) -> tuple[Any, str]:
    """The file system of a URL, and the path there. Raises UsageError with what is to be installed."""
    scheme = url.partition(":")[0].lower()
    try:
        from fsspec.core import url_to_fs

        system, path = url_to_fs(url, **({} if scheme in _OWN_CACHE else {"use_listings_cache": False}))
    except ImportError:
        extra = _EXTRAS.get(scheme)
        install = f"pip install 'corpuscheck[{extra}]'" if extra else f"pip install fsspec and what knows {scheme}://"
        raise UsageError(f"{named(url)}: needs what reads {scheme}:// addresses: {install}") from None
    except Exception as error:
        raise UsageError(f"{named(url)}: no address that can be read ({reason_of(error)})") from None
    return system, str(path)


def reason_of(error: BaseException) -> str:
    """What a store said, in one line and without what gives access."""
    status = _status(error)
    said = without_secrets(str(error)).strip().partition("\n")[0] or type(error).__name__
    return f"{status}: {printable(said, 200)}" if status and str(status) not in said else printable(said, 200)


class NoRangesError(Exception):
    """A server that gives a file only as a whole."""


class Asked:
    """What is asked of a store, again and again where that may help; counts how often it had to be."""

    def __init__(self, shown: str, again: int = TRIES) -> None:
        self.shown = shown
        self.repeated = 0
        self._tries = again
        self._lock = threading.Lock()

    def __call__(self, what: Callable[[], T]) -> T:
        """Raises FileNotFoundError, PermissionError, ChangedError or another OSError; UnreachableError in the end."""
        for number in range(self._tries):
            try:
                return what()
            except Exception as error:
                translated = translate(error, self.shown)
                if translated is not None:
                    raise translated from None
                last = error
            if number + 1 < self._tries:
                with self._lock:
                    self.repeated += 1
                time.sleep(_wait(number, last))
        raise UnreachableError(
            f"{printable(self.shown, 300)}: no answer after {self._tries} tries ({reason_of(last)}); "
            "nothing was concluded: try again later"
        )


def translate(error: BaseException, shown: str) -> Exception | None:
    """What an error means; None for one after which to try again."""
    if isinstance(error, ScanError | UsageError | NoRangesError):
        return error
    status = _status(error)
    if status in _DENIED:
        return PermissionError(13, "permission denied")
    if status in _MISSING:
        return FileNotFoundError(2, "no such file or folder")
    if status in _CHANGED:
        return ChangedError(f"{printable(shown, 300)}: it changed while it was read")
    if status in _BUSY or (status or 0) >= 500 or getattr(error, "errno", None) == errno.EBUSY:
        return None
    chain = tuple(_chain(error))
    kinds = {base.__name__ for one in chain for base in type(one).__mro__}
    if kinds & _NO_CREDENTIALS:
        return PermissionError(13, "no credentials were found")
    for kind in (FileNotFoundError, PermissionError, IsADirectoryError):
        if isinstance(error, kind):
            return kind(error.errno or 0, "permission denied" if kind is PermissionError else "no such file or folder")
    if isinstance(error, ConnectionError | TimeoutError | EOFError) or kinds & _UNSTEADY:
        return None
    if isinstance(error, MemoryError):
        return error
    return OSError(reason_of(error))


_NO_CREDENTIALS = {
    "NoCredentialsError", "PartialCredentialsError", "CredentialRetrievalError", "DefaultCredentialsError",
    "ClientAuthenticationError",
}  # fmt: skip
_UNSTEADY = {
    "ChunkedEncodingError", "ClientConnectionError", "ClientPayloadError", "ConnectionError", "FSTimeoutError",
    "HTTPClientError", "HttpProcessingError", "IncompleteRead", "IncompleteReadError", "NetworkError", "ProtocolError",
    "ResponseStreamingError", "ServerDisconnectedError", "ServiceRequestError", "ServiceResponseError", "ShortError",
    "Timeout", "TimeoutError", "TransportError",
}  # fmt: skip
"""Names of errors, in the libraries of the stores, after which the next try may succeed."""


class ShortError(OSError):
    """Fewer bytes than were asked for and are there."""


def _chain(error: BaseException) -> Iterator[BaseException]:
    one: BaseException | None = error
    for _ in range(8):
        if one is None:
            return
        yield one
        one = one.__cause__ or (None if one.__suppress_context__ else one.__context__)


def _status(error: BaseException) -> int | None:
    """The status that a server gave, wherever its library keeps that."""
    for one in _chain(error):
        response = getattr(one, "response", None)
        if isinstance(response, dict):
            response = response.get("ResponseMetadata", {}).get("HTTPStatusCode")
        for holder, name in ((one, "status"), (one, "status_code"), (response, "status_code"), (one, "code")):
            status = response if isinstance(response, int) else getattr(holder, name, None)
            if isinstance(status, int | str) and str(status).isdigit() and 400 <= int(status) < 600:
                return int(status)
    return None


def _wait(number: int, error: BaseException) -> float:
    """Seconds: twice as many each time, about; as many as the server asks for, within bounds."""
    wait: float = _FIRST_WAIT * 2**number * random.uniform(0.75, 1.25)
    for one in _chain(error):
        headers: Any = getattr(one, "headers", None) or getattr(getattr(one, "response", None), "headers", None)
        with suppress(AttributeError, TypeError, ValueError):
            wait = max(wait, float(headers.get("Retry-After")))
    return min(_LONGEST_WAIT, wait)
