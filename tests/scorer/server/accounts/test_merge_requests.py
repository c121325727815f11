from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy.orm import Session

from scorer.server import clock
from scorer.server.accounts import merge_requests, teams
from scorer.server.accounts.models import Account
from scorer.server.audit import service as audit
from scorer.server.refusals import Conflict, Forbidden, NotFound, Refusal
from scorer.server.stages.service import find_stage


@pytest.fixture
def eve(session: Session, new_account: Callable[[str], Account]) -> Account:
    """Eve, captain of the Eavesdroppers."""
    account = new_account("Eve")
    teams.create_team(session, account, name="Eavesdroppers")
    return account


def test_a_request_waits_for_the_other_team(session: Session, ada: Account, eve: Account) -> None:
    request = merge_requests.ask(session, ada, name="EAVESDROPPERS")
    assert merge_requests.asked_by(session, ada.team).id == request.id
    assert [one.id for one in merge_requests.asked_of(session, eve.team)] == [request.id]
    assert merge_requests.asked_of(session, ada.team) == []
    entry = audit.list_entries(session)[0]
    assert (entry.action, entry.subject, entry.details) == (
        "team.ask_to_merge",
        f"team {ada.team.id}",
        {"into": eve.team.id, "request": request.id},
    )


@pytest.mark.parametrize("name", ["", "Nobody", "Analysts", "Eaves", "\0", "x" * 10_000, "a\ud800"])
def test_who_names_no_other_team_exactly_is_refused(session: Session, ada: Account, eve: Account, name: str) -> None:
    with pytest.raises(Refusal, match="Expected the exact name of another team that takes part") as refused:
        merge_requests.ask(session, ada, name=name)
    assert refused.value.field == "name"


def test_a_team_asks_one_team_at_a_time(session: Session, ada: Account, eve: Account) -> None:
    request = merge_requests.ask(session, ada, name="Eavesdroppers")
    with pytest.raises(Conflict, match="one request at a time"):
        merge_requests.ask(session, ada, name="Eavesdroppers")
    merge_requests.withdraw(session, ada, request.id)
    second = merge_requests.ask(session, ada, name="Eavesdroppers")
    merge_requests.decline(session, eve, second.id)
    merge_requests.ask(session, ada, name="Eavesdroppers")
    assert [entry.action.removeprefix("team.") for entry in audit.list_entries(session, most=5)] == [
        "ask_to_merge",
        "decline_merge",
        "ask_to_merge",
        "withdraw_merge",
        "ask_to_merge",
    ]


def test_a_request_is_the_business_of_its_two_captains(
    session: Session, ada: Account, eve: Account, new_member: Callable[..., Account]
) -> None:
    bob, dan = new_member("Bob", ada), new_member("Dan", eve)
    request = merge_requests.ask(session, ada, name="Eavesdroppers")
    for account in (bob, dan, eve):
        with pytest.raises(NotFound):
            merge_requests.withdraw(session, account, request.id)
    for account in (bob, dan, ada):
        with pytest.raises(NotFound):
            merge_requests.decline(session, account, request.id)
    with pytest.raises(NotFound):
        merge_requests.ask(session, bob, name="Eavesdroppers")
    merge_requests.decline(session, eve, request.id)
    for act, account in ((merge_requests.decline, eve), (merge_requests.withdraw, ada)):
        with pytest.raises(NotFound, match="no such request"):
            act(session, account, request.id)


def test_a_team_that_is_out_of_the_competition_neither_asks_nor_is_asked(
    session: Session, ada: Account, eve: Account
) -> None:
    eve.team.disqualified_at = clock.utc_now()
    session.commit()
    with pytest.raises(Refusal, match="that takes part"):
        merge_requests.ask(session, ada, name="Eavesdroppers")
    with pytest.raises(Forbidden, match="disqualified"):
        merge_requests.ask(session, eve, name="Analysts")


@pytest.mark.parametrize("column", ["closes_at", "settled_at"])
def test_nobody_asks_once_it_is_decided_who_is_admitted(
    session: Session, ada: Account, eve: Account, column: str
) -> None:
    setattr(find_stage(session, "public"), column, clock.utc_now())
    session.commit()
    with pytest.raises(Forbidden, match="Teams merge no more: Stage 1: public test has closed"):
        merge_requests.ask(session, ada, name="Eavesdroppers")
