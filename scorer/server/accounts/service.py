"""The rules for accounts: register, log in, log out, API tokens."""

from __future__ import annotations

import secrets
from datetime import timedelta

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from scorer.server import clock
from scorer.server.accounts.models import Account, ApiToken, LoginSession, Role
from scorer.server.accounts.names import (
    DISPLAY_NAME_LENGTH,
    EMAIL_LENGTH,
    TOKEN_NAME_LENGTH,
    check_email,
    check_name,
    comparison_key,
)
from scorer.server.accounts.passwords import Passwords
from scorer.server.accounts.secret_values import format_token, matches, new_secret, parse_token, secret_hash
from scorer.server.db import writing
from scorer.server.refusals import Conflict, NotFound, Refusal, Unauthorized

LOGIN_LASTS = timedelta(days=14)
MOST_TOKENS = 20
"""Tokens of one account that are not revoked."""


def register(
    session: Session,
    passwords: Passwords,
    *,
    email: str,
    display_name: str,
    password: str,
    role: Role = Role.PARTICIPANT,
) -> Account:
    """Create an account.

    Raises:
        Refusal: a value that is not accepted, with its field.
        Conflict: the e-mail address has an account.
    """
    email = check_email(email)
    display_name = check_name(display_name, "a name", DISPLAY_NAME_LENGTH, field="display_name")
    password_hash = passwords.hash(password)
    account = Account(
        email=email,
        email_key=comparison_key(email),
        display_name=display_name,
        password_hash=password_hash,
        role=role,
        created_at=clock.utc_now(),
    )
    try:
        with writing(session):
            session.add(account)
    except IntegrityError as error:
        raise Conflict("This e-mail address has an account already. Log in instead.", field="email") from error
    return account


def authenticate(session: Session, passwords: Passwords, *, email: str, password: str) -> Account:
    """The account of that e-mail address and password. All log-ins come through here: a limit on tries belongs here.

    Raises:
        Unauthorized: in the same words and after the same work, whichever of the two is wrong.
    """
    # No account has a longer one, and to fold a long run of marks takes seconds.
    key = comparison_key(email) if len(email) <= EMAIL_LENGTH else None
    account = session.scalar(select(Account).where(Account.email_key == key))
    if not passwords.verify(account.password_hash if account else None, password) or account is None:
        raise Unauthorized("No account has this e-mail address and this password.")
    return account


def start_login(session: Session, account: Account) -> str:
    """Begin a log-in; the secret that is returned belongs into the browser's cookie."""
    secret, now = new_secret(), clock.utc_now()
    with writing(session):
        session.execute(delete(LoginSession).where(LoginSession.expires_at <= now))
        session.add(
            LoginSession(
                account_id=account.id,
                secret_hash=secret_hash(secret),
                created_at=now,
                expires_at=now + LOGIN_LASTS,
            )
        )
    return secret


def find_login(session: Session, secret: str) -> Account | None:
    """Whose log-in this is, while it lasts."""
    login = session.scalar(select(LoginSession).where(LoginSession.secret_hash == secret_hash(secret)))
    return login.account if login is not None and clock.utc_now() < login.expires_at else None


def end_login(session: Session, secret: str) -> None:
    """Log out: the cookie is worth nothing from now on, wherever a copy of it may be."""
    with writing(session):
        session.execute(delete(LoginSession).where(LoginSession.secret_hash == secret_hash(secret)))


def create_token(session: Session, account: Account, *, name: str) -> str:
    """A new API token; this is the only time it is seen.

    Raises:
        Refusal: the name is not accepted, or the account has enough tokens.
    """
    name = check_name(name, "a name for the token", TOKEN_NAME_LENGTH, field="name")
    public_id, secret = secrets.token_hex(6), new_secret()
    with writing(session):
        if len(list_tokens(session, account)) >= MOST_TOKENS:
            raise Refusal(f"Expected at most {MOST_TOKENS} tokens. Revoke one that is not used.", field="name")
        session.add(
            ApiToken(
                account_id=account.id,
                name=name,
                public_id=public_id,
                secret_hash=secret_hash(secret),
                created_at=clock.utc_now(),
            )
        )
    return format_token(public_id, secret)


def list_tokens(session: Session, account: Account) -> list[ApiToken]:
    """The account's tokens that are not revoked, oldest first."""
    query = select(ApiToken).where(ApiToken.account_id == account.id, ApiToken.revoked_at.is_(None))
    return list(session.scalars(query.order_by(ApiToken.id)))


def find_token(session: Session, token: str) -> ApiToken:
    """The row of a token. Raises Unauthorized where there is none or it is revoked."""
    parts = parse_token(token)
    row = session.scalar(select(ApiToken).where(ApiToken.public_id == parts[0])) if parts else None
    if parts is None or row is None or not matches(parts[1], row.secret_hash) or row.revoked_at is not None:
        raise Unauthorized("Expected a token that is not revoked; make one on the team page.")
    return row


def revoke_token(session: Session, account: Account, token_id: int) -> None:
    """Revoke one of the account's own tokens. Raises NotFound for any other."""
    with writing(session):
        token = session.get(ApiToken, token_id)
        if token is None or token.account_id != account.id or token.revoked_at is not None:
            raise NotFound("There is no such token.")
        token.revoked_at = clock.utc_now()
