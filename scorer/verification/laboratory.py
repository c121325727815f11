"""Where bundles are run: the sandbox, what is installed in it, and a folder to work in."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from data_spec.challenge import Challenge
from scorer.environments.building import Environments
from scorer.sandbox.job import Limits, Runner


@dataclass(frozen=True)
class Laboratory:
    """What it takes to run a bundle.

    Attributes:
        runner: the sandbox.
        environments: finds or builds what a bundle asks for.
        work: a folder for what is there as long as a verification runs.
    """

    runner: Runner
    environments: Environments
    work: Path


def limits_of(challenge: Challenge) -> Limits:
    """What one run may use: what the challenge says, and room for exactly the output that it asks for."""
    run = challenge.verification.run
    return Limits(
        wall_seconds=run.wall_seconds,
        cpu_seconds=run.cpu_seconds,
        memory_bytes=run.memory_bytes,
        processes=run.processes,
        output_bytes=challenge.submission.max_unpacked_bytes,
        temporary_bytes=run.temporary_bytes,
        files=challenge.submission.max_entries,
        log_bytes=run.log_bytes,
    )
