"""One running bubblewrap: how it is started, what it uses, how it is ended."""

from __future__ import annotations

import json
import os
import secrets
import select
import signal
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from types import TracebackType
from typing import IO

from scorer.sandbox.bubblewrap_view import view_arguments
from scorer.sandbox.cgroups import Group
from scorer.sandbox.filter_program import filter_program
from scorer.sandbox.job import BrokenSandbox, Job
from scorer.sandbox.launch import launch_command, launcher_source
from scorer.sandbox.launcher import JOB_USER
from scorer.sandbox.processes import descendants
from scorer.sandbox.sampling import Sample, sample_of

HOST_USERS = range(2_000_000_000, 2_100_000_000)
"""Where a server that is root takes a job's user on the machine from: nobody else has these numbers."""

NAMESPACES = (
    "--unshare-user", "--unshare-pid", "--unshare-ipc", "--unshare-net", "--unshare-uts", "--unshare-cgroup-try",
    "--hostname", "sandbox", "--die-with-parent", "--new-session", "--as-pid-1", "--clearenv", "--cap-drop", "ALL",
)  # fmt: skip

ONE_USER = ("--disable-userns", "--uid", str(JOB_USER), "--gid", str(JOB_USER), "--block-fd")

TWO_USERS = (
    *(word for name in ("SETUID", "SETGID", "SETPCAP", "KILL") for word in ("--cap-add", f"CAP_{name}")),
    "--userns-block-fd",
)
"""The capabilities are what the launcher needs, within the sandbox, to become the job's user, and to end the job."""

START_SECONDS = 30.0
GOODBYE_SECONDS = 10.0
"""How long a sandbox may take to begin, and, killed, to be gone."""


class BubblewrapProcess:
    """A sandbox from its start to its end. All its processes are gone when it is left.

    Where this process is root, a root inside would still be the owner of root's files, capabilities or not. So the
    user namespace then has two users: the launcher's, and the job's, which to the machine is a number that nobody
    else has. Only its caller can write such a map, and bubblewrap waits for it. In any case it waits until its first
    process, from which all others come, has joined the job's control groups.
    """

    process: subprocess.Popen[bytes]

    def __init__(self, program: str, job: Job, group: Group) -> None:
        self._program = program
        self._job = job
        self._group = group
        self._first: int | None = None
        """The first process in the sandbox, as the machine counts it: with it all others end."""
        self._first_descriptor: int | None = None

    def __enter__(self) -> BubblewrapProcess:
        """Start it. Raises BrokenSandbox."""
        try:
            with _uninterrupted(), ExitStack() as files:
                self._start(files)
        except BaseException as error:
            if hasattr(self, "process"):
                self.__exit__(None, None, None)
            if isinstance(error, OSError | ValueError):
                raise BrokenSandbox(f"{self._program}: expected a sandbox that starts ({error})") from error
            raise
        return self

    def _start(self, files: ExitStack) -> None:
        as_root = os.geteuid() == 0
        launcher, filter_ = _handed_in(files, launcher_source()), _handed_in(files, filter_program())
        view, in_view = view_arguments(self._job, launcher, lambda content: _handed_in(files, content))
        told, tells = _pipe(files)
        may_go, goes = _pipe(files)
        waits = [*(TWO_USERS if as_root else ONE_USER), str(may_go.fileno())]
        self.process = subprocess.Popen(  # noqa: S603 (our own words: the job's are for the launcher to run)
            [
                *(self._program, *NAMESPACES, *waits),
                *("--info-fd", str(tells.fileno()), "--seccomp", str(filter_), *view, "--"),
                *launch_command(self._job),
            ],
            stdin=subprocess.PIPE,  # the launcher's line to us
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            pass_fds=[filter_, *in_view, tells.fileno(), may_go.fileno()],
            env={},
            cwd="/",
        )
        tells.close()  # ours: the end of the pipe comes where bubblewrap ends
        self._meet(told)
        if self._first is not None:
            self._group.join(self._first)
            if as_root:
                _map_users(self._first)
            goes.write(b"1")

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        """End all its processes. Raises BrokenSandbox where they do not end."""
        with ExitStack() as to_close:
            for pipe in (self.process.stdin, self.process.stdout, self.process.stderr):
                if pipe is not None:
                    to_close.enter_context(pipe)
            all_gone = True
            if self._first_descriptor is not None:
                to_close.callback(os.close, self._first_descriptor)
                with suppress(ProcessLookupError):
                    signal.pidfd_send_signal(self._first_descriptor, signal.SIGKILL)
                # Readable when it has ended, which the kernel lets it only after all others in there.
                all_gone = bool(select.select([self._first_descriptor], [], [], GOODBYE_SECONDS)[0])
                self._first = self._first_descriptor = None
                with suppress(subprocess.TimeoutExpired):
                    self.process.wait(GOODBYE_SECONDS)  # bubblewrap itself, which buries the first
            else:
                self._kill_what_was_not_met()
            self.process.kill()
            self.process.wait()
            if not all_gone:
                raise BrokenSandbox(f"expected the job's processes to end within {GOODBYE_SECONDS:.0f} s")

    def _kill_what_was_not_met(self) -> None:
        """End bubblewrap's child, which would wait for it for ever. Stopped, it has no more children meanwhile."""
        os.kill(self.process.pid, signal.SIGSTOP)
        os.waitid(os.P_PID, self.process.pid, os.WSTOPPED | os.WEXITED | os.WNOWAIT)
        for one in [*descendants(self.process.pid)][1:]:
            with suppress(ProcessLookupError):
                os.kill(one, signal.SIGKILL)

    def sample(self) -> Sample:
        """What it uses now."""
        return sample_of(self.process.pid, self._first, self._group, self._job.limits)

    def _meet(self, told: IO[bytes]) -> None:
        """Know the first process by what bubblewrap tells; where it tells nothing, it says why on standard error."""
        if not select.select([told], [], [], START_SECONDS)[0]:
            raise BrokenSandbox(f"{self._program}: expected a start within {START_SECONDS:.0f} s")
        words = told.read()
        if not words:
            return
        first = int(json.loads(words)["child-pid"])
        with suppress(ProcessLookupError):
            descriptor = os.pidfd_open(first)
            if first in descendants(self.process.pid):  # so it was not another's by the time it was opened
                self._first, self._first_descriptor = first, descriptor
            else:
                os.close(descriptor)


@contextmanager
def _uninterrupted() -> Iterator[None]:
    """Let no signal come, which may raise anything anywhere: a sandbox that nobody knows would not be ended.

    Where there are other threads, one of them may still take it, and this one raise.
    """
    before = signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _map_users(first: int) -> None:
    """Say who the two users of a new user namespace are to the machine. Raises BrokenSandbox."""
    outside = secrets.choice(HOST_USERS)
    for kind in ("uid_map", "gid_map"):
        try:
            Path(f"/proc/{first}/{kind}").write_text(f"0 0 1\n{JOB_USER} {outside} 1\n", encoding="ascii")
        except OSError as error:
            raise BrokenSandbox(
                f"expected a root who has all users of the machine, found none ({error}): in a container whose root is"
                " not the machine's, run the server as an ordinary user"
            ) from error


def _handed_in(files: ExitStack, content: bytes) -> int:
    """The descriptor of a file in memory that can be read from its beginning."""
    descriptor = os.memfd_create("handed-in")
    files.callback(os.close, descriptor)
    os.write(descriptor, content)
    os.lseek(descriptor, 0, os.SEEK_SET)
    return descriptor


def _pipe(files: ExitStack) -> tuple[IO[bytes], IO[bytes]]:
    reads, writes = os.pipe()
    return (
        files.enter_context(open(reads, "rb", buffering=0)),
        files.enter_context(open(writes, "wb", buffering=0)),
    )
