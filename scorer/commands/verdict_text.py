"""A verdict as text for the terminal."""

from __future__ import annotations

import click

from scorer.verdict import Verdict


def tell_refusal(verdict: Verdict, *, err: bool = False) -> None:
    """Print every fault and note of a refused submission, to standard error if `err`."""
    faults = len(verdict.faults)
    click.echo(f"refused: {faults} fault{'s' if faults != 1 else ''}", err=err)
    for line in (*verdict.faults, *verdict.notes):
        click.echo(f"  {line}", err=err)
