"""Verdicts of verifications as text for the terminal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from scorer.commands.terminal_text import visible

if TYPE_CHECKING:
    from scorer.server.verification.shown import ShownComparison, ShownVerdict

HEADER = (
    *("team", "stage", "leaderboard", "code's run", "residual", "tolerance", "rows differ", "run time"),
    *("peak memory", "verdict"),
)


@dataclass(frozen=True)
class Verified:
    """A team and how its verification ended.

    Attributes:
        team: its name, safe for a terminal.
        progress: how it ended, in a word.
        verdict: as the organiser may know it; None where there is none.
        fault: what went wrong on our side.
    """

    team: str
    progress: str
    verdict: ShownVerdict | None
    fault: str | None


def verifications_text(verified: Sequence[Verified]) -> str:
    """A line for each team and stage, and below what a person should know besides."""
    rows = [HEADER, *(row for one in verified for row in _rows(one))]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    table = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
    return "\n".join([*table, *(line for one in verified for line in _remarks(one))])


def _rows(verified: Verified) -> Iterator[tuple[str, ...]]:
    comparisons = verified.verdict.comparisons if verified.verdict is not None else ()
    if not comparisons:
        yield (verified.team, *["-"] * (len(HEADER) - 2), verified.progress)
    for comparison in comparisons:
        assert verified.verdict is not None
        yield (verified.team, *_figures(comparison, verified.verdict), verified.progress)


def _figures(comparison: ShownComparison, verdict: ShownVerdict) -> Iterator[str]:
    from scorer.server.storage import format_bytes
    from scorer.server.verification.figures import format_exact, format_residual, format_seconds, format_share

    yield comparison.title
    for score in (comparison.leaderboard_score, comparison.run_score):
        yield "sealed" if comparison.sealed else "-" if score is None else format_exact(score)
    yield "-" if comparison.residual is None else format_residual(comparison.residual, comparison.tolerance)
    yield comparison.tolerance
    yield format_share(comparison.differ, comparison.frames)
    runs = [run for run in verdict.runs if run.name.split(",")[0] == comparison.split]
    yield format_seconds(runs[0].wall_seconds) if runs else "-"
    yield format_bytes(max(run.peak_memory_bytes for run in runs)) if runs else "-"


def _remarks(verified: Verified) -> Iterator[str]:
    if verified.verdict is not None and verified.progress != "matched":
        yield f"{verified.team}: {verified.progress}: {visible(verified.verdict.reason)}"
    if verified.fault is not None:
        yield f"{verified.team}: our side failed: {visible(verified.fault.strip().splitlines()[-1])}"
    for flag in verified.verdict.flags if verified.verdict is not None else ():
        yield f"{verified.team}: look at this ({flag.kind}): {visible(flag.text)}"
