"""What the jobs do, with the database and the judge of this process."""

from __future__ import annotations

import logging
import time

from sqlalchemy.orm import Session, scoped_session

from scorer.server.mails.postmen import Postman
from scorer.server.mails.sending import send_waiting
from scorer.server.submissions.judging import Judge, list_waiting
from scorer.server.verification.verifier import Verifier
from scorer.server.verification.verifier import list_waiting as list_unverified

logger = logging.getLogger(__name__)

SWEEP_SECONDS = 60
"""After so long a sweep ends; what still waits is the next one's."""


class Work:
    """The work behind each kind of job. Each call has a database session of its own."""

    def __init__(self, sessions: scoped_session[Session], judge: Judge, postman: Postman, verifier: Verifier) -> None:
        self._sessions = sessions
        self._judge = judge
        self._postman = postman
        self._verifier = verifier

    def get_ready_to_judge(self) -> None:
        """Read what is scored with, before the first submission comes. Where that fails, its own try will tell why."""
        try:
            with self._sessions.session_factory() as session:
                self._judge.open_labels(session)
        except Exception:
            logger.warning("the labels could not be read beforehand", exc_info=True)

    def judge(self, submission_id: int) -> None:
        """Judge one submission, unless somebody else does or did."""
        with self._sessions.session_factory() as session:
            self._judge.judge(session, submission_id)

    def sweep(self) -> int:
        """Judge what waits and was not woken for, or was left by a worker that died. Returns how many."""
        ends_at = time.monotonic() + SWEEP_SECONDS
        with self._sessions.session_factory() as session:
            waiting = list_waiting(session)
            session.rollback()
            for number, submission_id in enumerate(waiting):
                if time.monotonic() > ends_at:
                    return number
                self._judge.judge(session, submission_id)
        return len(waiting)

    def verify(self, verification_id: int) -> None:
        """Run one verification, unless somebody else does or did."""
        self._verifier.run(self._sessions.session_factory, verification_id)

    def sweep_verifications(self) -> int:
        """Run what waits to be verified, as `sweep` judges. Returns how many; one may take hours."""
        ends_at = time.monotonic() + SWEEP_SECONDS
        with self._sessions.session_factory() as session:
            waiting = list_unverified(session)
        for number, verification_id in enumerate(waiting):
            if time.monotonic() > ends_at:
                return number
            self.verify(verification_id)
        return len(waiting)

    def send_mails(self) -> None:
        """Send what waits."""
        with self._sessions.session_factory() as session:
            send_waiting(session, self._postman)
