"""`python -m scorer serve`: run the server."""

from __future__ import annotations

from pathlib import Path

import click

from data_spec.command_line import WrongUsage


@click.command(
    epilog="""\b
Example:
  python -m scorer serve server-data --port 8000

Exit codes: 0 ended by Ctrl-C, 1 ended by a fault, 2 wrong usage.""",
)
@click.argument("data", metavar="DATA", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--host", default="127.0.0.1", show_default=True, metavar="ADDRESS", help="The address to listen at.")
@click.option(
    "--port",
    default=8000,
    show_default=True,
    type=click.IntRange(0, 65535),
    metavar="NUMBER",
    help="The port; 0 takes a free one.",
)
@click.option(
    "--workers", default=2, show_default=True, type=click.IntRange(1), metavar="NUMBER", help="Processes that answer."
)
@click.option(
    "--jobs/--no-jobs",
    "with_jobs",
    default=True,
    show_default=True,
    help="Also keep workers that judge, verify and send mails; without them, `work` does that elsewhere.",
)
@click.option("--quiet", is_flag=True, help="Log warnings only, not each request.")
def command(data: Path, host: str, port: int, workers: int, with_jobs: bool, quiet: bool) -> None:
    """Run the server of a data folder that `init` made, until Ctrl-C.

    The database is brought to the newest version first. The second line says whether teams' code can be verified
    on this machine, and if not, why. Beyond your own machine, put a proxy in front that
    speaks HTTPS: to any other host, browsers send the log-in cookie over HTTPS only.
    """
    from scorer.server.config import ConfigError
    from scorer.server.data_folder import DataFolderError
    from scorer.server.gunicorn_server import serve

    try:
        serve(data, host=host, port=port, workers=workers, with_jobs=with_jobs, quiet=quiet, announce=click.echo)
    except (DataFolderError, ConfigError) as error:
        raise WrongUsage(str(error)) from error
