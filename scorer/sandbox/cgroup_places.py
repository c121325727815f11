"""Where on this machine control groups are, of which version, and where among them one of ours would be."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

PROC = Path("/proc")

BOUNDS = frozenset({"memory", "pids"})
USED = BOUNDS | {"cpuacct"}
"""The last one bounds nothing, but it counts CPU time, also that of processes which nobody waited for."""


@dataclass(frozen=True)
class Hierarchy:
    """A place where groups can be made.

    Attributes:
        version: 1 or 2.
        controllers: which of `USED` there are.
        parent: the folder in which a group is a folder.
    """

    version: int
    controllers: frozenset[str]
    parent: Path


def hierarchies(proc: Path = PROC) -> Iterator[Hierarchy]:
    """Where this process may perhaps make groups.

    In version 2 a group with processes of its own cannot have groups with controllers, so that the group above is
    looked at as well: that is where a service whose groups are delegated to it may make them (systemd:
    `Delegate=memory pids` with `DelegateSubgroup=`).
    """
    for place, top in _places("self", proc):
        if place.version == 1:
            yield place
        else:
            yield from _version_2(top, place.parent)


def groups_of(process: int, proc: Path = PROC) -> list[tuple[Hierarchy, Path]]:
    """The groups in which a process is, and their folders."""
    return [(place, place.parent) for place, _ in _places(str(process), proc)]


def _places(process: str, proc: Path) -> Iterator[tuple[Hierarchy, Path]]:
    """Every hierarchy that is mounted, with the folder of a process's group in it; and where it is mounted."""
    try:
        own = _paths_of(proc / process)
        lines = (proc / "self" / "mountinfo").read_text().splitlines()
    except OSError:
        return
    for line in lines:
        before, _, after = line.partition(" - ")
        root, mount_point = (_unescaped(field) for field in before.split()[3:5])
        kind, _, options = after.split()[:3]
        top = Path(mount_point)
        if kind == "cgroup2" and "" in own:
            yield Hierarchy(2, USED, _below(top, root, own[""])), top
        elif kind == "cgroup" and (controllers := USED & set(options.split(",")) & own.keys()):
            path = own[next(iter(controllers))]  # controllers that are mounted together have the same groups
            yield Hierarchy(1, frozenset(controllers), _below(top, root, path)), top


def _paths_of(process: Path) -> dict[str, str]:
    """The paths of a process's groups, by controller; that of version 2 by the empty name."""
    own: dict[str, str] = {}
    for line in (process / "cgroup").read_text().splitlines():
        _, names, path = line.split(":", 2)
        own.update(dict.fromkeys(names.split(","), path))
    return own


def _version_2(top: Path, own: Path) -> Iterator[Hierarchy]:
    for parent in (own, own.parent) if own != top else (own,):
        with suppress(OSError):
            control = parent / "cgroup.subtree_control"
            wanted = BOUNDS & set((parent / "cgroup.controllers").read_text().split())
            with suppress(OSError):  # the group has processes, or is not ours
                if missing := wanted - set(control.read_text().split()):
                    control.write_text(" ".join(f"+{name}" for name in sorted(missing)))
            if "memory" in (enabled := wanted & set(control.read_text().split())):
                yield Hierarchy(2, frozenset(enabled), parent)


def _below(mount_point: Path, root: str, own: str) -> Path:
    """The folder of a group, where a hierarchy is mounted from its group `root` on."""
    inside = os.path.relpath(own, root)
    return mount_point if inside == "." or inside.startswith("..") else mount_point / inside


def _unescaped(field: str) -> str:
    """A path as it is: that file writes a space as a backslash and its number, in eights."""
    return re.sub(r"\\([0-7]{3})", lambda found: chr(int(found[1], 8)), field)
