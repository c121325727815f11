"""What a process and all its descendants use, as Linux tells it in `/proc`."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

_TICKS_PER_SECOND = os.sysconf("SC_CLK_TCK")

_CPU_TIMES = slice(11, 15)
"""Where they stand in `/proc/<pid>/stat`, counted from the field behind the name: own time in the program and in the
kernel, then that of the children that were waited for."""

_MEMORY = ("status", frozenset({b"VmRSS", b"VmSwap", b"VmPTE"}))
"""What counts as memory in which file, in kilobytes. The last is what the kernel needs to keep account of the rest: a
program that reads one byte of each page of nothing holds nothing else."""
_EXACT_MEMORY = ("smaps_rollup", frozenset({b"Pss", b"SwapPss"}))
"""The same with each page divided by the number of processes that share it: the kernel has to look at all of them."""

_GONE = (FileNotFoundError, ProcessLookupError)


@dataclass(frozen=True)
class Usage:
    """What a tree of processes uses at a moment.

    Attributes:
        processes: how many there are.
        memory_bytes: resident or swapped out; pages that two of them share are counted twice, where it is not exact.
        cpu_seconds: of those that live, and of their children that ended.
    """

    processes: int = 0
    memory_bytes: int = 0
    cpu_seconds: float = 0.0


def can_see_children() -> bool:
    """Whether this kernel tells of a process which others come from it."""
    return os.path.exists("/proc/thread-self/children")


def usage_of_tree(pid: int, *, exact_for_seconds: float = 0.0) -> Usage:
    """The usage of a process and its descendants. One that ends meanwhile counts as nothing.

    Args:
        pid: of the process.
        exact_for_seconds: so long, memory is counted exactly, which is slow: for what remains then, it is not.
    """
    ends_at = time.monotonic() + exact_for_seconds
    processes = kilobytes = ticks = 0
    for one in descendants(pid):
        with suppress(*_GONE):
            stat = Path(f"/proc/{one}/stat").read_bytes()
            exact = exact_for_seconds > 0 and time.monotonic() < ends_at
            kilobytes += _kilobytes(one, *_MEMORY) if not exact else _exact_kilobytes(one)
            processes += 1
            fields = stat[stat.rindex(b")") + 2 :].split()  # the name before may hold anything
            ticks += sum(map(int, fields[_CPU_TIMES]))
    return Usage(processes, kilobytes * 1024, ticks / _TICKS_PER_SECOND)


def _exact_kilobytes(pid: int) -> int:
    try:
        return _kilobytes(pid, *_EXACT_MEMORY) + _kilobytes(pid, "status", frozenset({b"VmPTE"}))
    except PermissionError:
        return _kilobytes(pid, *_MEMORY)


def _kilobytes(pid: int, file: str, names: frozenset[bytes]) -> int:
    lines = (line.partition(b":") for line in Path(f"/proc/{pid}/{file}").read_bytes().splitlines())
    return sum(int(value.split()[0]) for name, _, value in lines if name in names)


def descendants(pid: int) -> Iterator[int]:
    """A process and all that come from it."""
    waiting = [pid]
    while waiting:
        one = waiting.pop()
        yield one
        with suppress(*_GONE):
            for thread in os.listdir(f"/proc/{one}/task"):
                with suppress(*_GONE):  # of one thread: the others' children are there still
                    waiting += map(int, Path(f"/proc/{one}/task/{thread}/children").read_bytes().split())
