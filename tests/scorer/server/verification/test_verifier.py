"""Verifications that are run: real code in the real sandbox, of a challenge that takes no time."""

from __future__ import annotations

import json
import threading
import zipfile
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from types import ModuleType
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from data_spec.challenge import Challenge
from scorer.sandbox.job import BrokenSandbox, NoSandbox
from scorer.server.accounts.models import Account
from scorer.server.audit import service as audit
from scorer.server.audit.models import AuditEntry
from scorer.server.config import Settings
from scorer.server.data_folder import DataFolder
from scorer.server.leaderboard.service import read_board
from scorer.server.organiser.disqualification import disqualify
from scorer.server.stages.service import find_stage
from scorer.server.storage import Storage
from scorer.server.submissions.models import Submission
from scorer.server.verification import attempt, log, service, shown
from scorer.server.verification.claims import LEASE, MOST_TRIES
from scorer.server.verification.keeper import OpenSession
from scorer.server.verification.models import Bundle, BundleState, Progress, Verification
from scorer.server.verification.verifier import Verifier, list_waiting, most_seconds
from tests.scorer.server.conftest import Clock

Again = Callable[[Verification], Verification]


@pytest.fixture
def run(
    session: Session, open_session: OpenSession, verifier: Verifier, again: Again
) -> Callable[[Verification], Verification]:
    """Runs a verification, as a worker does."""

    def do(verification: Verification) -> Verification:
        session.rollback()
        verifier.run(open_session, verification.id)
        return again(verification)

    return do


def said(session: Session, verification: Verification) -> str:
    return log.read(session, verification.id)[0]


def ends(session: Session) -> list[AuditEntry]:
    """What the audit log says of ends, newest first."""
    return [entry for entry in audit.list_entries(session) if entry.action == "verification.end"]


@pytest.fixture
def try_out(
    ada: Account, admit: Callable[[Account], None], send: Callable[..., Bundle], run: Again
) -> Callable[[bytes], Verification]:
    """Sends a bundle of the Analysts, and runs its trial."""
    admit(ada)
    return lambda content: run(send(ada, content).verifications[0])


TryOut = Callable[[bytes], Verification]


def test_a_trial_of_code_that_predicts_what_was_sent_matches(
    session: Session, ada: Account, score: Callable[..., Submission], try_out: TryOut, bundle_code: ModuleType
) -> None:
    score(ada)
    trial = try_out(bundle_code.bundle_zip())
    assert (trial.bundle.state, trial.progress, trial.fault) == (BundleState.ACCEPTED, Progress.MATCHED, None)
    assert trial.verdict is not None
    (comparison,) = trial.verdict["comparisons"]
    assert (comparison["stage"], comparison["differ"], comparison["run_score"]) == ("public", 0, None)
    assert "predicted" in said(session, trial)
    assert (trial.leased_until, trial.lease_holder, trial.tries) == (None, None, 1)


def test_what_is_no_bundle_is_refused_with_every_reason(
    session: Session, try_out: TryOut, bundle_code: ModuleType
) -> None:
    trial = try_out(bundle_code.bundle_zip(files={"REPORT.md": "# Report\n", "bundle.yaml": "command: []\n"}))
    faults = trial.bundle.faults
    assert (trial.bundle.state, trial.progress, trial.verdict) == (BundleState.REFUSED, Progress.FAILED, None)
    assert {fault["file"].split(",")[0] for fault in faults} == {"REPORT.md", "bundle.yaml"}
    assert all(fault["text"] in said(session, trial) for fault in faults)


def test_without_a_score_a_bundle_is_checked_and_not_run(
    session: Session, try_out: TryOut, bundle_code: ModuleType
) -> None:
    trial = try_out(bundle_code.bundle_zip())
    assert (trial.bundle.state, trial.progress) == (BundleState.ACCEPTED, Progress.STOPPED)
    assert said(session, trial) == "--- there is no scored submission to compare with\n"


def test_a_trial_of_code_that_does_not_run_says_why(
    session: Session, ada: Account, score: Callable[..., Submission], try_out: TryOut, bundle_code: ModuleType
) -> None:
    score(ada)
    trial = try_out(bundle_code.bundle_zip(before="raise SystemExit('no weights found')"))
    assert (trial.bundle.state, trial.progress) == (BundleState.ACCEPTED, Progress.FAILED)
    assert "no weights found" in said(session, trial)


def test_a_trial_on_a_sealed_stage_computes_no_score(
    ada: Account, score: Callable[..., Submission], try_out: TryOut, bundle_code: ModuleType
) -> None:
    score(ada, stage="private")
    trial = try_out(bundle_code.bundle_zip(0.3))
    assert trial.progress is Progress.MISMATCHED
    assert trial.verdict is not None
    (comparison,) = trial.verdict["comparisons"]
    assert (comparison["leaderboard_score"], comparison["residual"]) == (None, None)


def test_code_that_gives_what_was_sent_matches_in_every_stage(
    session: Session, candidate: Bundle, run: Again, data: DataFolder
) -> None:
    verification = run(service.ask(session, candidate.team, account=None))
    assert verification.progress is Progress.MATCHED, said(session, verification)
    assert verification.verdict is not None
    public, private = verification.verdict["comparisons"]
    assert [(one["stage"], one["residual"], one["differ"]) for one in (public, private)] == [
        ("public", "0", 0),
        ("private", "0", 0),
    ]
    assert public["leaderboard_score"] == public["run_score"] == "0.5"
    hashes = verification.verdict["hashes"]
    assert hashes["bundle"] == candidate.sha256
    assert set(hashes["data"]) == {"public", "private"}
    (entry,) = ends(session)
    assert (entry.account, entry.subject) == (None, f"verification {verification.id}")
    assert entry.details["progress"] == "matched"
    assert entry.details["hashes"] == hashes
    assert "0.5" not in json.dumps(entry.details), "no score is in the audit log"
    assert audit.verify(session) is None
    assert list(data.runs.iterdir()) == []


def test_to_run_it_twice_changes_nothing(session: Session, candidate: Bundle, run: Again) -> None:
    verification = run(service.ask(session, candidate.team, account=None))
    ended_at, text = verification.ended_at, said(session, verification)
    run(verification)
    assert (verification.ended_at, verification.tries, said(session, verification)) == (ended_at, 1, text)
    assert len(ends(session)) == 1


def test_of_many_who_run_it_at_once_one_does(
    session: Session,
    candidate: Bundle,
    open_session: OpenSession,
    verifier: Verifier,
    again: Again,
) -> None:
    verification = service.ask(session, candidate.team, account=None)
    session.rollback()
    barrier = threading.Barrier(3)

    def do() -> None:
        barrier.wait(20)
        verifier.run(open_session, verification.id)

    threads = [threading.Thread(target=do) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (again(verification).progress, verification.tries) == (Progress.MATCHED, 1)
    assert said(session, verification).count("--- public: done") == 1
    assert len(ends(session)) == 1


def test_a_mismatch_proposes_disqualification_and_who_confirms_it_moves_the_ranking(
    session: Session,
    challenge: Challenge,
    grace: Account,
    candidate: Bundle,
    other_team: Callable[[str], Account],
    score: Callable[..., Submission],
    accepted: Callable[..., Bundle],
    run: Again,
) -> None:
    honest = other_team("Eve")
    score(honest, 0.6)
    accepted(candidate.account, 0.5)  # what it sent was twice as good
    verification = run(service.ask(session, candidate.team, account=grace))
    assert verification.progress is Progress.MISMATCHED
    assert verification.verdict is not None
    assert verification.verdict["comparisons"][0]["residual"] == "0.25"
    assert service.proposes_disqualification(verification)

    def ranks() -> list[tuple[int | None, str]]:
        rows = read_board(session, challenge, find_stage(session, "public"))
        return [(row.rank, row.name) for row in rows if not row.is_baseline]

    assert ranks() == [(1, "Analysts"), (2, "Eves")]
    disqualify(session, candidate.team, account=grace, because="its code predicts something else")
    assert ranks() == [(1, "Eves")]
    assert not service.proposes_disqualification(verification)


def test_scores_of_a_sealed_stage_are_computed_and_not_shown(
    session: Session, challenge: Challenge, candidate: Bundle, run: Again
) -> None:
    verification = run(service.ask(session, candidate.team, account=None))
    for show, residual in ((shown.for_team, None), (shown.for_organiser, "0")):
        found = show(session, challenge, verification)
        assert found is not None
        private = found.comparisons[1]
        assert (private.sealed, private.leaderboard_score, private.run_score) == (True, None, None)
        assert private.residual == residual
    assert verification.verdict is not None
    assert verification.verdict["comparisons"][1]["run_score"] is not None


def test_the_exact_score_is_compared_although_the_ladder_shows_a_rounded_one(
    session: Session, candidate: Bundle, score: Callable[..., Submission], accepted: Callable[..., Bundle], run: Again
) -> None:
    find_stage(session, "public").ladder_step = 0.03
    session.commit()
    score(candidate.account)
    assert run(service.ask(session, candidate.team, account=None)).progress is Progress.MATCHED


def test_predictions_in_the_bundle_are_found(
    session: Session,
    candidate: Bundle,
    accepted: Callable[..., Bundle],
    run: Again,
    storage: Storage,
) -> None:
    sent = session.scalars(select(Submission).order_by(Submission.id)).first()
    assert sent is not None
    with storage.local_copy(sent.sha256) as path, zipfile.ZipFile(path) as archive:
        copied = archive.read("prediction/id00000001.csv").decode()
    accepted(candidate.account, files={"weights.csv": copied})
    verification = run(service.ask(session, candidate.team, account=None))
    assert verification.verdict is not None
    flags = verification.verdict["flags"]
    assert {flag["kind"] for flag in flags} == {"copied"}
    assert f"weights.csv is a prediction file of submission {sent.id}, byte for byte" in flags[0]["text"]
    assert verification.progress is Progress.MATCHED, "a person decides"


def begin(
    session: Session, open_session: OpenSession, verifier: Verifier, verification: Verification
) -> threading.Thread:
    """Run a verification beside the test; its code has said that it has begun."""
    session.rollback()
    thread = threading.Thread(target=verifier.run, args=(open_session, verification.id))
    thread.start()
    while "begun" not in said(session, verification):
        session.rollback()
        assert thread.is_alive()
    return thread


def test_an_organiser_stops_code_that_runs(
    session: Session,
    grace: Account,
    candidate: Bundle,
    accepted: Callable[..., Bundle],
    open_session: OpenSession,
    verifier: Verifier,
    again: Again,
) -> None:
    accepted(candidate.account, before="print('begun', flush=True); time.sleep(100)")
    verification = service.ask(session, candidate.team, account=grace)
    thread = begin(session, open_session, verifier, verification)
    service.stop(session, verification, account=grace)
    assert again(verification).progress is Progress.RUNNING
    thread.join(20)
    assert not thread.is_alive()
    assert (again(verification).progress, verification.verdict) == (Progress.STOPPED, None)
    assert said(session, verification).endswith("--- stopped\n")
    assert [entry.action for entry in audit.list_entries(session)[:2]] == ["verification.end", "verification.stop"]


def test_who_lost_the_lease_writes_nothing(
    session: Session,
    candidate: Bundle,
    accepted: Callable[..., Bundle],
    open_session: OpenSession,
    verifier: Verifier,
    again: Again,
) -> None:
    accepted(candidate.account, before="print('begun', flush=True); time.sleep(100)")
    verification = service.ask(session, candidate.team, account=None)
    thread = begin(session, open_session, verifier, verification)
    again(verification).lease_holder = "somebody else"
    session.commit()
    thread.join(20)
    assert not thread.is_alive()
    assert (again(verification).progress, verification.lease_holder) == (Progress.RUNNING, "somebody else")
    assert ends(session) == []


def test_the_lease_of_what_runs_is_renewed(
    session: Session,
    candidate: Bundle,
    accepted: Callable[..., Bundle],
    run: Again,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    renewed = []
    monkeypatch.setattr("scorer.server.verification.keeper.RENEW_SECONDS", 0.0)
    monkeypatch.setattr("scorer.server.verification.keeper.LOOK_SECONDS", 0.1)
    monkeypatch.setattr("scorer.server.verification.keeper.renew", renewed.append)
    accepted(candidate.account, before="time.sleep(0.5)")
    assert run(service.ask(session, candidate.team, account=None)).progress is Progress.MATCHED
    assert len(renewed) > 5


def test_what_somebody_runs_is_left_to_him_until_his_lease_ends(
    session: Session, candidate: Bundle, run: Again, set_clock: Clock
) -> None:
    verification = service.ask(session, candidate.team, account=None)
    verification.progress, verification.tries = Progress.RUNNING, 1
    verification.lease_holder, verification.leased_until = "killed", set_clock.now + LEASE
    session.commit()
    assert list_waiting(session) == []
    assert run(verification).progress is Progress.RUNNING
    set_clock.forward(seconds=LEASE.total_seconds())
    assert list_waiting(session) == [verification.id]
    assert run(verification).progress is Progress.MATCHED
    assert "--- try 2 of 3" in said(session, verification)


def test_what_a_killed_process_left_is_removed(
    session: Session, candidate: Bundle, run: Again, data: DataFolder, set_clock: Clock
) -> None:
    others = service.ask(session, candidate.team, account=None)
    others.progress, others.lease_holder = Progress.RUNNING, "alive"
    others.leased_until = set_clock.now + LEASE
    trial = Verification(
        bundle_id=candidate.id, kind=service.Kind.TRIAL, asked_at=set_clock.now, progress=Progress.QUEUED
    )
    session.add(trial)
    session.commit()
    for name in ("alive", "killed"):
        (data.runs / name / "bundle").mkdir(parents=True)
    run(trial)
    assert [folder.name for folder in data.runs.iterdir()] == ["alive"]


@pytest.mark.parametrize("error", [OSError("the disk is full"), BrokenSandbox("it was lost")])
def test_what_goes_wrong_on_our_side_is_tried_again_and_then_has_failed_with_the_fault_for_the_organiser(
    session: Session,
    candidate: Bundle,
    run: Again,
    set_clock: Clock,
    monkeypatch: pytest.MonkeyPatch,
    error: Exception,
) -> None:
    def broken(*_: Any, **__: Any) -> None:
        raise error

    monkeypatch.setattr(attempt, "verify", broken)
    verification = service.ask(session, candidate.team, account=None)
    for number in range(1, MOST_TRIES):
        assert run(verification).progress is Progress.QUEUED
        assert verification.tries == number
        assert list_waiting(session) == [], "not at once"
        set_clock.forward(seconds=60)
        assert list_waiting(session) == [verification.id]
    assert run(verification).progress is Progress.FAILED
    assert verification.fault is not None
    assert str(error) in verification.fault
    assert str(error) not in said(session, verification), "the team may read the log"
    assert said(session, verification).endswith("--- failed: something went wrong on our side, each time\n")
    assert len(ends(session)) == 1


def test_a_try_that_works_after_one_that_did_not_leaves_no_fault(
    session: Session, candidate: Bundle, run: Again, set_clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: Any, **__: Any) -> None:
        raise OSError("the disk is full")

    with monkeypatch.context() as burning:
        burning.setattr(attempt, "verify", broken)
        verification = run(service.ask(session, candidate.team, account=None))
    set_clock.forward(seconds=60)
    assert (run(verification).progress, verification.fault) == (Progress.MATCHED, None)


def test_who_begins_and_never_comes_back_is_waited_for_three_times(
    session: Session, candidate: Bundle, run: Again, set_clock: Clock
) -> None:
    verification = service.ask(session, candidate.team, account=None)
    verification.progress, verification.tries = Progress.RUNNING, MOST_TRIES
    verification.lease_holder, verification.leased_until = "killed", set_clock.now - timedelta(seconds=1)
    session.commit()
    assert run(verification).progress is Progress.FAILED
    assert verification.fault == "Nobody who began to run it came back before the lease ended."


def test_without_a_sandbox_nothing_is_run_and_nothing_tried_again(
    session: Session,
    candidate: Bundle,
    send: Callable[..., Bundle],
    run: Again,
    monkeypatch: pytest.MonkeyPatch,
    bundle_code: ModuleType,
) -> None:
    def none(_kind: str) -> None:
        raise NoSandbox("user namespaces are forbidden here")

    monkeypatch.setattr(attempt, "open_runner", none)
    verification = run(service.ask(session, candidate.team, account=None))
    assert (verification.progress, verification.tries) == (Progress.FAILED, 1)
    assert verification.fault == "user namespaces are forbidden here"
    assert said(session, verification) == "--- failed: this server cannot run code\n"
    bundle = send(candidate.account, bundle_code.bundle_zip(0.9))
    trial = run(bundle.verifications[0])
    assert (bundle.state, trial.progress) == (BundleState.ACCEPTED, Progress.FAILED), "it was checked all the same"


def test_a_kind_of_sandbox_that_is_not_there_is_not_replaced_by_another(
    session: Session,
    settings: Settings,
    challenge: Challenge,
    storage: Storage,
    candidate: Bundle,
    open_session: OpenSession,
    again: Again,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("PATH", "")
    verification = service.ask(session, candidate.team, account=None)
    session.rollback()
    Verifier(replace(settings, sandbox="podman"), challenge, storage).run(open_session, verification.id)
    assert again(verification).progress is Progress.FAILED
    assert verification.fault is not None
    assert "podman" in verification.fault


def test_who_is_interrupted_gives_it_back_at_once(
    session: Session, candidate: Bundle, run: Again, again: Again, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(*_: Any, **__: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(attempt, "verify", interrupt)
    verification = service.ask(session, candidate.team, account=None)
    with pytest.raises(KeyboardInterrupt):
        run(verification)
    assert (again(verification).progress, verification.tries) == (Progress.QUEUED, 0)
    assert list_waiting(session) == [verification.id]


def test_trials_come_before_what_takes_hours(
    session: Session, candidate: Bundle, send: Callable[..., Bundle], bundle_code: ModuleType
) -> None:
    full = service.ask(session, candidate.team, account=None)
    trial = send(candidate.account, bundle_code.bundle_zip(0.9)).verifications[0]
    assert list_waiting(session) == [trial.id, full.id]


def test_a_verification_may_take_as_long_as_all_its_runs(challenge: Challenge) -> None:
    assert most_seconds(challenge) > 6 * challenge.verification.run.wall_seconds
