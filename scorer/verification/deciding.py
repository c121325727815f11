"""From the comparisons to the decision."""

from __future__ import annotations

from collections.abc import Sequence

from scorer.verification.verdict import Comparison, Decision


def decide(comparisons: Sequence[Comparison]) -> tuple[Decision, str]:
    """Whether a team is believed, and why in one sentence without any score.

    Every test set must be within the tolerance, and none may depend on names and times.
    """
    reasons = [reason for comparison in comparisons for reason in _reasons(comparison)]
    if reasons:
        return Decision.MISMATCHED, "; ".join(reasons)
    return Decision.MATCHED, "; ".join(_praise(comparison) for comparison in comparisons)


def _reasons(comparison: Comparison) -> list[str]:
    reasons = []
    if not comparison.within:
        reasons.append(f"{comparison.split}: {_apart(comparison)} more than {comparison.tolerance}")
    if comparison.depends_on_names:
        reasons.append(
            f"{comparison.split}: with other names and times it predicts something else "
            f"({comparison.disguised_differ:,} of {comparison.frames:,} rows)"
        )
    return reasons


def _praise(comparison: Comparison) -> str:
    return f"{comparison.split}: {_apart(comparison)} at most {comparison.tolerance}"


def _apart(comparison: Comparison) -> str:
    """No figure of a residual: the team is told this sentence, and the stage's scores may be sealed."""
    if comparison.residual is not None:
        return "residual"
    return f"{comparison.share_that_differs:.6f} of the rows differ,"
