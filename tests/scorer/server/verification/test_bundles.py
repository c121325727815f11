"""The rules for bundles: who may send code when, and who may see it."""

from __future__ import annotations

import io
from collections.abc import Callable
from types import ModuleType

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from data_spec.challenge import Challenge
from scorer.server import clock
from scorer.server.accounts.models import Account
from scorer.server.audit import service as audit
from scorer.server.refusals import Forbidden, NotFound, TooLarge, TooMany
from scorer.server.stages.entrants import NoTeam
from scorer.server.stages.service import find_stage
from scorer.server.storage import BrokenOff, Storage
from scorer.server.verification import bundles
from scorer.server.verification.bundles import BUNDLES_PER_DAY
from scorer.server.verification.models import Bundle, BundleState, Kind, Progress, Verification
from tests.scorer.server.conftest import Clock

Send = Callable[[Account, bytes], Bundle]
Admit = Callable[[Account], None]


def test_a_bundle_is_kept_and_its_trial_queued_and_the_audit_log_says_so(
    session: Session, storage: Storage, ada: Account, admit: Admit, send: Send, bundle_code: ModuleType
) -> None:
    admit(ada)
    content = bundle_code.bundle_zip()
    bundle = send(ada, content)
    assert (bundle.state, bundle.size, bundle.team, bundle.account) == (
        BundleState.RECEIVED,
        len(content),
        ada.team,
        ada,
    )
    with storage.local_copy(bundle.sha256) as path:
        assert path.read_bytes() == content
    trial = session.scalars(select(Verification)).one()
    assert (trial.bundle, trial.kind, trial.progress, trial.asked_by) == (bundle, Kind.TRIAL, Progress.QUEUED, None)
    entry = audit.list_entries(session)[0]
    assert (entry.account, entry.action, entry.subject) == (ada, "bundle.receive", f"bundle {bundle.id}")
    assert entry.details == {"team": ada.team.id, "sha256": bundle.sha256, "size": len(content)}


def test_the_same_bytes_again_while_they_wait_are_the_same_bundle(
    session: Session, ada: Account, admit: Admit, send: Send
) -> None:
    admit(ada)
    first = send(ada, b"code")
    assert send(ada, b"code").id == first.id
    assert len(session.scalars(select(Verification)).all()) == 1
    first.state = BundleState.REFUSED
    session.commit()
    assert send(ada, b"code").id != first.id, "they are checked anew: the rules may have changed"


def test_without_a_team_nobody_sends_code(session: Session, new_account: Callable[[str], Account], send: Send) -> None:
    stage = find_stage(session, "private")
    stage.opens_at = clock.utc_now()
    session.commit()
    with pytest.raises(NoTeam):
        send(new_account("Bob"), b"code")


def test_code_is_sent_in_its_stage_by_who_is_admitted_there(
    session: Session, challenge: Challenge, ada: Account, admit: Admit, send: Send
) -> None:
    with pytest.raises(Forbidden, match="is not open yet"):
        send(ada, b"code")
    stage = find_stage(session, "private")
    stage.opens_at = clock.utc_now()
    session.commit()
    with pytest.raises(Forbidden, match="Expected a team that is admitted to"):
        send(ada, b"code")
    admit(ada)
    assert bundles.may_send(session, challenge, ada).name == "private"
    ada.team.disqualified_at = clock.utc_now()
    session.commit()
    with pytest.raises(Forbidden, match="disqualified"):
        send(ada, b"code")


def test_before_a_byte_is_read_it_is_known_who_may_not_send(
    session: Session, storage: Storage, challenge: Challenge, ada: Account
) -> None:
    class NeverRead:
        def read(self, _size: int) -> bytes:
            raise AssertionError("a byte was read")

    with pytest.raises(Forbidden):
        bundles.receive(session, storage, challenge, account=ada, source=NeverRead())


def test_what_closes_while_the_bytes_arrive_is_closed(
    session: Session, storage: Storage, challenge: Challenge, ada: Account, admit: Admit
) -> None:
    admit(ada)

    class Slow(io.BytesIO):
        def read(self, size: int = -1, /) -> bytes:
            find_stage(session, "private").closes_at = clock.utc_now()
            session.commit()
            return super().read(size)

    with pytest.raises(Forbidden, match="closed at"):
        bundles.receive(session, storage, challenge, account=ada, source=Slow(b"code"))
    assert session.scalars(select(Bundle)).all() == []


def test_a_team_sends_so_many_a_day_and_the_next_day_more(
    session: Session, challenge: Challenge, ada: Account, admit: Admit, send: Send, set_clock: Clock
) -> None:
    admit(ada)
    for number in range(BUNDLES_PER_DAY):
        send(ada, b"code %d" % number)
    with pytest.raises(TooMany, match=r"All 10 bundles of today are used. The next day \(UTC\) begins at"):
        send(ada, b"one more")
    with pytest.raises(TooMany):
        bundles.may_send(session, challenge, ada)
    set_clock.forward(days=1)
    assert send(ada, b"one more").state is BundleState.RECEIVED


def test_a_zip_larger_than_the_rules_let_it_be_is_refused(
    session: Session, storage: Storage, challenge: Challenge, ada: Account, admit: Admit
) -> None:
    admit(ada)
    limits = challenge.verification.bundle.model_copy(update={"max_zip_bytes": 1000})
    rules = challenge.verification.model_copy(update={"bundle": limits})
    small = challenge.model_copy(update={"verification": rules})
    with pytest.raises(TooLarge, match="at most 1 kB"):
        bundles.receive(session, storage, small, account=ada, source=io.BytesIO(bytes(1001)))
    with pytest.raises(BrokenOff):
        bundles.receive(session, storage, small, account=ada, source=io.BytesIO(b"code"), announced_bytes=5)
    assert session.scalars(select(Bundle)).all() == []


def test_a_team_sees_its_own_bundles_newest_first_and_no_other_teams(
    session: Session, ada: Account, admit: Admit, send: Send, other_team: Callable[[str], Account]
) -> None:
    admit(ada)
    eve = other_team("Eve")
    first, second, theirs = send(ada, b"1"), send(ada, b"2"), send(eve, b"1")
    assert bundles.list_bundles(session, ada) == [second, first]
    assert bundles.find_bundle(session, ada, first.id) is first
    for number in (theirs.id, 999):
        with pytest.raises(NotFound, match=r"There is no such bundle\."):
            bundles.find_bundle(session, ada, number)


def test_the_newest_accepted_bundle_is_the_one_that_is_verified(
    session: Session, ada: Account, admit: Admit, send: Send
) -> None:
    admit(ada)
    sent = [send(ada, b"code %d" % number) for number in range(4)]
    assert bundles.current_bundle(session, ada.team) is None
    for bundle, state in zip(sent, (BundleState.ACCEPTED, BundleState.ACCEPTED, BundleState.REFUSED), strict=False):
        bundle.state = state
    session.commit()
    assert bundles.current_bundle(session, ada.team) is sent[1]
