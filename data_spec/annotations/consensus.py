"""Consensus: from what each rater said to the label file, and whether a label file is what the raters said.

Labels: the one that most raters chose; where two or more were chosen as often there is none. The agreement score is
its share of the votes. Attributes: the mean over the raters, of a clip or of each frame.
Source: "MSP-Face", section 3.2.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from data_spec.agreement import consensus
from data_spec.annotations.clips import ClipAnnotations, read_clip_annotations
from data_spec.annotations.traces import Traces, read_traces
from data_spec.csv_files import CsvError, CsvFault, format_time, read_labels
from data_spec.stream import NO_LABEL, Labels
from data_spec.task import TIME, AnyTask, ClipRatings, ContinuousAttributes

TOLERANCE = 1e-6
"""How far times, shares and means of a label file may be from what follows from the annotations: they were printed."""

RatedTask = ClipRatings | ContinuousAttributes
"""The tasks whose annotations are kept per rater."""


def clip_consensus(annotations: ClipAnnotations, task: ClipRatings, begin: float = 0.0) -> Labels:
    """What the raters of a clip said together: one row, which begins with the clip.

    Args:
        annotations: of one rater or more.
        task: whose labels and attributes they are of.
        begin: the time at which the clip begins, seconds.
    """
    times, attributes = np.array([begin]), annotations.attributes.mean(axis=0, keepdims=True)
    if not task.labels:
        return Labels.of_attributes(times, attributes)
    together = consensus(annotations.votes(task)[None, :])
    return Labels(times, together.index, together.agreement, attributes)


def trace_consensus(traces: Traces) -> Labels:
    """What the raters of a recording said together: the mean of their traces, frame by frame."""
    return Labels.of_attributes(traces.times, traces.values.mean(axis=2))


def labels_from(path: Path, task: RatedTask, begin: float = 0.0) -> Labels:
    """The labels that follow from a file of annotations. Raises CsvError.

    Args:
        path: of the annotations.
        task: of the challenge.
        begin: the time at which a clip begins, seconds; frames have their own times.
    """
    if isinstance(task, ClipRatings):
        return clip_consensus(read_clip_annotations(path, task), task, begin)
    return trace_consensus(read_traces(path, task))


def annotation_faults(annotations_path: Path, labels_path: Path, task: AnyTask) -> list[CsvFault]:
    """What is wrong with a file of annotations, or with the label file that should say the same.

    Args:
        annotations_path: `annotations/<recording>.csv`.
        labels_path: `labels/<recording>.csv`.
        task: of the challenge.

    Returns:
        None or one: that the annotations or the labels cannot be read, or the first row that differs.
    """
    if not isinstance(task, RatedTask):
        return [CsvFault(annotations_path, None, None, f"none: {task.kind} keeps no annotations per rater", "a file")]
    try:
        found = read_labels(labels_path, task)
        expected = labels_from(annotations_path, task, float(found.times[0]))
    except CsvError as error:
        return [error.fault]
    return list(differences(labels_path, expected, found, task))[:1]


def differences(path: Path, expected: Labels, found: Labels, task: RatedTask) -> Iterator[CsvFault]:
    """Where a label file is not what the raters said, row by row.

    Args:
        path: of the label file.
        expected: what follows from the annotations.
        found: what the label file says.
        task: of the challenge.
    """
    if len(expected.times) != len(found.times):
        rows = f"{len(expected.times)} rows, as the annotations"
        yield CsvFault(path, None, None, rows, str(len(found.times)))
        return
    for row, line in enumerate(range(2, len(found.times) + 2)):
        if abs(expected.times[row] - found.times[row]) > TOLERANCE:
            time = f"{format_time(expected.times[row])}, as the annotations"
            yield CsvFault(path, line, TIME, time, format_time(found.times[row]))
        if expected.index[row] != found.index[row]:
            label = f"{_label(expected.index[row], task)}, what most raters chose"
            yield CsvFault(path, line, None, label, _label(found.index[row], task))
        if abs(expected.agreement[row] - found.agreement[row]) > TOLERANCE:
            share = f"{expected.agreement[row]:.6g}, the share of the raters' votes"
            yield CsvFault(path, line, task.agreement_column, share, f"{found.agreement[row]:.6g}")
        for attribute, mean, value in zip(task.attributes, expected.values[row], found.values[row], strict=True):
            if abs(mean - value) > TOLERANCE:
                yield CsvFault(path, line, attribute.name, f"{mean:.6g}, the raters' mean", f"{value:.6g}")


def _label(index: int, task: RatedTask) -> str:
    return "no label (a tie)" if index == NO_LABEL else task.labels[index]
