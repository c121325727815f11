"""Who is looking at a page: the browser's session cookie, by Flask-Login."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec
from urllib.parse import urlsplit

import flask
from flask import Flask, url_for
from flask.typing import ResponseReturnValue
from flask_login import LoginManager, UserMixin, current_user, login_required, login_user, logout_user
from werkzeug.wrappers import Response

from scorer.server import current
from scorer.server.accounts import service
from scorer.server.accounts.models import Account, Role
from scorer.server.refusals import NotFound

Arguments = ParamSpec("Arguments")


class Visit(UserMixin):  # type: ignore[misc] # Flask-Login has no types
    """A log-in on this browser. The cookie holds its secret, the database decides whether it still counts."""

    def __init__(self, account: Account, secret: str) -> None:
        self.account = account
        self._secret = secret

    def get_id(self) -> str:
        """What Flask-Login puts into the cookie."""
        return self._secret


def install_visits(app: Flask) -> None:
    """Let the application know its visitors."""
    manager = LoginManager(app)
    manager.session_protection = None  # a log-in is a secret in the database, not an address or a browser's name

    def load(secret: str) -> Visit | None:
        account = service.find_login(current.session(), secret)
        return Visit(account, secret) if account is not None else None

    def ask() -> Response:
        flask.flash("Log in to see this page.")
        target = flask.request.full_path.rstrip("?") if flask.request.method == "GET" else None
        return flask.redirect(url_for("accounts.login", next=target))

    manager.user_loader(load)
    manager.unauthorized_handler(ask)


def members_only(route: Callable[Arguments, ResponseReturnValue]) -> Callable[Arguments, ResponseReturnValue]:
    """Send visitors who are not logged in to the log-in, and then back."""
    protected: Callable[Arguments, ResponseReturnValue] = login_required(route)
    return protected


def organisers_only(route: Callable[Arguments, ResponseReturnValue]) -> Callable[Arguments, ResponseReturnValue]:
    """Send visitors to the log-in; to participants the page does not exist."""

    @wraps(route)
    def protected(*args: Arguments.args, **kwargs: Arguments.kwargs) -> ResponseReturnValue:
        if member().role is not Role.ORGANISER:
            raise NotFound("There is nothing here.")
        return route(*args, **kwargs)

    return members_only(protected)


def visitor() -> Account | None:
    """The account that looks at this page, if it is logged in."""
    return current_user.account if current_user.is_authenticated else None


def member() -> Account:
    """The account that looks at this page; for routes behind `login_required`."""
    account = visitor()
    assert account is not None
    return account


def enter(account: Account) -> None:
    """Log in on this browser. Nothing of the session before it is kept, and any log-in before it ends."""
    leave()
    login_user(Visit(account, service.start_login(current.session(), account)))


def leave() -> None:
    """Log out: here, and for any copy of the cookie."""
    if current_user.is_authenticated:
        service.end_login(current.session(), current_user.get_id())
    logout_user()
    flask.session.clear()


def local_path(target: str | None) -> str | None:
    r"""The target, if it is a path on this server: nobody is sent elsewhere after the log-in.

    >>> local_path("/submissions?before=3")
    '/submissions?before=3'
    >>> [local_path(away) for away in ("https://a.example/", "//a.example", "/\\a.example", "submit", None)]
    [None, None, None, None, None]
    """
    if not target or not target.startswith("/") or "\\" in target or not target.isprintable():
        return None
    parts = urlsplit(target)
    return target if not parts.scheme and not parts.netloc and not target.startswith("//") else None
