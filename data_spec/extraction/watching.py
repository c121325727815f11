"""How far the recordings are that are being extracted: each job notes it in a file, and whoever waits reads them.

A file, since a job may run on another machine: all of them see the work folder.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from data_spec.extraction.results import UNFINISHED_FOLDER

NOTE_FILE: Final = "seconds"
"""In the folder of an unfinished recording: how many seconds of it are done."""

NOTE_SECONDS: Final = 1.0
"""How often a job notes how far it is, and how often the notes are read."""


class Note:
    """Notes how far a job is, now and then.

    Args:
        folder: of the unfinished recording.
    """

    def __init__(self, folder: Path) -> None:
        self._file = folder / NOTE_FILE
        self._next = time.monotonic() + NOTE_SECONDS

    def __call__(self, seconds: float) -> None:
        """So many seconds of the recording are done."""
        if time.monotonic() >= self._next:
            self._next = time.monotonic() + NOTE_SECONDS
            self._file.write_text(f"{seconds:.3f}", encoding="ascii")

    def end(self) -> None:
        """The job is done: the note is no part of its result."""
        self._file.unlink(missing_ok=True)


def noted_seconds(work: Path) -> dict[str, float]:
    """How many seconds of each unfinished recording are done, by recording; of those that have noted it."""
    noted = {}
    # Any of them may end meanwhile, or be writing its note.
    with suppress(OSError):
        for file in (work / UNFINISHED_FOLDER).glob(f"*/*/{NOTE_FILE}"):
            with suppress(OSError, ValueError):
                noted[file.parent.parent.name] = float(file.read_text(encoding="ascii"))
    return noted


@contextmanager
def watching(work: Path, tell: Callable[[dict[str, float]], None]) -> Iterator[None]:
    """While the block runs, `tell` is called now and then with what is noted, in a thread of its own."""
    ended = threading.Event()

    def watch() -> None:
        while not ended.wait(NOTE_SECONDS):
            tell(noted_seconds(work))

    thread = threading.Thread(target=watch, daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()
