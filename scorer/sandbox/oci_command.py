"""A job as one command of a container engine, Docker or Podman."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from scorer.sandbox.job import BrokenSandbox, Job
from scorer.sandbox.launch import launch_command
from scorer.sandbox.launcher import JOB_USER
from scorer.sandbox.view import SHARED_MEMORY, Shown, memory_folders, shown_to

LABEL = "kit.sandbox"
"""What all our containers have, so that those of a server that was killed are found."""

HOST_USERS = "0:2000000000:65536"
"""Whom a container's users are to the machine, where Podman is root: nobody else has these numbers."""

ALIKE = (
    *("--interactive", "--init=false", "--pull=never", "--log-driver=none", f"--label={LABEL}"),
    *("--network=none", "--ipc=private", "--cgroupns=private", "--hostname=sandbox", "--read-only"),
    *("--cap-drop=ALL", "--security-opt=no-new-privileges", f"--user={JOB_USER}:{JOB_USER}"),
    # Where SELinux is on, it would keep the job from folders that it is shown.
    *("--security-opt=label=disable", "--env=LANG=C.UTF-8"),
)

PODMAN = (
    *("--read-only-tmpfs=false", "--systemd=false", "--http-proxy=false", "--sdnotify=ignore", "--no-hosts"),
    "--passwd=false",
)
"""What Podman would add of itself, and Docker does not know."""


def run_command(engine: str, job: Job, *, name: str, image: str, profile: Path, as_root: bool) -> list[str]:
    """The command.

    Args:
        engine: `docker` or `podman`.
        job: what is run.
        name: the container's.
        image: of `oci_image.image`.
        profile: a file with the seccomp profile.
        as_root: whether Podman is root: each of its containers is then told whose users it has. Docker takes them
            from its own settings (`oci.py` refuses a Docker that has none), and an ordinary user's from the user.

    Raises:
        BrokenSandbox: a folder that the job could not enter, or that an engine cannot be told of.
    """
    limits = job.limits
    memory = memory_folders(limits)
    shared_memory = memory.pop(SHARED_MEMORY)
    empty = "nosuid,nodev" + (",notmpcopyup" if engine == "podman" else "")  # it would copy what it covers
    users = (f"--uidmap={HOST_USERS}", f"--gidmap={HOST_USERS}") if as_root else ()
    return [
        *(engine, "run", *ALIKE, *((*PODMAN, *users) if engine == "podman" else ())),
        *(f"--name={name}", f"--security-opt=seccomp={profile}"),
        *(f"--memory={limits.memory_bytes}b", f"--memory-swap={limits.memory_bytes}b"),
        *(f"--pids-limit={limits.processes}", f"--shm-size={shared_memory}b"),
        *(f"--ulimit=nofile={limits.open_files}:{limits.open_files}", "--ulimit=core=0:0"),
        f"--ulimit=nproc={limits.processes}:{limits.processes}",
        *(f"--tmpfs={folder}:rw,exec,{empty},mode=1777,size={size}" for folder, size in memory.items()),
        *(f"--tmpfs={folder}:ro,noexec,{empty},size=4096" for folder in _hidden()),
        *_mounts(shown_to(job)),
        *(image, *launch_command(job)),
    ]


def _hidden() -> list[str]:
    """What engines show of the machine's devices. The container's own control group is not among it: the launcher
    looks at it.
    """
    with os.scandir("/sys") as entries:
        return sorted(entry.path for entry in entries if entry.is_dir() and entry.name != "fs")


def _mounts(shown: list[Shown]) -> Iterator[str]:
    for one in shown:
        if set(',"\n') & {*str(one.source), *str(one.inside)}:
            raise BrokenSandbox(f"{one.source}: expected a path that can be told to an engine, without `,` and quotes")
        yield f"--mount=type=bind,source={one.source},destination={one.inside},readonly"
