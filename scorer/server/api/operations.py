"""One decorator for the API's routes: what it says is both what is done and what the description tells.

APIFlask makes the description. It is not left to read what programs send: its reader takes any body for JSON,
whatever it is called, and fails on one that is nested deeply.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import wraps
from http import HTTPStatus
from typing import Any, TypeAlias

from flask.typing import ResponseReturnValue
from pydantic import BaseModel

from scorer.server.accounts.models import Scope
from scorer.server.api.authentication import token_account
from scorer.server.api.blueprint import blueprint
from scorer.server.api.inputs import ZIP_TYPES, Body, Query, read_body, read_query
from scorer.server.api.problems import CONTENT_TYPE, REASONS, Problem

SECURITY_SCHEME = "token"
BYTES = {"type": "string", "format": "binary"}

Answer: TypeAlias = BaseModel | tuple[BaseModel, HTTPStatus] | tuple[BaseModel, HTTPStatus, Mapping[str, str]]
"""What a route returns: a model of `answers.py`, or what Flask makes of any route's value."""

Route: TypeAlias = Callable[..., Answer | ResponseReturnValue]


def operation(
    answers: type[BaseModel] | None,
    status: HTTPStatus = HTTPStatus.OK,
    *,
    words: str = "Done.",
    needs: Scope | None = None,
    body: type[Body] | None = None,
    query: type[Query] | None = None,
    path: type[BaseModel] | None = None,
    others: Mapping[HTTPStatus, str] | None = None,
    headers: Mapping[str, str] | None = None,
    refuses: Sequence[HTTPStatus] = (),
) -> Callable[[Route], Callable[..., ResponseReturnValue]]:
    """Declare what a route takes and answers; stands below the line with its address.

    Args:
        answers: the model of the answer. What is not in it does not leave the server. None: a zip.
        status: of the answer, if nothing else is returned.
        words: what the answer means.
        needs: the scope of the token; the route is given its `account`. None: everybody may ask.
        body: what is sent as JSON; the route is given it as `body`.
        query: the parameters after the question mark; the route is given them as `query`.
        path: the parameters in the address.
        others: what other statuses without an error mean; but for 304 they have the same answer.
        headers: those of the answers, and what they mean.
        refuses: the problems that it may answer, beside those that follow from the rest.
    """
    problems = [*refuses]
    problems += [HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN] if needs else []
    problems += [HTTPStatus.NOT_FOUND] if path else []
    problems += [HTTPStatus.UNPROCESSABLE_ENTITY] if body or query else []
    if body:
        problems += [
            HTTPStatus.BAD_REQUEST,
            HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
            HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
        ]

    def decorate(view: Route) -> Callable[..., ResponseReturnValue]:
        @wraps(view)
        def read_and_call(**arguments: Any) -> Any:
            if needs is not None:
                arguments["account"] = token_account(needs)
            if query is not None:
                arguments["query"] = read_query(query)
            if body is not None:
                arguments["body"] = read_body(body)
            return view(**arguments)

        answering = blueprint.output(answers, status, words)(read_and_call) if answers else read_and_call
        described = blueprint.doc(
            operation_id=view.__name__,
            responses={
                **_successes(answers, {status: words, **(others or {})}, headers or {}),
                **_problems(problems),
            },
            security=[{SECURITY_SCHEME: [needs.value]}] if needs else None,
        )(answering)
        for kind, location in ((path, "path"), (query, "query"), (body, "json")):
            if kind is not None:
                described = blueprint.input(kind, location)(described)

        @wraps(described)  # APIFlask's description comes along, its reader does not
        def route(**arguments: Any) -> ResponseReturnValue:
            answer: ResponseReturnValue = answering(**arguments)
            return answer

        return route

    return decorate


def _successes(
    answers: type[BaseModel] | None, statuses: Mapping[HTTPStatus, str], headers: Mapping[str, str]
) -> dict[int, Any]:
    content = {"application/json": {"schema": _reference(answers)}} if answers else {ZIP_TYPES[0]: {"schema": BYTES}}
    told = {name: {"description": words, "schema": {"type": "string"}} for name, words in headers.items()}
    return {
        status.value: {
            "description": words,
            "content": {} if status is HTTPStatus.NOT_MODIFIED else content,
            "headers": told,
        }
        for status, words in statuses.items()
    }


def _problems(statuses: Sequence[HTTPStatus]) -> dict[int, Any]:
    content = {CONTENT_TYPE: {"schema": _reference(Problem)}}
    return {status.value: {"description": REASONS[status], "content": content} for status in statuses}


def _reference(model: type[BaseModel]) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{model.__name__}"}
