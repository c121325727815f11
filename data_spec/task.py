"""What a challenge asks for: four kinds of task, told apart by `kind` in the challenge's YAML file.

Everything that depends on the kind — the columns of labels and predictions, what a value may be, how it is scored —
follows from what a task says here:

| kind | a row of a file is | labels | predictions |
|---|---|---|---|
| `framewise_one_hot` | a frame | one label, and its agreement score | one label |
| `segment_intensities` | a segment | an intensity for each emotion | the same |
| `clip_ratings` | the clip | one label, its agreement score, attributes | a score for each label, attributes |
| `continuous_attributes` | a frame | attributes | attributes |

A row begins at its `Time`. A segment lasts until the next one begins, and the last one until its recording ends.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Annotated, Literal, Self, TypeVar

from pydantic import Field, model_validator

from data_spec.section import ColumnName, Section, Share

TIME = "Time"
"""The first column of every file."""

Range = tuple[float, float]
"""The least and the greatest value of a column."""

SCORE_RANGE: Range = (0.0, 1.0)
"""Of a label's score in a prediction: a probability, or whatever orders the labels."""


class Attribute(Section):
    """Something about an emotion that is told as a number, such as arousal."""

    name: ColumnName
    least: float
    most: float
    step: Annotated[float, Field(gt=0)] | None = None
    """Labels are multiples of it, counted from the least value; None: any number."""

    @model_validator(mode="after")
    def _least_is_less(self) -> Self:
        if not self.least < self.most:
            raise ValueError(f"{self.name}: expected least < most. Received: {self.least:g}, {self.most:g}")
        return self

    @property
    def range(self) -> Range:
        """The least and the greatest value."""
        return self.least, self.most


class FramewiseOneHot(Section):
    """Name one label for every frame of a recording."""

    kind: Literal["framewise_one_hot"]
    labels: Annotated[tuple[ColumnName, ...], Field(min_length=2)]
    rate: Annotated[int, Field(gt=0)]
    """Labels per second."""
    window_seconds: Annotated[float, Field(gt=0)]
    agreement_column: ColumnName
    agreement_threshold: Share
    metric: Literal["weighted_accuracy"]

    @property
    def row(self) -> str:
        """What a row of a file is."""
        return "frame"

    @property
    def attributes(self) -> tuple[Attribute, ...]:
        """None."""
        return ()

    @property
    def columns(self) -> tuple[str, ...]:
        """The header of a prediction file."""
        return (TIME, *self.labels)

    @property
    def label_columns(self) -> tuple[str, ...]:
        """The header of a file of labels."""
        return (*self.columns, self.agreement_column)

    @property
    def prediction_ranges(self) -> None:
        """Not numbers: one column of a row has a one, the others zeros."""
        return None

    @property
    def window_frames(self) -> int:
        """Label frames in one window."""
        return round(self.window_seconds * self.rate)

    @model_validator(mode="after")
    def _labels_are_distinct(self) -> Self:
        if len(set(self.columns)) != len(self.columns):
            raise ValueError(f"labels: every label once, and none is 'Time'. Received: {list(self.labels)}")
        if self.agreement_column in self.columns:
            raise ValueError(f"agreement_column: expected none of {self.columns}. Received: {self.agreement_column!r}")
        return self

    @model_validator(mode="after")
    def _a_window_has_frames(self) -> Self:
        if self.window_frames < 1:
            raise ValueError(
                f"window_seconds: expected at least one frame (1/{self.rate} s). Received: {self.window_seconds}"
            )
        return self


class _NumbersAlone(Section):
    """What tasks have in common that name no label: a row of labels, or of a prediction, is the attributes' values."""

    if TYPE_CHECKING:

        @property
        def attributes(self) -> tuple[Attribute, ...]: ...

    @property
    def labels(self) -> tuple[str, ...]:
        """None: no label is named."""
        return ()

    @property
    def agreement_column(self) -> None:
        """None: no label is named."""
        return None

    @property
    def columns(self) -> tuple[str, ...]:
        """The header of a prediction file."""
        return (TIME, *(one.name for one in self.attributes))

    @property
    def label_columns(self) -> tuple[str, ...]:
        """The header of a file of labels."""
        return self.columns

    @property
    def prediction_ranges(self) -> tuple[Range, ...]:
        """What the values of each column may be, without the time."""
        return tuple(one.range for one in self.attributes)


class SegmentIntensities(_NumbersAlone):
    """Tell how strongly each emotion is shown in every segment of a recording: several may be, or none."""

    kind: Literal["segment_intensities"]
    emotions: Annotated[tuple[ColumnName, ...], Field(min_length=1)]
    most: Annotated[float, Field(gt=0)]
    """The greatest intensity; 0 is none."""
    steps: Annotated[int, Field(gt=0)]
    """Into which annotators divide the intensities: labels are multiples of `most / steps`."""
    metric: Literal["mean_absolute_error"]

    @property
    def row(self) -> str:
        """What a row of a file is."""
        return "segment"

    @property
    def attributes(self) -> tuple[Attribute, ...]:
        """The intensity of each emotion."""
        step = self.most / self.steps
        return tuple(Attribute(name=name, least=0.0, most=self.most, step=step) for name in self.emotions)

    @property
    def rate(self) -> None:
        """Segments last as long as they last."""
        return None

    @model_validator(mode="after")
    def _names_are_distinct(self) -> Self:
        _check_distinct("emotions", self.columns)
        return self


class ClipRatings(Section):
    """Rate a clip as a whole: which label it has, how it stands in each attribute, or both."""

    kind: Literal["clip_ratings"]
    labels: tuple[ColumnName, ...] = ()
    """What annotators choose from."""
    unscored_labels: tuple[ColumnName, ...] = ()
    """Those that nobody is asked to predict, such as "other"; clips that have one count for no figure of labels."""
    subsets: dict[str, tuple[ColumnName, ...]] = Field(default_factory=dict)
    """Figures are also told of the clips of these labels alone, decided among these labels' scores."""
    secondary_labels: tuple[ColumnName, ...] = ()
    """What annotators choose from for all else that they perceive."""
    agreement_column: ColumnName | None = None
    """The share of the votes that the label has; there is one where there are labels."""
    attributes: tuple[Attribute, ...] = ()
    metric: Literal["concordance_cc", "macro_f1"]

    @property
    def row(self) -> str:
        """What a row of a file is."""
        return "clip"

    @property
    def rate(self) -> None:
        """A clip has one row."""
        return None

    @property
    def scored_labels(self) -> tuple[str, ...]:
        """The labels that a prediction gives a score."""
        return tuple(label for label in self.labels if label not in self.unscored_labels)

    @property
    def columns(self) -> tuple[str, ...]:
        """The header of a prediction file."""
        return (TIME, *self.scored_labels, *(one.name for one in self.attributes))

    @property
    def label_columns(self) -> tuple[str, ...]:
        """The header of a file of labels."""
        agreement = () if self.agreement_column is None else (self.agreement_column,)
        return (TIME, *self.labels, *agreement, *(one.name for one in self.attributes))

    @property
    def prediction_ranges(self) -> tuple[Range, ...]:
        """What the values of each column may be, without the time."""
        return (*(SCORE_RANGE for _ in self.scored_labels), *(one.range for one in self.attributes))

    @model_validator(mode="after")
    def _labels_and_columns_agree(self) -> Self:
        _check_distinct("labels and attributes", self.label_columns)
        if len(self.columns) == 1:
            raise ValueError("labels, attributes: expected some of either. Received: none")
        if (self.agreement_column is None) == bool(self.labels):
            raise ValueError("agreement_column: expected one where there are labels, and only there")
        if len(self.scored_labels) == 1:
            raise ValueError(f"labels: expected two or more that are scored. Received: {[*self.scored_labels]}")
        for key, names, known in (
            ("unscored_labels", self.unscored_labels, self.labels),
            *((f"subsets.{name}", names, self.scored_labels) for name, names in self.subsets.items()),
        ):
            if unknown := set(names) - set(known):
                raise ValueError(f"{key}: expected some of {[*known]}. Received: {sorted(unknown)}")
        if self.metric == "concordance_cc" and not self.attributes:
            raise ValueError("metric: expected 'macro_f1', since there are no attributes. Received: 'concordance_cc'")
        if self.metric == "macro_f1" and not self.scored_labels:
            raise ValueError("metric: expected 'concordance_cc', since no labels are scored. Received: 'macro_f1'")
        return self

    @model_validator(mode="after")
    def _subsets_and_secondary_labels_are_sound(self) -> Self:
        for name, labels in self.subsets.items():
            if len(labels) < 2 or len(set(labels)) != len(labels):
                raise ValueError(f"subsets.{name}: expected two labels or more, each once. Received: {[*labels]}")
        if twice := [*_twice(self.secondary_labels)]:
            raise ValueError(f"secondary_labels: every name once. Received twice: {twice}")
        if joined := [label for label in self.secondary_labels if ";" in label]:
            raise ValueError(f"secondary_labels: expected names without ';', which parts them. Received: {joined}")
        return self


class ContinuousAttributes(_NumbersAlone):
    """Follow attributes, such as arousal and valence, through the time of a recording."""

    kind: Literal["continuous_attributes"]
    attributes: Annotated[tuple[Attribute, ...], Field(min_length=1)]
    rate: Annotated[int, Field(gt=0)]
    """Labels per second."""
    metric: Literal["concordance_cc"]

    @property
    def row(self) -> str:
        """What a row of a file is."""
        return "frame"

    @model_validator(mode="after")
    def _names_are_distinct(self) -> Self:
        _check_distinct("attributes", self.columns)
        return self


AnyTask = FramewiseOneHot | SegmentIntensities | ClipRatings | ContinuousAttributes
Task = Annotated[AnyTask, Field(discriminator="kind")]

KINDS = ("framewise_one_hot", "segment_intensities", "clip_ratings", "continuous_attributes")

Kind = TypeVar("Kind", FramewiseOneHot, SegmentIntensities, ClipRatings, ContinuousAttributes)


def expect_task(task: AnyTask, kind: type[Kind]) -> Kind:
    """The task, where it is of that kind.

    Raises:
        ValueError: it is of another kind.
    """
    if not isinstance(task, kind):
        raise ValueError(f"expected a task of kind {_kind_of(kind)!r}. Received: {task.kind!r}")
    return task


def _kind_of(task: type[Section]) -> str:
    return str(task.model_fields["kind"].annotation.__args__[0])  # type: ignore[union-attr] # a Literal


def _check_distinct(key: str, names: Iterable[str]) -> None:
    if twice := [*_twice(names)]:
        raise ValueError(f"{key}: every name once, and none is {TIME!r}. Received twice: {twice}")


def _twice(names: Iterable[str]) -> Iterator[str]:
    seen: set[str] = set()
    for name in names:
        if name in seen:
            yield name
        seen.add(name)
