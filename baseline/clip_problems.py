"""What can be asked about a clip: all of its attributes at once, or which of several labels it has.

Source: Vidal et al. 2020, section 5: a model of its own for the attributes, for five classes and for eight.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from data_spec.stream import NO_LABEL, Labels
from data_spec.task import ClipRatings

ATTRIBUTES = "attributes"


@dataclass(frozen=True)
class Problem:
    """One of the questions.

    Attributes:
        name: `attributes`, that of a subset of the labels such as `5_classes`, or `8_classes`: of all scored ones.
        labels: which are told apart; none where the attributes are asked for.
        columns: of a prediction, in the order of the problem's outputs, counted from 0 after the time.
    """

    name: str
    labels: tuple[str, ...]
    columns: tuple[int, ...]

    def target(self, truth: Labels, task: ClipRatings) -> NDArray[np.float32] | None:
        """What a model shall say of a clip: its attributes, (attributes,), or the number of its label, (1,).

        None where it has no part in the training: its annotators tied, or chose a label that is not told apart here
        (as no model tells "other").
        """
        if not self.labels:
            return np.asarray(truth.values[0], dtype=np.float32)
        label = int(truth.index[0])
        if label == NO_LABEL or task.labels[label] not in self.labels:
            return None
        return np.array([self.labels.index(task.labels[label])], dtype=np.float32)


def problems_of(task: ClipRatings) -> dict[str, Problem]:
    """The problems of a task by name: the attributes, its subsets of labels, all scored labels.

    >>> task = ClipRatings(kind="clip_ratings", labels=("glad", "sad", "other"), unscored_labels=("other",),
    ...                    agreement_column="agreement", metric="macro_f1")
    >>> problems_of(task)
    {'2_classes': Problem(name='2_classes', labels=('glad', 'sad'), columns=(0, 1))}
    """
    scored = task.scored_labels
    attributes = tuple(range(len(scored), len(scored) + len(task.attributes)))
    problems = [Problem(ATTRIBUTES, (), attributes)] if attributes else []
    subsets = {**task.subsets, **({f"{len(scored)}_classes": scored} if scored else {})}
    problems += [Problem(name, labels, tuple(map(scored.index, labels))) for name, labels in subsets.items()]
    return {problem.name: problem for problem in problems}


def problems_of_a_prediction(task: ClipRatings) -> tuple[Problem, ...]:
    """Those whose answers fill every column of a prediction, each once: the attributes and all scored labels."""
    return tuple(one for one in problems_of(task).values() if one.labels in {(), task.scored_labels})
