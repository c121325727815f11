from __future__ import annotations

import io
import secrets
import threading
from collections.abc import Callable
from datetime import timedelta
from types import ModuleType
from typing import Any

import pytest
from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from data_spec.challenge import Challenge
from scorer.server import clock
from scorer.server.accounts import teams
from scorer.server.accounts.models import Account, Membership, Team
from scorer.server.config import Settings
from scorer.server.data_folder import DataFolder
from scorer.server.db import open_engine
from scorer.server.refusals import Forbidden, NotFound, Refusal, TooLarge, TooMany
from scorer.server.stages.admission import admit_team, is_admitted, withdraw_admission
from scorer.server.stages.changes import open_stage
from scorer.server.stages.entrants import NoTeam, team_of
from scorer.server.stages.service import find_stage
from scorer.server.submissions import service
from scorer.server.submissions.models import State, Submission


def receive(session: Session, data: DataFolder, challenge: Challenge, account: Account, content: bytes) -> Submission:
    stage = find_stage(session, "public")
    return service.receive(session, data.storage, challenge, account=account, stage=stage, source=io.BytesIO(content))


def test_a_received_submission_is_kept_under_its_hash(
    session: Session, data: DataFolder, challenge: Challenge, ada: Account
) -> None:
    received = receive(session, data, challenge, ada, b"anything")
    assert received.state is State.RECEIVED
    assert data.storage.path(received.sha256).read_bytes() == b"anything"
    assert list(data.storage.incoming.iterdir()) == []


def test_the_same_file_sent_twice_while_it_waits_is_one_submission(
    session: Session, data: DataFolder, challenge: Challenge, ada: Account
) -> None:
    first, second = (receive(session, data, challenge, ada, b"anything") for _ in range(2))
    assert first.id == second.id
    stage = find_stage(session, "public")
    assert service.quota_now(session, challenge, account=ada, stage=stage).used_today == 1
    first.state = State.SCORED
    session.commit()
    assert receive(session, data, challenge, ada, b"anything").id != first.id, "judged, it may be sent anew"


def test_only_teams_submit(
    session: Session, data: DataFolder, challenge: Challenge, new_account: Callable[[str], Account]
) -> None:
    with pytest.raises(Forbidden, match="Create a team first"):
        receive(session, data, challenge, new_account("Eve"), b"anything")


def test_a_closed_stage_takes_nothing(session: Session, data: DataFolder, challenge: Challenge, ada: Account) -> None:
    stage = find_stage(session, "private")
    with pytest.raises(Forbidden, match="Stage 2: private test is not open yet"):
        service.receive(session, data.storage, challenge, account=ada, stage=stage, source=io.BytesIO(b"anything"))


class ClosesWhileReading(io.BytesIO):
    """An upload in whose midst something happens."""

    def __init__(self, happens: Callable[[], object]) -> None:
        super().__init__(secrets.token_bytes(8))
        self.happens = happens

    def read(self, size: int | None = -1, /) -> bytes:
        self.happens()
        return super().read(size)


def test_a_stage_that_closes_during_the_upload_is_closed(
    session: Session,
    data: DataFolder,
    challenge: Challenge,
    ada: Account,
    set_clock: Any,
) -> None:
    stage = find_stage(session, "public")
    stage.closes_at = set_clock.now + timedelta(seconds=1)
    session.commit()
    source = ClosesWhileReading(lambda: set_clock.forward(seconds=1))
    with pytest.raises(Forbidden, match="closed at"):
        service.receive(session, data.storage, challenge, account=ada, stage=stage, source=source)
    assert session.scalar(select(func.count(Submission.id))) == 0


def test_a_stage_that_teams_are_admitted_to_takes_nothing_of_others(
    session: Session, data: DataFolder, challenge: Challenge, ada: Account
) -> None:
    stage = find_stage(session, "private")
    open_stage(session, stage, account=ada)
    with pytest.raises(Forbidden, match="Expected a team that is admitted to Stage 2: private test"):
        service.receive(session, data.storage, challenge, account=ada, stage=stage, source=io.BytesIO(b"anything"))
    admit_team(session, stage, team_of(ada), account=ada)
    service.receive(session, data.storage, challenge, account=ada, stage=stage, source=io.BytesIO(b"anything"))


@pytest.mark.parametrize("what", ["was disqualified", "is not"])
def test_a_team_that_is_excluded_during_its_upload_is_refused(
    session: Session, settings: Settings, data: DataFolder, challenge: Challenge, ada: Account, what: str
) -> None:
    stage, engine = find_stage(session, "private"), open_engine(settings.database_url)
    open_stage(session, stage, account=ada)
    admit_team(session, stage, team_of(ada), account=ada)

    def exclude() -> None:
        with Session(engine) as own:
            team = own.get_one(Team, team_of(ada).id)
            if what == "was disqualified":
                team.disqualified_at = clock.utc_now()
                own.commit()
            elif is_admitted(own, stage, team):
                withdraw_admission(own, stage, team, account=ada)

    with pytest.raises(Forbidden, match=f"found one that {what}"):
        service.receive(session, data.storage, challenge, account=ada, stage=stage, source=ClosesWhileReading(exclude))
    engine.dispose()
    assert session.scalar(select(func.count(Submission.id))) == 0


def test_who_leaves_the_team_during_the_upload_submits_nothing_for_it(
    session: Session, settings: Settings, data: DataFolder, challenge: Challenge, ada: Account
) -> None:
    engine = open_engine(settings.database_url)

    def leave() -> None:
        with Session(engine) as own:
            own.execute(delete(Membership).where(Membership.account_id == ada_id))
            own.commit()

    ada_id, stage = ada.id, find_stage(session, "public")
    with pytest.raises(NoTeam, match="Create a team first"):
        service.receive(session, data.storage, challenge, account=ada, stage=stage, source=ClosesWhileReading(leave))
    engine.dispose()
    assert session.scalar(select(func.count()).select_from(Submission)) == 0


def test_no_transaction_is_open_while_an_upload_arrives(
    session: Session, data: DataFolder, challenge: Challenge, ada: Account
) -> None:
    stage, open_meanwhile = find_stage(session, "public"), []
    source = ClosesWhileReading(lambda: open_meanwhile.append(session.in_transaction()))
    service.receive(session, data.storage, challenge, account=ada, stage=stage, source=source)
    assert not any(open_meanwhile)


def test_a_file_over_the_limit_is_refused_with_the_limit_in_words_and_removed(
    session: Session, data: DataFolder, challenge: Challenge, ada: Account
) -> None:
    with pytest.raises(TooLarge, match="Expected a zip of at most 200 kB"):
        receive(session, data, challenge, ada, bytes(200_001))
    assert [path for path in data.storage.root.rglob("*") if path.is_file()] == []


def test_an_empty_upload_is_refused(session: Session, data: DataFolder, challenge: Challenge, ada: Account) -> None:
    with pytest.raises(Refusal, match="Expected a zip file, found nothing"):
        receive(session, data, challenge, ada, b"")


def test_the_quota_of_a_day_begins_anew_at_midnight_and_that_of_the_stage_does_not(
    session: Session,
    data: DataFolder,
    challenge: Challenge,
    ada: Account,
    set_clock: Any,
) -> None:
    for _ in range(3):
        receive(session, data, challenge, ada, secrets.token_bytes(8))
    with pytest.raises(TooMany, match="All 3 submissions of today are used"):
        receive(session, data, challenge, ada, secrets.token_bytes(8))
    set_clock.forward(days=1)
    for _ in range(2):
        receive(session, data, challenge, ada, secrets.token_bytes(8))
    set_clock.forward(days=1)
    with pytest.raises(Forbidden, match="All 5 submissions of this stage are used"):
        receive(session, data, challenge, ada, secrets.token_bytes(8))


@pytest.mark.parametrize("state", [State.REFUSED, State.FAILED])
def test_a_refused_format_and_our_own_fault_are_free(
    session: Session, data: DataFolder, challenge: Challenge, ada: Account, state: State
) -> None:
    for _ in range(4):
        receive(session, data, challenge, ada, secrets.token_bytes(8)).state = state
        session.commit()
    quota = service.quota_now(session, challenge, account=ada, stage=find_stage(session, "public"))
    assert (quota.used_today, quota.left_today, quota.left_in_total) == (0, 3, 5)


def test_uploads_at_once_do_not_get_past_the_quota(
    settings: Settings, data: DataFolder, challenge: Challenge, ada: Account
) -> None:
    engine = open_engine(settings.database_url)
    barrier = threading.Barrier(8)
    outcomes: list[str] = []

    def upload(number: int) -> None:
        with Session(engine, expire_on_commit=False) as own:
            account = own.get(Account, ada.id)
            stage = find_stage(own, "public")
            waits = [True]

            def meet() -> None:
                if waits.pop() if waits else False:
                    barrier.wait(10)  # everybody was told that there is room

            try:
                service.receive(
                    own, data.storage, challenge, account=account, stage=stage, source=ClosesWhileReading(meet)
                )
                outcomes.append("received")
            except TooMany:
                outcomes.append("too many")

    threads = [threading.Thread(target=upload, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    engine.dispose()
    assert sorted(outcomes) == ["received"] * 3 + ["too many"] * 5


def test_a_foreign_submission_is_not_found_like_one_that_never_was(
    session: Session, data: DataFolder, challenge: Challenge, ada: Account, new_account: Callable[[str], Account]
) -> None:
    received = receive(session, data, challenge, ada, b"anything")
    assert service.find_submission(session, ada, received.id) is received
    eve = new_account("Eve")
    words = set()
    for number in (received.id, 999):
        with pytest.raises(NotFound) as refused:
            service.find_submission(session, eve, number)
        words.add(refused.value.message)
    teams.create_team(session, eve, name="Eavesdroppers")
    with pytest.raises(NotFound):
        service.find_submission(session, eve, received.id)
    assert len(words) == 1


def test_submissions_are_listed_newest_first_in_pieces(
    session: Session, data: DataFolder, challenge: Challenge, ada: Account, tiny: ModuleType
) -> None:
    ids = [receive(session, data, challenge, ada, f"anything {number}".encode()).id for number in range(3)]
    assert [one.id for one in service.list_submissions(session, ada, most=2)] == [ids[2], ids[1]]
    assert [one.id for one in service.list_submissions(session, ada, before=ids[1])] == [ids[0]]
