"""The story of dialogues that are labelled frame by frame."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Literal

from pydantic import Field

from data_spec.modality import Modality
from data_spec.section import Section, Share
from data_spec.synthetic.settings import (
    ModalityStory,
    NotNegative,
    Positive,
    Story,
    check_columns,
)
from data_spec.task import AnyTask


class Annotators(Section):
    """How well the annotators see. Each marks what they perceive of each emotional state."""

    skill: tuple[Share, Share]
    """Probability of naming an openly expressed emotion: of the weakest and of the best annotator."""
    hidden: Share
    """The factor on that probability while the emotion is hidden."""
    second_label: Share
    """Probability of marking another emotion besides."""
    lag_seconds: NotNegative
    """Standard deviation of where they set the beginning of a state."""


class FramewiseStory(Story):
    """Dialogues: actors who feel one emotion after the other, and are labelled frame by frame."""

    kind: Literal["framewise_one_hot"] = "framewise_one_hot"
    actors_per_session: Annotated[int, Field(gt=0)]
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
    overlap_seconds: NotNegative
    """How long an actor speaks on after the other one's turn has begun."""
    annotators: Annotators
    modalities: dict[str, ModalityStory]

    def check(self, task: AnyTask, modalities: Sequence[Modality]) -> None:
        """See `Story.check`."""
        super().check(task, modalities)
        check_columns(self.modalities, modalities)
