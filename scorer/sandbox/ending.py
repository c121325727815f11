"""From what was seen of a job and what it left, how it ended."""

from __future__ import annotations

import errno
import signal
from typing import BinaryIO

from scorer.sandbox.attendance import Attended
from scorer.sandbox.job import BrokenSandbox, Ending, Limits, Outcome
from scorer.sandbox.results import OddOutput, Results, read_results

NO_SPACE = (f"[Errno {errno.ENOSPC}]".encode(), f"[Errno {errno.EFBIG}]".encode(), b"No space left on device")
NO_MEMORY = (b"MemoryError", b"std::bad_alloc", f"[Errno {errno.ENOMEM}]".encode(), b"Cannot allocate memory")
"""What programs say that fail because of it. A job that lies here lies about its own reason to fail."""


def outcome_of(limits: Limits, attended: Attended, output: BinaryIO, *, out_of_memory: bool) -> Outcome:
    """The outcome of a job whose sandbox is gone.

    Args:
        limits: of the job.
        attended: what was seen of it.
        output: what the launcher wrote, at its beginning.
        out_of_memory: whether the kernel ended one of its processes for that.

    Raises:
        BrokenSandbox: the launcher told nothing, and nothing else says why.
    """
    if attended.ended is not None:
        return _outcome(attended, *attended.ended)
    memory = Ending.MEMORY, f"more than {limits.memory_bytes:,} bytes of memory"
    try:
        results = read_results(output, limits)
    except OddOutput as odd:
        return _outcome(attended, odd.ending, odd.reason)
    except BrokenSandbox as broken:
        if out_of_memory:
            return _outcome(attended, *memory)
        words = attended.last_words.decode(errors="replace").strip()
        raise BrokenSandbox(f"{broken}{'; it said: ' if words else ''}{words}") from broken
    cpu_time = Ending.CPU_TIME, f"more than {limits.cpu_seconds:,.0f} s of CPU time"
    if results.not_started is not None or results.exit_code is None:
        return _outcome(attended, Ending.EXIT_CODE, f"it could not be started: {results.not_started}", results)
    if results.cpu_seconds > limits.cpu_seconds or results.exit_code == -signal.SIGXCPU:
        return _outcome(attended, *cpu_time, results)
    if results.exit_code == 0:
        return _outcome(attended, Ending.DONE, "it ended by itself", results)
    if out_of_memory or results.out_of_memory or any(words in attended.last_words for words in NO_MEMORY):
        return _outcome(attended, *memory, results)
    if results.exit_code == -signal.SIGXFSZ or any(words in attended.last_words for words in NO_SPACE):
        return _outcome(attended, Ending.DISK, "no more room for its files", results)
    return _outcome(attended, Ending.EXIT_CODE, _told(results.exit_code), results)


def _told(exit_code: int) -> str:
    if exit_code >= 0:
        return f"exit code {exit_code}"
    try:
        return f"ended by {signal.Signals(-exit_code).name}"
    except ValueError:
        return f"ended by signal {-exit_code}"


def _outcome(attended: Attended, ending: Ending, reason: str, results: Results | None = None) -> Outcome:
    return Outcome(
        ending=ending,
        reason=reason,
        exit_code=results.exit_code if results is not None else None,
        wall_seconds=attended.wall_seconds,
        cpu_seconds=max(attended.cpu_seconds, results.cpu_seconds if results is not None else 0.0),
        peak_memory_bytes=max(attended.peak_memory_bytes, results.largest_process_bytes if results is not None else 0),
        output=results.files if results is not None and ending is Ending.DONE else {},
    )
