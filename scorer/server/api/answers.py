"""What programs are told, each kind of answer as a model: what is not in it does not leave the server."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

from pydantic import BaseModel, Field, PlainSerializer, WithJsonSchema

from scorer.server.accounts.models import Scope
from scorer.server.submissions.models import State


def format_time(moment: datetime) -> str:
    """A moment in UTC (RFC 3339).

    >>> format_time(datetime(2017, 9, 1, 12, 30, tzinfo=UTC))
    '2017-09-01T12:30:00Z'
    """
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


Moment = Annotated[
    datetime,
    PlainSerializer(format_time, return_type=str),
    WithJsonSchema({"type": "string", "format": "date-time"}),
]
Interval = tuple[float, float]


class Account(BaseModel):
    """An account, as its owner sees it."""

    email: str
    display_name: str


class Token(BaseModel):
    """A new token."""

    name: str
    token: str = Field(description="It is shown this once.")
    scopes: list[Scope]


class Team(BaseModel):
    """The account's team."""

    name: str
    members: list[str] = Field(description="Their display names.")


class Modality(BaseModel):
    """One kind of stream of a recording."""

    name: str
    folder: str
    rate: int = Field(description="Frames per second.")
    form: str = Field(description="`table`, `sound` or `pictures`.")
    features: int = Field(description="Columns of a table beside the time; 0 of sound and pictures.")


class Limits(BaseModel):
    """What a zip may be."""

    max_zip_bytes: int
    max_unpacked_bytes: int
    max_entries: int


class Stage(BaseModel):
    """A stage of the competition."""

    name: str
    title: str
    opens_at: Moment | None = Field(description="Null: not yet set, so closed.")
    closes_at: Moment | None = Field(description="The first moment that is too late. Null: not yet set.")
    open: bool = Field(description="Whether predictions are accepted now.")
    sealed: bool = Field(description="Whether its scores are not told yet.")
    admission_needed: bool = Field(description="Whether only admitted teams take part.")
    submissions_per_day: int
    submissions_in_total: int


class Stages(BaseModel):
    """All stages, in their order."""

    stages: list[Stage]


class Challenge(BaseModel):
    """What is predicted, and when."""

    name: str
    title: str
    kind: str = Field(
        description="`framewise_one_hot`, `segment_intensities`, `clip_ratings` or `continuous_attributes`."
    )
    metric: str = Field(description="The figure that ranks.")
    greater_is_better: bool = Field(description="Whether the greatest score is the best.")
    columns: list[str] = Field(description="The header of a prediction file.")
    rate: int | None = Field(description="Rows per second of a prediction. Null: segments, or clips.")
    modalities: list[Modality]
    limits: Limits
    time_zone: str = Field(description="Whose days the limits of submissions a day are counted in.")
    stages: list[Stage]


class Fault(BaseModel):
    """Why a zip was refused, in the words of `scorer check`."""

    text: str
    file: str
    row: int | None = Field(description="Row 1 is the header.")
    column: str | None
    expected: str
    found: str


class Report(BaseModel):
    """A score in its parts. What each hidden recording scored is not told."""

    metric: str = Field(description="Which of the figures ranks.")
    score: float = Field(description="That figure.")
    interval: Interval = Field(description="95 % bootstrap interval over recordings.")
    figures: dict[str, float | None] = Field(description="Of the submission as a whole.")
    parts: dict[str, dict[str, float | None]] = Field(description="Of each label, emotion or attribute.")
    labels: list[str] = Field(description="The order of the confusion matrix. Empty: no label is named.")
    confusion: list[list[int]] | None = Field(
        description="Rows of each label (row) that were given each label (column). Null: the stage does not show it."
    )
    counted: int = Field(description="How many rows count.")
    rows: int = Field(description="Frames, segments or clips.")


class Submission(BaseModel):
    """A submission, as its own team sees it."""

    id: int
    stage: str
    state: State
    received_at: Moment
    sha256: str
    size: int = Field(description="Bytes of the zip.")
    notes: list[str] = Field(description="What was ignored in the zip.")
    faults: list[Fault] = Field(description="Why it was refused.")
    score: float | None = Field(description="Null: none, or sealed.")
    interval: Interval | None
    report: Report | None = Field(description="Null also where the stage tells no more than the score.")
    rank: int | None = Field(description="Of the team in the stage; only told of one submission.")
    counts: bool = Field(description="Whether it is the one that counts in its stage. Sealed like a score.")
    chosen: bool = Field(description="Whether the team chose it to count, whatever its score.")


class Submissions(BaseModel):
    """The team's submissions, newest first."""

    submissions: list[Submission]
    next_before: int | None = Field(description="What to ask for as `before` to see older ones. Null: there are none.")


class Row(BaseModel):
    """One line of a leaderboard."""

    rank: int | None = Field(description="Null: the challenge's baseline.")
    team: str
    baseline: bool
    score: float
    interval: Interval | None = Field(description="95 % bootstrap interval over recordings.")
    entries: int | None = Field(description="How many submissions of the team were scored.")
    received_at: Moment | None
    tie_group: int | None = Field(
        description="The rank of the first of those teams that the recordings cannot tell apart from this one."
    )


class Leaderboard(BaseModel):
    """A leaderboard, best first."""

    stage: str
    title: str
    rows: list[Row]


class Download(BaseModel):
    """A zip for one audience."""

    name: str
    title: str
    size: int = Field(description="In bytes.")
    sha256: str | None
    available_from: Moment | None = Field(description="Null: everybody's at any time, or not known yet.")
    why_not: str | None = Field(description="Why you may not have it now. Null: you may.")


class Downloads(BaseModel):
    """What there is to download, also what is not yet."""

    downloads: list[Download]


class Announcement(BaseModel):
    """What the organisers told everybody."""

    id: int
    title: str
    text: str = Field(description="Plain; an empty line begins a paragraph.")
    published_at: Moment


class Announcements(BaseModel):
    """Announcements, newest first."""

    announcements: list[Announcement]
    next_before: int | None = Field(description="What to ask for as `before` to see older ones. Null: there are none.")
