"""Whether code can be run here, in a line for who starts the server."""

from __future__ import annotations

from scorer.sandbox.choice import open_runner
from scorer.sandbox.job import NoSandbox
from scorer.server.config import Settings


def sandbox_line(settings: Settings) -> str:
    """What runs teams' code on this machine, or why nothing does: there is no weaker way."""
    try:
        runner = open_runner(settings.sandbox)
    except NoSandbox as reason:
        return f"Verification is off: {reason}"
    return f"Verification: {runner.name}"
