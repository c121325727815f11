"""HTTP with a scoring server: JSON answers, problems, what is tried again and what is not."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import Any, Self

import requests
from requests.adapters import HTTPAdapter
from urllib3.util import Retry

CONNECT_SECONDS = 10
ANSWER_SECONDS = 300
"""How long a server may take for an answer: it may judge a submission while we wait."""

TRIES = 4
BACK_OFF_SECONDS = 0.25
"""The waits between tries: none, then twice this, then twice as long each time."""

NOT_NOW = (502, 503, 504)
"""What a proxy answers while its server starts again."""


class ServerUnreachable(Exception):  # noqa: N818 (says what is, like requests' own)
    """Nobody answers there, or it is no scoring server."""


class Problem(Exception):  # noqa: N818 (the name that RFC 9457 gives it)
    """The server said no.

    Attributes:
        status: the HTTP status.
        detail: why, in the server's words.
        field: the name of the input that is at fault, where it is one.
    """

    def __init__(self, status: int, detail: str, field: str | None = None) -> None:
        super().__init__(detail)
        self.status = status
        self.detail = detail
        self.field = field


class Connection:
    """Asks one server. A question that changes nothing is asked again when no answer comes; others are only
    where the server was not even reached.

    Args:
        url: where the server is, such as `http://127.0.0.1:8000`.
        token: an API token; not needed to register or to read what everybody may.
    """

    def __init__(self, url: str, token: str | None = None) -> None:
        self.url = url.rstrip("/")
        self._session = requests.Session()
        # A `.netrc` must not put its own password in the place of our token.
        self._session.trust_env = False
        self._session.verify = os.environ.get("REQUESTS_CA_BUNDLE") or True
        again = HTTPAdapter(
            max_retries=Retry(
                connect=TRIES - 1,
                read=TRIES - 1,
                status=TRIES - 1,
                other=0,
                redirect=0,
                allowed_methods={"GET"},
                status_forcelist=NOT_NOW,
                raise_on_status=False,
                respect_retry_after_header=False,
                backoff_factor=BACK_OFF_SECONDS,
            )
        )
        for scheme in ("http://", "https://"):
            self._session.mount(scheme, again)
        if token is not None:
            self._session.headers["Authorization"] = f"Bearer {token}"

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._session.close()

    def ask(self, method: str, path: str, **options: Any) -> dict[str, Any]:
        """The JSON object that the API answers.

        Args:
            method: GET, POST or DELETE.
            path: below `/api/v1/`.
            options: for `requests.Session.request`.

        Raises:
            Problem: the server says no.
            ServerUnreachable: it says nothing that can be understood.
        """
        with self.open(method, path, **options) as answer:
            try:
                content = answer.json()
            except (requests.JSONDecodeError, RecursionError) as error:
                raise self.not_understood() from error
            if not isinstance(content, dict):
                raise self.not_understood()
            return content

    @contextmanager
    def open(self, method: str, path: str, **options: Any) -> Iterator[requests.Response]:
        """An answer that is no error, to read from; closed at the end. Raises what `ask` raises."""
        try:
            with self._session.request(
                method,
                f"{self.url}/api/v1/{path}",
                timeout=(CONNECT_SECONDS, ANSWER_SECONDS),
                allow_redirects=False,  # a token goes where its owner sent it, and nowhere else
                **options,
            ) as answer:
                if not answer.ok or answer.is_redirect:
                    raise self._error(answer)
                yield answer
        except requests.exceptions.SSLError as error:
            raise ServerUnreachable(
                f"{self.url}: expected a certificate that this machine trusts, found another one ({_reason(error)}). "
                "For one of your own, name its file in REQUESTS_CA_BUNDLE."
            ) from error
        except (requests.RequestException, UnicodeError) as error:
            raise ServerUnreachable(f"{self.url}: expected a scoring server, found none ({_reason(error)})") from error

    def _error(self, answer: requests.Response) -> Exception:
        try:
            content = answer.json()
        except (requests.JSONDecodeError, RecursionError):
            content = None
        if isinstance(content, dict) and "detail" in content:
            return Problem(answer.status_code, str(content["detail"]), content.get("field"))
        return ServerUnreachable(f"{self.url}: expected a scoring server, found one that answers {answer.status_code}")

    def not_understood(self) -> ServerUnreachable:
        """The error for an answer that no scoring server gives."""
        return ServerUnreachable(f"{self.url}: expected a scoring server, found another one")


def _reason(error: BaseException) -> str:
    while (deeper := error.__cause__ or error.__context__) is not None:
        error = deeper
    return str(error) or type(error).__name__
