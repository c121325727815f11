"""Submissions as text for the terminal: one with its verdict, or many in a table."""

from __future__ import annotations

from collections.abc import Sequence

import click

from scorer.client_answers import Submission
from scorer.commands.terminal_text import visible
from scorer.score_report import figure_title


def tell_submission(submission: Submission) -> None:
    """Print what became of a submission; why it has no score goes to standard error."""
    click.echo(f"submission {submission.id}: {submission.state}")
    for note in submission.notes:
        click.echo(f"  {visible(note)}")
    match submission.state:
        case "refused":
            for fault in submission.faults:
                click.echo(visible(fault.text), err=True)
        case "failed":
            click.echo("Judging it failed on the server's side; it costs your team nothing.", err=True)
        case "received":
            click.echo(how_to_ask(submission.id), err=True)
        case "scored":
            _tell_score(submission)


def how_to_ask(submission_id: int) -> str:
    """That a submission is not lost, and how one hears of it."""
    return f"It is kept, and not judged yet. Ask for its verdict: python -m scorer status {submission_id}"


def _tell_score(submission: Submission) -> None:
    if submission.score is None or submission.interval is None:
        click.echo("Its score is not shown: it is sealed until the organisers release it, or below your team's best.")
        return
    low, high = submission.interval
    # Which figure it is stands in the report, which a ladder does not tell.
    title = figure_title(submission.report.metric) if submission.report is not None else "Score"
    click.echo(f"{title[:1].lower()}{title[1:]} {submission.score:.4f} (95 % interval {low:.3f} to {high:.3f})")
    if submission.rank is not None:
        click.echo(f"your team's rank {submission.rank}")
    if submission.chosen:
        click.echo("your team chose it to count")


def submissions_text(submissions: Sequence[Submission]) -> str:
    """A table, newest first.

    >>> told = {"id": 3, "stage": "public", "state": "scored", "received_at": "2017-09-01T12:30:00Z", "notes": []}
    >>> told |= {"faults": [], "score": 0.5, "interval": None, "rank": None, "counts": True, "chosen": False}
    >>> print(submissions_text([Submission.model_validate(told)]))
           ID  Stage     State     Score   Received (UTC)
            3  public    scored    0.5000  2017-09-01 12:30  counts
    """
    layout = "{:>9}  {:<8}  {:<8}  {:<6}  {}{}"
    lines = [layout.format("ID", "Stage", "State", "Score", "Received (UTC)", "")]
    for one in submissions:
        score = "-" if one.score is None else f"{one.score:.4f}"
        mark = "  chosen" if one.chosen else "  counts" if one.counts else ""
        lines.append(
            layout.format(one.id, visible(one.stage), one.state, score, f"{one.received_at:%Y-%m-%d %H:%M}", mark)
        )
    return "\n".join(lines)
