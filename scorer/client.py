"""A scoring server, seen from a participant's machine: the REST API under `/api/v1` and nothing else."""

from __future__ import annotations

import time
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import requests

CONNECT_SECONDS = 10
ANSWER_SECONDS = 300
"""How long the server may take to judge a submission that it judges while we wait."""

POLL_SECONDS = 1.0

VERDICT_SECONDS = 600
"""How long to ask for the verdict of a submission that the server judges later."""


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


class Client:
    """Talks to one server.

    Args:
        url: where the server is, such as `http://127.0.0.1:8000`.
        token: an API token; not needed to register or to read the leaderboard.
    """

    def __init__(self, url: str, token: str | None = None) -> None:
        self.url = url.rstrip("/")
        self._session = requests.Session()
        # A `.netrc` must not put its own password in the place of our token.
        self._session.trust_env = False
        if token is not None:
            self._session.headers["Authorization"] = f"Bearer {token}"

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._session.close()

    def register(self, email: str, display_name: str, password: str) -> None:
        """Create an account. Raises Problem, with status 409 where the address has one."""
        self._ask("POST", "accounts", json={"email": email, "display_name": display_name, "password": password})

    def create_token(self, email: str, password: str, name: str) -> str:
        """A new token of an account; this is the only time it is seen. Raises Problem."""
        return str(self._ask("POST", "tokens", json={"email": email, "password": password, "name": name})["token"])

    def create_team(self, name: str) -> None:
        """Create the account's team. Raises Problem, with status 409 where the name is taken."""
        self._ask("POST", "team", json={"name": name})

    def team(self) -> str | None:
        """The name of the account's team."""
        try:
            return str(self._ask("GET", "team")["name"])
        except Problem as problem:
            if problem.status == 404:
                return None
            raise

    def submit(self, zip_path: Path, stage: str) -> dict[str, Any]:
        """Upload a zip and wait for its verdict.

        Returns: the submission; its state is still `received` where nobody judged it in `VERDICT_SECONDS`.

        Raises:
            Problem: the server does not take it.
            OSError: the file cannot be read.
        """
        with zip_path.open("rb") as file:
            submission = self._ask(
                "POST", f"stages/{stage}/submissions", data=file, headers={"Content-Type": "application/zip"}
            )
        give_up = time.monotonic() + VERDICT_SECONDS
        while submission["state"] == "received" and time.monotonic() < give_up:
            time.sleep(POLL_SECONDS)
            submission = self._ask("GET", f"submissions/{submission['id']}")
        return submission

    def leaderboard(self, stage: str | None = None) -> dict[str, Any]:
        """The leaderboard of a stage, by default the first. Raises Problem."""
        return self._ask("GET", "leaderboard", params={"stage": stage} if stage else None)

    def _ask(self, method: str, path: str, **options: Any) -> dict[str, Any]:
        try:
            answer = self._session.request(
                method,
                f"{self.url}/api/v1/{path}",
                timeout=(CONNECT_SECONDS, ANSWER_SECONDS),
                allow_redirects=False,  # a token goes where its owner sent it, and nowhere else
                **options,
            )
            content = answer.json()
        except requests.JSONDecodeError as error:
            raise ServerUnreachable(f"{self.url}: expected a scoring server, found another one") from error
        except (requests.RequestException, UnicodeError) as error:
            raise ServerUnreachable(f"{self.url}: expected a scoring server, found none ({_reason(error)})") from error
        if answer.ok and isinstance(content, dict):
            return content
        if isinstance(content, dict) and "detail" in content:
            raise Problem(answer.status_code, str(content["detail"]), content.get("field"))
        raise ServerUnreachable(f"{self.url}: expected a scoring server, found one that answers {answer.status_code}")


def _reason(error: Exception) -> str:
    reason: BaseException = error
    while (deeper := reason.__cause__ or reason.__context__) is not None:
        reason = deeper
    return str(reason) or type(reason).__name__
