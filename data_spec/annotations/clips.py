"""What raters say of a clip as a whole, and the file it is kept in.

`annotations/<recording>.csv` has a row for each rater, in the order in which they rated the clip:

```
Rater,Order,primary,secondary,arousal,valence,dominance
w017,5,happiness,excited;surprise,6,5,4
w203,1,neutral,,4,4,4
```

`Order` says the how-manieth item of the rater it was, `primary` is the label, `secondary` all else that the rater
perceived, and a column for each attribute follows. Labels, secondary labels and attributes are those of the
challenge; one that has none of the first or of the second lacks the column.

Source: "MSP-Face", section 3.2 (the questionnaire of its Figure 2).
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from data_spec.annotations.table import check_header, number, read_table, texts, whole_number, write_table
from data_spec.csv_files import CsvError, CsvFault
from data_spec.stream import NO_LABEL
from data_spec.task import ClipRatings

RATER, ORDER, PRIMARY, SECONDARY = "Rater", "Order", "primary", "secondary"
_BETWEEN_LABELS = ";"


@dataclass(frozen=True)
class ClipAnnotations:
    """What each rater said of one clip, in the order in which they rated it.

    Attributes:
        raters: their names, each once.
        order: the how-manieth item of the rater the clip was, from 1 on, shape (raters,)
        primary: index of the label, `NO_LABEL` where the challenge asks for none, shape (raters,)
        secondary: all else that each perceived: none, one or several of the secondary labels.
        attributes: shape (raters, attributes)
    """

    raters: tuple[str, ...]
    order: NDArray[np.int64]
    primary: NDArray[np.int8]
    secondary: tuple[tuple[str, ...], ...]
    attributes: NDArray[np.float64]

    def of(self, chosen: NDArray[np.intp] | slice) -> ClipAnnotations:
        """The annotations of some of the raters, by their place."""
        places = np.arange(len(self.raters))[chosen]
        return ClipAnnotations(
            tuple(self.raters[place] for place in places),
            self.order[places],
            self.primary[places],
            tuple(self.secondary[place] for place in places),
            self.attributes[places],
        )

    def votes(self, task: ClipRatings) -> NDArray[np.int64]:
        """How many raters chose each label, shape (labels,)."""
        return np.bincount(self.primary[self.primary != NO_LABEL], minlength=len(task.labels))


def annotation_columns(task: ClipRatings) -> tuple[str, ...]:
    """The header of a file of annotations."""
    primary = (PRIMARY,) if task.labels else ()
    secondary = (SECONDARY,) if task.secondary_labels else ()
    return (RATER, ORDER, *primary, *secondary, *(attribute.name for attribute in task.attributes))


def read_clip_annotations(path: Path, task: ClipRatings) -> ClipAnnotations:
    """The annotations of one clip.

    Raises:
        CsvError: the file cannot be read or is not of the challenge's form; names line and column.
    """
    header, rows = read_table(path)
    check_header(path, annotation_columns(task), header)
    raters = [rater for _, rater in texts(path, rows, 0, RATER)]
    order, primary, secondary, attributes = [], [], [], []
    for line, row in rows:
        fields = dict(zip(header[: len(header) - len(task.attributes)], row, strict=False))
        order.append(whole_number(path, line, ORDER, fields[ORDER]))
        primary.append(_label(path, line, fields[PRIMARY], task.labels) if task.labels else NO_LABEL)
        secondary.append(_secondary(path, line, fields.get(SECONDARY, ""), task.secondary_labels))
        numbers = row[len(fields) :]
        attributes.append(
            [number(path, line, one.name, text, one) for one, text in zip(task.attributes, numbers, strict=True)]
        )
    return ClipAnnotations(
        tuple(raters),
        np.array(order, dtype=np.int64),
        np.array(primary, dtype=np.int8),
        tuple(secondary),
        np.array(attributes, dtype=np.float64).reshape(len(rows), len(task.attributes)),
    )


def write_clip_annotations(path: Path, annotations: ClipAnnotations, task: ClipRatings) -> None:
    """Write the annotations of one clip; `read_clip_annotations` reads them back.

    Raises:
        ValueError: a secondary label that the challenge does not have.
        OSError: it cannot be written.
    """
    rows = []
    for place, rater in enumerate(annotations.raters):
        row = [rater, str(annotations.order[place])]
        if task.labels:
            row.append(task.labels[annotations.primary[place]])
        if unknown := set(annotations.secondary[place]) - set(task.secondary_labels):
            raise ValueError(f"secondary: expected some of {task.secondary_labels}. Received: {sorted(unknown)}")
        if task.secondary_labels:
            row.append(_BETWEEN_LABELS.join(annotations.secondary[place]))
        rows.append([*row, *(f"{value:.9g}" for value in annotations.attributes[place].tolist())])
    write_table(path, annotation_columns(task), rows)


def _label(path: Path, line: int, text: str, labels: tuple[str, ...]) -> int:
    if text not in labels:
        raise CsvError(CsvFault(path, line, PRIMARY, f"one of {[*labels]}", repr(text)))
    return labels.index(text)


def _secondary(path: Path, line: int, text: str, labels: tuple[str, ...]) -> tuple[str, ...]:
    chosen = tuple(text.split(_BETWEEN_LABELS)) if text else ()
    if not set(chosen) <= set(labels) or len(set(chosen)) != len(chosen):
        expected = f"some of {[*labels]}, each once, with {_BETWEEN_LABELS!r} between them"
        raise CsvError(CsvFault(path, line, SECONDARY, expected, repr(text)))
    return chosen
