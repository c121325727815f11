"""`python -m data_spec consensus`: the labels of a corpus from what each rater said."""

from __future__ import annotations

import sys
from pathlib import Path

import click
from tqdm import tqdm

from data_spec.annotations.annotated import Annotated, annotated_recordings, rated_task
from data_spec.annotations.consensus import RatedTask, differences, labels_from
from data_spec.corpus import Corpus
from data_spec.csv_files import CsvFault, read_labels, write_labels
from data_spec.stream import Labels

CHANGES_SHOWN = 20


@click.command(
    "consensus",
    epilog="""\b
Example:
  python -m data_spec consensus corpus
  python -m data_spec consensus corpus --check

Exit codes: 0 done, 1 with --check where labels differ, 2 wrong usage.""",
)
@click.argument("corpus", type=click.Path(path_type=Path))
@click.option("--check", is_flag=True, help="Write nothing; exit with 1 where labels are not what the raters said.")
def command(corpus: Path, check: bool) -> None:
    """Write the labels of CORPUS anew from the annotations of its raters, and tell what changed.

    The label of a clip is the one that most raters chose, and none where two were chosen as often; its agreement score
    is its share of the votes. Attributes are the mean over the raters. A clip keeps the time at which its label file
    says that it begins; one that has no label file yet begins at 0.
    """
    opened = Corpus.open(corpus)
    task, recordings = rated_task(opened), annotated_recordings(opened)
    bar = tqdm(recordings, unit="recording", desc="Consensus", file=sys.stderr, disable=not sys.stderr.isatty())
    changes: list[CsvFault] = []
    for recording in bar:
        labels, change = _recomputed(recording, task)
        if change is not None:
            changes.append(change)
            if not check:
                write_labels(recording.labels, labels, task)
    for change in changes[:CHANGES_SHOWN]:
        click.echo(f"{'differs' if check else 'was'}: {change}")
    if more := changes[CHANGES_SHOWN:]:
        click.echo(f"and {len(more)} more files")
    verb = "differ" if check else "written anew"
    click.echo(f"{len(recordings)} recordings with annotations; {len(changes) or 'no'} label files {verb}")
    sys.exit(1 if check and changes else 0)


def _recomputed(recording: Annotated, task: RatedTask) -> tuple[Labels, CsvFault | None]:
    """The labels that follow from the annotations, and the first place where the file says other ones."""
    if not recording.labels.is_file():
        return labels_from(recording.annotations, task), CsvFault(recording.labels, None, None, "a file", "none")
    there = read_labels(recording.labels, task)
    labels = labels_from(recording.annotations, task, float(there.times[0]))
    return labels, next(differences(recording.labels, labels, there, task), None)
