"""Bundles as text for the terminal: one with what came of it, or many in a table."""

from __future__ import annotations

from collections.abc import Sequence

import click

from scorer.bundle_answers import Bundle, Comparison, Verdict, Verification
from scorer.commands.terminal_text import visible

LAST_LINES = 40
"""Of the log of a run that did not give what was submitted."""


def tell_bundle(bundle: Bundle) -> None:
    """Print what became of a bundle; why it is not believed goes to standard error."""
    click.echo(f"bundle {bundle.id}: {bundle.state}")
    for note in bundle.notes:
        click.echo(f"  {visible(note)}")
    for fault in bundle.faults:
        click.echo(visible(fault.text), err=True)
    if bundle.state == "received":
        click.echo(how_to_ask(bundle.id), err=True)
    elif bundle.state == "accepted":
        for verification in bundle.verifications:
            _tell_verification(verification)


def how_to_ask(bundle_id: int) -> str:
    """That a bundle is not lost, and how one hears of it."""
    return f"It is kept, and not tried yet. Ask what came of it: python -m scorer bundle status {bundle_id}"


def _tell_verification(verification: Verification) -> None:
    name = "trial" if verification.kind == "trial" else f"verification {verification.id}"
    click.echo(f"{name}: {verification.progress}")
    if verification.verdict is not None:
        _tell_verdict(verification.verdict)
    elif verification.ended:
        click.echo("It came to no verdict, which says nothing about your code. Its log:", err=True)
    if verification.progress in ("failed", "stopped") and verification.log:
        for line in verification.log.splitlines()[-LAST_LINES:]:
            click.echo(f"  | {visible(line)}", err=True)


def _tell_verdict(verdict: Verdict) -> None:
    click.echo(f"  {visible(verdict.reason)}")
    for comparison in verdict.comparisons:
        click.echo(f"  {_comparison_text(comparison)}")
    for run in verdict.runs:
        click.echo(
            f"  {visible(run.name)}: {visible(run.ending)}, {run.wall_seconds:.1f} s, "
            f"{run.peak_memory_bytes / 1e6:.0f} MB of memory"
        )
        for text in run.faults:
            click.echo(visible(text), err=True)
    for flag in verdict.flags:
        click.echo(f"  look at: {visible(flag.text)}")


def _comparison_text(one: Comparison) -> str:
    differ = f"{one.differ:,} of {one.frames:,} rows differ"
    if one.residual is None:
        believed = "at most" if one.within else "more than"
        residual = f"residual {believed} {one.tolerance}, scores are sealed, " if one.sealed else ""
        return f"{visible(one.split)}: {residual}{differ}"
    scores = f"leaderboard {one.leaderboard_score}, this run {one.run_score}"
    return f"{visible(one.split)}: {scores}, residual {one.residual} of at most {one.tolerance}, {differ}"


def bundles_text(bundles: Sequence[Bundle]) -> str:
    """A table, newest first.

    >>> told = {"id": 3, "state": "accepted", "received_at": "2017-09-01T12:30:00Z", "notes": [], "faults": []}
    >>> trial = {"id": 7, "kind": "trial", "progress": "matched", "verdict": None, "log": None}
    >>> print(bundles_text([Bundle.model_validate({**told, "verifications": [trial]})]))
           ID  Check     Trial       Verification  Received (UTC)
            3  accepted  matched     -             2017-09-01 12:30
    """
    layout = "{:>9}  {:<8}  {:<10}  {:<12}  {}"
    lines = [layout.format("ID", "Check", "Trial", "Verification", "Received (UTC)")]
    for one in bundles:
        full = next((each for each in reversed(one.verifications) if each.kind == "full"), None)
        trial, verified = (found.progress if found is not None else "-" for found in (one.trial, full))
        lines.append(layout.format(one.id, one.state, trial, verified, f"{one.received_at:%Y-%m-%d %H:%M}"))
    return "\n".join(lines)
