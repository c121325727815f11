"""What a verification says while it runs: its log is written, its lease renewed, and a wish to stop it heard."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable

from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from scorer.server.db import writing
from scorer.server.verification import log
from scorer.server.verification.claims import LEASE, Claim, lock_held, renew
from scorer.server.verification.models import Verification

logger = logging.getLogger(__name__)

OpenSession = Callable[[], Session]

LOOK_SECONDS = 1.0
"""How often it looks whether to stop, and writes what was said since."""

RENEW_SECONDS = 20.0

MOST_PENDING = 64 * 1024
"""Characters that wait to be written."""


class LeaseLost(Exception):  # noqa: N818 (somebody else is at it)
    """The verification is not ours any more: whatever came of this try counts for nothing."""


class Stopped(Exception):  # noqa: N818 (a person's wish)
    """Somebody wants the verification to end."""


class Keeper:
    """Keeps a claim: whoever runs the verification calls `say` as often as it can.

    Each time it has something to write it opens a session of its own, for one short transaction.
    """

    def __init__(self, open_session: OpenSession, claim: Claim) -> None:
        self._open_session = open_session
        self._claim = claim
        self._pending: list[str] = []
        self._length = 0
        self._looked_at = self._renewed_at = time.monotonic()
        self._has_to_wait = False

    def say(self, text: str) -> None:
        """Take a piece of the log, or an empty one as a sign of life.

        Raises:
            Stopped: somebody wants the verification to end.
            LeaseLost: it belongs to somebody else.
        """
        if text:
            self._pending.append(text)
            self._length += len(text)
        is_much = self._length >= MOST_PENDING and not self._has_to_wait
        if is_much or time.monotonic() - self._looked_at >= LOOK_SECONDS:
            self._look()

    def tick(self) -> None:
        """Give a sign of life. Raises as `say` does."""
        self.say("")

    def take_pending(self) -> str:
        """What has not been written yet, for who writes it along with something else."""
        text = "".join(self._pending)
        self._pending, self._length = [], 0
        return text

    def _look(self) -> None:
        self._looked_at = time.monotonic()
        text = self.take_pending()
        try:
            with self._open_session() as session:
                if text or self._looked_at - self._renewed_at >= RENEW_SECONDS:
                    stop_asked = self._write(session, text)
                    self._renewed_at = self._looked_at
                else:
                    stop_asked = self._read(session)
        except OperationalError as error:
            # A database that restarts, or is busy, ends no run that takes an hour, as long as the lease is ours.
            if time.monotonic() - self._renewed_at >= LEASE.total_seconds():
                raise LeaseLost from error
            logger.warning("the log of verification %s has to wait: %s", self._claim.verification_id, error)
            self._pending.insert(0, text)
            self._length += len(text)
            self._has_to_wait = True
            return
        self._has_to_wait = False
        if stop_asked:
            raise Stopped

    def _write(self, session: Session, text: str) -> bool:
        with writing(session):
            verification = lock_held(session, self._claim)
            if verification is None:
                raise LeaseLost
            log.add(session, verification.id, text)
            renew(verification)
            return verification.stop_asked

    def _read(self, session: Session) -> bool:
        verification = session.get(Verification, self._claim.verification_id)
        if verification is None or verification.lease_holder != self._claim.holder:
            raise LeaseLost
        return verification.stop_asked
