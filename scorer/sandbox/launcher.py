"""Runs inside the sandbox, before and after the job: bounds it, waits for it, hands out what it left.

Nothing of the kit is in the sandbox, so this file is handed in as it is, and uses Python's own library only. It
leaves on standard output one tar: the regular files of the output folder, then `REPORT`, which says how the job
ended. Whoever reads that tar trusts none of it.

It is the first process of its sandbox. So nothing inside can end or stop it, also where the job has the same user,
and with it the kernel ends all others. Its standard input is a line to whoever started it: nothing is said there, and
where the other side is gone, it ends.
"""

from __future__ import annotations

import ctypes
import io
import json
import os
import resource
import select
import signal
import stat
import subprocess
import sys
import tarfile
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

REPORT = "report.json"
FILES = "files/"

JOB_USER = 1000

LINE_SECONDS = 1.0  # how often it is looked whether the other side is still there

LAUNCHER_SPARED = 500
JOB_SPARED = 1000
"""Where memory runs out, the kernel ends the job first, then the launcher, then others."""

OUT_OF_MEMORY = ("/sys/fs/cgroup/memory.events", "/sys/fs/cgroup/memory/memory.oom_control")
"""Where container engines show a container its own control group, of version 2 or 1, these files count how often the
kernel ended one of its processes for that."""

PR_SET_DUMPABLE = 4
PR_CAPBSET_DROP = 24
CAPABILITIES_VERSION_3 = 0x20080522


def main() -> None:
    """Run the job that the first argument describes, as JSON."""
    job = json.loads(sys.argv[1])
    shield()
    report = run(job)
    end_all_others()
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    report |= {"cpu_seconds": used.ru_utime + used.ru_stime, "largest_process_bytes": used.ru_maxrss * 1024}
    report["out_of_memory"] = ran_out_of_memory()
    become_job_user()  # whose files these are, readable by nobody else perhaps
    done = report.get("exit_code") == 0
    files, fault = find_files(job["output"], job["most_files"], job["most_bytes"]) if done else ([], {})
    write_results(job["output"], files, {**report, **fault})


def shield() -> None:
    """Be out of the job's reach: its own `/proc` folder closed, every signal from inside without effect."""
    be_spared(LAUNCHER_SPARED)
    ctypes.CDLL(None).prctl(PR_SET_DUMPABLE, 0, 0, 0, 0)
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # Python's own handler would be an effect
    signal.pthread_sigmask(signal.SIG_SETMASK, {signal.SIGCHLD})


def be_spared(little: int) -> None:
    """Say how little the kernel should spare this process where memory runs out, from 0 for others to 1000."""
    with open("/proc/self/oom_score_adj", "w", encoding="ascii") as file:
        file.write(str(little))


def run(job: dict[str, Any]) -> dict[str, Any]:
    """Run the job to its end: its exit code, or why it could not be started."""
    try:
        process = subprocess.Popen(  # noqa: S603 (a stranger's words, for which the sandbox is there)
            job["command"],
            stdin=subprocess.DEVNULL,
            stdout=sys.stderr,
            stderr=sys.stderr,
            cwd=job["folder"],
            env=job["variables"],
            preexec_fn=lambda: become_job(job["limits"]),
            start_new_session=True,
        )
    except (OSError, ValueError, LookupError) as error:
        return {"not_started": str(error)}
    return {"exit_code": wait_for(process.pid)}


def become_job(limits: dict[str, tuple[int, int]]) -> None:
    """Take on the job's limits and, where the sandbox has another user for it, that user for good."""
    signal.pthread_sigmask(signal.SIG_SETMASK, ())
    ctypes.CDLL(None).prctl(PR_SET_DUMPABLE, 1, 0, 0, 0)
    be_spared(JOB_SPARED)
    for name, wanted in limits.items():
        kind = getattr(resource, name)
        _, hard = resource.getrlimit(kind)
        soft, most = (bound if hard == resource.RLIM_INFINITY else min(bound, hard) for bound in wanted)
        resource.setrlimit(kind, (soft, most))
    become_job_user()


def become_job_user() -> None:
    """Be root no more, not even a root of the sandbox alone."""
    if os.getuid() != 0:
        return
    libc = ctypes.CDLL(None)
    for capability in range(64):
        libc.prctl(PR_CAPBSET_DROP, capability, 0, 0, 0)
    os.setgroups([])
    os.setresgid(JOB_USER, JOB_USER, JOB_USER)
    os.setresuid(JOB_USER, JOB_USER, JOB_USER)
    libc.capset((ctypes.c_uint32 * 2)(CAPABILITIES_VERSION_3, 0), (ctypes.c_uint32 * 6)())


def wait_for(job: int) -> int:
    """Wait for the job's first process, and lay to rest all others that end meanwhile: its exit code."""
    while True:
        ended, status = os.waitpid(-1, os.WNOHANG)
        if ended == job:
            return os.waitstatus_to_exitcode(status)
        if ended == 0:
            if select.select([sys.stdin], [], [], 0)[0]:
                os._exit(1)  # the other side is gone, and so is everything here
            signal.sigtimedwait({signal.SIGCHLD}, LINE_SECONDS)


def end_all_others() -> None:
    """Kill every other process in the sandbox: a child may have outlived the job."""
    while True:
        try:
            os.kill(-1, signal.SIGKILL)
            os.wait()
        except (ProcessLookupError, ChildProcessError):
            return


def ran_out_of_memory() -> bool:
    """Whether the kernel ended a process of the sandbox for that; False where only the outside can tell."""
    for path in OUT_OF_MEMORY:
        with suppress(OSError), open(path, encoding="ascii") as file:
            return any(line.split()[0] == "oom_kill" and line.split()[1] != "0" for line in file)
    return False


def find_files(folder: str, most_files: int, most_bytes: int) -> tuple[list[tuple[str, int]], dict[str, Any]]:
    """The regular files below a folder with their sizes, or what is wrong there, as the report says it."""
    files: list[tuple[str, int]] = []
    entries = size = 0
    try:
        for path, found in walk(folder):
            entries += 1
            if entries > most_files:
                return [], {"too_many_files": True}
            if stat.S_ISREG(found.st_mode):
                files.append((path, found.st_size))
                size += found.st_size
            elif not stat.S_ISDIR(found.st_mode):
                return [], {"odd": [path, stat.filemode(found.st_mode)]}
    except OSError as error:
        return [], {"odd": [os.path.relpath(error.filename or folder, folder), error.strerror]}
    return ([], {"too_many_bytes": True}) if size > most_bytes else (sorted(files), {})


def walk(folder: str) -> Iterator[tuple[str, os.stat_result]]:
    """Every path below a folder and what is there, links not followed."""
    waiting = [""]
    while waiting:
        below = waiting.pop()
        with os.scandir(os.path.join(folder, below)) as entries:
            for entry in entries:
                path = os.path.join(below, entry.name)
                found = entry.stat(follow_symlinks=False)
                if stat.S_ISDIR(found.st_mode):
                    waiting.append(path)
                yield path, found


def write_results(folder: str, files: list[tuple[str, int]], report: dict[str, Any]) -> None:
    """Write the tar. A file that cannot be read ends it: the report says so."""
    with tarfile.open(fileobj=sys.stdout.buffer, mode="w|", format=tarfile.PAX_FORMAT) as archive:
        for path, size in files:
            try:
                descriptor = os.open(os.path.join(folder, path), os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
            except OSError as error:
                report["odd"] = [path, error.strerror]
                break
            with open(descriptor, "rb") as file:
                info = tarfile.TarInfo(FILES + path)
                info.size = size
                archive.addfile(info, file)
        content = json.dumps(report).encode()
        info = tarfile.TarInfo(REPORT)
        info.size = len(content)
        archive.addfile(info, io.BytesIO(content))


if __name__ == "__main__":
    main()
