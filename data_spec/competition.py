"""How a challenge is held: its stages, the teams, what they must beat and when their code is believed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Literal, Self
from zoneinfo import ZoneInfo

from pydantic import Field, model_validator

from data_spec.moment import Moment, format_moment
from data_spec.section import Name, Section


class Admission(Section):
    """Who is admitted to the next stage."""

    top: Annotated[int, Field(gt=0)]
    over_baseline: bool


class Stage(Section):
    """A part of the competition: predictions for one split, within limits."""

    name: Name
    title: str
    split: Name
    submissions_per_day: Annotated[int, Field(gt=0)]
    submissions_in_total: Annotated[int, Field(gt=0)]
    admits: Admission | None = None
    opens_at: Moment | None = None
    closes_at: Moment | None = None
    """The first moment that is too late."""
    shows: tuple[Literal["confusion", "recordings"], ...] = ("confusion",)
    """What a team sees of its own score report, beside the figures."""
    ladder_step: Annotated[float, Field(gt=0, lt=1)] | None = None
    """A team's score on the leaderboard changes only when it is better by at least this step; None: always."""

    @model_validator(mode="after")
    def _limits_agree(self) -> Self:
        if self.submissions_per_day > self.submissions_in_total:
            raise ValueError(
                f"submissions_per_day: expected at most submissions_in_total ({self.submissions_in_total}). "
                f"Received: {self.submissions_per_day}"
            )
        return self

    @model_validator(mode="after")
    def _closes_after_it_opens(self) -> Self:
        if self.closes_at is None:
            return self
        if self.opens_at is None:
            raise ValueError("opens_at: expected one, since there is a closes_at. Received: nothing")
        if self.closes_at <= self.opens_at:
            raise ValueError(
                f"closes_at: expected a moment after opens_at ({format_moment(self.opens_at)}). "
                f"Received: {format_moment(self.closes_at)}"
            )
        return self

    @model_validator(mode="after")
    def _shows_each_part_once(self) -> Self:
        if len(set(self.shows)) != len(self.shows):
            raise ValueError(f"shows: every part once. Received: {[*self.shows]}")
        return self


def check_order(stages: Sequence[Stage]) -> None:
    """Raise ValueError where stages contradict each other, with the key of the one at fault.

    A stage opens no earlier than those before it, and no earlier than the end of one that admits. Only moments
    that are known are compared.
    """
    earliest: datetime | None = None
    for stage in stages:
        if stage.opens_at is None:
            continue
        if earliest is not None and stage.opens_at < earliest:
            raise ValueError(
                f"stages.{stage.name}.opens_at: expected {format_moment(earliest)} or later, because of the stages "
                f"before it. Received: {format_moment(stage.opens_at)}"
            )
        admits_at = stage.closes_at if stage.admits is not None else None
        earliest = admits_at or stage.opens_at
    if stages[-1].admits is not None:
        raise ValueError(f"stages.{stages[-1].name}.admits: there is no stage after it to be admitted to")


class Team(Section):
    """Who enters together, and in which zone its days are counted."""

    max_members: Annotated[int, Field(gt=0)]
    time_zone: str

    @model_validator(mode="after")
    def _zone_is_known(self) -> Self:
        try:
            ZoneInfo(self.time_zone)
        except (OSError, ValueError, KeyError) as error:
            raise ValueError(
                f"time_zone: expected a name such as UTC or Europe/Rome. Received: {self.time_zone!r}"
            ) from error
        return self


class Baseline(Section):
    """The published figures of the organisers' baseline."""

    name: str
    score: float
    """In the metric that ranks."""
    single_modalities: dict[str, float] = Field(default_factory=dict)


class ZipLimits(Section):
    """What a zip from a stranger may be."""

    max_zip_bytes: Annotated[int, Field(gt=0)]
    max_unpacked_bytes: Annotated[int, Field(gt=0)]
    max_entries: Annotated[int, Field(gt=0)]


class RunLimits(Section):
    """What one run of a team's code over one test set may use."""

    wall_seconds: Annotated[float, Field(gt=0)] = 3600.0
    cpu_seconds: Annotated[float, Field(gt=0)] = 7200.0
    """Of all its processes together."""
    memory_bytes: Annotated[int, Field(gt=0)] = 4 * 2**30
    processes: Annotated[int, Field(gt=0)] = 256
    """And threads."""
    temporary_bytes: Annotated[int, Field(gt=0)] = 2**30
    log_bytes: Annotated[int, Field(gt=0)] = 2**20


class Verification(Section):
    """When a team's code is believed, and what it is asked for."""

    max_residual: Annotated[float, Field(gt=0)]
    """The largest absolute difference, between the leaderboard's score and that of the code, that is believed."""
    stage: Name | None = None
    """Teams that take part in this stage send their code while it is open; None: in the last stage."""
    report_sections: tuple[str, ...] = ("Model", "Feature selection", "Missing data")
    """Headings that a bundle's report must have, in any order and spelling of capitals."""
    trial_recordings: Annotated[int, Field(gt=0)] = 2
    """On so many recordings of the first test set a bundle is tried when it arrives."""
    bundle: ZipLimits = ZipLimits(max_zip_bytes=300_000_000, max_unpacked_bytes=1_000_000_000, max_entries=5_000)
    run: RunLimits = RunLimits()
