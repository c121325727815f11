"""The tables of CREMA-D: what its annotators chose, and who its actors are."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Literal

from data_spec.corpus import CorpusError
from data_spec.csv_files import CsvFault

Shown = Literal["audio", "video", "both"]
"""What the annotators were shown: the voice alone, the face alone, or both."""

EMOTIONS: Mapping[str, str] = {
    "A": "Anger",
    "D": "Disgust",
    "F": "Scared",
    "H": "Happy",
    "N": "Neutral",
    "S": "Sad",
}
"""The challenge's label of each column of votes."""

SESSIONS: Mapping[str, int] = {"Male": 1, "Female": 2}
"""The session in `crema_d.yaml` of each sex."""

# A row's number is that of the clip, plus 100,000 where the voice was shown, 200,000 the face, 300,000 both: the order
# of `queryType` in the corpus's README ("1. voice only, 2. face only, 3. audio-visual"). The shares of votes for the
# emotion that was acted agree: 40, 57 and 63 %, where the paper has 40.9, 58.2 and 63.6 % (Cao et al. 2014, abstract).
_SHOWN: Mapping[Shown, int] = {"audio": 1, "video": 2, "both": 3}
_ROWS_OF_ONE_KIND = 100_000


def read_votes(path: Path, shown: Shown) -> dict[str, tuple[int, ...]]:
    """How often each emotion was chosen for each clip, in the order of `EMOTIONS`, by the clip's name.

    Args:
        path: `tabulatedVotes.csv`.
        shown: what the annotators were shown.

    Raises:
        CorpusError: the file cannot be read, or is not such a table; names line and column.
    """
    votes: dict[str, tuple[int, ...]] = {}
    for line, row in _rows(path, ["", *EMOTIONS, "fileName"]):
        number, *counts = (_whole_number(path, line, column, row[column]) for column in ("", *EMOTIONS))
        if number // _ROWS_OF_ONE_KIND not in _SHOWN.values():
            raise CorpusError(str(CsvFault(path, line, "", "a number from 100000 to 399999", str(number))))
        if number // _ROWS_OF_ONE_KIND == _SHOWN[shown]:
            if row["fileName"] in votes:
                raise CorpusError(str(CsvFault(path, line, "fileName", "every clip once", repr(row["fileName"]))))
            votes[row["fileName"]] = tuple(counts)
    return votes


def read_sessions(path: Path) -> dict[str, int]:
    """The session of each actor (see `SESSIONS`), by the actor's number.

    Args:
        path: `VideoDemographics.csv`.

    Raises:
        CorpusError: the file cannot be read, or is not such a table; names line and column.
    """
    sessions = {}
    for line, row in _rows(path, ["ActorID", "Sex"]):
        if row["Sex"] not in SESSIONS:
            raise CorpusError(str(CsvFault(path, line, "Sex", f"one of {list(SESSIONS)}", repr(row["Sex"]))))
        sessions[row["ActorID"]] = SESSIONS[row["Sex"]]
    return sessions


def _rows(path: Path, columns: Sequence[str]) -> Iterator[tuple[int, dict[str, str]]]:
    """Every row with its line, which has all of the columns."""
    try:
        with path.open(newline="", encoding="utf-8-sig") as file:
            table = csv.DictReader(file, strict=True)
            found = table.fieldnames or []
            if lacking := [column for column in columns if column not in found]:
                expected = f"a header with {list(columns)}"
                raise CorpusError(str(CsvFault(path, 1, None, expected, f"none of {lacking} in {found[:10]}")))
            for row in table:
                if None in row or None in row.values():
                    raise CorpusError(str(CsvFault(path, table.line_num, None, f"{len(found)} fields", "others")))
                yield table.line_num, row
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise CorpusError(f"{path}: cannot be read: {error}") from error


def _whole_number(path: Path, line: int, column: str, text: str) -> int:
    if not (text.isascii() and text.isdigit()):
        raise CorpusError(str(CsvFault(path, line, column, "a whole number", repr(text))))
    return int(text)
