from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy.orm import Session

from scorer.server.accounts import teams
from scorer.server.accounts.models import Account
from scorer.server.refusals import Conflict, Refusal


def test_who_creates_a_team_is_its_captain(session: Session, ada: Account) -> None:
    assert ada.team.name == "Analysts"
    assert [(one.account.display_name, one.captain) for one in ada.team.memberships] == [("Ada", True)]


def test_a_person_is_in_one_team(session: Session, ada: Account) -> None:
    with pytest.raises(Conflict, match="in the team “Analysts” already"):
        teams.create_team(session, ada, name="Second")


@pytest.mark.parametrize("same", ["Analysts", "ANALYSTS", "Ａnalysts", "analyſts"])
def test_a_team_name_is_taken_however_it_is_written(
    session: Session, ada: Account, new_account: Callable[[str], Account], same: str
) -> None:
    with pytest.raises(Conflict, match="Another team has this name") as refused:
        teams.create_team(session, new_account("Eve"), name=same)
    assert refused.value.field == "name"


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("", "found nothing"),
        (" Padded", "without spaces at its ends"),
        ("Two  spaces", "without two spaces in a row"),
        ("Zero\u200bwidth", "found U+200B"),
        ("\u202eReversed", "found U+202E"),
        ("N" * 61, "at most 60 characters, found 61"),
        ("N" * 10_000, "at most 60 characters, found 10000"),
    ],
)
def test_a_team_name_that_is_not_accepted_is_refused(
    session: Session, new_account: Callable[[str], Account], name: str, words: str
) -> None:
    with pytest.raises(Refusal, match="team name") as refused:
        teams.create_team(session, new_account("Eve"), name=name)
    assert words in refused.value.message


def test_who_is_first_of_two_at_once_has_the_name_and_the_other_hears_it_as_ever(
    session: Session, ada: Account, new_account: Callable[[str], Account], monkeypatch: pytest.MonkeyPatch
) -> None:
    eve = new_account("Eve")
    # On a database that lets two write at once, the other one's row cannot be seen yet.
    monkeypatch.setattr(session, "scalar", lambda *_: None)
    with pytest.raises(Conflict, match="Another team has this name") as refused:
        teams.create_team(session, eve, name="Analysts")
    assert refused.value.field == "name"
    assert eve.team is None
