"""What the CSV files of a corpus hold: streams, labels or templates, and how the cache keeps each of them."""

from __future__ import annotations

from operator import attrgetter

import numpy as np

from data_spec.cache import FileKind, Part
from data_spec.csv_files import read_labels, read_stream, read_template
from data_spec.modality import Modality
from data_spec.stream import Labels, Stream, Times
from data_spec.task import AnyTask

TIMES = Part(np.float64)


def streams_of(modality: Modality) -> FileKind[Stream]:
    """The streams of a modality."""
    return FileKind(
        form=f"streams {modality.model_dump_json()}",
        read=lambda file: read_stream(file, modality),
        parts=(TIMES, Part(np.float32, modality.features)),
        take_apart=attrgetter("times", "values"),
        put_together=Stream,
    )


def labels_of(task: AnyTask) -> FileKind[Labels]:
    """The labels of a task."""
    return FileKind(
        form=f"labels {task.model_dump_json()}",
        read=lambda file: read_labels(file, task),
        parts=(TIMES, Part(np.int8), Part(np.float64), Part(np.float64, len(task.attributes))),
        take_apart=attrgetter("times", "index", "agreement", "values"),
        put_together=Labels,
    )


def templates_of(task: AnyTask) -> FileKind[Times]:
    """The times that a task asks for."""
    return FileKind(
        form=f"templates {task.model_dump_json()}",
        read=lambda file: read_template(file, task),
        parts=(TIMES,),
        take_apart=lambda times: (times,),
        put_together=np.asarray,
    )
