"""Send the mails that wait. A mail is sent at least once, and by one worker at a time."""

from __future__ import annotations

import logging
from datetime import timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from scorer.server import clock
from scorer.server.db import writing
from scorer.server.mails.message import Letter
from scorer.server.mails.models import Mail
from scorer.server.mails.postmen import NotDelivered, Postman

logger = logging.getLogger(__name__)

MOST_TRIES = 8

FIRST_PAUSE = timedelta(minutes=5)
"""After the first try; each further one is twice as long. Longer than a job may take: within it the mail is the
worker's that tries it."""


def send_waiting(session: Session, postman: Postman, *, most: int = 100) -> int:
    """Send the mails that are due, oldest first.

    claim: the next try is moved into the future, and committed → deliver: no transaction is open → write what
    came of it. A worker that dies in between leaves a mail that is due again after the pause.

    Args:
        session: not inside a transaction of the caller's.
        postman: who takes them away.
        most: how many at once.

    Returns: how many were sent.
    """
    sent = 0
    for _ in range(most):
        letter = _claim(session)
        if letter is None:
            break
        try:
            postman.deliver(letter)
        except NotDelivered as failure:
            _write_failure(session, letter, failure)
            if failure.everybody:
                break  # the others keep their tries
        else:
            _write_sent(session, letter)
            sent += 1
    return sent


def _claim(session: Session) -> Letter | None:
    with writing(session):
        now = clock.utc_now()
        # Whoever tried these for the last time never came back.
        session.execute(
            update(Mail)
            .where(Mail.next_try_at <= now, Mail.tries >= MOST_TRIES)
            .values(next_try_at=None, text="", fault="the last try was broken off")
        )
        due = select(Mail).where(Mail.sent_at.is_(None), Mail.next_try_at <= now)
        due = due.order_by(Mail.next_try_at, Mail.id).limit(1).with_for_update(skip_locked=True)
        mail = session.scalars(due).one_or_none()
        if mail is None:
            return None
        mail.tries += 1
        mail.next_try_at = now + FIRST_PAUSE * 2 ** (mail.tries - 1)
        return Letter(mail.id, mail.account.email, mail.subject, mail.text, mail.created_at)


def _write_sent(session: Session, letter: Letter) -> None:
    with writing(session):
        mail = _locked(session, letter.number)
        mail.sent_at, mail.next_try_at, mail.fault, mail.text = clock.utc_now(), None, None, ""


def _write_failure(session: Session, letter: Letter, failure: NotDelivered) -> None:
    with writing(session):
        mail = _locked(session, letter.number)
        mail.fault = failure.why
        given_up = failure.final or mail.tries >= MOST_TRIES
        if given_up:
            mail.next_try_at, mail.text = None, ""
        tries = mail.tries
    logger.warning(
        "mail %d was not sent at try %d%s: %s", letter.number, tries, ", the last" if given_up else "", failure.why
    )


def _locked(session: Session, number: int) -> Mail:
    return session.scalars(select(Mail).where(Mail.id == number).with_for_update()).one()
