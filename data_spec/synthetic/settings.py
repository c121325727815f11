"""What a challenge's YAML says about its synthetic corpus."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import Field, model_validator

from data_spec.section import Section, Share

Positive = Annotated[float, Field(gt=0.0)]
Interval = tuple[float, float]


class Durations(Section):
    """How long recordings last, in seconds."""

    least: Positive
    mean: Positive
    most: Positive

    @model_validator(mode="after")
    def _are_ordered(self) -> Self:
        if not self.least < self.mean < self.most:
            raise ValueError(f"expected least < mean < most. Received: {self.least}, {self.mean}, {self.most}")
        return self


class Sentinel(Section):
    """A value that stands in some columns while a speaker makes no voiced sound."""

    value: float
    columns: tuple[int, ...]
    share: Share
    """Of the speech, that is unvoiced."""


class ModalityStory(Section):
    """How one modality shows an emotion."""

    shows: Share
    """Probability that an openly expressed emotion is visible in this modality."""
    tempo: tuple[Positive, Positive]
    """Slowest and fastest movement, in Hz."""
    dynamics: Annotated[float, Field(ge=0)]
    """How far tempo and strength of the movements differ between emotions."""
    posture: Annotated[float, Field(ge=0)]
    """How far the mean of the movements differs between emotions, in standard deviations."""
    noise: Annotated[float, Field(ge=0)]
    """Standard deviation of what has nothing to do with emotion; the movements have 1."""
    ranges: Annotated[tuple[Interval, ...], Field(min_length=1)]
    """Least and greatest value of each column, or one pair for all."""
    flags: tuple[int, ...] = ()
    """Columns that are 0 or 1."""
    unvoiced: Sentinel | None = None
    silent_while_listening: bool = False


class Annotators(Section):
    """How well the annotators see. Each marks what they perceive of each emotional state."""

    skill: tuple[Share, Share]
    """Probability of naming an openly expressed emotion: of the weakest and of the best annotator."""
    hidden: Share
    """The factor on that probability while the emotion is hidden."""
    second_label: Share
    """Probability of marking another emotion besides."""
    lag_seconds: Annotated[float, Field(ge=0)]
    """Standard deviation of where they set the beginning of a state."""


class Synthetic(Section):
    """The story of a synthetic corpus, and its size."""

    recordings: Annotated[int, Field(gt=0)]
    sessions: Annotated[int, Field(gt=0)]
    actors_per_session: Annotated[int, Field(gt=0)]
    seconds: Durations
    latest_start: Annotated[float, Field(ge=0)]
    """Recordings begin at any time up to this, in seconds."""
    label_shares: dict[str, Share]
    state_seconds: Positive
    """Mean duration of an emotional state."""
    main_emotion: Share
    """Probability that a state is of the emotion that the take is mainly about."""
    open_share: Share
    """Share of the time in which an emotion is expressed openly."""
    open_seconds: Positive
    """Mean duration of an open, and of a hidden moment together."""
    turn_seconds: Positive
    """Mean duration of an actor's turn in the dialogue."""
    overlap_seconds: Annotated[float, Field(ge=0)]
    """How long an actor speaks on after the other one's turn has begun."""
    annotators: Annotators
    modalities: dict[str, ModalityStory]
