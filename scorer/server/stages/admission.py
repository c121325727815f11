"""Who takes part in a stage: every team in the competition, or only those that were admitted."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from scorer.server import clock
from scorer.server.accounts.models import Account, Team
from scorer.server.audit.service import record
from scorer.server.db import writing
from scorer.server.refusals import Conflict, Forbidden, Refusal
from scorer.server.stages.models import Admission, Stage
from scorer.server.stages.service import lock_stage, open_now


def is_admitted(session: Session, stage: Stage, team: Team) -> bool:
    """Whether the team takes part in the stage: it is in the competition, and admitted where that is needed."""
    return is_in_competition(team) and (not stage.admission_needed or _find(session, stage, team) is not None)


def check_admitted(session: Session, stage: Stage, team: Team) -> None:
    """Raise Forbidden where the team does not take part in the stage, with the words for the team."""
    check_in_competition(team)
    if not is_admitted(session, stage, team):
        raise Forbidden(f"Expected a team that is admitted to {stage.title}, found one that is not.", field="stage")


def is_in_competition(team: Team) -> bool:
    """Whether the team was neither disqualified nor merged into another."""
    return team.disqualified_at is None and team.merged_into_id is None


def check_in_competition(team: Team) -> None:
    """Raise Forbidden where the team is in the competition no more."""
    if not is_in_competition(team):
        what = "disqualified" if team.disqualified_at is not None else "merged into another"
        raise Forbidden(f"Expected a team in the competition, found one that was {what}.")


def open_to(session: Session, team: Team) -> list[Stage]:
    """The stages that accept predictions of the team at this moment, in their order."""
    return [stage for stage in open_now(session) if is_admitted(session, stage, team)]


def list_admissions(session: Session, stage: Stage) -> list[Admission]:
    """The teams that were admitted to the stage: by their rank, then those that were by hand."""
    found = session.scalars(select(Admission).where(Admission.stage_id == stage.id))
    return sorted(found, key=lambda one: (one.rank is None, one.rank or 0, one.admitted_at, one.team_id))


def admit_team(session: Session, stage: Stage, team: Team, *, account: Account) -> Admission:
    """Admit a team to a stage by hand, whatever its rank.

    Raises:
        Refusal: the stage is everybody's.
        Forbidden: the team is in the competition no more.
        Conflict: it is admitted already.
    """
    with writing(session):
        stage = lock_stage(session, stage)
        if not stage.admission_needed:
            raise Refusal(f"Expected a stage that teams are admitted to, found {stage.title}, which is everybody's.")
        # Not disqualified meanwhile, either.
        query = select(Team).where(Team.id == team.id).with_for_update(read=True)
        team = session.scalars(query.execution_options(populate_existing=True)).one()
        check_in_competition(team)
        if _find(session, stage, team) is not None:
            raise Conflict(f"Expected a team that is not admitted to {stage.title} yet, found one that is.")
        admission = Admission(stage_id=stage.id, team_id=team.id, rank=None, admitted_at=clock.utc_now())
        session.add(admission)
        _record(session, account, "stage.admit", stage, team)
    return admission


def withdraw_admission(session: Session, stage: Stage, team: Team, *, account: Account) -> None:
    """Take a team's admission to a stage back. What it has submitted there stays.

    Raises:
        Refusal: the team is not admitted.
    """
    with writing(session):
        stage = lock_stage(session, stage)
        admission = _find(session, stage, team)
        if admission is None:
            raise Refusal(f"Expected a team that was admitted to {stage.title}, found one that was not.")
        session.delete(admission)
        _record(session, account, "stage.withdraw", stage, team)


def _find(session: Session, stage: Stage, team: Team) -> Admission | None:
    return session.scalar(select(Admission).where(Admission.stage_id == stage.id, Admission.team_id == team.id))


def _record(session: Session, account: Account, action: str, stage: Stage, team: Team) -> None:
    record(session, account=account, action=action, subject=f"stage {stage.name}", details={"team": team.id})
