"""How much longer a job takes in the sandbox: an empty one, beside the same command without it, one after the other.

    python -m benchmarks.sandbox_overhead
    python -m benchmarks.sandbox_overhead podman

Nothing is in the job that could hide the sandbox's own time: its start, its launcher, its watch, its end.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from statistics import median

from scorer.sandbox.choice import KINDS, open_runner
from scorer.sandbox.job import Ending, Job, Limits, NoSandbox, Runner

ALLOWED_SECONDS = 0.150
TURNS = 30
WARM_UP = 3
COMMAND = "true"


def in_sandbox(runner: Runner) -> float:
    """Run the command in the sandbox: seconds."""
    start = time.perf_counter()
    outcome = runner.run(Job([COMMAND], Limits()), lambda _piece: None)
    took = time.perf_counter() - start
    if outcome.ending is not Ending.DONE:
        sys.exit(f"expected an empty job to end by itself, found: {outcome.reason}")
    return took


def bare() -> float:
    """Run the command: seconds."""
    start = time.perf_counter()
    subprocess.run([COMMAND], check=True)  # noqa: S603
    return time.perf_counter() - start


def main(kind: str, turns: int = TURNS) -> None:
    """Measure and print."""
    try:
        runner = open_runner(kind)
    except NoSandbox as reason:
        sys.exit(str(reason))
    pairs = [(in_sandbox(runner), bare()) for _ in range(WARM_UP + turns)][WARM_UP:]
    inside, outside = zip(*pairs, strict=True)
    overhead = [one - other for one, other in pairs]
    print(f"{runner.name}, {os.cpu_count()} cores, {turns} empty jobs")  # noqa: T201
    print(f"{'':12s}{'median':>10s}{'min':>10s}{'max':>10s}")  # noqa: T201
    for name, times in (("in sandbox", inside), ("bare", outside), ("overhead", overhead)):
        figures = "".join(f"{1000 * figure:7.1f} ms" for figure in (median(times), min(times), max(times)))
        print(f"{name:12s}{figures}")  # noqa: T201
    verdict = "under" if median(overhead) < ALLOWED_SECONDS else "NOT under"
    print(f"the median overhead is {verdict} {1000 * ALLOWED_SECONDS:.0f} ms")  # noqa: T201


if __name__ == "__main__":
    if len(sys.argv) > 2 or not set(sys.argv[1:]) <= set(KINDS):
        sys.exit(f"expected at most one of {', '.join(KINDS)}; received {sys.argv[1:]}")
    main(*sys.argv[1:] or ["bubblewrap"])
