"""Judge a received submission: check, score, write the verdict. Whoever calls it: a request or a worker."""

from __future__ import annotations

import logging
import threading
import traceback

from sqlalchemy import select
from sqlalchemy.orm import Session

from data_spec.challenge import Challenge
from data_spec.corpus import RecordingFolder
from scorer import SCORER_VERSION, metrics, submission
from scorer.metrics import ScoreReport
from scorer.server import clock
from scorer.server.accounts.models import Team
from scorer.server.data_folder import DataFolder
from scorer.server.db import writing
from scorer.server.leaderboard.service import write_best
from scorer.server.storage import Storage
from scorer.server.submissions.models import Score, State, Submission
from scorer.verdict import Verdict

logger = logging.getLogger(__name__)


class Judge:
    """Judges submissions with the labels and templates of a data folder, which it reads once for each split."""

    def __init__(self, data: DataFolder, challenge: Challenge, storage: Storage) -> None:
        self._data = data
        self._challenge = challenge
        self._storage = storage
        self._recordings: dict[str, RecordingFolder] = {}
        self._lock = threading.Lock()

    def judge(self, session: Session, submission_id: int) -> None:
        """Bring a received submission to its verdict; one that has a verdict already is left as it is.

        State, score and leaderboard change in one transaction, keyed by submission, scorer and data: to
        call this twice, or in two places at once, changes nothing. What goes wrong on our side becomes
        the state `failed` with a log, which costs the team nothing.
        """
        received = session.get(Submission, submission_id)
        if received is None or received.state is not State.RECEIVED:
            return
        split, data_version, sha256 = received.stage.split, received.stage.data_version, received.sha256
        session.rollback()  # reading and scoring take seconds: no transaction is open meanwhile
        log = None
        verdict, report = None, None
        try:
            verdict, report = self._read_and_score(sha256, split)
        except Exception:
            log = traceback.format_exc()
            logger.exception("submission %s could not be judged", submission_id)
        with writing(session):
            self._write(session, submission_id, data_version, verdict, report, log)

    def _read_and_score(self, sha256: str, split: str) -> tuple[Verdict, ScoreReport | None]:
        recordings = self._open(split)
        verdict = submission.read(self._storage.path(sha256), recordings.templates, self._challenge)
        if not verdict.accepted:
            return verdict, None
        return verdict, metrics.score(verdict.predictions, recordings.labels, self._challenge.task)

    def _open(self, split: str) -> RecordingFolder:
        with self._lock:  # two threads would read the same hundreds of files twice
            if split not in self._recordings:
                recordings = self._data.recordings(self._challenge, split)
                _ = recordings.labels, recordings.templates
                self._recordings[split] = recordings
            return self._recordings[split]

    @staticmethod
    def _write(
        session: Session,
        submission_id: int,
        data_version: str,
        verdict: Verdict | None,
        report: ScoreReport | None,
        log: str | None,
    ) -> None:
        judged = session.scalars(select(Submission).where(Submission.id == submission_id).with_for_update()).one()
        if judged.state is not State.RECEIVED:
            return
        judged.judged_at = clock.utc_now()
        judged.log = log
        if verdict is None:
            judged.state = State.FAILED
            return
        judged.notes = list(verdict.notes)
        judged.faults = [{"text": str(fault), **fault.to_dict()} for fault in verdict.faults]
        if report is None:
            judged.state = State.REFUSED
            return
        judged.state = State.SCORED
        low, high = report.interval
        session.add(
            Score(
                submission_id=judged.id,
                scorer_version=SCORER_VERSION,
                data_version=data_version,
                weighted_accuracy=report.weighted_accuracy,
                interval_low=low,
                interval_high=high,
                report=report.to_dict(),
                scored_at=judged.judged_at,
            )
        )
        session.flush()
        # Two of a team's submissions may be judged at once: the second one's leaderboard row must know the first.
        session.execute(select(Team.id).where(Team.id == judged.team_id).with_for_update())
        write_best(session, stage_id=judged.stage_id, team_id=judged.team_id)


def judge_waiting(session: Session, judge: Judge) -> int:
    """Judge what was received and then left, by a process that ended in between. Returns how many."""
    waiting = list(
        session.scalars(select(Submission.id).where(Submission.state == State.RECEIVED).order_by(Submission.id))
    )
    for submission_id in waiting:
        judge.judge(session, submission_id)
    return len(waiting)
