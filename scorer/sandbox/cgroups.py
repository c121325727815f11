"""Control groups: where this process may make them, the kernel itself bounds a job's memory and processes.

Both versions exist in the wild, also side by side on one machine (`cgroup_places.py`). What cannot be made is done
without: the watch over the processes (`attendance.py`) and their own limits hold everywhere.
"""

from __future__ import annotations

import os
import secrets
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from scorer.sandbox.cgroup_places import Hierarchy, groups_of, hierarchies
from scorer.sandbox.job import BrokenSandbox, Limits

PREFIX = "kit-job-"

FORSAKEN_SECONDS = 60.0
"""An empty group that is older than this was left by a server that was killed: no other leaves one empty so long."""

GOODBYE_SECONDS = 2.0
"""How long the kernel may take to see that a group is empty."""


@dataclass(frozen=True)
class Group:
    """The folders of one job's group, one for each hierarchy; none where no group can be made."""

    folders: tuple[tuple[Hierarchy, Path], ...] = ()

    def join(self, process: int) -> None:
        """Let a process join, and with it all that will come from it. Raises OSError."""
        for _, folder in self.folders:
            (folder / "cgroup.procs").write_text(str(process))

    def memory_bytes(self) -> int | None:
        """What its processes hold, and its files in memory; not what the kernel keeps of other files. None: unknown."""
        for hierarchy, folder in self.folders:
            if "memory" in hierarchy.controllers:
                names = ("anon", "shmem") if hierarchy.version == 2 else ("total_rss", "total_shmem")
                told = _counts(folder / "memory.stat")
                if told.keys() >= set(names):
                    return sum(told[name] for name in names)
        return None

    def cpu_seconds(self) -> float | None:
        """What its processes took, also those that ended; None: unknown."""
        for hierarchy, folder in self.folders:
            if hierarchy.version == 2:
                if (microseconds := _counts(folder / "cpu.stat").get("usage_usec")) is not None:
                    return microseconds / 1e6
            elif "cpuacct" in hierarchy.controllers:
                with suppress(OSError, ValueError):
                    return int((folder / "cpuacct.usage").read_text()) / 1e9
        return None

    def ran_out_of_memory(self) -> bool:
        """Whether the kernel ended a process of the group because it had used up its memory."""
        return any(
            _counts(folder / ("memory.events" if hierarchy.version == 2 else "memory.oom_control")).get("oom_kill", 0)
            for hierarchy, folder in self.folders
        )


def usable_hierarchies() -> list[Hierarchy]:
    """Where this process may make groups and let others join them; empty where it may not."""
    found: dict[frozenset[str], Hierarchy] = {}
    for hierarchy in hierarchies():
        kind = hierarchy.controllers if hierarchy.version == 1 else frozenset[str]()
        if kind not in found:  # the same one may be mounted twice
            with suppress(OSError), _folder_in(hierarchy, Limits()) as folder:
                _try_to_join(folder)
                found[kind] = hierarchy
                _sweep(hierarchy)
    return list(found.values())


def group_of(process: int) -> Group:
    """The group that somebody else made for a process."""
    return Group(tuple(groups_of(process)))


@contextmanager
def group(places: list[Hierarchy], limits: Limits) -> Iterator[Group]:
    """A group with these limits; removed at the end, when all its processes must be gone. Raises BrokenSandbox."""
    with ExitStack() as stack:
        try:
            made = Group(tuple((one, stack.enter_context(_folder_in(one, limits))) for one in places))
        except OSError as error:
            raise BrokenSandbox(f"expected a control group with limits, found {error}") from error
        yield made


@contextmanager
def _folder_in(hierarchy: Hierarchy, limits: Limits) -> Iterator[Path]:
    folder = hierarchy.parent / f"{PREFIX}{os.getpid()}-{secrets.token_hex(8)}"
    folder.mkdir()
    try:
        for name, value in _bounds(hierarchy, limits):
            # Some kernels do not count swap.
            with suppress(OSError) if "swap" in name or "memsw" in name else ExitStack():
                (folder / name).write_text(value)
        yield folder
    finally:
        _remove(folder)


def _bounds(hierarchy: Hierarchy, limits: Limits) -> Iterator[tuple[str, str]]:
    if "memory" in hierarchy.controllers:
        memory = str(limits.memory_bytes)
        if hierarchy.version == 2:
            yield from (("memory.max", memory), ("memory.swap.max", "0"))
        else:
            yield from (("memory.limit_in_bytes", memory), ("memory.memsw.limit_in_bytes", memory))
    if "pids" in hierarchy.controllers:
        yield "pids.max", str(limits.processes)


def _try_to_join(folder: Path) -> None:
    """See that another process can be moved there: that needs more rights than to make the folder. Raises OSError."""
    with subprocess.Popen(["/bin/cat"], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL) as process:
        (folder / "cgroup.procs").write_text(str(process.pid))


def _sweep(hierarchy: Hierarchy) -> None:
    """Remove the groups that servers before us left behind."""
    for folder in hierarchy.parent.glob(f"{PREFIX}*"):
        with suppress(OSError):  # in use: the kernel removes empty ones only
            if time.time() - folder.stat().st_mtime > FORSAKEN_SECONDS:
                folder.rmdir()


def _remove(folder: Path) -> None:
    ends_at = time.monotonic() + GOODBYE_SECONDS
    while True:
        try:
            folder.rmdir()
        except FileNotFoundError:
            return
        except OSError:
            if time.monotonic() > ends_at:
                return  # an empty group bounds nothing and costs nothing; the next server sweeps it
            time.sleep(0.005)
        else:
            return


def _counts(file: Path) -> dict[str, int]:
    """The figures of a file that has a name and a number in each line; empty where there is none."""
    with suppress(OSError, ValueError):
        lines = (line.split() for line in file.read_text().splitlines())
        return {line[0]: int(line[1]) for line in lines if len(line) == 2}
    return {}
