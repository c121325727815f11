"""`python -m scorer rescore`: compute scores anew, show what changes, make it live."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click
from tqdm import tqdm

from data_spec.command_line import WrongUsage
from scorer.commands.difference_text import difference_text
from scorer.commands.open_data import data_argument, open_data

if TYPE_CHECKING:
    from scorer.server.rescoring.difference import Difference
    from scorer.server.stages.models import Stage


@click.command(
    epilog="""\b
Example:
  python -m scorer rescore server-data
  python -m scorer rescore server-data --stage public --labels mended/test --preview
  python -m scorer rescore server-data --stage public --labels mended/test --apply

Exit codes: 0 done, 1 a submission was judged meanwhile, 2 wrong usage.""",
)
@data_argument
@click.option("--stage", "stage_name", metavar="NAME", help="Which stage. [default: every one]")
@click.option(
    "--labels",
    metavar="FOLDER",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="New labels of the stage's recordings. [default: those whose scores are live]",
)
@click.option(
    "--preview/--apply", "only_preview", default=True, help="Only show what would change, or make it live. [preview]"
)
def command(data: Path, stage_name: str | None, labels: Path | None, only_preview: bool) -> None:
    """Judge every submission anew by this version of the scorer, or with new labels.

    New scores are computed aside, while the server runs on with the old ones, and kept: who breaks off goes on
    there. --apply makes verdicts, scores and ranks live in one transaction, and writes it to the audit log. Of a
    stage whose scores are sealed neither scores nor ranks are shown. After a new version of the kit, do this before
    the server is started again.
    """
    from scorer.server.refusals import Refusal
    from scorer.server.rescoring.service import JudgedMeanwhile

    if labels is not None and stage_name is None:
        raise WrongUsage("--labels: expected --stage NAME beside it, which says whose labels they are, found none")
    try:
        for stage, difference in _rescore(data, stage_name, labels, only_preview=only_preview):
            click.echo(difference_text(stage.title, difference))
    except JudgedMeanwhile as refusal:
        raise click.ClickException(refusal.message) from refusal
    except Refusal as refusal:
        raise WrongUsage(refusal.message) from refusal
    except ValueError as error:  # labels that are none, are not to be found, or hold nothing to score
        raise WrongUsage(str(error)) from error
    click.echo("Nothing of it is live yet; --apply makes it so." if only_preview else "This is live.")


def _rescore(
    path: Path, stage_name: str | None, labels: Path | None, *, only_preview: bool
) -> Iterator[tuple[Stage, Difference]]:
    """Rescore one stage after the other."""
    from scorer import SCORER_VERSION
    from scorer.server.config import load_settings
    from scorer.server.data_folder import DataFolder
    from scorer.server.rescoring import service
    from scorer.server.rescoring.aside import Versions, judge_aside
    from scorer.server.rescoring.labels import keep_labels
    from scorer.server.stages.service import find_stage, list_stages
    from scorer.server.storage.creation import create_storage
    from scorer.server.submissions.judging import Judge

    with open_data(path) as session:
        data = DataFolder(path)
        challenge = data.load_challenge()
        judge = Judge(data, challenge, create_storage(load_settings(data)))
        make_live = service.preview if only_preview else service.apply
        for stage in list_stages(session) if stage_name is None else [find_stage(session, stage_name)]:
            data_version = stage.data_version if labels is None else keep_labels(data, challenge, stage.split, labels)
            versions = Versions(SCORER_VERSION, data_version)
            verdicts = judge_aside(session, judge, stage, versions, _progress)
            yield stage, make_live(session, stage, versions, verdicts)


def _progress(submissions: Sequence[int]) -> Iterable[int]:
    return tqdm(submissions, unit="submission", desc="Judging", file=sys.stderr, disable=not sys.stderr.isatty())
