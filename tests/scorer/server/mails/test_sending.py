from __future__ import annotations

import logging
import threading
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from scorer.server.accounts.models import Account
from scorer.server.config import Settings
from scorer.server.db import open_engine, writing
from scorer.server.mails import sending
from scorer.server.mails.message import Letter
from scorer.server.mails.models import Mail
from scorer.server.mails.postmen import NotDelivered
from scorer.server.mails.sending import send_waiting
from scorer.server.mails.service import write_mail


class Bag:
    """A postman that keeps what it is given, and fails as it is told."""

    def __init__(self, *failures: NotDelivered | None) -> None:
        self.letters: list[Letter] = []
        self.failures = list(failures)

    def deliver(self, letter: Letter) -> None:
        failure = self.failures.pop(0) if self.failures else None
        if failure is not None:
            raise failure
        self.letters.append(letter)


def write(session: Session, account: Account, count: int = 1) -> list[Mail]:
    with writing(session):
        return [write_mail(session, account, subject=f"Number {n}", text="https://a.example/x\n") for n in range(count)]


def only(session: Session) -> Mail:
    session.rollback()
    session.expire_all()
    return session.scalars(select(Mail)).one()


def test_a_mail_is_sent_once_and_its_text_goes(session: Session, ada: Account) -> None:
    write(session, ada)
    bag = Bag()
    assert send_waiting(session, bag) == 1
    assert send_waiting(session, bag) == 0
    assert [(one.to, one.subject, one.text) for one in bag.letters] == [
        ("ada@example.org", "Number 0", "https://a.example/x\n")
    ]
    mail = only(session)
    assert mail.sent_at is not None
    assert (mail.next_try_at, mail.text, mail.fault) == (None, "", None)


def test_a_mail_of_a_transaction_that_failed_is_never_sent(session: Session, ada: Account) -> None:
    def fail() -> None:
        with writing(session):
            write_mail(session, ada, subject="x", text="x")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert send_waiting(session, Bag()) == 0


def test_mails_leave_in_the_order_they_were_written_and_no_more_than_asked(session: Session, ada: Account) -> None:
    write(session, ada, 3)
    bag = Bag()
    assert send_waiting(session, bag, most=2) == 2
    assert send_waiting(session, bag, most=2) == 1
    assert [letter.subject for letter in bag.letters] == ["Number 0", "Number 1", "Number 2"]


def test_each_try_waits_twice_as_long_and_the_eighth_is_the_last(
    session: Session, ada: Account, set_clock: Any
) -> None:
    write(session, ada)
    pauses = []
    for number in range(1, sending.MOST_TRIES + 1):
        assert send_waiting(session, Bag(NotDelivered("busy"))) == 0
        mail = only(session)
        assert (mail.tries, mail.fault) == (number, "busy")
        if mail.next_try_at is not None:
            pauses.append((mail.next_try_at - set_clock.now).total_seconds() / 60)
            assert send_waiting(session, Bag()) == 0, "not before its time"
            set_clock.now = mail.next_try_at
    assert pauses == [5, 10, 20, 40, 80, 160, 320]
    assert (mail.next_try_at, mail.text, mail.sent_at) == (None, "", None)
    set_clock.forward(days=30)
    assert send_waiting(session, Bag()) == 0


def test_an_address_that_is_refused_for_good_is_tried_once(session: Session, ada: Account) -> None:
    write(session, ada)
    send_waiting(session, Bag(NotDelivered("SMTPRecipientsRefused 550", final=True)))
    mail = only(session)
    assert (mail.tries, mail.next_try_at, mail.text) == (1, None, "")


def test_a_server_that_is_down_costs_one_mail_one_try(session: Session, ada: Account) -> None:
    write(session, ada, 3)
    assert send_waiting(session, Bag(NotDelivered("down", everybody=True))) == 0
    session.rollback()
    assert sorted(mail.tries for mail in session.scalars(select(Mail))) == [0, 0, 1]


def test_one_that_fails_does_not_keep_the_others(session: Session, ada: Account) -> None:
    write(session, ada, 3)
    assert send_waiting(session, Bag(None, NotDelivered("this one"))) == 2


def test_a_worker_that_dies_leaves_the_mail_to_another_after_the_pause(
    session: Session, ada: Account, set_clock: Any
) -> None:
    class Killed(BaseException):
        pass

    class Dies(Bag):
        def deliver(self, letter: Letter) -> None:
            raise Killed

    write(session, ada)
    for _ in range(sending.MOST_TRIES):
        with pytest.raises(Killed):
            send_waiting(session, Dies())
        assert send_waiting(session, Bag()) == 0, "as far as anybody knows it is being sent"
        set_clock.now = only(session).next_try_at
    assert send_waiting(session, Bag()) == 0, "a mail that kills eight workers is given up"
    assert (only(session).next_try_at, only(session).text) == (None, "")


def test_two_workers_never_send_one_mail_twice(settings: Settings, session: Session, ada: Account) -> None:
    write(session, ada, 12)
    bag, barrier = Bag(), threading.Barrier(4)

    def work() -> None:
        engine = open_engine(settings.database_url)
        with Session(engine) as own:
            barrier.wait(10)
            while send_waiting(own, bag, most=2):
                pass
        engine.dispose()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    numbers = [letter.number for letter in bag.letters]
    assert len(numbers) == len(set(numbers)) == 12


def test_no_transaction_is_open_while_a_letter_is_delivered(session: Session, ada: Account) -> None:
    open_ones = []

    class Looks(Bag):
        def deliver(self, letter: Letter) -> None:
            open_ones.append(session.in_transaction())

    write(session, ada)
    send_waiting(session, Looks())
    assert open_ones == [False]


def test_the_log_tells_of_a_failure_and_nothing_of_the_mail(
    session: Session, ada: Account, caplog: pytest.LogCaptureFixture
) -> None:
    write(session, ada)
    with caplog.at_level(logging.DEBUG):
        send_waiting(session, Bag(NotDelivered("SMTPDataError 554")))
    assert [record.getMessage() for record in caplog.records if record.name.startswith("scorer")] == [
        f"mail {only(session).id} was not sent at try 1: SMTPDataError 554"
    ]
    assert "a.example/x" not in caplog.text
    assert "ada@example.org" not in caplog.text
