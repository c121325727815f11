"""Run a verification: claim it, check and run the bundle, write what was found."""

from __future__ import annotations

import logging
import shutil
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from data_spec.challenge import Challenge
from scorer.sandbox.job import NoSandbox
from scorer.server.config import Settings
from scorer.server.data_folder import DataFolder
from scorer.server.db import writing
from scorer.server.storage import Storage
from scorer.server.verification import claims, log
from scorer.server.verification.attempt import Attempt, Ended
from scorer.server.verification.claims import LEASE, MOST_TRIES, Claim, list_waiting
from scorer.server.verification.keeper import Keeper, LeaseLost, OpenSession, Stopped
from scorer.server.verification.models import Progress, Verification

__all__ = ["LEASE", "MOST_TRIES", "Verifier", "list_waiting", "most_seconds"]

logger = logging.getLogger(__name__)

RUNS_OF_A_TEST_SET = 3
"""As it is, disguised, and again."""

OTHER_SECONDS = 3600
"""For all that is no run: fetching, unpacking, installing, comparing."""

INSIST_SECONDS = 60.0
"""How long a database that does not answer is asked to take what may be the fruit of hours."""

AGAIN_SECONDS = 1.0


def most_seconds(challenge: Challenge) -> float:
    """What a verification takes at the most; one that takes longer hangs."""
    runs = RUNS_OF_A_TEST_SET * len(challenge.stages)
    return runs * challenge.verification.run.wall_seconds + OTHER_SECONDS


class Verifier:
    """Runs verifications in the sandbox that the settings name. Nothing is opened before one is run."""

    def __init__(self, settings: Settings, challenge: Challenge, storage: Storage) -> None:
        self._settings = settings
        self._challenge = challenge
        self._storage = storage

    def run(self, open_session: OpenSession, verification_id: int) -> None:
        """Bring a verification to its end, unless it has ended or somebody else is at it.

        claim: a lease is committed → check and run: the log is written and the lease renewed in short transactions,
        no other is open → write: verdict, progress and audit entry in one transaction. To call this twice, or in
        two places at once, changes nothing. What goes wrong on our side is tried again, `MOST_TRIES` times in all;
        then it has failed, with the fault for the organiser. Where there is no sandbox it fails at once.
        """
        with open_session() as session:
            claim = claims.claim(session, verification_id)
        if claim is None:
            return
        keeper = Keeper(open_session, claim)
        try:
            ended = self._attempt(open_session, claim, keeper)
        except LeaseLost:
            logger.warning("verification %s was taken over by somebody else", verification_id)
            return
        except Stopped:
            conclude = _end_with(Ended(Progress.STOPPED), "--- stopped\n")
        except NoSandbox as reason:
            conclude = _end_with(Ended(Progress.FAILED), "--- failed: this server cannot run code\n", str(reason))
        except Exception:
            logger.exception("verification %s went wrong on our side", verification_id)
            conclude = _give_back(traceback.format_exc())
        except BaseException:  # this process ends: the next one may begin at once
            _write(open_session, claim, keeper.take_pending(), _release)
            raise
        else:
            conclude = _end_with(ended)
        text = keeper.take_pending()
        _insist(lambda: _write(open_session, claim, text, conclude))

    def _attempt(self, open_session: OpenSession, claim: Claim, keeper: Keeper) -> Ended:
        with _work_folder(self._settings.data, open_session, claim) as work:
            return Attempt(
                self._settings,
                self._challenge,
                self._storage,
                open_session=open_session,
                claim=claim,
                keeper=keeper,
                work=work,
            ).run()


Conclude = Callable[[Session, Verification], None]
"""Writes how a try ended, in the transaction that holds the verification."""


def _end_with(ended: Ended, text: str = "", fault: str | None = None) -> Conclude:
    def conclude(session: Session, verification: Verification) -> None:
        log.add(session, verification.id, text)
        verification.fault = fault
        claims.end(session, verification, ended.progress, ended.verdict)

    return conclude


def _give_back(fault: str) -> Conclude:
    return lambda session, verification: claims.give_back(session, verification, fault)


def _release(_session: Session, verification: Verification) -> None:
    verification.progress = Progress.QUEUED
    verification.tries -= 1
    verification.lease_holder = verification.leased_until = None


def _write(open_session: OpenSession, claim: Claim, text: str, conclude: Conclude) -> None:
    """Write the end of the log, and how the try ended, unless somebody else took the verification over."""
    with open_session() as session, writing(session):
        verification = claims.lock_held(session, claim)
        if verification is None:
            logger.warning("verification %s was taken over by somebody else", claim.verification_id)
            return
        log.add(session, verification.id, text)
        conclude(session, verification)


def _insist(write: Callable[[], None]) -> None:
    """Do it again while the database does not answer. Raises OperationalError where it never does."""
    gives_up_at = time.monotonic() + INSIST_SECONDS
    while True:
        try:
            return write()
        except OperationalError:
            if time.monotonic() > gives_up_at:
                raise
            logger.warning("the database does not take the end of a verification; asking again")
            time.sleep(AGAIN_SECONDS)


@contextmanager
def _work_folder(data: DataFolder, open_session: OpenSession, claim: Claim) -> Iterator[Path]:
    """A folder of its own for as long as the context lasts; what killed processes left is removed before."""
    data.runs.mkdir(mode=0o700, exist_ok=True)
    # First the folders, then who is at work: a lease is committed before its folder is made.
    found = list(data.runs.iterdir())
    with open_session() as session:
        holders = claims.list_holders(session)
    for folder in found:
        if folder.name not in holders:
            shutil.rmtree(folder, ignore_errors=True)
    work = data.runs / claim.holder
    work.mkdir(mode=0o700)
    try:
        yield work
    finally:
        shutil.rmtree(work, ignore_errors=True)
