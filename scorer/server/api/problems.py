"""Errors of the API, as RFC 9457 writes them."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus

from flask import Response, json, request

PREFIX = "/api/"
CONTENT_TYPE = "application/problem+json"


def is_api_request() -> bool:
    """Whether a program asks, even for a path that does not exist."""
    return request.path.startswith(PREFIX)


def problem(
    status: HTTPStatus, detail: str, *, field: str | None = None, headers: Mapping[str, str] | None = None
) -> Response:
    """An answer that says what went wrong, for programs (`status`, `field`) and people (`detail`)."""
    content = {"type": "about:blank", "title": status.phrase, "status": status.value, "detail": detail}
    if field is not None:
        content["field"] = field
    response = Response(json.dumps(content) + "\n", status, headers, content_type=CONTENT_TYPE)
    if status is HTTPStatus.UNAUTHORIZED:
        response.headers["WWW-Authenticate"] = "Bearer"
    return response
