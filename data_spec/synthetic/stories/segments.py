"""The story of talks in segments, with intensities of several emotions at once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from data_spec.modality import Modality
from data_spec.section import Section, Share
from data_spec.synthetic.settings import (
    Durations,
    ModalityStory,
    Monologue,
    NotNegative,
    Positive,
    check_columns,
    check_names,
)
from data_spec.task import AnyTask


class IntensityAnnotators(Section):
    """How annotators tell whole intensities of what they see."""

    spread: NotNegative
    """Standard deviation of an annotator's mark around what is felt, where something is."""
    false_marks: Share
    """Probability that an annotator marks an emotion with 1 that is not felt, in a segment that has others."""


class SegmentsStory(Monologue):
    """Talks of several segments, in each of which several emotions are felt at once, or none."""

    kind: Literal["segment_intensities"]
    segment_seconds: Durations
    none_share: Share
    """Of the segments in which nothing is felt."""
    emotion_shares: dict[str, Share]
    """How frequent each emotion is among those that are felt, in the task's order."""
    more_emotions: Share
    """Probability that one more emotion is felt, and after that one more."""
    main_emotion: Share
    """Probability that the first emotion of a segment is the one that the talk is mainly about."""
    intensity: Positive
    """Mean of what is felt, where something is."""
    annotators: IntensityAnnotators
    modalities: dict[str, ModalityStory]

    def check(self, task: AnyTask, modalities: Sequence[Modality]) -> None:
        """See `Story.check`."""
        super().check(task, modalities)
        check_names("emotion_shares", self.emotion_shares, [one.name for one in task.attributes])
        check_columns(self.modalities, modalities)
