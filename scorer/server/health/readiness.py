"""Whether the server can do its work: each part of it is looked at, and said in words that tell nothing private."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Mapping
from datetime import timedelta

from sqlalchemy import Engine, func, select, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from scorer import SCORER_VERSION
from scorer.server import clock, migrations
from scorer.server.refusals import Refusal
from scorer.server.stages.service import list_stages
from scorer.server.storage import Storage
from scorer.server.submissions.models import State, Submission

logger = logging.getLogger(__name__)

OK = "ok"
SILENT = "does not answer"

MOST_WAITING = timedelta(minutes=5)
"""A submission that waits for longer says that no worker works."""

KEPT_SECONDS = 2.0
"""How long an answer is given again: to ask often costs little."""


class Readiness:
    """What was found when it was last looked at."""

    def __init__(self, engine: Engine, storage: Storage) -> None:
        self._engine = engine
        self._storage = storage
        self._lock = threading.Lock()
        self._looked_at = -KEPT_SECONDS
        self._checks: Mapping[str, str] = {}

    def read(self) -> Mapping[str, str]:
        """By the name of each check `ok`, or what is wrong; never older than `KEPT_SECONDS`."""
        with self._lock:  # of many who ask at once, one looks
            if time.monotonic() - self._looked_at >= KEPT_SECONDS:
                self._checks = check_readiness(self._engine, self._storage)
                self._looked_at = time.monotonic()
            return self._checks


def check_readiness(engine: Engine, storage: Storage) -> Mapping[str, str]:
    """By the name of each check `ok`, or what is wrong."""
    with Session(engine) as session:
        checks = {"database": _said(lambda: _check_database(session))}
        of_the_database: Mapping[str, Callable[[], str]] = {
            "migrations": lambda: _check_migrations(engine),
            "queue": lambda: _check_queue(session),
            "scorer": lambda: _check_scorer(session),
        }
        for name, check in of_the_database.items():
            checks[name] = _said(check) if checks["database"] == OK else "unknown: the database does not answer"
    return {**checks, "storage": _said(lambda: _check_storage(storage))}


def _said(check: Callable[[], str]) -> str:
    try:
        return check()
    except (SQLAlchemyError, OSError, Refusal) as error:
        logger.warning("a check of readiness failed: %s", type(error).__name__)
        return SILENT


def _check_database(session: Session) -> str:
    session.execute(text("SELECT 1"))
    return OK


def _check_migrations(engine: Engine) -> str:
    return OK if migrations.is_newest(engine) else "expected the newest version of the database, found another"


def _check_queue(session: Session) -> str:
    oldest = session.scalar(select(func.min(Submission.received_at)).where(Submission.state == State.RECEIVED))
    if oldest is None or (waiting := clock.utc_now() - oldest) <= MOST_WAITING:
        return OK
    return f"a submission has waited for {waiting.total_seconds():.0f} s"


def _check_scorer(session: Session) -> str:
    for stage in list_stages(session):
        if stage.scorer_version != SCORER_VERSION:
            return f"expected scores of version {SCORER_VERSION}, found version {stage.scorer_version} live"
    return OK


def _check_storage(storage: Storage) -> str:
    storage.check_writable()
    return OK
