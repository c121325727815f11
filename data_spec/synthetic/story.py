"""The story of a synthetic corpus, of whichever kind."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any

from pydantic import Discriminator, Tag

from data_spec.modality import Modality
from data_spec.synthetic.stories.clips import ClipsStory
from data_spec.synthetic.stories.continuous import ContinuousStory
from data_spec.synthetic.stories.framewise import FramewiseStory
from data_spec.synthetic.stories.segments import SegmentsStory
from data_spec.task import AnyTask

AnyStory = FramewiseStory | SegmentsStory | ClipsStory | ContinuousStory


def _kind(part: Any) -> str:
    # Challenges of dialogues were there before the other kinds, and do not say theirs.
    kind = part.get("kind", "framewise_one_hot") if isinstance(part, dict) else getattr(part, "kind", None)
    return str(kind)


Synthetic = Annotated[
    Annotated[FramewiseStory, Tag("framewise_one_hot")]
    | Annotated[SegmentsStory, Tag("segment_intensities")]
    | Annotated[ClipsStory, Tag("clip_ratings")]
    | Annotated[ContinuousStory, Tag("continuous_attributes")],
    Discriminator(_kind),
]
"""The story of a synthetic corpus, and its size: of the same kind as the task."""


def check_story(story: AnyStory, task: AnyTask, modalities: Sequence[Modality]) -> None:
    """Raise ValueError, which names the key, where a story is not of the challenge that it stands in."""
    if story.kind != task.kind:
        raise ValueError(f"synthetic.kind: expected {task.kind!r}, as the task's. Received: {story.kind!r}")
    story.check(task, modalities)
