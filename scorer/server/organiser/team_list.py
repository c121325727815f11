"""The teams as an organiser looks for them: members, what they have used, where they stand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session, selectinload

from scorer.server.accounts.models import Account, Membership, Team
from scorer.server.accounts.names import TEAM_NAME_LENGTH, comparison_key
from scorer.server.leaderboard.service import rank_teams
from scorer.server.refusals import NotFound
from scorer.server.stages.models import Admission, Stage
from scorer.server.stages.service import list_stages, list_visible_stages
from scorer.server.submissions.models import COUNTED, Submission


@dataclass(frozen=True)
class StageRecord:
    """What a team has done in one stage."""

    stage: Stage
    used: int
    """Submissions that count towards the limit."""
    rank: int | None
    """None: not ranked, or the scores are sealed."""


@dataclass(frozen=True)
class TeamRecord:
    """A team and what it has done in each stage."""

    team: Team
    stages: Sequence[StageRecord]
    merged_into: Team | None

    @property
    def used(self) -> int:
        """Submissions that count towards a limit, of all stages."""
        return sum(record.used for record in self.stages)


def find_team(session: Session, team_id: int) -> Team:
    """The team of that number. Raises NotFound."""
    team = session.get(Team, team_id)
    if team is None:
        raise NotFound("There is no such team.")
    return team


def list_teams(session: Session, words: str = "", *, before: int | None = None, most: int = 50) -> list[Team]:
    """The teams whose name, or a member's, has the words in it; newest first, those older than the id `before`."""
    query = select(Team).options(selectinload(Team.memberships).selectinload(Membership.account))
    if words := words.replace("\0", "").strip()[:TEAM_NAME_LENGTH]:
        members = select(Membership.team_id).join(Account).where(Account.display_name.icontains(words, autoescape=True))
        named = Team.name_key.contains(comparison_key(words), autoescape=True)
        query = query.where(or_(named, Team.id.in_(members)))
    if before is not None:
        query = query.where(Team.id < before)
    return list(session.scalars(query.order_by(Team.id.desc()).limit(most)))


def read_records(session: Session, teams: Sequence[Team]) -> list[TeamRecord]:
    """What each of the teams has done."""
    stages = list_stages(session)
    ranks = {
        (stage.id, place.standing.team_id): place.rank
        for stage in list_visible_stages(session)
        for place in rank_teams(session, stage)
    }
    counted = session.execute(
        select(Submission.team_id, Submission.stage_id, func.count())
        .where(Submission.team_id.in_([team.id for team in teams]), Submission.state.in_(COUNTED))
        .group_by(Submission.team_id, Submission.stage_id)
    )
    used = {(team_id, stage_id): count for team_id, stage_id, count in counted}
    return [
        TeamRecord(
            team=team,
            stages=[
                StageRecord(stage, used.get((team.id, stage.id), 0), ranks.get((stage.id, team.id))) for stage in stages
            ],
            merged_into=session.get(Team, team.merged_into_id) if team.merged_into_id is not None else None,
        )
        for team in teams
    ]


def list_not_admitted(session: Session, stage: Stage) -> list[Team]:
    """The teams in the competition that are not admitted to the stage, by name."""
    admitted = select(Admission.team_id).where(Admission.stage_id == stage.id)
    query = select(Team).where(Team.disqualified_at.is_(None), Team.merged_into_id.is_(None), Team.id.not_in(admitted))
    return list(session.scalars(query.order_by(Team.name_key)))
