from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from data_spec.challenge import Challenge
from scorer.server import clock
from scorer.server.accounts.models import Account
from scorer.server.data_folder import DataFolder
from scorer.server.downloads.service import Download, find_download, list_downloads
from scorer.server.refusals import NotFound
from scorer.server.stages.admission import withdraw_admission
from scorer.server.stages.models import Stage

Find = Callable[[Account | None, str], Download]


@pytest.fixture
def find(session: Session, challenge: Challenge, data: DataFolder) -> Find:
    """Looks for a file as somebody does."""
    return lambda account, name: find_download(session, challenge, account, data, name)


def refused(find: Find, account: Account | None, name: str) -> str:
    with pytest.raises(NotFound) as caught:
        find(account, name)
    return caught.value.message


def test_what_is_everybodys_is_there_for_everybody_who_is_logged_in(
    find: Find, new_account: Callable[[str], Account]
) -> None:
    found = find(new_account("Loner"), "participants")
    assert found.path.name == "participants.zip"
    assert found.available_from is None
    assert found.size == found.path.stat().st_size
    assert found.sha256 is not None


def test_data_of_a_stage_is_there_from_the_very_moment_it_opens(
    find: Find, private: Stage, admitted: Account, set_clock: Any
) -> None:
    set_clock.forward(hours=1, microseconds=-1)
    refused(find, admitted, "stage2")
    set_clock.forward(microseconds=1)
    assert set_clock.now == private.opens_at
    assert find(admitted, "stage2").path.name == "stage2.zip"


def test_data_of_a_stage_stays_after_its_end(
    session: Session, find: Find, private: Stage, admitted: Account, set_clock: Any
) -> None:
    private.closes_at = set_clock.now + timedelta(hours=2)
    session.commit()
    set_clock.forward(days=30)
    assert find(admitted, "stage2").available


def test_a_stage_without_a_date_gives_nothing(session: Session, find: Find, private: Stage, admitted: Account) -> None:
    private.opens_at = None
    session.commit()
    refused(find, admitted, "stage2")


def test_who_is_not_admitted_cannot_tell_a_file_from_none(
    session: Session, find: Find, private: Stage, admitted: Account, eve: Account, set_clock: Any,
    new_account: Callable[[str], Account],
) -> None:  # fmt: skip
    words = {refused(find, admitted, "stage2")}  # too early
    set_clock.forward(days=1)
    for account in (None, eve, new_account("Loner")):
        words |= {refused(find, account, name) for name in ("stage2", "stage3", "organisers", "../secrets/session")}
    words.add(refused(find, None, "participants"))
    assert len(words) == 1


@pytest.mark.parametrize("what", ["disqualified", "merged", "withdrawn"])
def test_who_is_excluded_later_is_given_nothing_any_more(
    session: Session, find: Find, private: Stage, admitted: Account, eve: Account, set_clock: Any, what: str
) -> None:
    set_clock.forward(days=1)
    assert find(admitted, "stage2").available
    assert admitted.team is not None
    assert eve.team is not None
    if what == "disqualified":
        admitted.team.disqualified_at = clock.utc_now()
    elif what == "merged":
        admitted.team.merged_into_id = eve.team.id
    else:
        withdraw_admission(session, private, admitted.team, account=eve)
    session.commit()
    refused(find, admitted, "stage2")


def test_the_list_says_what_is_missing(
    session: Session, challenge: Challenge, data: DataFolder, private: Stage, admitted: Account, eve: Account,
    set_clock: Any,
) -> None:  # fmt: skip
    def stage2(account: Account) -> Download:
        everybodys, found = list_downloads(session, challenge, account, data)
        assert (everybodys.name, everybodys.available) == ("participants", True)
        assert (found.name, found.title, found.available_from) == ("stage2", private.title, private.opens_at)
        return found

    assert stage2(eve).why_not == "For teams that are admitted to this stage."
    assert stage2(admitted).why_not == "From the moment in which the stage opens."
    set_clock.forward(days=1)
    assert stage2(eve).why_not == "For teams that are admitted to this stage."
    assert stage2(admitted).available


def test_a_stage_that_admits_nobody_gives_its_data_to_every_team(
    session: Session, find: Find, private: Stage, eve: Account, set_clock: Any, new_account: Callable[[str], Account]
) -> None:
    private.admission_needed = False
    session.commit()
    refused(find, eve, "stage2")
    set_clock.forward(hours=1)
    assert find(eve, "stage2").available
    refused(find, new_account("Loner"), "stage2")


def test_an_old_data_folder_has_nothing_to_download(
    session: Session, challenge: Challenge, data: DataFolder, find: Find, ada: Account
) -> None:
    shutil.rmtree(data.downloads)
    assert list_downloads(session, challenge, ada, data) == []
    refused(find, ada, "participants")


def test_a_zip_without_its_hash_is_still_there(data: DataFolder, find: Find, ada: Account) -> None:
    (data.downloads / "participants.zip.sha256").unlink()
    assert find(ada, "participants").sha256 is None
