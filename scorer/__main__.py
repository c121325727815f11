"""`python -m scorer`: check and score predictions, and run the scoring server."""

from __future__ import annotations

import click

from data_spec.command_line import CommandsByName

COMMANDS = {
    name: f"scorer.commands.{name}"
    for name in (
        # on anybody's machine
        "check", "score", "bundle",
        # an organiser's, on the server's machine
        "init", "serve", "work", "rescore", "verify", "backup", "restore", "audit", "organiser",
        # anybody's, by the server's API
        "register", "submit", "status", "choose", "download", "leaderboard",
    )
}  # fmt: skip


@click.group(
    cls=CommandsByName,
    modules=COMMANDS,
    epilog="""\b
Example:
  python -m scorer check predictions.zip --templates participants/test
  python -m scorer score predictions.zip --labels organisers/test

Exit codes: 0 done, 1 the answer is no, 2 wrong usage.""",
)
def main() -> None:
    """How predictions are judged: check and score them, and run the scoring server."""


if __name__ == "__main__":
    main(prog_name="python -m scorer")
