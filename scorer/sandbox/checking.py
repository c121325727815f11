"""Seeing that a sandbox can be made here, by making one."""

from __future__ import annotations

from scorer.sandbox.job import BrokenSandbox, Ending, Job, Limits, NoSandbox, Runner

LIMITS = Limits(wall_seconds=60, cpu_seconds=60, memory_bytes=512 * 2**20)


def check(runner: Runner, program: str, cause: str = "") -> None:
    """Run `true`.

    Args:
        runner: the sandbox.
        program: what makes it, for the message.
        cause: what on this machine is known to prevent it, for the message; empty where nothing is.

    Raises:
        NoSandbox: it failed.
    """
    try:
        outcome = runner.run(Job(["true"], LIMITS), lambda _piece: None)
    except (BrokenSandbox, OSError) as error:
        raise NoSandbox(f"{program}: {error}{cause}") from error
    if outcome.ending is not Ending.DONE:
        raise NoSandbox(f"{program}: expected a sandbox in which programs run, found: {outcome.reason}{cause}")
