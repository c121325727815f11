"""The story of clips that a crowd rates."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Literal

from pydantic import Field

from data_spec.modality import Modality
from data_spec.section import Section, Share
from data_spec.synthetic.settings import (
    Monologue,
    NotNegative,
    check_modalities,
    check_names,
)
from data_spec.task import AnyTask


class Crowd(Section):
    """Workers who rate clips, in blocks of new clips with one reference among them."""

    skill: tuple[Share, Share]
    """Probability of naming the label that is shown: of the weakest and of the best rater."""
    secondary: NotNegative
    """How many secondary labels a rater chooses, in the mean."""
    spread: NotNegative
    """Standard deviation of a rating around what is shown, in points of the scale."""
    bias: NotNegative
    """Standard deviation of how high a rater rates everything, in points of the scale."""
    careless: Share
    """Share of the raters who come to answer without looking."""
    references: Share
    """Share of the clips that are references."""


class Kinship(Section):
    """What goes with a label."""

    attributes: tuple[float, ...]
    """The mean of each attribute, in the task's order."""
    secondary: tuple[str, ...]
    """What raters choose beside it most."""


class EmbeddedStory(Section):
    """How the features of a network, or functionals of a sound, show a clip."""

    label: NotNegative
    """How strongly the label is in them."""
    attributes: dict[str, NotNegative]
    """How strongly each attribute is in them, in the task's order."""
    actor: NotNegative
    """How strongly the person is in them."""
    blur: NotNegative
    """Standard deviation of what disturbs label and attributes, in all columns together."""
    noise: NotNegative
    """Standard deviation of what disturbs each column by itself."""
    shows: Share = 1.0
    """Share of the time in which anything of the emotion is shown."""
    is_of_whole_clip: bool = False
    """Whether there is one row for the clip, not one for each frame."""
    rectified: bool = False
    """Whether what is under 0 is 0, as after a rectified layer."""
    decimals: Annotated[int, Field(ge=0)] = 4
    """Printed digits."""


class ClipsStory(Monologue):
    """Clips with one label and ratings, by a crowd."""

    kind: Literal["clip_ratings"]
    kinships: dict[str, Kinship]
    """Of each label, in the task's order."""
    variety: NotNegative
    """Standard deviation of the attributes of a label's clips around their mean, in points of the scale."""
    crowd: Crowd
    modalities: dict[str, EmbeddedStory]

    def check(self, task: AnyTask, modalities: Sequence[Modality]) -> None:
        """See `Story.check`."""
        super().check(task, modalities)
        check_modalities(self.modalities, modalities)
        for name, story in self.modalities.items():
            check_names(f"modalities.{name}.attributes", story.attributes, [one.name for one in task.attributes])
        check_names("kinships", self.kinships, task.labels)
        secondary = getattr(task, "secondary_labels", ())
        for label, kinship in self.kinships.items():
            if len(kinship.attributes) != len(task.attributes):
                raise ValueError(
                    f"synthetic.kinships.{label}.attributes: expected {len(task.attributes)} of them. "
                    f"Received: {len(kinship.attributes)}"
                )
            if unknown := set(kinship.secondary) - set(secondary):
                expected = f"expected some of {[*secondary]}. Received: {sorted(unknown)}"
                raise ValueError(f"synthetic.kinships.{label}.secondary: {expected}")
