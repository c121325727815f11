from __future__ import annotations

from sqlalchemy.orm import Session

from scorer.server.db import writing
from scorer.server.verification import log
from scorer.server.verification.models import Bundle
from scorer.server.verification.service import ask


def test_whoever_follows_a_log_gets_each_piece_once(session: Session, candidate: Bundle) -> None:
    verification = ask(session, candidate.team, account=None)
    assert log.read(session, verification.id) == ("", -1)
    with writing(session):
        log.add(session, verification.id, "one\n")
        log.add(session, verification.id, "")
        log.add(session, verification.id, "two\n")
    assert log.read(session, verification.id) == ("one\ntwo\n", 1)
    with writing(session):
        log.add(session, verification.id, "three\n")
    assert log.read(session, verification.id, after=1) == ("three\n", 2)
    assert log.read(session, verification.id, after=2) == ("", 2)


def test_the_log_of_another_verification_is_another_log(session: Session, candidate: Bundle) -> None:
    verification = ask(session, candidate.team, account=None)
    with writing(session):
        log.add(session, verification.id, "mine")
    assert log.read(session, verification.id + 1) == ("", -1)


def test_what_no_database_takes_in_a_text_is_replaced(session: Session, candidate: Bundle) -> None:
    verification = ask(session, candidate.team, account=None)
    with writing(session):
        log.add(session, verification.id, "a\0b\ud800c\U0001f600")
    assert log.read(session, verification.id)[0] == "a\ufffdb?c\U0001f600"
