"""The rules for announcements: publish one, withdraw it, read what is published."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from scorer.server import clock
from scorer.server.accounts.models import Account
from scorer.server.accounts.names import check_name
from scorer.server.announcements.letter import Letter
from scorer.server.announcements.models import Announcement
from scorer.server.audit import service as audit
from scorer.server.db import writing
from scorer.server.mails.service import write_mail
from scorer.server.plain_text import check_text
from scorer.server.refusals import NotFound

MOST_TITLE, MOST_TEXT = 120, 10_000
"""Characters."""


def publish(session: Session, *, account: Account, title: str, text: str, letter: Letter | None) -> Announcement:
    """Publish an announcement. The caller wakes a worker where it is mailed.

    Args:
        session: the database's.
        account: the organiser.
        title: one line.
        text: plain; an empty line begins a paragraph.
        letter: with it, the announcement is also mailed to everybody.

    Raises:
        Refusal: a value that is not accepted, with its field.
    """
    title = check_name(title.strip(), "a title", MOST_TITLE, field="title")
    text = check_text(text, "a text", MOST_TEXT, field="text")
    account_id = account.id
    with writing(session):
        announcement = Announcement(title=title, text=text, published_at=clock.utc_now(), account_id=account_id)
        session.add(announcement)
        session.flush()
        mails = _mail_to_everybody(session, announcement, letter) if letter is not None else 0
        audit.record(
            session,
            account=account,
            action="announcement.publish",
            subject=f"announcement {announcement.id}",
            details={"title": title, "text": text, "mails": mails},
        )
    return announcement


def withdraw(session: Session, announcement_id: int, *, account: Account) -> None:
    """Take an announcement off the pages. Raises NotFound where it is not published."""
    with writing(session):
        query = select(Announcement).where(Announcement.id == announcement_id, Announcement.withdrawn_at.is_(None))
        announcement = session.scalars(query.with_for_update()).one_or_none()
        if announcement is None:
            raise NotFound("There is no such announcement.")
        announcement.withdrawn_at = clock.utc_now()
        audit.record(
            session, account=account, action="announcement.withdraw", subject=f"announcement {announcement_id}"
        )


def list_published(session: Session, *, before: int | None = None, most: int = 50) -> list[Announcement]:
    """The announcements that are not withdrawn, newest first; those older than the id `before`."""
    query = select(Announcement).where(Announcement.withdrawn_at.is_(None))
    if before is not None:
        query = query.where(Announcement.id < before)
    return list(session.scalars(query.order_by(Announcement.id.desc()).limit(most)))


def _mail_to_everybody(session: Session, announcement: Announcement, letter: Letter) -> int:
    query = select(Account).order_by(Account.id)
    if letter.only_confirmed:
        query = query.where(Account.email_confirmed_at.is_not(None))
    accounts, text = session.scalars(query).all(), letter.compose(announcement.text)
    for account in accounts:
        write_mail(session, account, subject=announcement.title, text=text)
    return len(accounts)
