from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from scorer.server.config import Settings
from scorer.server.db import open_engine, writing
from scorer.server.rate_limits import rules
from scorer.server.rate_limits.models import TryCount
from scorer.server.rate_limits.rules import Rule
from scorer.server.rate_limits.service import check, count, give_back
from scorer.server.refusals import TooManyTries

SECRET = "s" * 32
THREE = Rule("three", 3, timedelta(minutes=15), "knocks at one door")


def knocks(session: Session, key: str = "a door", rule: Rule = THREE, secret: str = SECRET) -> int:
    """How many more are let in."""
    for number in range(100):
        try:
            check(session, secret, rule, key)
        except TooManyTries:
            return number
    return 100


@pytest.fixture(autouse=True)
def at_the_start_of_a_window(set_clock: Any) -> Any:
    set_clock.now = datetime(2017, 9, 1, 12, 0, tzinfo=UTC)
    return set_clock


def test_so_many_are_let_in_and_no_more_until_the_window_is_over(session: Session, set_clock: Any) -> None:
    set_clock.forward(minutes=4, seconds=30)
    assert knocks(session) == 3
    set_clock.forward(minutes=10, seconds=29)
    assert knocks(session) == 0
    set_clock.forward(seconds=1)
    assert knocks(session) == 3


def test_who_comes_too_often_hears_the_rule_and_when_to_come_again(session: Session, set_clock: Any) -> None:
    knocks(session)
    set_clock.forward(minutes=4, seconds=29.5)
    with pytest.raises(TooManyTries) as refused:
        check(session, SECRET, THREE, "a door")
    assert refused.value.message == "Expected at most 3 knocks at one door in 15 minutes. Try again in 11 minutes."
    assert refused.value.retry_after == 631


def test_keys_and_rules_do_not_count_for_each_other(session: Session) -> None:
    other = Rule("other", 1, timedelta(hours=1), "x")
    assert [knocks(session), knocks(session, "another door"), knocks(session, rule=other)] == [3, 3, 1]


def test_what_was_given_back_may_be_tried_again_and_no_more_than_that(session: Session) -> None:
    give_back(session, SECRET, THREE, "a door")
    assert knocks(session) == 3
    give_back(session, SECRET, THREE, "a door")
    assert knocks(session) == 1


def test_nobody_can_tell_from_the_database_whose_tries_they_are(session: Session) -> None:
    check(session, SECRET, THREE, "ada@example.org")
    row = session.scalars(select(TryCount)).one()
    assert len(row.key_hash) == 32
    assert b"ada" not in row.key_hash
    session.rollback()
    assert knocks(session, "ada@example.org", secret="t" * 32) == 3, "another secret makes another key of it"


def test_old_counts_are_cleared_away(session: Session, set_clock: Any) -> None:
    for number in range(5):
        check(session, SECRET, THREE, f"door {number}")
    set_clock.forward(minutes=15)
    check(session, SECRET, THREE, "a door")
    session.rollback()
    assert len(session.scalars(select(TryCount)).all()) == 1


def test_a_try_counts_also_if_what_follows_fails(session: Session) -> None:
    check(session, SECRET, THREE, "a door")
    session.rollback()
    assert knocks(session) == 2


def test_inside_a_transaction_a_try_counts_if_the_transaction_does(session: Session) -> None:
    def fail() -> None:
        with writing(session):
            count(session, SECRET, THREE, "a door")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert knocks(session) == 3


@pytest.mark.parametrize("most", [1, 20])
def test_many_at_once_are_counted_exactly(settings: Settings, session: Session, most: int) -> None:
    rule = Rule("race", most, timedelta(hours=1), "x")
    barrier, let_in = threading.Barrier(6), []

    def work() -> None:
        engine = open_engine(settings.database_url)
        with Session(engine) as own:
            barrier.wait(10)
            for _ in range(6):
                try:
                    check(own, SECRET, rule, "a door")
                except TooManyTries:
                    continue
                let_in.append(1)
        engine.dispose()

    threads = [threading.Thread(target=work) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert len(let_in) == most


def test_every_rule_has_a_name_of_its_own_that_the_database_holds() -> None:
    found = [rule for rule in vars(rules).values() if isinstance(rule, Rule)]
    assert len(found) >= 6
    assert len({rule.name for rule in found}) == len(found)
    assert all(len(rule.name) <= TryCount.rule.type.length for rule in found)
