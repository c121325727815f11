from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy.orm import Session

from scorer.server.accounts.models import Account, Role
from scorer.server.accounts.passwords import Passwords
from scorer.server.accounts.service import authenticate
from scorer.server.audit import service as audit
from scorer.server.organiser.appointment import appoint, dismiss
from scorer.server.refusals import Conflict, NotFound, Refusal


def test_an_account_becomes_an_organisers_and_keeps_its_password(
    session: Session, passwords: Passwords, ada: Account
) -> None:
    appointed = appoint(session, passwords, email="ADA@example.org")
    assert (appointed.account.id, appointed.password, ada.role) == (ada.id, None, Role.ORGANISER)


def test_without_an_account_one_is_made(session: Session, passwords: Passwords) -> None:
    appointed = appoint(session, passwords, email="grace@example.org")
    assert appointed.password is not None
    account = authenticate(session, passwords, email="grace@example.org", password=appointed.password)
    assert account.role is Role.ORGANISER
    assert account.email_confirmed_at is not None


def test_an_organiser_becomes_a_participant_again(session: Session, passwords: Passwords, ada: Account) -> None:
    with pytest.raises(NotFound):
        dismiss(session, email="ada@example.org")
    appoint(session, passwords, email="ada@example.org")
    with pytest.raises(Conflict):
        appoint(session, passwords, email="ada@example.org")
    dismiss(session, email="ada@example.org")
    assert ada.role is Role.PARTICIPANT


def test_an_address_that_is_none_is_refused(session: Session, passwords: Passwords) -> None:
    with pytest.raises(Refusal, match="Expected an e-mail address"):
        appoint(session, passwords, email="grace")


def test_the_audit_log_has_both_and_no_address(session: Session, passwords: Passwords, ada: Account) -> None:
    appoint(session, passwords, email="ada@example.org")
    dismiss(session, email="ada@example.org")
    entries = audit.list_entries(session, most=2)
    assert [(entry.action, entry.subject, entry.details) for entry in entries] == [
        ("organiser.remove", f"account {ada.id}", {}),
        ("organiser.add", f"account {ada.id}", {}),
    ]


def test_who_was_dismissed_finds_no_organisers_pages(
    session: Session, passwords: Passwords, ada: Account, browser: Any
) -> None:
    appoint(session, passwords, email="ada@example.org")
    browser.log_in("Ada")
    assert browser.client.get("/organiser").status_code == 200
    dismiss(session, email="ada@example.org")
    assert browser.client.get("/organiser").status_code == 404
