from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy.orm import Session

from scorer.server.accounts.models import Account
from scorer.server.accounts.signed_links import SignedLinks
from scorer.server.refusals import NotFound


def token(link: str) -> str:
    assert link.startswith("https://challenge.example.org/")
    return link.rpartition("/")[2]


def test_a_confirmation_link_finds_its_account_for_three_days(
    session: Session, links: SignedLinks, ada: Account, set_clock: Any
) -> None:
    given = token(links.confirmation(ada))
    set_clock.forward(days=3)
    assert links.find_confirmation(session, given).id == ada.id
    set_clock.forward(seconds=1)
    with pytest.raises(NotFound, match="not valid, was used already, or is too old"):
        links.find_confirmation(session, given)


def test_a_reset_link_finds_its_account_for_an_hour(
    session: Session, links: SignedLinks, ada: Account, set_clock: Any
) -> None:
    given = token(links.reset(ada))
    set_clock.forward(hours=1)
    assert links.find_reset(session, given).id == ada.id
    set_clock.forward(seconds=1)
    with pytest.raises(NotFound):
        links.find_reset(session, given)


def test_a_reset_link_is_void_as_soon_as_the_password_is_another(
    session: Session, links: SignedLinks, ada: Account
) -> None:
    given = token(links.reset(ada))
    ada.password_hash = "another"
    session.commit()
    with pytest.raises(NotFound):
        links.find_reset(session, given)


def test_a_link_of_one_kind_is_none_of_the_other(session: Session, links: SignedLinks, ada: Account) -> None:
    with pytest.raises(NotFound):
        links.find_reset(session, token(links.confirmation(ada)))
    with pytest.raises(NotFound):
        links.find_confirmation(session, token(links.reset(ada)))


def test_another_servers_link_is_none_of_ours(session: Session, links: SignedLinks, ada: Account) -> None:
    elsewhere = replace(links, secret_key="x" * 64)
    with pytest.raises(NotFound):
        links.find_reset(session, token(elsewhere.reset(ada)))


@pytest.mark.parametrize(
    "change",
    [lambda t: "", lambda t: t[:-1], lambda t: t + "x", lambda t: "x" + t, lambda t: "ä.ö.ü", lambda t: t.swapcase()],
)
def test_a_link_that_was_changed_is_void(
    session: Session, links: SignedLinks, ada: Account, change: Callable[[str], str]
) -> None:
    for find, link in [(links.find_reset, links.reset(ada)), (links.find_confirmation, links.confirmation(ada))]:
        with pytest.raises(NotFound):
            find(session, change(token(link)))


def test_a_link_tells_nobody_the_address_or_the_password_hash(links: SignedLinks, ada: Account) -> None:
    for link in (links.confirmation(ada), links.reset(ada)):
        assert "ada" not in link.lower()
        assert ada.password_hash[-10:] not in link
    assert "secret_key" not in repr(links)
