"""Ask a server every address as everybody, and keep all that it says: in bodies, headers and cookies."""

from __future__ import annotations

import html
import io
import re
import zipfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, event
from werkzeug.test import TestResponse

from tests.scorer.server.every_route import Address

CSRF_TOKEN = re.compile(r'(name="csrf_token"[^>]* value=")([^"]+)')
CHANGES_EACH_TIME = {"Date", "X-Request-Id"}


@dataclass(frozen=True)
class Asker:
    """Somebody at a browser, or somebody's program with a token."""

    person: str
    client: FlaskClient
    how: str = "browser"
    token: str | None = None

    def __str__(self) -> str:
        return f"{self.person} ({self.how})"

    @property
    def is_program(self) -> bool:
        """Whether it shows a token."""
        return self.token is not None

    def ask(self, address: Address, **options: Any) -> TestResponse:
        """The answer."""
        headers = {"Authorization": f"Bearer {self.token}"} if self.token is not None else {}
        return self.client.open(address.path, method=address.method, headers=headers, **options)

    def csrf_token(self) -> str:
        """One that is valid now."""
        found = CSRF_TOKEN.search(self.client.get("/login").text) or CSRF_TOKEN.search(self.client.get("/team").text)
        assert found is not None
        return found[2]


@dataclass(frozen=True)
class Answer:
    """What somebody was told, without what is another text each time: tokens against forgery, and ids of requests.

    Attributes:
        status: its HTTP status.
        headers: with cookies as the text that is signed in them.
        text: the body; of a zip the names and contents of its files.
        statements: what the database was asked.
    """

    status: int
    headers: tuple[str, ...]
    text: str
    statements: tuple[str, ...]


def crawl(
    app: Flask, engine: Engine, asker: Asker, addresses: Sequence[Address], **options: Any
) -> Iterator[tuple[Address, Answer]]:
    """Ask each address."""
    for address in addresses:
        with noted_statements(engine) as statements, asker.ask(address, **options) as response:
            text = _readable_text(response)
        yield address, Answer(response.status_code, _readable_headers(app, response), text, tuple(statements))


@contextmanager
def noted_statements(engine: Engine) -> Iterator[list[str]]:
    """The statements that are sent to the database meanwhile."""
    noted: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        noted.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield noted
    finally:
        event.remove(engine, "before_cursor_execute", note)


def _readable_text(response: TestResponse) -> str:
    if response.mimetype == "application/zip":
        with zipfile.ZipFile(io.BytesIO(response.data)) as archive:
            return "\n".join(f"{name}\n{archive.read(name).decode()}" for name in archive.namelist())
    return html.unescape(CSRF_TOKEN.sub(r"\1", response.text))


def _readable_headers(app: Flask, response: TestResponse) -> tuple[str, ...]:
    signed: Callable[[str], dict[str, object]] = app.session_interface.get_signing_serializer(app).loads  # type: ignore[attr-defined]
    told = []
    for name, value in response.headers:
        if name == "Set-Cookie":
            cookie = value.partition(";")[0].partition("=")[2]
            value = str({key: kept for key, kept in signed(cookie).items() if key != "csrf_token"}) if cookie else ""
        if name not in CHANGES_EACH_TIME:
            told.append(f"{name}: {value}")
    return tuple(told)
