"""What a scoring server tells its clients, as far as they look at it. What else it says is kept as it is."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict


class Answer(BaseModel):
    """A JSON object of the API."""

    model_config = ConfigDict(extra="allow", frozen=True)


class Fault(Answer):
    """Why a zip was refused."""

    text: str


class Report(Answer):
    """The figures of a score."""

    metric: str


class Submission(Answer):
    """A submission of one's own team."""

    id: int
    stage: str
    state: Literal["received", "refused", "scored", "failed"]
    received_at: datetime
    notes: list[str]
    faults: list[Fault]
    score: float | None
    interval: tuple[float, float] | None
    report: Report | None = None
    rank: int | None
    counts: bool
    chosen: bool


class Submissions(Answer):
    """Some of the team's submissions, newest first."""

    submissions: list[Submission]
    next_before: int | None


class Row(Answer):
    """A line of a leaderboard."""

    rank: int | None
    team: str
    score: float
    interval: tuple[float, float] | None
    entries: int | None
    received_at: datetime | None
    tie_group: int | None


class Leaderboard(Answer):
    """A leaderboard."""

    title: str
    rows: list[Row]


class Download(Answer):
    """A file that one may have, or not yet."""

    name: str
    size: int
    sha256: str | None
    why_not: str | None


class Downloads(Answer):
    """All files."""

    downloads: list[Download]


class Named(Answer):
    """A team, by its name."""

    name: str


class NewToken(Answer):
    """A token that was just made."""

    token: str
