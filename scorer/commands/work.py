"""`python -m scorer work`: a worker, which judges, verifies and sends mails."""

from __future__ import annotations

from pathlib import Path

import click

from data_spec.command_line import WrongUsage

VERIFICATION = "verification"
QUEUE_NAMES = ("scoring", VERIFICATION, "mail")


@click.command(
    epilog="""\b
Example:
  python -m scorer serve server-data --no-jobs
  python -m scorer work server-data --queues scoring,mail --processes 4
  python -m scorer work server-data --queues verification

Exit codes: 0 ended as asked, 1 ended by a fault, 2 wrong usage.""",
)
@click.argument("data", metavar="DATA", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option(
    "--queues",
    default=",".join(QUEUE_NAMES),
    show_default=True,
    metavar="NAMES",
    help="Whose jobs to do: each kind of work has a queue of its own, so that none waits for another.",
)
@click.option(
    "--processes", default=1, show_default=True, type=click.IntRange(1), metavar="NUMBER", help="Jobs at a time."
)
@click.option("--end-with-parent", is_flag=True, help="End when standard input closes.")
def command(data: Path, queues: str, processes: int, end_with_parent: bool) -> None:
    """Do the jobs of a server: judge submissions, verify bundles, send mails.

    `serve` keeps two such workers by itself. Start more where they are not enough: any number, on any machine that
    reaches the database, the broker and the uploads. A verification takes up to hours: give it a worker of its
    own, on a machine with a sandbox and with the server's data folder. A worker that dies leaves nothing undone:
    what it had begun is found again when its lease ends.
    """
    from scorer.server.config import ConfigError, load_settings
    from scorer.server.data_folder import DataFolder, DataFolderError
    from scorer.server.jobs.worker import run_worker
    from scorer.server.verification.availability import sandbox_line

    names = [name.strip() for name in queues.split(",")]
    if unknown := [name for name in names if name not in QUEUE_NAMES]:
        raise WrongUsage(f"--queues: expected some of {', '.join(QUEUE_NAMES)}, found {unknown[0]!r}")
    try:
        settings = load_settings(DataFolder(data))
        if VERIFICATION in names and not end_with_parent:  # whose parent has said it
            click.echo(sandbox_line(settings))
        code = run_worker(settings, queues=names, processes=processes, end_with_parent=end_with_parent)
    except (DataFolderError, ConfigError) as error:
        raise WrongUsage(str(error)) from error
    raise click.exceptions.Exit(code)
