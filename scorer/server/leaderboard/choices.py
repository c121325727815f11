"""Which of its submissions a team wants to count in a stage, instead of its best."""

from __future__ import annotations

from sqlalchemy.orm import Session

from scorer.server import clock
from scorer.server.accounts.models import Account
from scorer.server.audit.service import record
from scorer.server.db import writing
from scorer.server.leaderboard.entries import read_entries
from scorer.server.leaderboard.models import Choice
from scorer.server.leaderboard.service import write_standing
from scorer.server.refusals import Refusal
from scorer.server.stages.admission import check_in_competition
from scorer.server.stages.entrants import team_of
from scorer.server.stages.models import Stage
from scorer.server.stages.service import check_open, lock_stage
from scorer.server.submissions.service import find_submission, visible_score


def choose(session: Session, account: Account, submission_id: int) -> None:
    """Let a submission of the account's team count in its stage, whatever its score.

    The scores of the stage may be sealed. What was chosen when the stage closes stays chosen.

    Raises:
        NotFound: there is no such submission of the team.
        Forbidden: the stage is not open, or the team is in the competition no more.
        Refusal: the submission has no score, or on the ladder none that is shown: what counts would tell of it.
    """
    with writing(session):
        stage = lock_stage(session, find_submission(session, account, submission_id).stage)
        submission, team = find_submission(session, account, submission_id), team_of(account)
        check_in_competition(team)
        check_open(stage, clock.utc_now())
        entries = read_entries(session, stage, team_id=team.id).get(team.id, [])
        if submission_id not in {entry.submission_id for entry in entries}:
            raise Refusal(f"Expected a submission with a score, found one that is {submission.state.value}.")
        if stage.ladder_step is not None and visible_score(submission) is None:
            raise Refusal("Expected a submission whose score is shown, found one whose score is not.")
        choice = session.get(Choice, (stage.id, team.id))
        before = choice.submission_id if choice is not None else None
        if before == submission_id:
            return
        choice = choice or Choice(stage_id=stage.id, team_id=team.id)
        choice.submission_id, choice.account_id, choice.chosen_at = submission_id, account.id, clock.utc_now()
        session.add(choice)
        session.flush()
        write_standing(session, stage_id=stage.id, team_id=team.id)
        details = {"stage": stage.name, "before": before}
        record(
            session, account=account, action="submission.choose", subject=f"submission {submission_id}", details=details
        )


def unchoose(session: Session, account: Account, stage: Stage) -> None:
    """Let the team's best submission count again; where none was chosen this changes nothing.

    Raises:
        NoTeam: the account is in no team.
        Forbidden: the stage is not open, or the team is in the competition no more.
    """
    with writing(session):
        stage, team = lock_stage(session, stage), team_of(account)
        check_in_competition(team)
        check_open(stage, clock.utc_now())
        choice = session.get(Choice, (stage.id, team.id))
        if choice is None:
            return
        subject = f"submission {choice.submission_id}"
        session.delete(choice)
        session.flush()
        write_standing(session, stage_id=stage.id, team_id=team.id)
        record(session, account=account, action="submission.unchoose", subject=subject, details={"stage": stage.name})
