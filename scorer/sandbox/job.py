"""What is asked of a sandbox: a job within limits, and what comes of it."""

from __future__ import annotations

import enum
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Protocol

BUNDLE = PurePosixPath("/bundle")
"""Where a job finds its own files, read-only. It starts there."""

INPUT = PurePosixPath("/input")
"""Where a job finds what it works on, read-only."""

OUTPUT = PurePosixPath("/output")
"""Where a job leaves its results."""

TEMPORARY = PurePosixPath("/tmp")  # noqa: S108 (the sandbox's own, which ends with it)
"""A private folder, which is also its home."""


class Ending(enum.StrEnum):
    """How a job ended."""

    DONE = "done"  # by itself, with exit code 0
    EXIT_CODE = "exit code"  # by itself, with another one, or by a signal of its own
    WALL_TIME = "time"
    CPU_TIME = "CPU time"
    MEMORY = "memory"
    DISK = "disk"  # more output, or more files, than allowed
    LOG = "log"  # more words than allowed
    OUTPUT = "output"  # its results hold something else than plain files
    STOPPED = "stopped"  # by the organiser


@dataclass(frozen=True)
class Limits:
    """What a job may use. Sizes in bytes, times in seconds."""

    wall_seconds: float = 3600.0
    cpu_seconds: float = 7200.0
    """Of all its processes together."""
    memory_bytes: int = 4 * 2**30
    """Of all its processes together, with what they keep in `OUTPUT` and `TEMPORARY`."""
    processes: int = 256
    """And threads: TensorFlow starts some dozens."""
    output_bytes: int = 256 * 2**20
    temporary_bytes: int = 2**30
    files: int = 10_000
    """In `OUTPUT` and `TEMPORARY` each."""
    open_files: int = 1024
    log_bytes: int = 2**20
    """Of standard output and standard error together."""


@dataclass(frozen=True)
class Job:
    """One program to run.

    Attributes:
        command: the program and its arguments. A program without a slash is looked up in the environment.
        limits: what it may use.
        bundle: the folder that it sees as `BUNDLE`, or None.
        inputs: the folder that it sees as `INPUT`, or None.
        environment: folders that it sees, read-only, where they are on this machine: the interpreter, its
            packages. The first that has a `bin` is where programs are looked up first. Everybody must be able to
            enter and read all these folders (modes 0755 and 0644): the job's user is nobody on this machine.
        variables: what its environment variables are besides `PATH`, `HOME`, `TMPDIR` and `LANG`.
    """

    command: Sequence[str]
    limits: Limits = field(default_factory=Limits)
    bundle: Path | None = None
    inputs: Path | None = None
    environment: Sequence[Path] = ()
    variables: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Outcome:
    """What came of a job.

    Attributes:
        ending: how it ended.
        reason: the same in words, with the limit where one was reached.
        exit_code: its own; negative: the signal that ended it; None where it was ended from outside.
        wall_seconds: from its first moment to its last, with the sandbox's own start and end.
        cpu_seconds: of all its processes.
        peak_memory_bytes: the most that was seen in use at once, by all its processes.
        output: the regular files it left, by their path below `OUTPUT`; empty unless it is DONE.
    """

    ending: Ending
    reason: str
    exit_code: int | None
    wall_seconds: float
    cpu_seconds: float
    peak_memory_bytes: int
    output: Mapping[str, bytes] = field(default_factory=dict)


class NoSandbox(Exception):  # noqa: N818 (what is missing, not what went wrong)
    """The machine cannot run a stranger's program safely; the message says why, and what would help."""


class BrokenSandbox(Exception):  # noqa: N818
    """The sandbox itself failed: this says nothing about the job."""


Listener = Callable[[bytes], None]
"""Is handed what a job says, as it comes. Where it raises, the job is ended and the error passed on. It should be
quick: while it is busy, nobody looks at what the job uses."""


class Runner(Protocol):
    """A kind of sandbox."""

    name: str
    """As the verdict tells it: the kind, its version, what guards its memory."""

    def check(self) -> None:
        """Run something harmless, to see that a sandbox can be made here. Raises NoSandbox that says why not."""

    def run(self, job: Job, listen: Listener) -> Outcome:
        """Run a job to its end. All its processes are gone when this returns or raises.

        Raises:
            BrokenSandbox: it could not be started, or was lost.
        """
