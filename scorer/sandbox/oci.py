"""The sandbox on a machine with a container engine: Docker or Podman."""

from __future__ import annotations

import tempfile

from scorer.sandbox.attendance import attend
from scorer.sandbox.checking import check
from scorer.sandbox.ending import outcome_of
from scorer.sandbox.job import BrokenSandbox, Job, Listener, NoSandbox, Outcome
from scorer.sandbox.oci_engine import Engine
from scorer.sandbox.oci_process import OciProcess


class OciRunner:
    """Jobs in containers. They begin from an image that is empty, and are shown what bubblewrap would show them."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self.name = f"{engine.kind} {engine.version}"

    def check(self) -> None:
        """Run something harmless. Raises NoSandbox."""
        check(self, self._engine.kind)

    def run(self, job: Job, listen: Listener) -> Outcome:
        """See `Runner.run`."""
        with tempfile.TemporaryFile() as output:
            with OciProcess(self._engine, job) as started:
                attended = attend(started.process, job.limits, sample=started.sample, listen=listen, output=output)
                out_of_memory = attended.ended is None and started.ran_out_of_memory()
            output.seek(0)
            return outcome_of(job.limits, attended, output, out_of_memory=out_of_memory)


def open_engine(kind: str) -> OciRunner:
    """The runner, with containers of servers before us swept away.

    Args:
        kind: `docker` or `podman`.

    Raises:
        NoSandbox: there is no such engine, or none that works; says why, and what would help.
    """
    engine = Engine(kind)
    runner = OciRunner(engine)
    try:
        engine.sweep()
    except BrokenSandbox as error:
        raise NoSandbox(str(error)) from error
    runner.check()
    return runner
