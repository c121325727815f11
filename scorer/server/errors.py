"""What is answered when something cannot be done: a page to people, a problem (RFC 9457) to programs."""

from __future__ import annotations

import logging
from collections.abc import Callable
from http import HTTPStatus

from flask import Flask, render_template, request
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge

from scorer.server import current
from scorer.server.accounts.visits import visitor
from scorer.server.api.problems import is_api_request, problem
from scorer.server.forms import PageForm
from scorer.server.logs import method, route
from scorer.server.refusals import Refusal, TooManyTries
from scorer.server.storage import too_large
from scorer.server.submissions.forms import UploadForm
from scorer.server.submissions.routes import upload_page
from scorer.server.upload_limits import UPLOADS_BY_API, most_zip_bytes
from scorer.server.verification.forms import BundleForm
from scorer.server.verification.team_routes import upload_page as bundle_page

logger = logging.getLogger(__name__)

UPLOAD_PAGES: dict[str, tuple[type[PageForm], Callable[..., ResponseReturnValue]]] = {
    "submissions.upload": (UploadForm, upload_page),
    "bundles.upload": (BundleForm, bundle_page),
}
"""The page of each upload by form, to say on it what is wrong."""


def install_errors(app: Flask) -> None:
    """Answer every error of the application."""
    app.register_error_handler(Refusal, _refused)
    app.register_error_handler(RequestEntityTooLarge, _too_large)
    app.register_error_handler(CSRFError, _stale)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(Exception, _broken)


def _refused(refusal: Refusal) -> ResponseReturnValue:
    headers = {"Retry-After": str(refusal.retry_after)} if isinstance(refusal, TooManyTries) else None
    return _answer(refusal.status, refusal.message, refusal.field, headers)


def _too_large(error: RequestEntityTooLarge) -> ResponseReturnValue:
    limit, by_api = most_zip_bytes(current.server().challenge, request.endpoint), request.endpoint in UPLOADS_BY_API
    if limit is None or (not by_api and visitor() is None):
        return _answer(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "Expected a shorter request.", None)
    refusal = too_large(limit)
    if by_api:
        return _answer(refusal.status, refusal.message, refusal.field)
    form, page = UPLOAD_PAGES[request.endpoint or ""]
    empty = form(formdata=None)
    empty.refuse(refusal)
    return page(empty, refusal.status)


def _stale(error: CSRFError) -> ResponseReturnValue:
    return _answer(
        HTTPStatus.BAD_REQUEST, "This form is too old, or came from elsewhere. Go back, reload, try again.", None
    )


def _http(error: HTTPException) -> ResponseReturnValue:
    if error.code is None or error.code < 400:
        return error.get_response()
    status = HTTPStatus(error.code)
    words = "There is nothing here." if status is HTTPStatus.NOT_FOUND else error.description or status.phrase
    allow = dict(error.get_headers()).get("Allow")
    return _answer(status, words, None, {"Allow": allow} if allow else None)


def _broken(error: Exception) -> ResponseReturnValue:
    logger.exception("%s %s failed", method(), route())
    return _answer(HTTPStatus.INTERNAL_SERVER_ERROR, "Something went wrong on our side. It is in the log.", None)


def _answer(
    status: HTTPStatus, words: str, field: str | None, headers: dict[str, str] | None = None
) -> ResponseReturnValue:
    headers = headers or {}
    if is_api_request():
        return problem(status, words, field=field, headers=headers)
    try:
        return render_template("error.html", status=status, words=words), status, headers
    except Exception:  # the page says who is logged in: it may need what has just failed
        logger.exception("no page could be made of an answer of status %s", status.value)
        return f"{status.phrase}. {words}\n", status, {**headers, "Content-Type": "text/plain; charset=utf-8"}
