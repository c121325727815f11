"""Staying with a job until it ends: what it says is heard, what it uses is watched, and it ends in time."""

from __future__ import annotations

import os
import selectors
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import BinaryIO

from scorer.sandbox.job import Ending, Limits, Listener
from scorer.sandbox.sampling import Sample

TICK_SECONDS = 0.1
"""How often usage is looked at."""

CHUNK_BYTES = 65_536

LAST_WORDS_BYTES = 2000

TAR_BYTES_PER_FILE = 8192
"""At the most, beside its content: two headers, a path that is as long as one can be, and padding."""


@dataclass(frozen=True)
class Attended:
    """What was seen of a job.

    Attributes:
        ended: why it had to be ended, and in which words; None where it ended by itself.
        wall_seconds: how long it took.
        cpu_seconds: that its processes took, as far as it was seen.
        peak_memory_bytes: the most that was seen.
        last_words: the end of what it said.
    """

    ended: tuple[Ending, str] | None
    wall_seconds: float
    cpu_seconds: float
    peak_memory_bytes: int
    last_words: bytes


def attend(
    process: subprocess.Popen[bytes],
    limits: Limits,
    *,
    sample: Callable[[], Sample],
    listen: Listener,
    output: BinaryIO,
) -> Attended:
    """Read both pipes of a process to their end, or until a limit is exceeded. Who started it ends it.

    Args:
        process: with pipes for standard output, which is results, and standard error, which is words.
        limits: of the job.
        sample: what it uses now.
        listen: is handed its words; also an empty piece at each tick, so that a listener with a lease may renew it.
        output: is given its results.
    """
    began_at = time.monotonic()
    watch = _Watch(limits, began_at)
    assert process.stdout is not None
    assert process.stderr is not None
    results, words = process.stdout.fileno(), process.stderr.fileno()
    with selectors.DefaultSelector() as selector:
        selector.register(results, selectors.EVENT_READ)
        selector.register(words, selectors.EVENT_READ)
        next_tick = began_at
        while selector.get_map() and watch.ended is None:
            for key, _ in selector.select(max(0.0, next_tick - time.monotonic())):
                piece = os.read(key.fd, CHUNK_BYTES)
                if not piece:
                    selector.unregister(key.fd)
                elif key.fd == results:
                    watch.count_results(len(piece))
                    output.write(piece)
                elif room := watch.count_words(len(piece)):
                    listen(piece[:room])
                    watch.remember(piece)
            if time.monotonic() >= next_tick:
                watch.look(sample())
                listen(b"")
                next_tick = time.monotonic() + TICK_SECONDS
    return watch.result()


class _Watch:
    """Counts what a job uses, and knows when it is too much."""

    def __init__(self, limits: Limits, began_at: float) -> None:
        self.ended: tuple[Ending, str] | None = None
        self._limits = limits
        self._began_at = began_at
        self._words = self._results = 0
        self._cpu_seconds = 0.0
        self._peak = 0
        self._last_words = b""

    def count_words(self, length: int) -> int:
        """How many of the further bytes there is room for."""
        room = max(0, self._limits.log_bytes - self._words)
        self._words += length
        if self._words > self._limits.log_bytes:
            self._end(Ending.LOG, f"more than {self._limits.log_bytes:,} bytes of log")
        return min(room, length)

    def remember(self, piece: bytes) -> None:
        self._last_words = (self._last_words + piece)[-LAST_WORDS_BYTES:]

    def count_results(self, length: int) -> None:
        self._results += length
        if self._results > self._limits.output_bytes + TAR_BYTES_PER_FILE * (self._limits.files + 3):
            self._end(Ending.DISK, f"more than {self._limits.output_bytes:,} bytes of output")

    def look(self, sample: Sample) -> None:
        limits = self._limits
        self._cpu_seconds = max(self._cpu_seconds, sample.cpu_seconds)
        self._peak = max(self._peak, sample.memory_bytes)
        if time.monotonic() - self._began_at > limits.wall_seconds:
            self._end(Ending.WALL_TIME, f"more than {limits.wall_seconds:,.0f} s")
        elif self._cpu_seconds > limits.cpu_seconds:
            self._end(Ending.CPU_TIME, f"more than {limits.cpu_seconds:,.0f} s of CPU time")
        elif sample.memory_bytes > limits.memory_bytes:
            self._end(Ending.MEMORY, f"more than {limits.memory_bytes:,} bytes of memory")
        elif sample.files > limits.files:
            self._end(Ending.DISK, f"more than {limits.files:,} files")

    def _end(self, ending: Ending, reason: str) -> None:
        self.ended = self.ended or (ending, reason)

    def result(self) -> Attended:
        return Attended(self.ended, time.monotonic() - self._began_at, self._cpu_seconds, self._peak, self._last_words)
