"""The teams whose code is to be believed, as the organiser's page lists them: by their rank."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.orm import Session

from data_spec.challenge import Challenge
from scorer.server.leaderboard.service import rank_teams
from scorer.server.stages.models import Stage
from scorer.server.stages.service import list_visible_stages
from scorer.server.verification import shown
from scorer.server.verification.service import Candidate, list_candidates, proposes_disqualification
from scorer.server.verification.shown import ShownVerdict


@dataclass(frozen=True)
class RankedCandidate:
    """A team with its rank, and what its newest verification found."""

    candidate: Candidate
    rank: int | None
    verdict: ShownVerdict | None
    is_proposed: bool
    """Whether the verdict proposes to disqualify it."""


def list_ranked(session: Session, challenge: Challenge) -> tuple[Stage | None, list[RankedCandidate]]:
    """The last stage whose ranks may be seen, and the candidates by their rank there; who has none comes last."""
    visible = list_visible_stages(session)
    stage = visible[-1] if visible else None
    ranks = {place.standing.team_id: place.rank for place in rank_teams(session, stage)} if stage else {}
    found = [
        RankedCandidate(
            candidate=one,
            rank=ranks.get(one.team.id),
            verdict=shown.for_organiser(session, challenge, one.verification) if one.verification else None,
            is_proposed=one.verification is not None and proposes_disqualification(one.verification),
        )
        for one in list_candidates(session, challenge)
    ]
    return stage, sorted(found, key=lambda one: (one.rank is None, one.rank or 0, one.candidate.team.id))
