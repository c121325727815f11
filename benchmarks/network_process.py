"""A network in a process of its own, which takes its steps when it is told to.

`python -m benchmarks.network_process NAME PLAN` reads `train` or `predict` from standard input, a line each, does it,
and writes the seconds that it took. `NetworkProcess` starts it and asks.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import asdict
from types import TracebackType
from typing import Self

import click

from benchmarks.networks import NETWORKS
from benchmarks.random_windows import Examples, Plan


class NetworkProcess:
    """A network that runs elsewhere; leaving it ends its process.

    Args:
        name: one of `NETWORKS`.
        plan: how large it is.
    """

    def __init__(self, name: str, plan: Plan) -> None:
        command = [sys.executable, "-m", __name__, name, json.dumps(asdict(plan))]
        environment = {**os.environ, "TF_CPP_MIN_LOG_LEVEL": "2"}
        self._process = subprocess.Popen(  # noqa: S603
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment
        )
        self._batches, self._name = plan.batches, name

    def ask(self, what: str) -> float:
        """Seconds for a batch.

        Args:
            what: `train` or `predict`.

        Raises:
            RuntimeError: the process has ended; its standard error is this one's, and says why.
        """
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        with suppress(BrokenPipeError):
            self._process.stdin.write(f"{what}\n")
            self._process.stdin.flush()
        answer = self._process.stdout.readline()
        if not answer:
            raise RuntimeError(f"{self._name}: expected its seconds; its process has ended")
        return float(answer) / self._batches

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.kill()
        self._process.wait()
        for stream in (self._process.stdin, self._process.stdout):
            if stream is not None:
                with suppress(BrokenPipeError):
                    stream.close()


@contextmanager
def running(names: Sequence[str], plan: Plan) -> Iterator[dict[str, NetworkProcess]]:
    """Networks side by side, all alive, each idle until it is asked."""
    with ExitStack() as stack:
        yield {name: stack.enter_context(NetworkProcess(name, plan)) for name in names}


@click.command(help=__doc__)
@click.argument("name", type=click.Choice(list(NETWORKS)))
@click.argument("plan")
def main(name: str, plan: str) -> None:
    """Take steps."""
    chosen = Plan(**json.loads(plan))
    network = NETWORKS[name](chosen, Examples.of(chosen))
    for line in sys.stdin:
        work = {"train": network.train, "predict": network.predict}[line.strip()]
        start = time.perf_counter()
        work()
        click.echo(time.perf_counter() - start)


if __name__ == "__main__":
    main()
