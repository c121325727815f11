"""Errors of the API, as RFC 9457 writes them."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus

from flask import Response, request
from pydantic import BaseModel, Field

PREFIX = "/api/"
CONTENT_TYPE = "application/problem+json"

REASONS = {
    HTTPStatus.BAD_REQUEST: "The request broke off, or is not HTTP as it should be.",
    HTTPStatus.UNAUTHORIZED: "No valid token was sent; or, where one is asked for, the password is not this account's.",
    HTTPStatus.FORBIDDEN: "Not now, or not for this account; or the token lacks the scope.",
    HTTPStatus.NOT_FOUND: "There is no such thing, or it is not yours to see.",
    HTTPStatus.CONFLICT: "Somebody has it already.",
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: "The body is longer than allowed.",
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE: "The body has another type than what is asked for.",
    HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE: "There is no such part of the file.",
    HTTPStatus.UNPROCESSABLE_ENTITY: "A value is not accepted; `field` names it.",
    HTTPStatus.TOO_MANY_REQUESTS: "Enough for now; `Retry-After` says for how many seconds, where that is known.",
}
"""What each problem means, for the description."""


class Problem(BaseModel):
    """What went wrong: for programs (`status`, `field`) and for people (`detail`)."""

    type: str = Field(description="Always `about:blank`: the status says what kind of problem it is.")
    title: str = Field(description="The status in words.")
    status: int = Field(description="The HTTP status.")
    detail: str = Field(description="Why, and what was expected.")
    field: str = Field(default="", description="The input that is at fault, where it is one.")


def is_api_request() -> bool:
    """Whether a program asks, even for a path that does not exist."""
    return request.path.startswith(PREFIX)


def problem(
    status: HTTPStatus, detail: str, *, field: str | None = None, headers: Mapping[str, str] | None = None
) -> Response:
    """An answer that says what went wrong."""
    content = Problem(type="about:blank", title=status.phrase, status=status.value, detail=detail, field=field or "")
    text = content.model_dump_json(exclude_defaults=True)
    response = Response(text + "\n", status, headers, content_type=CONTENT_TYPE)
    if status is HTTPStatus.UNAUTHORIZED:
        response.headers["WWW-Authenticate"] = "Bearer"
    return response
