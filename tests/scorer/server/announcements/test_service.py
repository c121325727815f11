from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from scorer.server import clock
from scorer.server.accounts.models import Account
from scorer.server.announcements.letter import Letter
from scorer.server.announcements.models import Announcement
from scorer.server.announcements.service import MOST_TEXT, MOST_TITLE, list_published, publish, withdraw
from scorer.server.audit import service as audit
from scorer.server.mails.models import Mail
from scorer.server.refusals import NotFound, Refusal

LETTER = Letter("Test of 2017", "https://kit.example", only_confirmed=True)


def announce(session: Session, account: Account, title: str = "Hello", letter: Letter | None = None) -> Announcement:
    return publish(session, account=account, title=title, text="Dear all,\n\nwelcome.", letter=letter)


def test_what_is_published_is_read_newest_first_until_it_is_withdrawn(session: Session, ada: Account) -> None:
    first, second, third = (announce(session, ada, title) for title in ("One", "Two", "Three"))
    assert [one.title for one in list_published(session)] == ["Three", "Two", "One"]
    assert list_published(session, most=1) == [third]
    withdraw(session, second.id, account=ada)
    assert list_published(session) == [third, first]
    assert list_published(session, before=third.id) == [first]
    with pytest.raises(NotFound):
        withdraw(session, second.id, account=ada)
    with pytest.raises(NotFound):
        withdraw(session, 999, account=ada)


def test_both_are_in_the_audit_log(session: Session, ada: Account) -> None:
    announcement = announce(session, ada)
    withdraw(session, announcement.id, account=ada)
    withdrawn, published = audit.list_entries(session, most=2)
    subject = f"announcement {announcement.id}"
    assert (published.action, published.subject, published.account_id) == ("announcement.publish", subject, ada.id)
    assert published.details == {"title": "Hello", "text": "Dear all,\n\nwelcome.", "mails": 0}
    assert (withdrawn.action, withdrawn.subject) == ("announcement.withdraw", subject)


@pytest.mark.parametrize(
    ("title", "text", "field"),
    [
        (" ", "text", "title"),
        ("x" * (MOST_TITLE + 1), "text", "title"),
        ("one\nBcc: eve@example.org", "text", "title"),
        ("title", "\n", "text"),
        ("title", "x" * (MOST_TEXT + 1), "text"),
        ("title", "a\0b", "text"),
    ],
)
def test_what_cannot_be_shown_is_refused_at_its_field(
    session: Session, ada: Account, title: str, text: str, field: str
) -> None:
    with pytest.raises(Refusal, match="Expected") as refused:
        publish(session, account=ada, title=title, text=text, letter=None)
    assert refused.value.field == field
    assert list_published(session) == []


def test_a_mailed_one_waits_for_everybody_whose_address_is_confirmed(
    session: Session, ada: Account, new_account: Callable[[str], Account]
) -> None:
    new_account("Eve")
    ada.email_confirmed_at = clock.utc_now()
    session.commit()
    announce(session, ada, letter=LETTER)
    mails = session.scalars(select(Mail)).all()
    assert [(mail.account_id, mail.subject) for mail in mails] == [(ada.id, "Hello")]
    assert mails[0].text.startswith("Dear all,\n\nwelcome.\n")
    assert "https://kit.example/announcements" in mails[0].text
    assert audit.list_entries(session)[0].details["mails"] == 1


def test_where_nobody_confirms_an_address_it_is_mailed_to_all(
    session: Session, ada: Account, new_account: Callable[[str], Account]
) -> None:
    eve = new_account("Eve")
    announce(session, ada, letter=Letter("Test of 2017", "https://kit.example", only_confirmed=False))
    assert set(session.scalars(select(Mail.account_id))) == {ada.id, eve.id}


def test_one_that_is_not_to_be_mailed_is_not(session: Session, ada: Account) -> None:
    announce(session, ada)
    assert session.scalars(select(Mail)).all() == []


def test_lines_of_the_mail_fit() -> None:
    text = LETTER.compose("word " * 40 + "\nhttps://a.example/" + "x" * 90)
    assert [line for line in text.split("\n") if len(line) > 78] == ["https://a.example/" + "x" * 90]
