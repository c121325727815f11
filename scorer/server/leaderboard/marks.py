"""Which submissions of a team are marked on its pages: those that count, and those that were chosen to."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from scorer.server import clock
from scorer.server.accounts.models import Account
from scorer.server.leaderboard.models import Choice, Standing
from scorer.server.stages.models import Stage
from scorer.server.stages.service import open_now, shows_scores
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
    """The marks of the account's team.

    Which submission is the best of a stage is as sealed as its scores: there, only a choice is told.
    """
    team_id = account.team.id if account.team is not None else None
    chosen = frozenset(session.scalars(select(Choice.submission_id).where(Choice.team_id == team_id)))
    standing = (
        select(Standing.submission_id)
        .join(Stage, Stage.id == Standing.stage_id)
        .where(Standing.team_id == team_id, shows_scores(clock.utc_now()))
    )
    sealed_choices = (
        select(Choice.submission_id)
        .join(Stage, Stage.id == Choice.stage_id)
        .where(Choice.team_id == team_id, ~shows_scores(clock.utc_now()))
    )
    return Marks(
        counting=frozenset([*session.scalars(standing), *session.scalars(sealed_choices)]),
        chosen=chosen,
        open_stages=frozenset(stage.id for stage in open_now(session)),
    )
