from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import Engine, event, select
from sqlalchemy.orm import Session

from scorer.server.accounts import service
from scorer.server.accounts.entrance import Entrance, NotConfirmed
from scorer.server.accounts.models import Account
from scorer.server.mails.models import Mail
from scorer.server.refusals import Conflict, NotFound, Refusal, TooManyTries, Unauthorized

PASSWORD = "correct horse battery"
NewEntrance = Callable[..., Entrance]
AtOnce = Callable[..., list[str]]


@pytest.fixture(autouse=True)
def at_the_start_of_a_window(set_clock: Any) -> None:
    set_clock.now = datetime(2017, 9, 1, 12, 0, tzinfo=UTC)


def sign_up(session: Session, entrance: Entrance, email: str = "ada@example.org", **changes: str) -> Account | None:
    return entrance.sign_up(session, **{"email": email, "display_name": "Ada", "password": PASSWORD} | changes)


def subjects(session: Session) -> list[str]:
    session.rollback()
    return list(session.scalars(select(Mail.subject).order_by(Mail.id)))


def newest_token(session: Session) -> str:
    session.rollback()
    text = session.scalars(select(Mail.text).order_by(Mail.id.desc())).first()
    assert text is not None
    return next(line for line in text.splitlines() if "/confirm/" in line or "/reset/" in line).rpartition("/")[2]


class Commits:
    """Counts the transactions that wrote something to disk."""

    def __init__(self, engine: Engine) -> None:
        self.count = 0
        self._wrote = False
        event.listen(engine, "after_cursor_execute", self._look)
        event.listen(engine, "commit", self._commit)

    def _look(self, _connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        self._wrote |= statement.split()[0] in ("INSERT", "UPDATE", "DELETE")

    def _commit(self, _connection: Any) -> None:
        self.count += self._wrote
        self._wrote = False


def test_an_address_that_has_an_account_is_answered_like_one_that_has_none(
    session: Session, new_entrance: NewEntrance, counted: Any
) -> None:
    entrance, commits = new_entrance(), Commits(session.get_bind())
    seen = []
    for _ in range(2):
        before = (*counted.work, commits.count)
        answer = sign_up(session, entrance)
        seen.append((answer, *(now - then for now, then in zip((*counted.work, commits.count), before, strict=True))))
    assert seen[0] == seen[1] == (None, 1, 0, 2)
    assert subjects(session) == ["Confirm your e-mail address", "You have an account already"]
    assert len(session.scalars(select(Account)).all()) == 1


def test_who_registers_again_changes_nothing_of_the_account(
    session: Session, new_entrance: NewEntrance, passwords: Any
) -> None:
    entrance = new_entrance()
    sign_up(session, entrance)
    sign_up(session, entrance, display_name="Eve", password="another password")
    account = service.find_account(session, "ada@example.org")
    assert account.display_name == "Ada"
    assert passwords.verify(account.password_hash, PASSWORD)


def test_without_a_mail_server_the_account_is_of_use_at_once_and_a_second_one_is_a_conflict(
    session: Session, new_entrance: NewEntrance
) -> None:
    entrance = new_entrance(confirmed=False)
    account = sign_up(session, entrance)
    assert account.email == "ada@example.org"
    assert entrance.log_in(session, email="ada@example.org", password=PASSWORD).id == account.id
    assert subjects(session) == ["Confirm your e-mail address"], "it becomes a file"
    with pytest.raises(Conflict, match="has an account already"):
        sign_up(session, entrance, "ADA@example.org")


@pytest.mark.parametrize("confirmed", [True, False])
def test_of_two_who_register_an_address_at_once_one_has_it(
    at_once: AtOnce, session: Session, new_entrance: NewEntrance, confirmed: bool
) -> None:
    outcomes = at_once(*[lambda own: sign_up(own, new_entrance(confirmed=confirmed))] * 4)
    assert outcomes == (["done"] * 4 if confirmed else ["Conflict"] * 3 + ["done"])
    assert len(session.scalars(select(Account)).all()) == 1
    assert len(subjects(session)) == (4 if confirmed else 1)


def test_until_the_address_is_confirmed_nobody_logs_in(session: Session, new_entrance: NewEntrance) -> None:
    entrance = new_entrance()
    sign_up(session, entrance)
    with pytest.raises(NotConfirmed, match="Confirm your e-mail address first: the link was sent again"):
        entrance.log_in(session, email="ada@example.org", password=PASSWORD)
    with pytest.raises(Unauthorized):
        entrance.log_in(session, email="ada@example.org", password="wrong password")
    entrance.confirm(session, newest_token(session))
    assert entrance.log_in(session, email="ada@example.org", password=PASSWORD).email_confirmed_at is not None


def test_an_organisers_account_counts_as_confirmed(session: Session, passwords: Any, new_entrance: NewEntrance) -> None:
    service.register(
        session,
        passwords,
        email="boss@example.org",
        display_name="Boss",
        password=PASSWORD,
        role=service.Role.ORGANISER,
    )
    assert new_entrance().log_in(session, email="boss@example.org", password=PASSWORD)


def test_a_mailbox_gets_four_links_an_hour_and_nobody_hears_why_there_is_no_fifth(
    session: Session, new_entrance: NewEntrance, set_clock: Any
) -> None:
    entrance = new_entrance()
    for _ in range(7):
        assert sign_up(session, entrance) is None
        entrance.ask_for_reset(session, email="ada@example.org")
    assert len(subjects(session)) == 4
    with pytest.raises(NotConfirmed, match="the link was sent to it"):
        entrance.log_in(session, email="ada@example.org", password=PASSWORD)
    assert len(subjects(session)) == 4
    set_clock.forward(hours=1)
    entrance.ask_for_reset(session, email="ada@example.org")
    assert len(subjects(session)) == 5


def test_to_confirm_twice_keeps_the_first_moment(session: Session, new_entrance: NewEntrance, set_clock: Any) -> None:
    entrance = new_entrance()
    sign_up(session, entrance)
    token, first = newest_token(session), set_clock.now
    for _ in range(2):
        entrance.confirm(session, token)
        set_clock.forward(hours=1)
    assert service.find_account(session, "ada@example.org").email_confirmed_at == first


def test_ten_wrong_passwords_close_an_account_for_everybody_until_the_window_ends(
    session: Session, new_entrance: NewEntrance, ada: Account, set_clock: Any, counted: Any
) -> None:
    for number in range(10):
        with pytest.raises(Unauthorized):
            new_entrance(network=f"192.0.2.{number}").log_in(session, email="ADA@example.org", password="wrong one")
    verified = counted.verified
    entrance = new_entrance(confirmed=False, network="198.51.100.1")
    with pytest.raises(
        TooManyTries, match="at most 10 failed log-ins with one e-mail address in 15 minutes"
    ) as refused:
        entrance.log_in(session, email="ada@example.org", password=PASSWORD)
    assert refused.value.retry_after == 900
    assert counted.verified == verified, "no password is looked at"
    set_clock.forward(minutes=15)
    assert entrance.log_in(session, email="ada@example.org", password=PASSWORD).id == ada.id


def test_an_address_without_an_account_is_closed_in_the_same_way(
    session: Session, new_entrance: NewEntrance, ada: Account
) -> None:
    answers = []
    for email in ("ada@example.org", "eve@example.org"):
        said = []
        for number in range(12):
            with pytest.raises(Refusal) as refused:
                new_entrance(network=f"192.0.2.{number}").log_in(session, email=email, password="wrong one")
            said.append((type(refused.value), refused.value.message))
        answers.append(said)
    assert answers[0] == answers[1]
    assert [kind for kind, _ in answers[0]] == [Unauthorized] * 10 + [TooManyTries] * 2


def test_right_passwords_use_nothing_up(session: Session, new_entrance: NewEntrance, ada: Account) -> None:
    entrance = new_entrance(confirmed=False)
    for _ in range(60):
        entrance.log_in(session, email="ada@example.org", password=PASSWORD)


def test_fifty_wrong_passwords_close_the_door_to_a_network_address_and_to_no_other(
    session: Session, new_entrance: NewEntrance, ada: Account
) -> None:
    entrance = new_entrance(confirmed=False)
    for number in range(50):
        with pytest.raises(Unauthorized):
            entrance.log_in(session, email=f"user{number}@example.org", password="wrong one")
    with pytest.raises(TooManyTries, match="from one network address"):
        entrance.log_in(session, email="ada@example.org", password=PASSWORD)
    elsewhere = new_entrance(confirmed=False, network="198.51.100.1")
    assert elsewhere.log_in(session, email="ada@example.org", password=PASSWORD)


def test_many_guesses_at_once_are_not_more_than_one_after_the_other(
    at_once: AtOnce, ada: Account, new_entrance: NewEntrance, counted: Any
) -> None:
    def guess(own: Session) -> None:
        for _ in range(4):
            with pytest.raises(Refusal):
                new_entrance().log_in(own, email="ada@example.org", password="wrong one")

    assert at_once(*[guess] * 5) == ["done"] * 5
    assert counted.verified == 10


def test_twenty_accounts_an_hour_from_one_network_address(session: Session, new_entrance: NewEntrance) -> None:
    entrance = new_entrance()
    with pytest.raises(Refusal, match="Expected an e-mail address such as"):
        sign_up(session, entrance, "a slip of the hand")
    for number in range(20):
        sign_up(session, entrance, f"user{number}@example.org")
    with pytest.raises(TooManyTries, match="at most 20 new accounts from one network address in 60 minutes"):
        sign_up(session, entrance, "one.more@example.org")
    sign_up(session, new_entrance(network="198.51.100.1"), "one.more@example.org")


def test_who_asks_for_a_reset_hears_the_same_after_the_same_work_whether_or_not_there_is_an_account(
    session: Session, new_entrance: NewEntrance, ada: Account, counted: Any
) -> None:
    entrance, commits = new_entrance(), Commits(session.get_bind())
    for email in ("ada@example.org", "eve@example.org", "no address", "\0", "x" * 1000):
        before = commits.count
        entrance.ask_for_reset(session, email=email)
        assert commits.count - before == 1
    assert counted.work == (0, 0)
    assert subjects(session) == ["Set a new password"]


def test_twenty_resets_an_hour_from_one_network_address(session: Session, new_entrance: NewEntrance) -> None:
    entrance = new_entrance()
    for number in range(20):
        entrance.ask_for_reset(session, email=f"user{number}@example.org")
    with pytest.raises(TooManyTries):
        entrance.ask_for_reset(session, email="one.more@example.org")


def test_a_reset_ends_every_log_in_revokes_every_token_and_confirms_the_address(
    session: Session, new_entrance: NewEntrance, ada: Account
) -> None:
    entrance = new_entrance()
    secret, token = service.start_login(session, ada), service.create_token(session, ada, name="laptop")
    entrance.ask_for_reset(session, email="ada@example.org")
    entrance.reset(session, newest_token(session), password="another password")
    assert service.find_login(session, secret) is None
    with pytest.raises(Unauthorized):
        service.find_token(session, token)
    assert entrance.log_in(session, email="ada@example.org", password="another password").email_confirmed_at
    with pytest.raises(Unauthorized):
        entrance.log_in(session, email="ada@example.org", password=PASSWORD)
    assert subjects(session)[-1] == "Your password was changed"


def test_a_reset_link_works_once_also_for_two_at_once(
    at_once: AtOnce, session: Session, new_entrance: NewEntrance, ada: Account
) -> None:
    new_entrance().ask_for_reset(session, email="ada@example.org")
    token = newest_token(session)
    outcomes = at_once(*[lambda own: new_entrance().reset(own, token, password="another password")] * 3)
    assert outcomes == ["NotFound", "NotFound", "done"]


def test_a_void_link_or_a_bad_password_is_said_before_any_work(
    session: Session, new_entrance: NewEntrance, ada: Account, counted: Any
) -> None:
    entrance = new_entrance()
    with pytest.raises(NotFound):
        entrance.reset(session, "void", password="another password")
    assert counted.work == (0, 0)
    entrance.ask_for_reset(session, email="ada@example.org")
    token = newest_token(session)
    with pytest.raises(Refusal, match="at least 10 characters"):
        entrance.reset(session, token, password="short")
    entrance.reset(session, token, password="another password")


def test_a_password_is_changed_by_who_knows_it_ten_guesses_at_most(
    session: Session, new_entrance: NewEntrance, ada: Account
) -> None:
    entrance = new_entrance(confirmed=False)
    for _ in range(10):
        with pytest.raises(Refusal, match="Expected your present password") as refused:
            entrance.change_password(session, ada, present="wrong one", password="another password")
        assert refused.value.field == "present"
    with pytest.raises(TooManyTries):
        entrance.change_password(session, ada, present=PASSWORD, password="another password")


def test_no_mail_repeats_what_a_stranger_typed(session: Session, new_entrance: NewEntrance) -> None:
    entrance = new_entrance()
    for _ in range(2):
        sign_up(session, entrance, display_name="Win a prize at spam.example")
    session.rollback()
    for mail in session.scalars(select(Mail)):
        assert "prize" not in mail.text + mail.subject
