"""What a job may leave on the machine: nothing."""

from __future__ import annotations

import os
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

SETTLES_IN_SECONDS = 15.0
"""Sandboxes of other tests, which run at the same time, are gone by then."""


def processes_with(marker: str) -> list[int]:
    """The processes that carry a word in their arguments or variables."""
    found = []
    for folder in Path("/proc").iterdir():
        if folder.name.isdecimal() and int(folder.name) != os.getpid():
            for name in ("cmdline", "environ"):
                try:
                    if marker.encode() in (folder / name).read_bytes():
                        found.append(int(folder.name))
                except OSError:
                    continue
    return sorted(set(found))


def groups_of_server(process: int) -> list[Path]:
    """The control groups that a process made for its jobs. Others come and go meanwhile."""
    folders = (Path(above, name) for above, names, _ in os.walk("/sys/fs/cgroup") for name in names)
    return [folder for folder in folders if folder.name.startswith(f"kit-job-{process}-")]


@dataclass(frozen=True)
class Machine:
    """What there is at a moment.

    Attributes:
        groups: control groups of jobs of this process.
        mounts: what is mounted, for this process.
        files: of the sandbox, in the temporary folder.
        descriptors: of this process.
        children: of this process, zombies too.
    """

    groups: frozenset[str]
    mounts: frozenset[str]
    files: frozenset[str]
    descriptors: frozenset[str]
    children: frozenset[str]

    @classmethod
    def now(cls) -> Machine:
        """As it is."""
        groups = set(map(str, groups_of_server(os.getpid())))
        mounts = {line.split()[4] for line in Path("/proc/self/mountinfo").read_text().splitlines()}
        files = {str(path) for path in Path(tempfile.gettempdir()).glob("kit-seccomp-*")}
        descriptors = {name for name in os.listdir("/proc/self/fd") if os.path.lexists(f"/proc/self/fd/{name}")}
        children = set(Path("/proc/thread-self/children").read_text().split())
        return cls(*map(frozenset, (groups, mounts, files, descriptors, children)))

    def must_be_as_before(self, marker: str) -> None:
        """Fail where there is more than there was, and where a process with the marker lives."""
        assert processes_with(marker) == []
        ends_at = time.monotonic() + SETTLES_IN_SECONDS
        while more := self._more(Machine.now()):
            assert time.monotonic() < ends_at, more
            time.sleep(0.1)

    def _more(self, now: Machine) -> dict[str, frozenset[str]]:
        found = {name: getattr(now, name) - getattr(self, name) for name in self.__dataclass_fields__}
        return {name: some for name, some in found.items() if some}
