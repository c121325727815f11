"""Judge a received submission: claim it, check and score it, write the verdict."""

from __future__ import annotations

import logging
import secrets
import threading
import traceback
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from data_spec.challenge import Challenge
from data_spec.corpus import RecordingFolder
from scorer import SCORER_VERSION, scoring, submission
from scorer.plain_rows import TemplateLayouts
from scorer.score_report import ScoreReport
from scorer.server import clock
from scorer.server.data_folder import DataFolder
from scorer.server.db import writing
from scorer.server.leaderboard.service import write_standing
from scorer.server.stages.models import Stage
from scorer.server.stages.service import list_stages
from scorer.server.storage import Storage
from scorer.server.submissions.models import Score, State, Submission
from scorer.verdict import Verdict

logger = logging.getLogger(__name__)


LEASE = timedelta(seconds=120)
"""How long a submission belongs to whoever began to judge it; longer than a job may take."""

MOST_TRIES = 3

NEXT_TRY = timedelta(seconds=10)
"""How long after a try that went wrong the next one begins, times the number of tries."""


@dataclass(frozen=True)
class Claim:
    """What one try needs to know: the submission is ours until the lease ends."""

    submission_id: int
    holder: str
    stage_id: int
    split: str
    sha256: str
    data_version: str


class Judge:
    """Judges submissions with the labels and templates of a data folder. Of each split it keeps those used last."""

    def __init__(self, data: DataFolder, challenge: Challenge, storage: Storage) -> None:
        self._data = data
        self._challenge = challenge
        self._storage = storage
        self._recordings: dict[str, tuple[str, RecordingFolder, TemplateLayouts | None]] = {}
        self._lock = threading.Lock()

    def judge(self, session: Session, submission_id: int) -> None:
        """Bring a received submission to its verdict, unless it has one or somebody else is at it.

        claim: a lease is committed → read and score: no transaction is open → write: state, score and
        leaderboard change in one transaction, keyed by submission, scorer and data. To call this twice, or
        in two places at once, changes nothing. What goes wrong on our side is tried again, `MOST_TRIES`
        times in all; then the state is `failed`, with a log, which costs the team nothing.
        """
        claim = self._claim(session, submission_id)
        if claim is None:
            return
        try:
            verdict, report = self.read_and_score(claim.sha256, claim.split, claim.data_version)
        except Exception:
            logger.exception("submission %s could not be judged", submission_id)
            self._give_back(session, claim, traceback.format_exc())
            return
        with writing(session):
            self._write(session, claim, verdict, report)

    @staticmethod
    def _claim(session: Session, submission_id: int) -> Claim | None:
        with writing(session):
            received = _locked(session, submission_id)
            now = clock.utc_now()
            if received is None or not _waits(received, now):
                return None
            if received.tries >= MOST_TRIES:
                _fail(received, now, "Nobody who began to judge it came back before the lease ended.")
                return None
            received.tries += 1
            received.leased_until = now + LEASE
            received.lease_holder = secrets.token_hex(16)
            return Claim(
                submission_id=received.id,
                holder=received.lease_holder,
                stage_id=received.stage_id,
                split=received.stage.split,
                sha256=received.sha256,
                data_version=received.stage.data_version,
            )

    @staticmethod
    def _give_back(session: Session, claim: Claim, log: str) -> None:
        with writing(session):
            received = _locked(session, claim.submission_id)
            if received is None or received.lease_holder != claim.holder:
                return
            now = clock.utc_now()
            if received.tries >= MOST_TRIES:
                _fail(received, now, log)
                return
            received.log = log
            received.lease_holder = None
            received.leased_until = now + NEXT_TRY * received.tries

    def read_and_score(self, sha256: str, split: str, data_version: str) -> tuple[Verdict, ScoreReport | None]:
        """The verdict on an uploaded zip, and its score where it is accepted. Nothing is written.

        Raises:
            DataFolderError: there are no labels of that version.
            ValueError: there is nothing to score with them.
            OSError: the zip cannot be read.
        """
        recordings, layouts = self._open(split, data_version)
        with self._storage.local_copy(sha256) as path:
            verdict = submission.read(path, recordings.templates, self._challenge, layouts)
        if not verdict.accepted:
            return verdict, None
        return verdict, scoring.score(verdict.predictions, recordings.labels, self._challenge.task)

    def open_labels(self, session: Session) -> None:
        """Read the labels and templates of every stage beforehand, so that no submission waits for them.

        Raises: what `read_and_score` raises of labels.
        """
        stages = [(stage.split, stage.data_version) for stage in list_stages(session)]
        session.rollback()
        for split, data_version in stages:
            self._open(split, data_version)

    def _open(self, split: str, data_version: str) -> tuple[RecordingFolder, TemplateLayouts | None]:
        with self._lock:  # two threads would read the same hundreds of files twice
            kept = self._recordings.get(split)
            if kept is None or kept[0] != data_version:
                recordings = self._data.recordings(self._challenge, split, data_version)
                _ = recordings.labels
                kept = data_version, recordings, submission.layouts_of(recordings.templates, self._challenge)
                self._recordings[split] = kept
            _, recordings, layouts = kept
            return recordings, layouts

    @staticmethod
    def _write(session: Session, claim: Claim, verdict: Verdict, report: ScoreReport | None) -> None:
        # First the stage, as everybody locks them: its live versions must not change until our commit, and
        # of two submissions of a team the second one's standing must know the first.
        stage = session.scalars(select(Stage).where(Stage.id == claim.stage_id).with_for_update()).one()
        judged = _locked(session, claim.submission_id)
        if judged is None or judged.lease_holder != claim.holder:
            return  # somebody else took it over: this verdict comes too late
        judged.lease_holder = judged.leased_until = None
        if (stage.scorer_version, stage.data_version) != (SCORER_VERSION, claim.data_version):
            judged.tries -= 1  # a rescore became live meanwhile: it is judged again, at no one's cost
            return
        judged.judged_at = clock.utc_now()
        judged.log = None
        note_verdict(judged, verdict)
        if report is None:
            return
        session.add(new_score(judged, claim.data_version, report))
        session.flush()
        write_standing(session, stage_id=judged.stage_id, team_id=judged.team_id)


def note_verdict(judged: Submission, verdict: Verdict) -> None:
    """Write what the check says to the submission."""
    judged.notes = list(verdict.notes)
    judged.faults = [{"text": str(fault), **fault.to_dict()} for fault in verdict.faults]
    judged.state = State.SCORED if verdict.accepted else State.REFUSED


def new_score(judged: Submission, data_version: str, report: ScoreReport) -> Score:
    """The row of a report by this version of the scorer."""
    low, high = report.interval
    return Score(
        submission_id=judged.id,
        scorer_version=SCORER_VERSION,
        data_version=data_version,
        score=report.score,
        interval_low=low,
        interval_high=high,
        report=report.to_dict(),
        scored_at=clock.utc_now(),
    )


def list_waiting(session: Session, *, most: int = 100) -> list[int]:
    """The submissions that nobody has judged and nobody is judging, oldest first."""
    now = clock.utc_now()
    query = select(Submission.id).where(
        Submission.state == State.RECEIVED,
        or_(Submission.leased_until.is_(None), Submission.leased_until <= now),
    )
    return list(session.scalars(query.order_by(Submission.id).limit(most)))


def _locked(session: Session, submission_id: int) -> Submission | None:
    return session.scalars(select(Submission).where(Submission.id == submission_id).with_for_update()).one_or_none()


def _waits(received: Submission, now: datetime) -> bool:
    return received.state is State.RECEIVED and (received.leased_until is None or received.leased_until <= now)


def _fail(received: Submission, now: datetime, log: str) -> None:
    received.state = State.FAILED
    received.judged_at = now
    received.log = received.log or log
    received.lease_holder = received.leased_until = None
