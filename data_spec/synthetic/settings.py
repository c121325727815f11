"""What a challenge's YAML says about its synthetic corpus: the parts that stories have in common."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Annotated, Self

from pydantic import Field, model_validator

from data_spec.modality import Modality
from data_spec.section import Section, Share
from data_spec.task import AnyTask

Positive = Annotated[float, Field(gt=0.0)]
NotNegative = Annotated[float, Field(ge=0.0)]
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
    dynamics: NotNegative
    """How far tempo and strength of the movements differ between emotions."""
    posture: NotNegative
    """How far the mean of the movements differs between emotions, in standard deviations."""
    noise: NotNegative
    """Standard deviation of what has nothing to do with emotion; the movements have 1."""
    ranges: Annotated[tuple[Interval, ...], Field(min_length=1)]
    """Least and greatest value of each column, or one pair for all."""
    flags: tuple[int, ...] = ()
    """Columns that are 0 or 1."""
    unvoiced: Sentinel | None = None
    silent_while_listening: bool = False

    def check(self, key: str, features: int) -> None:
        """Raise ValueError where the story, which stands at `key`, tells of other columns than there are."""
        if len(self.ranges) not in {1, features}:
            raise ValueError(f"{key}.ranges: expected 1 or {features} pairs. Received: {len(self.ranges)}")
        columns = {"flags": self.flags, "unvoiced.columns": self.unvoiced.columns if self.unvoiced else ()}
        for part, numbers in columns.items():
            if outside := [number for number in numbers if not 0 <= number < features]:
                raise ValueError(f"{key}.{part}: expected 0 to {features - 1}. Received: {outside}")


class Story(Section):
    """What the stories of all kinds of task tell, and the size of the corpus."""

    recordings: Annotated[int, Field(gt=0)]
    sessions: Annotated[int, Field(gt=0)]
    seconds: Durations
    latest_start: NotNegative
    """Recordings begin at any time up to this, in seconds."""
    label_shares: dict[str, Share] = Field(default_factory=dict)
    """How frequent each label is, in the task's order; nothing where the task names none."""

    def check(self, task: AnyTask, modalities: Sequence[Modality]) -> None:
        """Raise ValueError where the story is of another task or of other modalities."""
        check_names("label_shares", self.label_shares, task.labels)
        if task.rate is not None and self.seconds.least * task.rate < 1:
            raise ValueError(
                f"synthetic.seconds.least: expected at least one frame ({1 / task.rate:g} s). "
                f"Received: {self.seconds.least:g}"
            )
        if task.labels and not any(self.label_shares.values()):
            raise ValueError("synthetic.label_shares: expected at least one over 0. Received: 0 for every label")


class Monologue(Story):
    """One actor in front of a camera in every recording."""

    actors: Annotated[int, Field(gt=0)]
    """Each is recorded about as often; they are dealt to the sessions in turn."""


def check_modalities(told: Collection[str], modalities: Sequence[Modality]) -> None:
    """Raise ValueError where a story does not tell of every modality."""
    names = {modality.name for modality in modalities}
    if set(told) != names:
        raise ValueError(f"synthetic.modalities: expected each of {sorted(names)}. Received: {[*told]}")


def check_names(key: str, told: Collection[str], expected: Sequence[str]) -> None:
    """Raise ValueError where a part of a story has other names, or in another order, than the task."""
    if tuple(told) != tuple(expected):
        raise ValueError(f"synthetic.{key}: expected {[*expected]} in this order. Received: {[*told]}")


def check_columns(told: Mapping[str, ModalityStory], modalities: Sequence[Modality]) -> None:
    """Raise ValueError where a story does not tell of every modality and of the columns that it has."""
    check_modalities(told, modalities)
    for modality in modalities:
        told[modality.name].check(f"synthetic.modalities.{modality.name}", modality.features)
