"""What of a verdict may be shown to whom: scores that are sealed stay so."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields

from sqlalchemy.orm import Session

from data_spec.challenge import Challenge
from scorer.server import clock
from scorer.server.stages.models import Stage
from scorer.server.stages.service import list_stages
from scorer.server.verification.models import Verification
from scorer.verification.verdict import Comparison, Decision, Flag, Hashes, RunRecord, Verdict

KEPT_FROM_TEAMS = frozenset({"copied"})
"""Kinds of flags about which a person decides before anybody tells the team."""


@dataclass(frozen=True)
class ShownComparison(Comparison):
    """A comparison as it may be shown.

    Attributes:
        title: the stage's.
        sealed: whether both scores are left out because the stage's are not to be seen. An organiser still sees the
            residual. A team does not: from how far two sets of predictions are apart it could learn of the labels.
    """

    title: str
    sealed: bool


@dataclass(frozen=True)
class ShownVerdict:
    """A verdict as it may be shown; the attributes are those of `Verdict`."""

    decision: Decision
    reason: str
    comparisons: tuple[ShownComparison, ...]
    runs: tuple[RunRecord, ...]
    flags: tuple[Flag, ...]
    hashes: Hashes
    sandbox: str
    environment: str


def for_team(session: Session, challenge: Challenge, verification: Verification) -> ShownVerdict | None:
    """What the team whose bundle it is may know; None where there is no verdict.

    Scores of a stage on the ladder are left out as well: the leaderboard shows rounded ones, and these are exact.
    Recordings are named only where the team sees its score by recording.
    """
    return _shown(session, challenge, verification, is_team=True)


def for_organiser(session: Session, challenge: Challenge, verification: Verification) -> ShownVerdict | None:
    """What an organiser may know before the scores are released; None where there is no verdict."""
    return _shown(session, challenge, verification, is_team=False)


def _shown(session: Session, challenge: Challenge, verification: Verification, *, is_team: bool) -> ShownVerdict | None:
    if verification.verdict is None:
        return None
    verdict = Verdict.from_dict(verification.verdict)
    stages = {stage.name: stage for stage in list_stages(session)}
    return ShownVerdict(
        decision=verdict.decision,
        reason=verdict.reason,
        comparisons=tuple(_compared(one, challenge, stages, is_team=is_team) for one in verdict.comparisons),
        runs=verdict.runs,
        flags=tuple(flag for flag in verdict.flags if not is_team or flag.kind not in KEPT_FROM_TEAMS),
        hashes=verdict.hashes,
        sandbox=verdict.sandbox,
        environment=verdict.environment,
    )


def _compared(
    comparison: Comparison, challenge: Challenge, stages: Mapping[str, Stage], *, is_team: bool
) -> ShownComparison:
    stage = stages[comparison.stage]
    known = {field.name: getattr(comparison, field.name) for field in fields(comparison)}
    is_trial = comparison.residual is None
    sealed = not is_trial and (not stage.shows_scores(clock.utc_now()) or (is_team and stage.ladder_step is not None))
    if sealed:
        known |= {"leaderboard_score": None, "run_score": None}
    if sealed and is_team:
        known |= {"residual": None, "disguised_residual": None}
    if is_team and "recordings" not in challenge.stage(stage.name).shows:
        known["recordings"] = ()
    return ShownComparison(**known, title=stage.title, sealed=sealed)
