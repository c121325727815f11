"""One running container: how it is started, what it uses, how it is ended."""

from __future__ import annotations

import os
import secrets
import subprocess
import time
from contextlib import ExitStack, suppress
from pathlib import Path
from types import TracebackType

from scorer.sandbox.cgroups import Group, group_of
from scorer.sandbox.job import BrokenSandbox, Job
from scorer.sandbox.oci_command import run_command
from scorer.sandbox.oci_engine import Engine
from scorer.sandbox.oci_profile import seccomp_profile_file
from scorer.sandbox.sampling import Sample, sample_of

GOODBYE_SECONDS = 20.0


class OciProcess:
    """A container from its start to its end. All its processes are gone when it is left, and so is it itself."""

    process: subprocess.Popen[bytes]

    def __init__(self, engine: Engine, job: Job) -> None:
        self._engine = engine
        self._job = job
        self._name = f"kit-job-{os.getpid()}-{secrets.token_hex(8)}"
        self._files = ExitStack()
        self._first: int | None = None
        """The first process in the container, as the machine counts it."""
        self._group = Group()

    def __enter__(self) -> OciProcess:
        """Start it. Raises BrokenSandbox."""
        profile = self._files.enter_context(seccomp_profile_file())
        try:
            self.process = self._engine.start(
                run_command(
                    self._engine.kind,
                    self._job,
                    name=self._name,
                    image=self._engine.image(),
                    profile=profile,
                    as_root=self._engine.as_root,
                )
            )
        except BaseException:
            self._files.close()
            raise
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        """End all its processes. Raises BrokenSandbox where they do not end."""
        with self._files:
            for pipe in (self.process.stdin, self.process.stdout, self.process.stderr):
                if pipe is not None:
                    self._files.enter_context(pipe)
            self.process.kill()  # first: Docker ends no container whose words it cannot hand to anybody
            self.process.wait()
            self._engine.tell("kill", "--signal=KILL", self._name)  # or it has ended
            self._remove()

    def sample(self) -> Sample:
        """What it uses now, as far as this process may know: the engine's limits hold in any case."""
        if self._first is None:
            self._meet()
        if self._first is None:
            return Sample()
        return sample_of(self._first, self._first, self._group, self._job.limits)

    def ran_out_of_memory(self) -> bool:
        """Whether the kernel ended one of its processes for that."""
        told = self._engine.tell("inspect", "--type=container", "--format={{.State.OOMKilled}}", self._name)
        return told.stdout.strip() == "true" or self._group.ran_out_of_memory()

    def _remove(self) -> None:
        """Remove the container, once all that the engine itself does with it has ended."""
        ends_at = time.monotonic() + GOODBYE_SECONDS
        while True:
            removed = self._engine.tell("rm", "--force", self._name)
            if removed.returncode == 0 or "no such container" in removed.stderr.lower():
                return
            if time.monotonic() > ends_at:
                raise BrokenSandbox(f"{self._engine.kind}: expected a container that can be removed: {removed.stderr}")
            time.sleep(0.1)

    def _meet(self) -> None:
        """Know the first process, where the engine runs it on this machine and it has started."""
        told = self._engine.tell("inspect", "--type=container", "--format={{.State.Pid}} {{.Id}}", self._name)
        with suppress(ValueError, OSError):
            number, container = told.stdout.split()
            # The engine may be in a virtual machine, where numbers mean others.
            if int(number) > 0 and container in Path(f"/proc/{number}/cgroup").read_text():
                self._first, self._group = int(number), group_of(int(number))
