"""A scoring server, seen from a participant's machine: the REST API under `/api/v1` and nothing else."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, BinaryIO, TypeVar
from urllib.parse import quote

from pydantic import ValidationError

from scorer.client_answers import (
    Answer,
    Download,
    Downloads,
    Leaderboard,
    Named,
    NewToken,
    Submission,
    Submissions,
)
from scorer.connection import Connection, Problem

FIRST_POLL_SECONDS = 0.5
LAST_POLL_SECONDS = 10.0
"""Between two questions for a verdict: each wait is half as long again as the one before."""

VERDICT_SECONDS = 600
"""How long to ask for a verdict."""

AnyAnswer = TypeVar("AnyAnswer", bound=Answer)
OnBytes = Callable[[int], object]
"""Is told how many more bytes went through."""


def nobody(_more: int) -> None:
    """Where nobody wants to know."""


class Client(Connection):
    """What one may ask a server. Each method raises Problem where the server says no, and ServerUnreachable."""

    def register(self, email: str, display_name: str, password: str) -> bool:
        """Create an account. Returns False where a mail was sent to the address first.

        Raises Problem, with status 409 where the address has an account.
        """
        body = {"email": email, "display_name": display_name, "password": password}
        with self.open("POST", "accounts", json=body) as answer:
            return answer.status_code == 201

    def create_token(self, email: str, password: str, name: str) -> str:
        """A new token of an account; this is the only time it is seen."""
        return self.ask_for(NewToken, "POST", "tokens", json={"email": email, "password": password, "name": name}).token

    def create_team(self, name: str) -> None:
        """Create the account's team. Raises Problem, with status 409 where the name is taken."""
        self.ask("POST", "team", json={"name": name})

    def team(self) -> str | None:
        """The name of the account's team."""
        try:
            return self.ask_for(Named, "GET", "team").name
        except Problem as problem:
            if problem.status == 404:
                return None
            raise

    def submit(self, zip_path: Path, stage: str, on_bytes: OnBytes = nobody) -> Submission:
        """Upload a zip. Most servers judge it later: `wait_for_verdict`.

        It is never sent twice: after an answer that did not come, nobody knows whether it has arrived.

        Raises:
            OSError: the file cannot be read.
        """
        with zip_path.open("rb") as file:
            return self.ask_for(
                Submission,
                "POST",
                f"stages/{quote(stage, safe='')}/submissions",
                data=CountedFile(file, zip_path.stat().st_size, on_bytes),
                headers={"Content-Type": "application/zip"},
            )

    def wait_for_verdict(self, submission: Submission) -> Submission:
        """The submission once it is judged; as it was where nobody judged it in `VERDICT_SECONDS`."""
        give_up = time.monotonic() + VERDICT_SECONDS
        wait = FIRST_POLL_SECONDS
        while submission.state == "received" and time.monotonic() < give_up:
            time.sleep(wait)
            wait = min(1.5 * wait, LAST_POLL_SECONDS)
            submission = self.submission(submission.id)
        return submission

    def submission(self, submission_id: int) -> Submission:
        """One submission of the team."""
        return self.ask_for(Submission, "GET", f"submissions/{submission_id}")

    def submissions(self, before: int | None = None) -> Submissions:
        """The team's submissions, newest first; older ones than `before`."""
        return self.ask_for(Submissions, "GET", "submissions", params={} if before is None else {"before": before})

    def choose(self, submission_id: int) -> Submission:
        """Let a submission count in its stage, whatever its score."""
        return self.ask_for(Submission, "POST", f"submissions/{submission_id}/choice")

    def unchoose(self, submission_id: int) -> Submission:
        """Let the team's best submission count again, instead of this one."""
        return self.ask_for(Submission, "DELETE", f"submissions/{submission_id}/choice")

    def leaderboard(self, stage: str | None = None) -> Leaderboard:
        """The leaderboard of a stage, by default the first."""
        return self.ask_for(Leaderboard, "GET", "leaderboard", params={"stage": stage} if stage else {})

    def downloads(self) -> list[Download]:
        """What there is to download."""
        return self.ask_for(Downloads, "GET", "downloads").downloads

    def ask_for(self, kind: type[AnyAnswer], method: str, path: str, **options: Any) -> AnyAnswer:
        """What the API answers, as that kind of answer; the rest is as in `ask`."""
        try:
            return kind.model_validate(self.ask(method, path, **options))
        except ValidationError as error:
            raise self.not_understood() from error


class CountedFile:
    """A file that tells how much of it was read: what has been sent of an upload."""

    def __init__(self, file: BinaryIO, size: int, on_bytes: OnBytes) -> None:
        self._file = file
        self._size = size
        self._on_bytes = on_bytes

    def __len__(self) -> int:
        return self._size

    def read(self, size: int = -1) -> bytes:
        """The next bytes."""
        chunk = self._file.read(size)
        self._on_bytes(len(chunk))
        return chunk
