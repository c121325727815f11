"""Other names and other times for the same recordings.

Code that looks recordings up in a table of answers does not find them under another name and at another time. Code
that looks at the streams sees what it saw before.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Context, Decimal, InvalidOperation

MOST_SECONDS = 600

EXACTLY = Context(prec=50)
"""More digits than a time in microseconds has as a raw float."""


@dataclass(frozen=True)
class Disguise:
    """What a recording is called, and by how many seconds later it begins.

    Whole seconds: the frames of every modality stay where they are in their second.
    """

    name: str
    seconds: int


def draw_disguises(recordings: Iterable[str]) -> Mapping[str, Disguise]:
    """A disguise for each recording, by its own name; no two are the same, and nobody can foresee them.

    Names are of the form that the recordings of 2017 had: `id` and eight hexadecimal digits. They bring the recordings
    into another order.
    """
    known = set(recordings)
    taken = set(known)
    disguises = {}
    for recording in sorted(known):
        while (name := f"id{secrets.token_hex(4)}") in taken:
            pass
        taken.add(name)
        disguises[recording] = Disguise(name, 1 + secrets.randbelow(MOST_SECONDS))
    return disguises


def delay(lines: Iterable[bytes], seconds: int) -> Iterator[bytes]:
    r"""The lines of a CSV file whose first column is the time, that much later; the header and all else as they were.

    Times are added as decimals: no digit that stands in the file is lost.

    Raises:
        ValueError: a row that does not begin with a time; says which.

    >>> list(delay([b"Time,a\n", b"2.3199999999999998,1\n"], 40))
    [b'Time,a\n', b'42.3199999999999998,1\n']
    """
    for row, line in enumerate(lines, start=1):
        if row == 1 or not line.strip():
            yield line
            continue
        time, comma, rest = line.partition(b",")
        try:
            later = EXACTLY.add(Decimal(time.decode("ascii").strip()), Decimal(seconds))
        except (InvalidOperation, UnicodeDecodeError) as error:
            raise ValueError(f"row {row}: expected a time in seconds, found {time[:40]!r}") from error
        yield b"%b%b%b" % (format(later, "f").encode("ascii"), comma, rest)
