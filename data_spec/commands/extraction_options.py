"""What `extract` and the imports share: who extracts, what describes a face, and how a run that is stopped ends."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

import click

from data_spec.command_line import WrongUsage
from data_spec.extraction.workers import Workers
from data_spec.features.packages import MissingPackageError

INTERRUPTED = 130
"""The exit code that shells know for Ctrl-C."""

Function = TypeVar("Function", bound=Callable[..., object])


def extraction_options(function: Function) -> Function:
    """The options `--jobs`, `--scheduler`, `--embedding` and `--weights`."""
    for option in (
        click.option("--weights", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="Of vgg16, .h5."),
        click.option(
            "--embedding",
            type=click.Choice(["expression", "identity", "vgg16"]),
            default="expression",
            show_default=True,
            help="What describes a face; vgg16 needs --weights.",
        ),
        click.option("--scheduler", metavar="ADDRESS", help="Of a Dask cluster, such as tcp://10.0.0.1:8786."),
        click.option("--jobs", type=click.IntRange(min=1), help="Processes; as many as there are cores by default."),
    ):
        function = option(function)
    return function


def chosen_workers(jobs: int | None, scheduler: str | None) -> Workers:
    """Who extracts. Raises click.UsageError."""
    if jobs is not None and scheduler is not None:
        raise click.UsageError("--jobs is for this machine; a cluster (--scheduler) has as many workers as it has")
    return Workers(jobs, scheduler)


def check_weights(embedding: str, weights: Path | None) -> None:
    """Weights where they are needed, and only there. Raises click.UsageError."""
    if (embedding == "vgg16") != (weights is not None):
        raise click.UsageError("--embedding vgg16 and --weights FILE go together: no package carries its weights")


@contextmanager
def stoppable(is_kept: bool = True) -> Iterator[None]:
    """What a missing package and Ctrl-C mean while recordings are extracted.

    Args:
        is_kept: whether the same command finds what was finished before Ctrl-C.
    """
    try:
        yield
    except MissingPackageError as error:
        raise WrongUsage(str(error)) from error
    except KeyboardInterrupt:
        left = "what is finished is kept, and the same command goes on from there" if is_kept else "nothing is kept"
        click.echo(f"\nstopped; {left}", err=True)
        sys.exit(INTERRUPTED)
