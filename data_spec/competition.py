"""How a challenge is held: its stages, the teams, what they must beat and when their code is believed."""

from __future__ import annotations

from typing import Annotated, Self
from zoneinfo import ZoneInfo

from pydantic import Field, model_validator

from data_spec.section import Name, Section, Share


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

    @model_validator(mode="after")
    def _limits_agree(self) -> Self:
        if self.submissions_per_day > self.submissions_in_total:
            raise ValueError(
                f"submissions_per_day: expected at most submissions_in_total ({self.submissions_in_total}). "
                f"Received: {self.submissions_per_day}"
            )
        return self


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
    score: Share
    single_modalities: dict[str, Share] = Field(default_factory=dict)


class Verification(Section):
    """When a team's code is believed."""

    max_residual: Annotated[float, Field(gt=0)]
