"""The log: one JSON object a line, one line for each request, and nothing personal in any.

What somebody typed, an address, a name or a secret can be in a path, a query, a header, and in the message of
any exception that repeats a value. So a request is told by the pattern of its route, and an exception by its
type and the places in the code that it came through.
"""

from __future__ import annotations

import logging
import os
import secrets
import sys
import time
import traceback
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from signal import Signals
from types import TracebackType
from typing import Any

from flask import Flask, Response, g, has_request_context, request
from pythonjsonlogger.json import JsonFormatter

logger = logging.getLogger(__name__)

REQUEST_ID_HEADER = "X-Request-Id"

OURS = "scorer"
"""The logger above all of ours: they may say what is worth knowing, others what is worth a warning."""

METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}

FIELDS = ("method", "route", "status", "duration_ms")
"""What a line may say beside its message: of all that a record carries, these and no others are written."""

SAFE = {"name", "id", "description"}
"""What Celery says of a job beside its arguments and its exception."""

_Exception = tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]


def configure_logging(*, quiet: bool = False) -> None:
    """Write the log of this process to standard error, as JSON; where it is to be quiet, warnings only."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines())
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(logging.WARNING)
    logging.getLogger(OURS).setLevel(logging.WARNING if quiet else logging.INFO)


def install_logs(app: Flask) -> None:
    """Give each request an id and, when it is answered, a line. To be installed first: its line comes last."""

    @app.before_request
    def begin() -> None:
        g.request_id = secrets.token_hex(8)  # never the one that a client sends: it could be anything
        g.request_began = time.perf_counter()

    @app.after_request
    def end(response: Response) -> Response:
        if "request_id" in g:  # a request that cannot be parsed is answered before it begins
            response.headers[REQUEST_ID_HEADER] = g.request_id
            if logger.isEnabledFor(logging.INFO):
                said = {
                    "method": method(),
                    "route": route(),
                    "status": response.status_code,
                    "duration_ms": round(1000 * (time.perf_counter() - g.request_began), 1),
                }
                logger.info("request", extra=said)
        return response


def method() -> str:
    """The method of the request; a made-up one is not repeated."""
    return request.method if request.method in METHODS else "OTHER"


def route() -> str:
    """The pattern of the request's route, such as `/submissions/<row_id:submission_id>`; never its path."""
    return request.url_rule.rule if request.url_rule is not None else "none"


class JsonLines(JsonFormatter):
    """A record as one line of JSON, with no value in it that a person may have given."""

    def add_fields(self, log_data: dict[str, Any], record: logging.LogRecord, message_dict: dict[str, Any]) -> None:
        """Called by the formatter: these fields, whatever else the record carries."""
        log_data["time"] = f"{datetime.fromtimestamp(record.created, UTC):%Y-%m-%dT%H:%M:%S.%fZ}"
        log_data["level"] = record.levelname.lower()
        log_data["logger"] = record.name
        log_data["message"] = _message(record)
        log_data["pid"] = os.getpid()
        if has_request_context() and "request_id" in g:
            log_data["request_id"] = g.request_id
        if record.name == __name__:
            log_data.update({name: getattr(record, name) for name in FIELDS if hasattr(record, name)})
        if record.exc_info:
            log_data["exception"] = self.formatException(record.exc_info)

    def formatException(self, ei: _Exception) -> str:  # noqa: N802 (the name that logging calls)
        """Where it happened and of which type it is; its message may repeat what somebody typed."""
        return "\n".join(_told(ei[1])) if ei[1] is not None else ""


def _told(error: BaseException) -> Iterator[str]:
    """The exception and those that led to it, the first one first, without their messages."""
    if error.__cause__ is not None:
        yield from _told(error.__cause__)
        yield "which caused:"
    elif error.__context__ is not None and not error.__suppress_context__:
        yield from _told(error.__context__)
        yield "while it was handled:"
    for frame in traceback.extract_tb(error.__traceback__):
        yield f"  {frame.filename}:{frame.lineno} in {frame.name}: {frame.line}"
    number = f" (errno {error.errno})" if isinstance(error, OSError) and error.errno is not None else ""
    yield f"{type(error).__module__}.{type(error).__qualname__}{number}"


def _message(record: logging.LogRecord) -> str:
    """The message. Where it is not ours, only numbers and signals are filled in: the rest may come from a request."""
    if record.name == OURS or record.name.startswith(f"{OURS}."):
        return record.getMessage()
    words = record.msg if isinstance(record.msg, str) else str(_without_value(record.msg))
    if isinstance(record.args, Mapping):  # Celery's
        return words % {name: value if name in SAFE else _without_value(value) for name, value in record.args.items()}
    return words % tuple(_without_value(value) for value in record.args) if record.args else words


def _without_value(value: object) -> object:
    if isinstance(value, int | float) or (isinstance(value, str) and value in Signals.__members__):
        return value
    return type(value).__name__ if isinstance(value, BaseException) else "…"
