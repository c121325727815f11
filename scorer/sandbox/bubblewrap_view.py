"""What a job in bubblewrap sees of the machine, as bubblewrap's arguments."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from scorer.sandbox.job import TEMPORARY, Job
from scorer.sandbox.launch import LAUNCHER
from scorer.sandbox.view import FILES, SHARED_MEMORY, Shown, memory_folders, shown_to, system_links


def view_arguments(job: Job, launcher: int, hand_in: Callable[[bytes], int]) -> tuple[list[str], list[int]]:
    """The arguments, and the file descriptors that they name.

    Args:
        job: whose view it is.
        launcher: the descriptor of the launcher's source.
        hand_in: makes a descriptor of some bytes.

    Everything is read-only in the end but three folders, which are memory of a bounded size.

    Raises:
        BrokenSandbox: see `shown_to`.
    """
    handed_in = {**{path: hand_in(content) for path, content in FILES.items()}, LAUNCHER: launcher}
    memory = memory_folders(job.limits)
    arguments = ["--proc", "/proc", "--dev", "/dev", *_memory(SHARED_MEMORY, memory.pop(SHARED_MEMORY))]
    arguments += ["--remount-ro", "/dev"]
    for folder, size in memory.items():
        arguments += _memory(folder, size)
    arguments += _shown(shown_to(job))
    for link, target in system_links().items():
        arguments += ["--symlink", target, link]
    for path, descriptor in handed_in.items():
        arguments += ["--perms", "0644", "--ro-bind-data", str(descriptor), path]
    arguments += ["--remount-ro", "/", "--setenv", "LANG", "C.UTF-8"]
    return arguments, list(handed_in.values())


def _memory(folder: str, size: int) -> tuple[str, ...]:
    """A folder in memory that every user inside may write."""
    return ("--perms", "1777", "--size", str(size), "--tmpfs", folder)


def _shown(shown: list[Shown]) -> Iterator[str]:
    """Files and folders of the machine, and the folders above them, which are empty but for these.

    Left to itself, bubblewrap would give those the modes they have outside, and an interpreter in a home of mode 0700
    would be out of the job's reach.
    """
    made = {Path("/"), Path(TEMPORARY)}
    for one in shown:
        for above in reversed(one.inside.parents):
            if above not in made:
                yield from ("--perms", "0755", "--dir", str(above))
                made.add(above)
        yield from ("--ro-bind", str(one.source), str(one.inside))
        made.add(one.inside)
