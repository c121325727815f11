"""What came of a trial, as text for the terminal."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from data_spec.task import FramewiseOneHot
from scorer.commands.terminal_text import visible

if TYPE_CHECKING:
    from data_spec.task import AnyTask
    from scorer.verification.verdict import Comparison, RunRecord, Verdict

MEBIBYTE = 2**20
MOST_RECORDINGS = 10
"""Listed, those with the most differences first."""


def log_text(text: str) -> str:
    r"""A piece of a program's log, safe for a terminal: its lines stay lines.

    >>> log_text("done\x07\n")
    'done\\x07\n'
    """
    return "\n".join(map(visible, text.replace("\r\n", "\n").split("\n")))


def trial_text(verdict: Verdict, recordings: int, task: AnyTask) -> str:
    """The verdict for the team whose code it is; `recordings` are in the test set."""
    rows = "frames" if isinstance(task, FramewiseOneHot) else "rows"
    lines = [visible(f"{verdict.decision}: {verdict.reason}")]
    for comparison in verdict.comparisons:
        lines += _comparison_lines(comparison, recordings, rows)
    lines += [line for run in verdict.runs for line in _run_lines(run)]
    lines += [
        _line("sandbox", visible(verdict.sandbox)),
        _line("environment", visible(verdict.environment)),
        *(_line("look at", visible(flag.text)) for flag in verdict.flags),
    ]
    for comparison in verdict.comparisons:
        lines += ["", *_meaning(comparison, recordings, task)]
    return "\n".join(lines)


def _line(name: str, text: str) -> str:
    return f"  {name:<19}  {text}"


def _comparison_lines(one: Comparison, recordings: int, rows: str) -> Iterator[str]:
    yield _line("recordings", f"{len(one.recordings):,} of {recordings:,}")
    yield _line(f"{rows} that differ", f"{one.differ:,} of {one.frames:,} ({one.share_that_differs:.4%})")
    if one.residual is not None:
        yield _line("residual", f"{one.residual} (sent {one.leaderboard_score}, this run {one.run_score})")
    yield _line("tolerance", one.tolerance)
    worst = sorted((each for each in one.recordings if each.differ), key=lambda each: -each.differ)
    for each in worst[:MOST_RECORDINGS]:
        yield _line("", f"{visible(each.recording)}: {each.differ:,} of {each.frames:,} {rows} differ")
    if len(worst) > MOST_RECORDINGS:
        yield _line("", f"and {len(worst) - MOST_RECORDINGS:,} more recordings")


def _run_lines(run: RunRecord) -> Iterator[str]:
    figures = (
        f"{run.wall_seconds:.1f} s, {run.cpu_seconds:.1f} s of CPU time, "
        f"{run.peak_memory_bytes / MEBIBYTE:,.0f} MiB of memory at the most"
    )
    yield _line("run", f"{visible(run.name)}: {visible(run.ending)}, {figures}")
    for fault in run.faults:
        yield _line("", visible(fault))


def _meaning(one: Comparison, recordings: int, task: AnyTask) -> Iterator[str]:
    if one.residual is not None:
        yield f"The residual is {one.residual}; up to {one.tolerance} is believed."
    elif not isinstance(task, FramewiseOneHot):
        # Of numbers, how many differ says nothing about how far they do.
        yield (
            f"A share of {one.share_that_differs:.6f} of the rows differs from what you sent; a trial believes up to "
            f"{one.tolerance}. What the difference is in the score, --labels tells."
        )
    elif one.differ == 0:
        yield "On these recordings your residual is 0: the code predicts what you sent, whichever frames count."
    else:
        yield (
            f"Your residual is at most {one.share_that_differs:.6f} on these recordings, if every frame counts; up to "
            f"{one.tolerance} is believed."
        )
        yield "Where the annotators disagree frames do not count, and the others weigh more."
    if one.repeat_differ:
        others = "frames another label" if isinstance(task, FramewiseOneHot) else "rows other numbers"
        yield (
            f"The code leaves something to chance: run twice, it gave {one.repeat_differ:,} {others}. "
            "Set every seed that it draws from."
        )
    if one.depends_on_names:
        yield "The code looks at the names or the times of the recordings: the organisers change both, and compare."
    if len(one.recordings) < recordings:
        yield f"The organisers run all {recordings:,} recordings; so does --all."
