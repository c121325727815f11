"""Pages in whose address a secret stands: who knows it resets a password, or joins a team."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec

from flask import Response, after_this_request
from flask.typing import ResponseReturnValue

Arguments = ParamSpec("Arguments")

REFERRER_POLICY = "strict-origin"
"""The browser tells no other page the path. It still tells the host: without it no form would be taken over HTTPS,
because Flask-WTF compares the referrer."""


def secret_path(route: Callable[Arguments, ResponseReturnValue]) -> Callable[Arguments, ResponseReturnValue]:
    """Let the browser keep the page's address to itself."""

    @wraps(route)
    def hidden(*args: Arguments.args, **kwargs: Arguments.kwargs) -> ResponseReturnValue:
        @after_this_request
        def keep(response: Response) -> Response:
            response.headers["Referrer-Policy"] = REFERRER_POLICY
            return response

        return route(*args, **kwargs)

    return hidden
