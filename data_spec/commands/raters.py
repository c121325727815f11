"""`python -m data_spec raters`: how far the raters of a corpus agree, and who among them does not."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from math import isnan
from pathlib import Path

import click

from data_spec.annotations.annotated import annotated_recordings, rated_task, read_all_traces, read_clips
from data_spec.annotations.clips import ClipAnnotations
from data_spec.annotations.consensus import clip_consensus
from data_spec.annotations.raters import RaterAgreement, clip_raters, low_raters, trace_raters
from data_spec.annotations.references import REFERENCES_FILE, read_references
from data_spec.annotations.reliability import (
    FIRST,
    Reliability,
    clip_reliability,
    first_annotations,
    trace_reliability,
)
from data_spec.annotations.table import write_table
from data_spec.annotations.tracking import THRESHOLD, WINDOW, counted_clips, track
from data_spec.corpus import Corpus, CorpusError
from data_spec.task import ClipRatings

RATERS_SHOWN = 10


@click.command(
    "raters",
    epilog="""\b
Example:
  python -m data_spec raters corpus
  python -m data_spec raters corpus --low 0.2 --out raters.csv

Exit codes: 0 done, 2 wrong usage.""",
)
@click.argument("corpus", type=click.Path(path_type=Path))
@click.option(
    "--low",
    default=0.1,
    show_default=True,
    help="List raters whose agreement is below it in the first and in the second half of their items.",
)
@click.option("--least-items", default=10, show_default=True, help="Raters of fewer items are not listed.")
@click.option(
    "--stop-below",
    default=THRESHOLD,
    show_default=True,
    help=f"Mean quality of the last {WINDOW} references below which a rater is stopped.",
)
@click.option("--out", type=click.Path(path_type=Path), help="A CSV file to write the agreement of all raters into.")
def command(corpus: Path, low: float, least_items: int, stop_below: float, out: Path | None) -> None:
    """Tell how far the raters of CORPUS agree, list those who do not, and track them by reference items.

    Agreement and quality are 0 for who guesses and 1 for who says what the others say.
    """
    opened = Corpus.open(corpus)
    task, recordings = rated_task(opened), annotated_recordings(opened)
    if isinstance(task, ClipRatings):
        clips = read_clips(recordings, task)
        _tell_clips(clips, task)
        raters = clip_raters(clips, task)
    else:
        traces = read_all_traces(recordings, task)
        _tell_reliability("all annotations", trace_reliability(traces, task))
        raters = trace_raters(traces, task)
    _tell_raters(raters, low, least_items)
    if isinstance(task, ClipRatings):
        _tell_tracking(corpus, clips, task, stop_below)
    if out is not None:
        _write_raters(out, raters, [attribute.name for attribute in task.attributes])
        click.echo(f"\nall {len(raters)} raters in {out}")


def _tell_clips(clips: Mapping[str, ClipAnnotations], task: ClipRatings) -> None:
    _tell_reliability("all annotations", clip_reliability(clips, task))
    _tell_reliability(f"the first {FIRST} of each clip", clip_reliability(first_annotations(clips), task))
    if task.secondary_labels:
        beside = [
            len(set(secondary) - {task.labels[primary]} if task.labels else secondary)
            for clip in clips.values()
            for primary, secondary in zip(clip.primary, clip.secondary, strict=True)
        ]
        click.echo(f"secondary labels beside the primary: {sum(beside) / len(beside):.2f} in each annotation")


def _tell_reliability(of: str, found: Reliability) -> None:
    click.echo(f"{of}: {found.recordings} recordings, {found.annotations} annotations")
    for name, figure in (("Fleiss' kappa", found.kappa), ("Krippendorff's alpha", found.alpha)):
        if not isnan(figure):
            click.echo(f"  labels: {name} {figure:.3f}")
    for attribute, alpha in found.alphas.items():
        click.echo(f"  {attribute}: Krippendorff's alpha {alpha:.3f}")


def _tell_raters(raters: list[RaterAgreement], low: float, least_items: int) -> None:
    if not raters:
        click.echo("\nno recording was rated by two raters: whether they agree cannot be told")
        return
    click.echo(f"\nraters, from the least agreement on (of {len(raters)}):")
    rows = [_header(raters[0].concordance), *(_row(one, 3) for one in raters[:RATERS_SHOWN])]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        click.echo("  " + "  ".join(text.rjust(width) for text, width in zip(row, widths, strict=True)))
    listed = low_raters(raters, low, least_items)
    judged = sum(one.items >= least_items for one in raters)
    names = ", ".join(one.rater for one in listed)
    click.echo(
        f"consistently below {low:g}: {len(listed) or 'none'} of the {judged} raters with {least_items} items or more"
        + (f": {names}" if listed else "")
    )


def _tell_tracking(root: Path, clips: Mapping[str, ClipAnnotations], task: ClipRatings, threshold: float) -> None:
    references = read_references(root)
    if not references & clips.keys():
        click.echo(f"\ntracking: no recording of {REFERENCES_FILE} has annotations")
        return
    try:
        tracked = track(clips, references, task, threshold)
    except ValueError as error:
        raise CorpusError(f"{root}: {error}") from error
    stopped = tracked.stopped
    click.echo(
        f"\ntracking by {len(references & clips.keys())} references: "
        f"{len(stopped) or 'none'} of {len(tracked.raters)} raters stopped"
    )
    for rater, stop in stopped.items():
        later = tracked.raters[rater].not_counted
        click.echo(f"  {rater} after item {stop.order}: quality {stop.quality:.3f}; {later} later ones do not count")
    left = counted_clips(clips, tracked)
    if dropped := sum(one.not_counted for one in tracked.raters.values()):
        _tell_reliability(f"without these {dropped} annotations", clip_reliability(left, task))
        changed = sum(
            clip_consensus(clip, task).index[0] != clip_consensus(clips[name], task).index[0]
            for name, clip in left.items()
        )
        click.echo(f"  labels that would be others: {changed}; clips left without annotation: {len(clips) - len(left)}")


def _header(attributes: Iterable[str]) -> list[str]:
    concordance = [f"CCC of {attribute}" for attribute in attributes]
    return ["rater", "items", "agreement", "first half", "second half", "label share", *concordance]


def _row(one: RaterAgreement, digits: int) -> list[str]:
    """What is undefined is empty."""
    figures = [one.agreement, *one.halves, one.label_share, *one.concordance.values()]
    return [one.rater, str(one.items), *("" if isnan(figure) else f"{figure:.{digits}f}" for figure in figures)]


def _write_raters(path: Path, raters: list[RaterAgreement], attributes: list[str]) -> None:
    write_table(path, _header(attributes), [_row(one, 6) for one in raters])
