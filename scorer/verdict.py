"""What the check of a submission says: accepted with its predictions, or refused with every reason."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from numpy.typing import NDArray

WHOLE_ZIP = "the zip"
"""Stands as the file of a fault that no single file in the zip has."""

MAX_SHOWN_CHARACTERS = 80

Predictions = Mapping[str, NDArray[Any]]
"""By recording: where rows name one label, which one, int8 of shape (rows,); else their numbers, float64 of shape
(rows, columns), in the order of the prediction file without its time."""


@dataclass(frozen=True)
class Fault:
    """One reason why a submission is refused.

    Attributes:
        file: the file's name in the zip, or `WHOLE_ZIP`.
        row: the line as an editor counts it: the header is row 1, the first frame row 2. None where the
            fault is in no row.
        column: the column's name, or None.
        expected: what would have been right.
        found: what is there.

    >>> print(Fault("prediction/id00.csv", 3, "Time", "0.01", "'0.02'"))
    prediction/id00.csv, row 3, column Time: expected 0.01, found '0.02'
    """

    file: str
    row: int | None
    column: str | None
    expected: str
    found: str

    def __str__(self) -> str:
        row = "" if self.row is None else f", row {self.row}"
        column = "" if self.column is None else f", column {self.column}"
        return f"{self.file}{row}{column}: expected {self.expected}, found {self.found}"

    def to_dict(self) -> dict[str, Any]:
        """The fault as JSON knows it."""
        return {
            "file": self.file,
            "row": self.row,
            "column": self.column,
            "expected": self.expected,
            "found": self.found,
        }


@dataclass(frozen=True)
class Verdict:
    """The outcome of a check.

    Attributes:
        faults: the reasons of refusal; none when the submission is accepted.
        notes: what else its owner should know: extras that were ignored, faults that are not listed.
        predictions: what is predicted for each row, by recording; empty when refused.
    """

    faults: tuple[Fault, ...]
    notes: tuple[str, ...] = ()
    predictions: Predictions = field(default_factory=dict)

    @property
    def accepted(self) -> bool:
        """Whether the submission can be scored."""
        return not self.faults


def refused(*faults: Fault, notes: Iterable[str] = ()) -> Verdict:
    """The verdict on a submission that cannot be scored."""
    return Verdict(faults=faults, notes=tuple(notes))


def shown(text: str) -> str:
    r"""A foreign text as one may print it: quoted, control characters escaped, not long.

    >>> shown("0\r1")
    "'0\\r1'"
    """
    cut = text if len(text) <= MAX_SHOWN_CHARACTERS else text[: MAX_SHOWN_CHARACTERS - 1] + "…"
    return repr(cut)


def shown_name(name: str) -> str:
    """A file's name as one may print it: itself where it is harmless, else quoted."""
    return name if name and name.isprintable() and len(name) <= MAX_SHOWN_CHARACTERS else shown(name)
