"""How the launcher is called: by this process's own interpreter, with the job as one argument."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Mapping
from pathlib import Path

from scorer.sandbox import launcher
from scorer.sandbox.job import BUNDLE, OUTPUT, TEMPORARY, Job

LAUNCHER = "/launcher.py"
"""Where it is inside."""

SYSTEM_PATH = ("/usr/local/bin", "/usr/bin", "/bin")

CPU_GRACE_SECONDS = 5
"""So long after the signal that says so, a process that has used up its CPU time is killed."""


def interpreter() -> Path:
    """The interpreter behind this process's, outside of any virtual environment."""
    return Path(os.path.realpath(sys.executable))


def launcher_source() -> bytes:
    """The file that is handed in."""
    return Path(launcher.__file__).read_bytes()


def launch_command(job: Job) -> list[str]:
    """The words that run a job inside: isolated from variables and packages, so that the job's cannot change it."""
    limits = job.limits
    cpu_seconds = int(limits.cpu_seconds) + 1
    file_bytes = max(limits.output_bytes, limits.temporary_bytes)
    order = {
        "command": list(job.command),
        "folder": str(BUNDLE) if job.bundle is not None else str(TEMPORARY),
        "variables": dict(job_variables(job)),
        "output": str(OUTPUT),
        "most_files": limits.files,
        "most_bytes": limits.output_bytes,
        "limits": {
            "RLIMIT_CPU": (cpu_seconds, cpu_seconds + CPU_GRACE_SECONDS),
            # Of one process: a control group or the watch bounds all of them.
            "RLIMIT_DATA": (limits.memory_bytes, limits.memory_bytes),
            "RLIMIT_FSIZE": (file_bytes, file_bytes),
            "RLIMIT_NOFILE": (limits.open_files, limits.open_files),
            "RLIMIT_NPROC": (limits.processes, limits.processes),
            "RLIMIT_CORE": (0, 0),
        },
    }
    return [str(interpreter()), "-I", "-S", LAUNCHER, json.dumps(order)]


def job_variables(job: Job) -> Mapping[str, str]:
    """The environment variables of the job; none of this process's are among them."""
    programs = [str(folder.absolute() / "bin") for folder in job.environment if (folder / "bin").is_dir()]
    return {
        "PATH": ":".join([*programs, *SYSTEM_PATH]),
        "HOME": str(TEMPORARY),
        "TMPDIR": str(TEMPORARY),
        "LANG": "C.UTF-8",
        "PYTHONDONTWRITEBYTECODE": "1",
        **job.variables,
    }
