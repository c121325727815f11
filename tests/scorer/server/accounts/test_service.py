from __future__ import annotations

import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from scorer.server.accounts import names, service
from scorer.server.accounts.models import Account, ApiToken, LoginSession, Role
from scorer.server.accounts.passwords import Passwords
from scorer.server.refusals import Conflict, NotFound, Refusal, Unauthorized

PASSWORD = "correct horse battery"


def register(session: Session, passwords: Passwords, **changes: str) -> Account:
    values = {"email": "ada@example.org", "display_name": "Ada", "password": PASSWORD} | changes
    return service.register(session, passwords, **values)


def test_an_account_is_a_participant_and_its_password_is_kept_as_argon2id(
    session: Session, passwords: Passwords
) -> None:
    account = register(session, passwords)
    assert account.role is Role.PARTICIPANT
    assert account.password_hash.startswith("$argon2id$")
    assert PASSWORD not in account.password_hash


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("email", "", "Expected an e-mail address, found nothing."),
        ("email", "ada", "Expected an e-mail address such as"),
        ("email", "ada@localhost", "Expected an e-mail address such as"),
        ("email", " ada@example.org", "without spaces at its ends"),
        ("email", "ada@example.org\n", "without spaces at its ends"),
        ("email", "ada\u200b@example.org", "found U+200B"),
        ("email", "ada,eve@example.org", "Expected an e-mail address such as"),
        ("email", "Ada<ada@example.org>", "Expected an e-mail address such as"),
        ("email", "ada..eve@example.org", "Expected an e-mail address such as"),
        ("email", "ada@example.org@example.com", "Expected an e-mail address such as"),
        ("email", "a" * 250 + "@example.org", "at most 254 characters, found 262"),
        ("display_name", "  ", "Expected a name, found nothing."),
        ("display_name", "Ada\u202e", "found U+202E"),
        ("display_name", "\u3164", "Expected a name"),
        ("display_name", "Ada\x00", "found U+0000"),
        ("display_name", "A" * 10_000, "at most 80 characters, found 10000"),
        ("password", "123456789", "at least 10 characters, found 9"),
        ("password", "x" * 201, "at most 200 characters, found 201"),
    ],
)
def test_a_value_that_is_not_accepted_is_refused_at_its_field(
    session: Session, passwords: Passwords, field: str, value: str, words: str
) -> None:
    with pytest.raises(Refusal) as refused:
        register(session, passwords, **{field: value})
    assert words in refused.value.message
    assert refused.value.field == field


@pytest.mark.parametrize("same", ["ADA@example.org", "ada@EXAMPLE.org", "ａda@example.org", "ada＠example.org"])
def test_an_address_has_one_account_however_it_is_written(session: Session, passwords: Passwords, same: str) -> None:
    register(session, passwords)
    with pytest.raises(Conflict, match="has an account already"):
        register(session, passwords, email=same)


def test_log_in_takes_the_address_in_any_case(session: Session, passwords: Passwords) -> None:
    account = register(session, passwords)
    found = service.authenticate(session, passwords, email="ADA@example.org", password=PASSWORD)
    assert found.id == account.id


def test_an_unknown_account_and_a_wrong_password_are_answered_alike(session: Session, passwords: Passwords) -> None:
    register(session, passwords)
    words = set()
    for email, password in [("ada@example.org", "wrong password"), ("eve@example.org", PASSWORD)]:
        with pytest.raises(Unauthorized) as refused:
            service.authenticate(session, passwords, email=email, password=password)
        words.add((refused.value.message, refused.value.field))
    assert len(words) == 1


def test_an_unknown_account_costs_the_same_time_as_a_wrong_password(session: Session) -> None:
    passwords = Passwords()  # the real cost
    register(session, passwords)

    def seconds(email: str) -> float:
        best = float("inf")
        for _ in range(3):
            start = time.perf_counter()
            with pytest.raises(Unauthorized):
                service.authenticate(session, passwords, email=email, password="wrong password")
            best = min(best, time.perf_counter() - start)
        return best

    seconds("eve@example.org")  # makes the hash of nobody
    assert 0.4 < seconds("eve@example.org") / seconds("ada@example.org") < 2.5


def test_a_log_in_ends_at_log_out_and_after_its_time(session: Session, ada: Account, set_clock: Any) -> None:
    first, second = service.start_login(session, ada), service.start_login(session, ada)
    assert service.find_login(session, first).id == ada.id
    service.end_login(session, first)
    assert service.find_login(session, first) is None
    assert service.find_login(session, second).id == ada.id
    set_clock.forward(days=14)
    assert service.find_login(session, second) is None
    service.start_login(session, ada)
    assert len(session.scalars(select(LoginSession)).all()) == 1, "ended ones are cleared away"


def test_the_secret_of_a_log_in_is_not_kept(session: Session, ada: Account) -> None:
    secret = service.start_login(session, ada)
    row = session.scalars(select(LoginSession)).one()
    assert secret.encode() not in row.secret_hash
    assert row.expires_at - row.created_at == timedelta(days=14)


def test_a_token_finds_its_account_until_it_is_revoked(session: Session, ada: Account) -> None:
    token = service.create_token(session, ada, name="laptop")
    row = service.find_token(session, token)
    assert row.account_id == ada.id
    assert row.name == "laptop"
    service.revoke_token(session, ada, row.id)
    with pytest.raises(Unauthorized):
        service.find_token(session, token)
    assert service.list_tokens(session, ada) == []


def test_a_token_is_kept_as_a_hash_only(session: Session, ada: Account) -> None:
    token = service.create_token(session, ada, name="laptop")
    row = session.scalars(select(ApiToken)).one()
    secret = token.removeprefix(f"kit_{row.public_id}_")
    assert len(secret) == 43, "256 bits"
    assert secret not in repr(vars(row))


@pytest.mark.parametrize("change", [lambda t: t[:-1], lambda t: t + "x", lambda t: t.swapcase(), lambda _: "kit_a_b"])
def test_another_token_is_refused(session: Session, ada: Account, change: Callable[[str], str]) -> None:
    token = service.create_token(session, ada, name="laptop")
    with pytest.raises(Unauthorized):
        service.find_token(session, change(token))


def test_a_foreign_token_cannot_be_revoked(
    session: Session, ada: Account, new_account: Callable[[str], Account]
) -> None:
    token = service.create_token(session, ada, name="laptop")
    with pytest.raises(NotFound):
        service.revoke_token(session, new_account("Eve"), service.find_token(session, token).id)
    assert service.find_token(session, token)


def test_a_token_may_do_all_unless_less_is_asked_for(session: Session, ada: Account) -> None:
    for scopes, kept in [({}, ["read", "submit"]), ({"scopes": ["submit", "submit"]}, ["submit"])]:
        token = service.create_token(session, ada, name="laptop", **scopes)
        assert service.find_token(session, token).scopes == kept


@pytest.mark.parametrize("scopes", [[], ["admin"], ["read", "\0"]])
def test_a_token_with_no_scope_or_one_that_is_none_is_refused(
    session: Session, ada: Account, scopes: list[str]
) -> None:
    with pytest.raises(Refusal, match="Expected some of") as refused:
        service.create_token(session, ada, name="laptop", scopes=scopes)
    assert refused.value.field == "scopes"


def test_a_name_can_be_changed_to_one_that_is_accepted(session: Session, ada: Account) -> None:
    service.rename(session, ada, display_name="Ada Lovelace")
    with pytest.raises(Refusal, match="found U\\+0000"):
        service.rename(session, ada, display_name="Ada\0")
    session.rollback()
    session.expire_all()
    assert ada.display_name == "Ada Lovelace"


def test_to_log_out_everywhere_ends_ones_own_log_ins_only(
    session: Session, ada: Account, new_account: Callable[[str], Account]
) -> None:
    eve = new_account("Eve")
    secrets = [service.start_login(session, account) for account in (ada, ada, eve)]
    service.end_all_logins(session, ada)
    assert [service.find_login(session, secret) is None for secret in secrets] == [True, True, False]


def test_a_password_of_any_characters_is_one(session: Session, passwords: Passwords) -> None:
    for password in ("nul \0 in the midst", "half a pair \ud800", "пароль на кириллице"):
        assert passwords.verify(passwords.hash(password), password)
        assert not passwords.verify(passwords.hash(password), password[:-1])


def test_an_account_has_no_more_than_20_tokens(session: Session, ada: Account) -> None:
    for number in range(service.MOST_TOKENS):
        service.create_token(session, ada, name=f"token {number}")
    with pytest.raises(Refusal, match="at most 20 tokens"):
        service.create_token(session, ada, name="one more")


def test_who_is_first_of_two_at_once_has_the_address_and_the_other_hears_it_as_ever(
    session: Session, passwords: Passwords, monkeypatch: pytest.MonkeyPatch
) -> None:
    register(session, passwords)
    # On a database that lets two write at once, the other one's row cannot be seen yet.
    monkeypatch.setattr(session, "scalar", lambda *_: None)
    with pytest.raises(Conflict, match="has an account already") as refused:
        register(session, passwords)
    assert refused.value.field == "email"


def test_an_address_that_is_too_long_is_not_folded(
    session: Session, passwords: Passwords, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(names, "comparison_key", lambda _: pytest.fail("folding a run of marks takes seconds"))
    with pytest.raises(Unauthorized):
        service.authenticate(session, passwords, email="a" + "\u0300\u0327" * 15_000, password=PASSWORD)
