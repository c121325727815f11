"""Judge submissions anew and keep their scores aside: none of them is live."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from scorer.server.db import writing
from scorer.server.stages.models import Stage
from scorer.server.submissions.judging import Judge, new_score
from scorer.server.submissions.models import Score, State, Submission
from scorer.verdict import Verdict

JUDGED = (State.SCORED, State.REFUSED)
"""The states that another version of the scorer or the labels may change."""


@dataclass(frozen=True)
class Versions:
    """What a score was made by and with."""

    scorer: str
    data: str

    @classmethod
    def live_in(cls, stage: Stage) -> Versions:
        """Those whose scores are live in a stage."""
        return cls(stage.scorer_version, stage.data_version)


def judge_aside(
    session: Session,
    judge: Judge,
    stage: Stage,
    versions: Versions,
    progress: Callable[[Sequence[int]], Iterable[int]] = iter,
) -> Mapping[int, Verdict]:
    """Judge every submission of the stage that was judged, has no score by the versions yet, or was refused.

    Each score is committed as soon as there is one, so who breaks off goes on there.

    Returns: the verdicts, by the number of the submission.

    Raises:
        DataFolderError: there are no labels of that version.
        ValueError: there is nothing to score with them.
        OSError: an uploaded zip cannot be read.
    """
    split = stage.split
    return {
        submission_id: _judge_one(session, judge, submission_id, split, versions)
        for submission_id in progress(_list_missing(session, stage, versions))
    }


def _list_missing(session: Session, stage: Stage, versions: Versions) -> list[int]:
    scored = select(Score.submission_id).where(
        Score.submission_id == Submission.id,
        Score.scorer_version == versions.scorer,
        Score.data_version == versions.data,
    )
    # A refusal leaves no row that would say which version it is of, so refused ones are always judged again.
    query = select(Submission.id).where(
        Submission.stage_id == stage.id,
        Submission.state.in_(JUDGED),
        (Submission.state == State.REFUSED) | ~scored.exists(),
    )
    return list(session.scalars(query.order_by(Submission.id)))


def _judge_one(session: Session, judge: Judge, submission_id: int, split: str, versions: Versions) -> Verdict:
    sha256 = session.scalars(select(Submission.sha256).where(Submission.id == submission_id)).one()
    session.rollback()  # reading and scoring take seconds: no transaction is open meanwhile
    verdict, report = judge.read_and_score(sha256, split, versions.data)
    if report is not None:
        with writing(session):
            locked = select(Submission).where(Submission.id == submission_id).with_for_update()
            judged = session.scalars(locked).one()
            # Another rescore may have been faster.
            if session.get(Score, (submission_id, versions.scorer, versions.data)) is None:
                session.add(new_score(judged, versions.data, report))
    return verdict
