"""What a job sees of the machine: the system's programs, Python, and what is its own. Every sandbox shows the same."""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from scorer.sandbox.job import BUNDLE, INPUT, OUTPUT, TEMPORARY, BrokenSandbox, Job, Limits
from scorer.sandbox.launch import interpreter

SYSTEM_FOLDERS = ("bin", "lib", "lib32", "lib64", "libx32", "sbin")
"""Beside `/usr`: links into it on most machines, folders of their own on some."""

NOT_THE_SYSTEM = frozenset({"local", "src"})
"""Below `/usr`: what this machine's people put there is not shown."""

SYSTEM_FILES = ("/etc/ld.so.cache", "/etc/alternatives", "/etc/localtime")

FILES = {
    "/etc/passwd": b"root:x:0:0::/:/bin/false\njob:x:1000:1000::/tmp:/bin/sh\n",
    "/etc/group": b"root:x:0:\njob:x:1000:\n",
}
"""What these files say inside, whatever they say on this machine."""

SHARED_MEMORY = "/dev/shm"  # noqa: S108 (the sandbox's own)
SHARED_MEMORY_BYTES = 64 * 2**20

EVERYBODY_MAY_ENTER = stat.S_IROTH | stat.S_IXOTH


@dataclass(frozen=True)
class Shown:
    """A file or folder of this machine, shown read-only.

    Attributes:
        source: what is shown.
        inside: where it is in the sandbox.
    """

    source: Path
    inside: Path


def system_links() -> dict[str, str]:
    """The links that stand for folders of the system on this machine, and where they lead."""
    places = [Path("/", name) for name in SYSTEM_FOLDERS]
    places += [place for place in sorted(Path("/usr").iterdir()) if place.name not in NOT_THE_SYSTEM]
    return {str(place): os.readlink(place) for place in places if place.is_symlink()}


def memory_folders(limits: Limits) -> dict[str, int]:
    """The folders in memory that a job may write, and their sizes."""
    return {
        SHARED_MEMORY: SHARED_MEMORY_BYTES,
        str(TEMPORARY): limits.temporary_bytes,
        str(OUTPUT): limits.output_bytes,
    }


def shown_to(job: Job) -> list[Shown]:
    """What a job is shown of this machine, each after the folders that it lies in.

    Raises:
        BrokenSandbox: a folder that the job's user, who is nobody on this machine, could not enter.
    """
    shown = [*_system(), *(Shown(Path(file), Path(file)) for file in SYSTEM_FILES if os.path.exists(file))]
    for folder in (*_python(), *(_enterable(one.absolute()) for one in job.environment)):
        if not any(folder.is_relative_to(one.inside) for one in shown):
            shown.append(Shown(folder, folder))
    for own, inside in ((job.bundle, BUNDLE), (job.inputs, INPUT)):
        if own is not None:
            shown.append(Shown(_enterable(own.resolve()), Path(inside)))
    return sorted(shown, key=lambda one: one.inside)


def _system() -> Iterator[Shown]:
    with os.scandir("/usr") as entries:
        for entry in entries:
            if entry.is_dir(follow_symlinks=False) and entry.name not in NOT_THE_SYSTEM:
                yield Shown(Path(entry.path), Path(entry.path))
    for name in SYSTEM_FOLDERS:
        folder = Path("/", name)
        if folder.is_dir() and not folder.is_symlink():
            yield Shown(folder, folder)


def _python() -> Iterator[Path]:
    """Python's programs and its library: where they are, and where a virtual environment says that they are."""
    for prefix in dict.fromkeys((interpreter().parent.parent, Path(sys.base_prefix))):
        yield from (prefix / name for name in ("bin", "lib", "lib64") if (prefix / name).is_dir())


def _enterable(folder: Path) -> Path:
    try:
        mode = folder.stat().st_mode
    except OSError as error:
        raise BrokenSandbox(f"{folder}: expected a folder for the job to see ({error.strerror})") from error
    if not stat.S_ISDIR(mode) or mode & EVERYBODY_MAY_ENTER != EVERYBODY_MAY_ENTER:
        raise BrokenSandbox(
            f"{folder}: expected a folder that everybody may enter and list, since the job's user is nobody on this"
            f" machine; found {stat.filemode(mode)}"
        )
    return folder
