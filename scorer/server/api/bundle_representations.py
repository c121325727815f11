"""From bundles and their verifications to what programs are told of them."""

from __future__ import annotations

from dataclasses import asdict

from sqlalchemy.orm import Session

from data_spec.challenge import Challenge
from scorer.server.api import answers, bundle_answers
from scorer.server.verification.figures import format_exact, format_residual
from scorer.server.verification.models import Bundle, Verification
from scorer.server.verification.shown import ShownComparison, ShownVerdict, for_team
from scorer.server.verification.told_verification import read_log


def describe_bundle(
    session: Session, challenge: Challenge, bundle: Bundle, *, with_logs: bool
) -> bundle_answers.Bundle:
    """A bundle for its own team; scores of a verification are null where they are sealed."""
    return bundle_answers.Bundle(
        id=bundle.id,
        state=bundle.state,
        received_at=bundle.received_at,
        sha256=bundle.sha256,
        size=bundle.size,
        notes=bundle.notes,
        faults=[answers.Fault.model_validate(fault) for fault in bundle.faults],
        verifications=[
            _describe_verification(session, challenge, verification, with_log=with_logs)
            for verification in bundle.verifications
        ],
    )


def _describe_verification(
    session: Session, challenge: Challenge, verification: Verification, *, with_log: bool
) -> bundle_answers.Verification:
    verdict = for_team(session, challenge, verification)
    return bundle_answers.Verification(
        id=verification.id,
        kind=verification.kind,
        progress=verification.progress,
        asked_at=verification.asked_at,
        begun_at=verification.begun_at,
        ended_at=verification.ended_at,
        verdict=_describe_verdict(verdict) if verdict is not None else None,
        log=read_log(session, verification).text if with_log else None,
    )


def _describe_verdict(verdict: ShownVerdict) -> bundle_answers.Verdict:
    return bundle_answers.Verdict(
        decision=verdict.decision.value,
        reason=verdict.reason,
        comparisons=[_describe_comparison(one) for one in verdict.comparisons],
        runs=[bundle_answers.Run.model_validate(asdict(run)) for run in verdict.runs],
        flags=[bundle_answers.Flag.model_validate(asdict(flag)) for flag in verdict.flags],
    )


def _describe_comparison(comparison: ShownComparison) -> bundle_answers.Comparison:
    """Scores have the decimals that they have everywhere: further ones would help to probe the labels."""
    told = asdict(comparison)
    for name in ("leaderboard_score", "run_score"):
        told[name] = format_exact(told[name]) if told[name] is not None else None
    if comparison.residual is not None:
        told["residual"] = format_residual(comparison.residual, comparison.tolerance)
    return bundle_answers.Comparison.model_validate(told)
