"""Which submissions of a team are marked on its pages: those that count, and those that were chosen to."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from scorer.server import clock
from scorer.server.accounts.models import Account
from scorer.server.leaderboard.models import Choice, Standing
from scorer.server.stages.service import list_stages
from scorer.server.submissions.models import State, Submission
from scorer.server.submissions.service import visible_score


@dataclass(frozen=True)
class Marks:
    """Of one team, by the ids of submissions and stages."""

    counting: frozenset[int]
    """The submissions that stand in a leaderboard, and those that were chosen to."""
    chosen: frozenset[int]
    open_stages: frozenset[int]

    def may_choose(self, submission: Submission) -> bool:
        """Whether the team may let this submission count."""
        return (
            submission.state is State.SCORED
            and submission.stage_id in self.open_stages
            and submission.id not in self.chosen
            and (submission.stage.ladder_step is None or visible_score(submission) is not None)
        )

    def may_unchoose(self, submission: Submission) -> bool:
        """Whether the team may take back that it chose this submission."""
        return submission.id in self.chosen and submission.stage_id in self.open_stages


def read_marks(session: Session, account: Account) -> Marks:
    """The marks of the account's team; where it has none, nothing is marked."""
    return read_marks_of_team(session, account.team.id if account.team is not None else None)


def read_marks_of_team(session: Session, team_id: int | None) -> Marks:
    """The marks of a team.

    Which submission is the best of a stage is as sealed as its scores: there, only a choice is told.
    """
    now, stages = clock.utc_now(), list_stages(session)
    shown = {stage.id for stage in stages if stage.shows_scores(now)}
    standing = session.execute(select(Standing.stage_id, Standing.submission_id).where(Standing.team_id == team_id))
    choices = session.execute(select(Choice.stage_id, Choice.submission_id).where(Choice.team_id == team_id))
    chosen = [(stage_id, submission_id) for stage_id, submission_id in choices]
    counting = [submission_id for stage_id, submission_id in standing if stage_id in shown]
    counting += [submission_id for stage_id, submission_id in chosen if stage_id not in shown]
    return Marks(
        counting=frozenset(counting),
        chosen=frozenset(submission_id for _, submission_id in chosen),
        open_stages=frozenset(stage.id for stage in stages if stage.is_open(now)),
    )
