"""The rules for accounts: register, log in, log out, name and password, API tokens."""

from __future__ import annotations

import secrets
from collections.abc import Collection
from datetime import timedelta

from sqlalchemy import delete, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, joinedload

from scorer.server import clock
from scorer.server.accounts.models import Account, ApiToken, LoginSession, Role, Scope
from scorer.server.accounts.names import (
    DISPLAY_NAME_LENGTH,
    TOKEN_NAME_LENGTH,
    check_email,
    check_name,
    comparison_key,
    email_key,
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
    """Create an account. An organiser's counts as confirmed: somebody at the server's command line made it.

    Raises:
        Refusal: a value that is not accepted, with its field.
        Conflict: the e-mail address has an account.
    """
    account = new_account(passwords, email=email, display_name=display_name, password=password)
    account.role = role
    if role is Role.ORGANISER:
        account.email_confirmed_at = account.created_at
    try:
        with writing(session):
            session.add(account)
    except IntegrityError as error:
        raise address_taken() from error
    return account


def new_account(passwords: Passwords, *, email: str, display_name: str, password: str) -> Account:
    """A participant's account that is in no database yet. Raises Refusal for a value that is not accepted."""
    email = check_email(email)
    return Account(
        email=email,
        email_key=comparison_key(email),
        display_name=check_name(display_name, "a name", DISPLAY_NAME_LENGTH, field="display_name"),
        password_hash=passwords.hash(password),
        role=Role.PARTICIPANT,
        created_at=clock.utc_now(),
    )


def address_taken() -> Conflict:
    """Where nobody has to confirm an address, one hears that it has an account."""
    return Conflict("This e-mail address has an account already. Log in instead.", field="email")


def find_account(session: Session, email: str) -> Account | None:
    """The account of an e-mail address, however it is written."""
    key = email_key(email)
    return session.scalar(select(Account).where(Account.email_key == key)) if key is not None else None


def authenticate(session: Session, passwords: Passwords, *, email: str, password: str) -> Account:
    """The account of that e-mail address and password. How often one may try is `front_desk.log_in`'s to say.

    Raises:
        Unauthorized: in the same words and after the same work, whichever of the two is wrong.
    """
    account = find_account(session, email)
    if not passwords.verify(account.password_hash if account else None, password) or account is None:
        raise Unauthorized("No account has this e-mail address and this password.")
    return account


def set_password(session: Session, account: Account, password_hash: str) -> None:
    """Give the account another password, inside `writing`: every log-in ends, and every API token is revoked."""
    account.password_hash = password_hash
    session.execute(delete(LoginSession).where(LoginSession.account_id == account.id))
    session.execute(
        update(ApiToken)
        .where(ApiToken.account_id == account.id, ApiToken.revoked_at.is_(None))
        .values(revoked_at=clock.utc_now())
    )


def rename(session: Session, account: Account, *, display_name: str) -> None:
    """Give the account another display name. Raises Refusal where it is not accepted."""
    display_name = check_name(display_name, "a name", DISPLAY_NAME_LENGTH, field="display_name")
    with writing(session):
        account.display_name = display_name


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


def end_all_logins(session: Session, account: Account) -> None:
    """Log out everywhere."""
    with writing(session):
        session.execute(delete(LoginSession).where(LoginSession.account_id == account.id))


def create_token(session: Session, account: Account, *, name: str, scopes: Collection[str] = tuple(Scope)) -> str:
    """A new API token; this is the only time it is seen.

    Raises:
        Refusal: the name or a scope is not accepted, or the account has enough tokens.
    """
    name = check_name(name, "a name for the token", TOKEN_NAME_LENGTH, field="name")
    if not scopes or not set(scopes) <= set(Scope):
        raise Refusal(f"Expected some of {[str(scope) for scope in Scope]}, found {[*scopes][:5]}.", field="scopes")
    public_id, secret = secrets.token_hex(6), new_secret()
    with writing(session):
        session.execute(select(Account.id).where(Account.id == account.id).with_for_update(key_share=True))
        if len(list_tokens(session, account)) >= MOST_TOKENS:
            raise Refusal(f"Expected at most {MOST_TOKENS} tokens. Revoke one that is not used.", field="name")
        session.add(
            ApiToken(
                account_id=account.id,
                name=name,
                public_id=public_id,
                secret_hash=secret_hash(secret),
                scopes=[scope for scope in Scope if scope in scopes],
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
    query = select(ApiToken).options(joinedload(ApiToken.account, innerjoin=True))  # it is always asked for next
    row = session.scalar(query.where(ApiToken.public_id == parts[0])) if parts else None
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
