"""What a task asks for, in words: they follow from its kind and its metric."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from data_spec.task import AnyTask, ClipRatings, ContinuousAttributes, FramewiseOneHot, SegmentIntensities
from scorer.ranking import METRICS
from scorer.score_report import PartTable, figure_title


@dataclass(frozen=True)
class TaskWords:
    """A task in words.

    Attributes:
        facts: what is asked of what, as terms and texts.
        metric: the figure that ranks, as in a heading.
        ranked_by: what exactly the score is, as the end of a sentence.
        unit: what a row of a prediction is, such as "frame".
        attribute: what an attribute is called, such as "emotion".
        system: a reference system that solves it, as `baseline train --system` names it.
    """

    facts: tuple[tuple[str, str], ...]
    metric: str
    ranked_by: str
    unit: str
    attribute: str
    system: str

    @property
    def units(self) -> str:
        """More than one."""
        return f"{self.unit}s"

    def of(self, table: PartTable) -> PartTable:
        """A table of a report, in these words."""
        return replace(table, part=self.attribute) if table.part == "attribute" else table

    @property
    def is_whole_recording(self) -> bool:
        """Whether a recording has one row only."""
        return self.unit == "clip"


def task_words(task: AnyTask) -> TaskWords:
    """The words of a challenge's task.

    >>> from data_spec.challenge import load_challenge
    >>> task_words(load_challenge("merc2017").task).ranked_by
    'weighted accuracy over all frames whose agreement is over 0.6'
    >>> task_words(load_challenge("mosei").task).ranked_by
    'mean absolute error over all emotions of all segments; less is better'
    """
    unit, facts, over = WORDS[task.kind](task)
    attribute = "emotion" if isinstance(task, SegmentIntensities) else "attribute"
    title = figure_title(task.metric)
    name = title if title.isupper() else title[:1].lower() + title[1:]
    direction = "" if METRICS[task.metric].greater_is_better else "; less is better"
    return TaskWords(facts, title, f"{name} {over}{direction}", unit, attribute, SYSTEMS[task.kind])


Words = tuple[str, tuple[tuple[str, str], ...], str]


def _framewise(task: FramewiseOneHot) -> Words:
    facts = (
        ("Name one of", ", ".join(task.labels)),
        ("For each of", f"{task.rate} frames a second of every recording"),
    )
    return "frame", facts, f"over all frames whose agreement is over {task.agreement_threshold:g}"


def _segments(task: SegmentIntensities) -> Words:
    facts = (
        ("Tell how strong", f"each of {', '.join(task.emotions)} is, from 0 to {task.most:g}"),
        ("In each", "segment of every recording"),
    )
    return "segment", facts, "over all emotions of all segments"


def _clips(task: ClipRatings) -> Words:
    facts = []
    if task.labels:
        facts.append(("Score", ", ".join(task.scored_labels)))
    if task.attributes:
        facts.append(("Rate", ", ".join(f"{one.name} ({one.least:g} to {one.most:g})" for one in task.attributes)))
    over = (
        f"of {_listed([one.name for one in task.attributes])}" if task.metric == "concordance_cc" else "of the labels"
    )
    return "clip", (*facts, ("Of each", "clip as a whole")), f"{over}, over all clips"


def _continuous(task: ContinuousAttributes) -> Words:
    facts = (
        ("Follow", ", ".join(f"{one.name} ({one.least:g} to {one.most:g})" for one in task.attributes)),
        ("At each of", f"{task.rate} frames a second of every recording"),
    )
    over = f"of {_listed([one.name for one in task.attributes])}, over the frames of all recordings together"
    return "frame", facts, over


WORDS: Mapping[str, Callable[[Any], Words]] = {
    "framewise_one_hot": _framewise,
    "segment_intensities": _segments,
    "clip_ratings": _clips,
    "continuous_attributes": _continuous,
}

SYSTEMS: Mapping[str, str] = {
    "framewise_one_hot": "decision_fusion",
    "segment_intensities": "early_fusion",
    "clip_ratings": "speech_face_audiovisual",
    "continuous_attributes": "context_regression",
}
"""For each kind of task the reference system to begin with."""


def _listed(names: list[str]) -> str:
    return f"{', '.join(names[:-1])} and {names[-1]} (the mean)" if len(names) > 1 else "".join(names)
