"""What keeps a claim while its verification runs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from scorer.server import clock
from scorer.server.verification import claims, keeper, log, service
from scorer.server.verification.claims import LEASE, Claim
from scorer.server.verification.keeper import LOOK_SECONDS, MOST_PENDING, RENEW_SECONDS, Keeper, LeaseLost, Stopped
from scorer.server.verification.models import Bundle, Progress, Verification

Again = Callable[[Verification], Verification]


class Time:
    """Seconds that pass when a test says so."""

    def __init__(self) -> None:
        self.now = 1000.0

    def monotonic(self) -> float:
        return self.now


@pytest.fixture
def time(monkeypatch: pytest.MonkeyPatch) -> Time:
    stopped = Time()
    monkeypatch.setattr(keeper.time, "monotonic", stopped.monotonic)
    return stopped


class Database:
    """Opens sessions, unless it is away."""

    def __init__(self, open_session: Callable[[], Session]) -> None:
        self._open_session = open_session
        self.opened = 0
        self.is_away = False

    @contextmanager
    def session(self) -> Iterator[Session]:
        self.opened += 1
        if self.is_away:
            raise OperationalError("SELECT", {}, Exception("the connection is closed"))
        with self._open_session() as session:
            yield session


@pytest.fixture
def database(open_session: Callable[[], Session]) -> Database:
    return Database(open_session)


@pytest.fixture
def verification(session: Session, candidate: Bundle) -> Verification:
    return service.ask(session, candidate.team, account=None)


@pytest.fixture
def claim(session: Session, verification: Verification) -> Claim:
    claimed = claims.claim(session, verification.id)
    assert claimed is not None
    return claimed


@pytest.fixture
def kept(database: Database, claim: Claim, time: Time) -> Keeper:
    return Keeper(database.session, claim)  # type: ignore[arg-type]


def text_of(session: Session, verification: Verification) -> str:
    session.rollback()
    return log.read(session, verification.id)[0]


def test_the_log_is_written_once_a_second_and_not_for_each_line(
    session: Session, verification: Verification, database: Database, kept: Keeper, time: Time
) -> None:
    for _ in range(50):
        kept.say("line\n")
    assert (database.opened, text_of(session, verification)) == (0, "")
    time.now += LOOK_SECONDS
    kept.tick()
    assert (database.opened, text_of(session, verification)) == (1, "line\n" * 50)


def test_a_program_that_says_much_is_not_kept_in_memory(
    session: Session, verification: Verification, kept: Keeper
) -> None:
    kept.say("x" * MOST_PENDING)
    assert len(text_of(session, verification)) == MOST_PENDING
    assert kept.take_pending() == ""


def test_the_lease_of_a_silent_program_is_renewed_now_and_then(
    session: Session, verification: Verification, kept: Keeper, time: Time, again: Again
) -> None:
    verification.leased_until = soon = clock.utc_now() + timedelta(seconds=5)
    session.commit()
    time.now += LOOK_SECONDS
    kept.tick()
    assert again(verification).leased_until == soon
    time.now += RENEW_SECONDS
    kept.tick()
    assert again(verification).leased_until > clock.utc_now() + LEASE / 2


@pytest.mark.parametrize("text", ["", "said"])
def test_a_wish_to_stop_is_heard(
    session: Session, verification: Verification, kept: Keeper, time: Time, text: str
) -> None:
    service.stop(session, verification, account=None)
    time.now += LOOK_SECONDS
    with pytest.raises(Stopped):
        kept.say(text)
    assert text_of(session, verification) == text


@pytest.mark.parametrize("text", ["", "said"])
def test_who_lost_the_lease_is_told(
    session: Session, verification: Verification, kept: Keeper, time: Time, text: str
) -> None:
    verification.lease_holder = "somebody else"
    session.commit()
    time.now += LOOK_SECONDS
    with pytest.raises(LeaseLost):
        kept.say(text)
    assert text_of(session, verification) == ""


def test_a_database_that_restarts_ends_no_run_and_loses_no_line(
    session: Session, verification: Verification, database: Database, kept: Keeper, time: Time
) -> None:
    database.is_away = True
    kept.say("before\n")
    for _ in range(5):
        time.now += LOOK_SECONDS
        kept.say("meanwhile\n")
    database.is_away = False
    time.now += LOOK_SECONDS
    kept.say("after\n")
    assert text_of(session, verification) == "before\n" + "meanwhile\n" * 5 + "after\n"


def test_a_database_that_stays_away_ends_the_run_when_the_lease_has_ended(
    database: Database, kept: Keeper, time: Time
) -> None:
    database.is_away = True
    time.now += LEASE.total_seconds() - 1
    kept.tick()
    time.now += LOOK_SECONDS
    with pytest.raises(LeaseLost):
        kept.tick()


def test_a_database_that_is_away_is_not_asked_for_each_line(database: Database, kept: Keeper, time: Time) -> None:
    database.is_away = True
    for _ in range(10):
        kept.say("x" * MOST_PENDING)
    assert database.opened == 1


def test_what_has_ended_is_not_claimed(session: Session, verification: Verification, claim: Claim) -> None:
    assert claims.claim(session, verification.id) is None, "somebody holds it"
    verification.progress, verification.leased_until, verification.lease_holder = Progress.MATCHED, None, None
    session.commit()
    assert claims.claim(session, verification.id) is None
    assert claims.claim(session, 999) is None


def test_what_was_asked_to_stop_before_anybody_came_back_to_it_ends(
    session: Session, verification: Verification, again: Again
) -> None:
    verification.stop_asked = True
    session.commit()
    assert claims.claim(session, verification.id) is None
    assert again(verification).progress is Progress.STOPPED
