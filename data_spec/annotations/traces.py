"""What raters follow through the time of a recording, and the file it is kept in.

`annotations/<recording>.csv` has a row for each label frame, and a column for each attribute and rater:

```
Time,arousal_w1,arousal_w2,valence_w1,valence_w2
0,-0.1,0.02,0.3,0.25
0.04,-0.1,0.03,0.3,0.25
```

The raters are those whom the header names; every rater of a recording followed every attribute of it.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from data_spec.annotations.table import number, read_table, write_table
from data_spec.csv_files import CsvError, CsvFault, format_time
from data_spec.stream import Times
from data_spec.task import TIME, Attribute, ContinuousAttributes


@dataclass(frozen=True)
class Traces:
    """What each rater said of one recording at each moment.

    Attributes:
        times: seconds, strictly increasing, shape (frames,)
        raters: their names, each once.
        values: shape (frames, attributes, raters)
    """

    times: Times
    raters: tuple[str, ...]
    values: NDArray[np.float64]


def read_traces(path: Path, task: ContinuousAttributes) -> Traces:
    """The traces of one recording.

    Raises:
        CsvError: the file cannot be read or is not of the challenge's form; names line and column.
    """
    header, rows = read_table(path)
    owners = _owners(path, header, task)
    times = np.array([number(path, line, TIME, row[0]) for line, row in rows])
    late = np.flatnonzero(np.diff(times) <= 0)
    if len(late):
        row_before = int(late[0])
        expected = f"a time after {format_time(times[row_before])}"
        found = format_time(times[row_before + 1])
        raise CsvError(CsvFault(path, rows[row_before + 1][0], TIME, expected, found))
    raters = tuple(dict.fromkeys(rater for _, rater in owners))
    values = np.empty((len(rows), len(task.attributes), len(raters)))
    for column, (place, rater) in enumerate(owners, start=1):
        attribute, name = task.attributes[place], header[column]
        values[:, place, raters.index(rater)] = [number(path, line, name, row[column], attribute) for line, row in rows]
    return Traces(times, raters, values)


def write_traces(path: Path, traces: Traces, task: ContinuousAttributes) -> None:
    """Write the traces of one recording; `read_traces` reads them back. Raises OSError."""
    header = [TIME, *(f"{attribute.name}_{rater}" for attribute in task.attributes for rater in traces.raters)]
    columns = traces.values.reshape(len(traces.times), -1)
    rows = (
        [format_time(time), *(f"{value:.9g}" for value in row)]
        for time, row in zip(traces.times.tolist(), columns.tolist(), strict=True)
    )
    write_table(path, header, rows)


def _owners(path: Path, header: list[str], task: ContinuousAttributes) -> list[tuple[int, str]]:
    """The attribute's place and the rater of each column after the time."""
    names = [attribute.name for attribute in task.attributes]
    if header[0] != TIME:
        raise CsvError(CsvFault(path, 1, None, f"a header that begins with {TIME!r}", repr(header[0])))
    owners = []
    for column in header[1:]:
        owner = _owner(column, task.attributes)
        if owner is None or owner in owners:
            expected = f"every column once, and named <attribute>_<rater> with an attribute of {names}"
            raise CsvError(CsvFault(path, 1, column, expected, repr(column)))
        owners.append(owner)
    raters = {rater for _, rater in owners}
    for place, name in enumerate(names):
        if lacking := sorted(raters - {rater for owned, rater in owners if owned == place}):
            raise CsvError(CsvFault(path, 1, None, f"a column {name}_{lacking[0]}", "none"))
    if not owners:
        raise CsvError(CsvFault(path, 1, None, "columns named <attribute>_<rater>", "none"))
    return owners


def _owner(column: str, attributes: tuple[Attribute, ...]) -> tuple[int, str] | None:
    """The longest attribute's name that the column begins with: one may begin with another and a line."""
    fitting = [place for place, one in enumerate(attributes) if column.startswith(f"{one.name}_")]
    if not fitting:
        return None
    place = max(fitting, key=lambda place: len(attributes[place].name))
    rater = column[len(attributes[place].name) + 1 :]
    return (place, rater) if rater else None
