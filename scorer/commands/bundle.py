"""`python -m scorer bundle`: a team's code, from an empty folder to the organisers."""

from __future__ import annotations

import click

from data_spec.command_line import CommandsByName

COMMANDS = {
    name: f"scorer.commands.bundle_{name}"
    for name in (
        # on anybody's machine
        "new", "check", "try", "pack",
        # by the server's API
        "submit", "status",
    )
}  # fmt: skip


@click.group(
    name="bundle",
    cls=CommandsByName,
    modules=COMMANDS,
    epilog="""\b
Example:
  python -m scorer bundle new ours
  python -m scorer bundle check ours
  python -m scorer bundle try ours --test participants/test --predictions predictions.zip
  python -m scorer bundle pack ours --out bundle.zip

Exit codes: 0 done, 1 the answer is no, 2 wrong usage.""",
)
def command() -> None:
    """Send the code behind a submission: make a bundle, check it, try it, pack it, submit it.

    A bundle is a zip: bundle.yaml says how to run the code, requirements.txt or requirements.lock what must be
    installed, REPORT.md how it works. Who runs it gets the predictions that the team sent.
    """
