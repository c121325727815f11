"""The teams whose code is to be believed, with all that decides whether one can be verified now.

A handful of queries for all teams together: each for itself would take some for each.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import ColumnElement, func, select, true
from sqlalchemy.orm import Session

from data_spec.challenge import Challenge
from scorer.server.accounts.models import Team
from scorer.server.leaderboard.models import Standing
from scorer.server.stages.admission import is_in_competition
from scorer.server.stages.models import Admission
from scorer.server.stages.service import find_stage
from scorer.server.verification.models import UNDER_WAY, Bundle, BundleState, Kind, Verification


@dataclass(frozen=True)
class Candidate:
    """A team whose code is to be believed, or not.

    Attributes:
        team: who.
        bundle: the one that would be verified now, the newest accepted one; None: there is none yet.
        verification: the newest full one, of whichever bundle.
        trial: the newest trial, of whichever bundle.
        why_not: why no verification can be asked for now; None: one can.
    """

    team: Team
    bundle: Bundle | None
    verification: Verification | None
    trial: Verification | None
    why_not: str | None


def list_candidates(session: Session, challenge: Challenge) -> list[Candidate]:
    """Each team that takes part in the stage of the bundles or has sent one, by the number of the team."""
    stage = find_stage(session, challenge.bundle_stage.name)
    with_bundles = set(session.scalars(select(Bundle.team_id).distinct()))
    admitted = set(session.scalars(select(Admission.team_id).where(Admission.stage_id == stage.id)))
    teams = session.scalars(select(Team).where(Team.merged_into_id.is_(None)).order_by(Team.id))

    def takes_part(team: Team) -> bool:
        return is_in_competition(team) and (not stage.admission_needed or team.id in admitted)

    return _describe(session, [team for team in teams if team.id in with_bundles or takes_part(team)], true())


def find_candidate(session: Session, team: Team) -> Candidate:
    """One team. Where its row is locked, this stays true until the transaction ends."""
    return _describe(session, [team], Bundle.team_id == team.id)[0]


def _describe(session: Session, teams: Iterable[Team], concerned: ColumnElement[bool]) -> list[Candidate]:
    bundles = _newest_accepted(session, concerned)
    newest = _newest_verifications(session, concerned)
    running = set(
        session.scalars(
            select(Bundle.team_id)
            .join(Verification)
            .where(concerned, Verification.kind == Kind.FULL, Verification.progress.in_(UNDER_WAY))
        )
    )
    scored = set(session.scalars(select(Standing.team_id).distinct()))
    return [
        Candidate(
            team=team,
            bundle=bundles.get(team.id),
            verification=newest.get((team.id, Kind.FULL)),
            trial=newest.get((team.id, Kind.TRIAL)),
            why_not=_why_not(has_bundle=team.id in bundles, is_running=team.id in running, is_scored=team.id in scored),
        )
        for team in teams
    ]


def _newest_accepted(session: Session, concerned: ColumnElement[bool]) -> dict[int, Bundle]:
    newest = select(func.max(Bundle.id)).where(concerned, Bundle.state == BundleState.ACCEPTED)
    query = select(Bundle).where(Bundle.id.in_(newest.group_by(Bundle.team_id)))
    return {bundle.team_id: bundle for bundle in session.scalars(query)}


def _newest_verifications(session: Session, concerned: ColumnElement[bool]) -> dict[tuple[int, Kind], Verification]:
    newest = select(func.max(Verification.id)).join(Bundle).where(concerned)
    newest = newest.group_by(Bundle.team_id, Verification.kind)
    query = select(Bundle.team_id, Verification).join(Bundle).where(Verification.id.in_(newest))
    return {(team_id, verification.kind): verification for team_id, verification in session.execute(query)}


def _why_not(*, has_bundle: bool, is_running: bool, is_scored: bool) -> str | None:
    if not has_bundle:
        return "Expected a team with an accepted bundle, found one without."
    if is_running:
        return "Expected a team that nobody is verifying, found one whose verification is under way."
    if not is_scored:
        return "Expected a team with a scored submission to compare with, found one without."
    return None
