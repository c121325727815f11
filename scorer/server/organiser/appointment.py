"""Who is an organiser. Decided at the server's command line, never on a page."""

from __future__ import annotations

import secrets
from dataclasses import dataclass

from sqlalchemy.orm import Session

from scorer.server.accounts.models import Account, Role
from scorer.server.accounts.passwords import Passwords
from scorer.server.accounts.service import find_account, new_account
from scorer.server.audit import service as audit
from scorer.server.db import writing
from scorer.server.refusals import Conflict, NotFound


@dataclass(frozen=True)
class Appointed:
    """An organiser's account, and the password of one that was made for this."""

    account: Account
    password: str | None


def appoint(session: Session, passwords: Passwords, *, email: str) -> Appointed:
    """Make the account of that address an organiser's; where there is none, create one.

    Raises:
        Refusal: the address is not accepted.
        Conflict: it is an organiser's already.
    """
    password = None
    with writing(session):
        account = find_account(session, email)
        if account is None:
            password = secrets.token_urlsafe(18)
            account = new_account(passwords, email=email, display_name="Organiser", password=password)
            account.email_confirmed_at = account.created_at  # whoever rules the server vouches for it
            session.add(account)
        elif account.role is Role.ORGANISER:
            raise Conflict("Expected the address of somebody else, found an organiser's.")
        account.role = Role.ORGANISER
        session.flush()
        audit.record(session, account=None, action="organiser.add", subject=f"account {account.id}")
    return Appointed(account, password)


def dismiss(session: Session, *, email: str) -> Account:
    """Take the role back; the account remains. Raises NotFound where no organiser has that address."""
    with writing(session):
        account = find_account(session, email)
        if account is None or account.role is not Role.ORGANISER:
            raise NotFound("Expected an organiser's address, found another.")
        account.role = Role.PARTICIPANT
        audit.record(session, account=None, action="organiser.remove", subject=f"account {account.id}")
    return account
