"""The story of conversations whose attributes are followed all the time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from pydantic import Field

from data_spec.modality import Modality
from data_spec.section import Name, Section, Share
from data_spec.synthetic.settings import (
    Monologue,
    NotNegative,
    Positive,
    check_modalities,
    check_names,
)
from data_spec.task import AnyTask


class TracingRaters(Section):
    """People who follow an attribute with a joystick while they watch."""

    bias: NotNegative
    """Standard deviation of where a rater's middle lies, in shares of half the range."""
    gain: NotNegative
    """Standard deviation of the logarithm of how far a rater goes."""
    delay: tuple[NotNegative, NotNegative]
    """Seconds by which a rater is late: the fastest and the slowest."""
    jitter: NotNegative
    """Standard deviation of what a rater's hand does by itself, in shares of half the range."""


class TracedStory(Section):
    """How a modality shows attributes."""

    shows: dict[str, Share] = Field(default_factory=dict)
    """Of each attribute, in the task's order: 1 shows it as it is, 0 something else of the same kind."""
    measured_on: Name | None = None
    """The modality that it is measured on, which then says what it shows."""
    noise: NotNegative = 0.0
    """Standard deviation of what has nothing to do with attributes: of columns, samples or pixels, in their units."""


class ContinuousStory(Monologue):
    """Conversations whose attributes change slowly, and are followed by several raters."""

    kind: Literal["continuous_attributes"]
    change_seconds: tuple[Positive, Positive]
    """How long an attribute takes to change: its mood, and its moments."""
    raters: TracingRaters
    modalities: dict[str, TracedStory]

    def check(self, task: AnyTask, modalities: Sequence[Modality]) -> None:
        """See `Story.check`."""
        super().check(task, modalities)
        check_modalities(self.modalities, modalities)
        if self.latest_start > 0 and not all(modality.is_table for modality in modalities):
            expected = f"expected 0, since sound and pictures begin at 0. Received: {self.latest_start:g}"
            raise ValueError(f"synthetic.latest_start: {expected}")
        for name, story in self.modalities.items():
            shown = [] if story.measured_on else [one.name for one in task.attributes]
            check_names(f"modalities.{name}.shows", story.shows, shown)
            known = [other for other, its in self.modalities.items() if its.measured_on is None]
            if story.measured_on is not None and story.measured_on not in known:
                expected = f"expected one of {known}. Received: {story.measured_on!r}"
                raise ValueError(f"synthetic.modalities.{name}.measured_on: {expected}")
