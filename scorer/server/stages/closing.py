"""Close a stage, decide who is admitted to the next one, and release what was sealed."""

from __future__ import annotations

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from data_spec.challenge import Challenge
from scorer.server import clock
from scorer.server.accounts.models import Account
from scorer.server.audit.service import record
from scorer.server.db import writing
from scorer.server.leaderboard.service import SCORE_DIGITS, Place, rank_teams
from scorer.server.refusals import Refusal
from scorer.server.stages.models import Admission, Stage
from scorer.server.stages.service import list_stages, lock_stage
from scorer.server.submissions.models import State, Submission


def close_stage(session: Session, challenge: Challenge, stage: Stage, *, account: Account) -> list[Admission]:
    """Close a stage now, and admit its best teams to the next one where the challenge says so.

    A stage that the clock has closed keeps its end; then this only decides who is admitted.

    Raises:
        Refusal: it has not opened yet, is closed already, or has submissions that are not judged yet and
            could change who is admitted.
    """
    with writing(session):
        stage = lock_stage(session, stage)
        now = clock.utc_now()
        rule = challenge.stage(stage.name).admits
        if stage.opens_at is None or now < stage.opens_at:
            raise Refusal(f"Expected a stage that has opened, found {stage.title}, which has not.")
        if stage.settled_at is not None or (stage.has_closed(now) and rule is None):
            raise Refusal(
                f"Expected a stage that is not closed, found {stage.title}, "
                f"which closed at {stage.closes_at:%Y-%m-%d %H:%M} UTC."
            )
        if not stage.has_closed(now):
            stage.closes_at = now
        details: dict[str, object] = {"closes_at": f"{stage.closes_at:%Y-%m-%dT%H:%M:%S.%fZ}"}
        admissions: list[Admission] = []
        if rule is not None:
            check_judged(session, stage)
            next_stage = list_stages(session)[stage.position + 1]
            admissions = _admit_best(session, challenge, stage, next_stage)
            stage.settled_at = now
            details["to"] = next_stage.name
            details["admitted"] = [{"team": one.team_id, "rank": one.rank} for one in admissions]
        record(session, account=account, action="stage.close", subject=f"stage {stage.name}", details=details)
    return admissions


def release_scores(session: Session, stage: Stage, *, account: Account) -> None:
    """Make the scores of a sealed stage everybody's: the final leaderboard. They are never sealed again.

    Raises:
        Refusal: they are released already, the stage is not closed, it is not decided whom it admits, or it has
            submissions that are not judged yet.
    """
    with writing(session):
        stage = lock_stage(session, stage)
        now = clock.utc_now()
        if stage.scores_released_at is not None:
            raise Refusal(f"Expected a stage whose scores are sealed, found {stage.title}, whose scores are released.")
        if not stage.has_closed(now):
            raise Refusal(f"Expected a closed stage, found {stage.title}, which is not. Close it first.")
        admits = any(one.position == stage.position + 1 and one.admission_needed for one in list_stages(session))
        if admits and stage.settled_at is None:
            raise Refusal(
                f"Expected it decided whom {stage.title} admits, found that it is not: the clock has closed it. "
                "Close it by hand first."
            )
        check_judged(session, stage)
        stage.scores_released_at = now
        stage.settled_at = stage.settled_at or now
        stage.board_version += 1
        record(session, account=account, action="stage.release", subject=f"stage {stage.name}")


def check_judged(session: Session, stage: Stage) -> None:
    """Raise Refusal where a submission of the stage waits for its verdict, which could change the ranks."""
    query = select(func.count()).where(Submission.stage_id == stage.id, Submission.state == State.RECEIVED)
    if waiting := session.scalars(query).one():
        raise Refusal(
            f"Expected every submission of {stage.title} to be judged, found {waiting} that wait for a verdict. "
            "Do this again when they are judged; a stage that has ended gets no new ones."
        )


def list_admissible(session: Session, challenge: Challenge, stage: Stage) -> list[Place]:
    """Whom closing the stage now would admit to the next one, best first.

    That is every team of a rank up to the rule's: those that share the last one are all admitted.
    """
    rule = challenge.stage(stage.name).admits
    if rule is None:
        return []
    to_beat = round(challenge.baseline.score, SCORE_DIGITS)
    return [
        place
        for place in rank_teams(session, stage)
        if place.rank <= rule.top
        and (not rule.over_baseline or stage.ranks_by.is_better(round(place.standing.score, SCORE_DIGITS), to_beat))
    ]


def _admit_best(session: Session, challenge: Challenge, stage: Stage, next_stage: Stage) -> list[Admission]:
    admissions = []
    for place in list_admissible(session, challenge, stage):
        team_id = place.standing.team_id
        # Who was admitted by hand before is admitted by rank now.
        admission = session.get(Admission, (next_stage.id, team_id))
        if admission is None:
            admission = Admission(stage_id=next_stage.id, team_id=team_id, admitted_at=clock.utc_now())
            session.add(admission)
        admission.rank = place.rank
        admissions.append(admission)
    return admissions
