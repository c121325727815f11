"""What a sandbox uses at a moment, seen from outside: as its control group counts it, else by its processes."""

from __future__ import annotations

import os
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from scorer.sandbox.cgroups import Group
from scorer.sandbox.job import OUTPUT, TEMPORARY, Limits
from scorer.sandbox.processes import usage_of_tree
from scorer.sandbox.view import SHARED_MEMORY

SOCKET_BYTES = 2 * 212_992
"""The most that one socket makes the kernel keep: twice `net.core.wmem_max`, as it is on every machine that nobody
has tuned. It is no process's memory, so that only a control group counts it truly."""

EXACT_FOR_SECONDS = 0.2

OWN_FILES = 64
"""Of the sandbox in a folder, at the most: the folder itself, and those that lead to what is shown below it, such as an
environment that lies in the machine's temporary folder."""


@dataclass(frozen=True)
class Sample:
    """What a job uses at a moment.

    Attributes:
        memory_bytes: all that it holds, in its processes and in its folders, which are memory.
        cpu_seconds: that its processes took until now.
        files: the most in one of its folders, or a few less.
    """

    memory_bytes: int = 0
    cpu_seconds: float = 0.0
    files: int = 0


def sample_of(root: int, first: int | None, group: Group, limits: Limits) -> Sample:
    """The sample of a sandbox.

    Args:
        root: the process that all others come from.
        first: the sandbox's own first process, whose root folder and network are the job's; None: not known.
        group: the job's.
        limits: of the job: near them, memory is counted more exactly.
    """
    kept_bytes, files = _kept(first) if first is not None else (0, 0)
    memory_bytes, cpu_seconds = group.memory_bytes(), group.cpu_seconds()
    if memory_bytes is None or cpu_seconds is None:
        usage = usage_of_tree(root)
        if memory_bytes is None:
            beside = kept_bytes + (_sockets(first) if first is not None else 0) * SOCKET_BYTES
            if usage.memory_bytes + beside > limits.memory_bytes:
                usage = usage_of_tree(root, exact_for_seconds=EXACT_FOR_SECONDS)
            memory_bytes = usage.memory_bytes + beside
        if cpu_seconds is None:
            cpu_seconds = usage.cpu_seconds
    return Sample(memory_bytes, cpu_seconds, files)


def _kept(first: int) -> tuple[int, int]:
    """What the folders in memory hold together, and the most files in one of them."""
    kept_bytes = files = 0
    root = f"/proc/{first}/root"
    with suppress(OSError):  # it has ended, or has not yet made its folders
        for inside in () if os.path.samefile(root, "/") else (OUTPUT, TEMPORARY, SHARED_MEMORY):
            found = os.statvfs(f"{root}{inside}")
            kept_bytes += (found.f_blocks - found.f_bfree) * found.f_frsize
            files = max(files, found.f_files - found.f_ffree - OWN_FILES)
    return kept_bytes, files


def _sockets(first: int) -> int:
    """How many sockets there are in the sandbox: its network is its own."""
    with suppress(OSError, ValueError):
        if os.readlink(f"/proc/{first}/ns/net") != os.readlink("/proc/self/ns/net"):
            words = Path(f"/proc/{first}/net/sockstat").read_text().split()
            return int(words[words.index("used") + 1])
    return 0
