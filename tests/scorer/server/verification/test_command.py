"""`python -m scorer verify`, on the server's machine."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import select
from sqlalchemy.orm import Session

from scorer.__main__ import main
from scorer.sandbox.job import NoSandbox
from scorer.server import clock
from scorer.server.accounts.models import Account
from scorer.server.data_folder import DataFolder
from scorer.server.submissions.models import Submission
from scorer.server.verification import attempt, service
from scorer.server.verification.keeper import OpenSession
from scorer.server.verification.models import Bundle, Progress, Verification
from scorer.server.verification.verifier import Verifier

pytestmark = pytest.mark.one_kind

Call = Callable[..., Result]


@pytest.fixture
def call(data: DataFolder, environment: dict[str, str], session: Session) -> Call:
    """`python -m scorer verify DATA …`."""

    def run(*arguments: str) -> Result:
        session.rollback()
        result = CliRunner().invoke(main, ["verify", str(data.root), *arguments], env=environment)
        session.rollback()
        session.expire_all()
        return result

    return run


def cells(line: str) -> list[str]:
    return [cell.strip() for cell in line.split("  ") if cell.strip()]


def test_it_shows_the_log_as_it_comes_and_then_a_line_for_each_stage(candidate: Bundle, call: Call) -> None:
    result = call("analysts")
    assert result.exit_code == 0, result.output
    assert "=== Analysts: verification " in result.stderr
    assert "predicted\n--- public: done" in result.stderr
    assert result.stderr.endswith("--- matched: public: residual at most 0.01; private: residual at most 0.01\n")
    header, public, private = map(cells, result.stdout.splitlines())
    assert header[:5] == ["team", "stage", "leaderboard", "code's run", "residual"]
    assert public[:2] == ["Analysts", "Stage 1: public test"]
    assert public[2:5] == ["0.5000", "0.5000", "0.0000"]
    assert public[-1] == "matched"
    assert private[2:5] == ["sealed", "sealed", "0.0000"]


def test_a_mismatch_is_a_no_with_its_reason(candidate: Bundle, accepted: Callable[..., Bundle], call: Call) -> None:
    accepted(candidate.account, 0.5)
    result = call("Analysts")
    assert result.exit_code == 1
    assert "0.2500" in result.stdout
    assert "Analysts: mismatched: public: residual more than 0.01" in result.stdout


def test_code_that_fails_is_a_no_with_its_reason(
    candidate: Bundle, accepted: Callable[..., Bundle], call: Call
) -> None:
    accepted(candidate.account, before="raise SystemExit('\\033[2J no weights')")
    result = call("Analysts")
    assert result.exit_code == 1
    assert "no weights" in result.stderr
    assert "\033" not in result.stderr
    assert cells(result.stdout.splitlines()[1])[-1] == "failed"
    assert "Analysts: failed: public: " in result.stdout


def test_what_is_verified_already_is_only_shown_unless_it_is_to_be_run_again(
    session: Session, candidate: Bundle, call: Call
) -> None:
    first = call("Analysts")
    again = call("Analysts")
    assert (again.exit_code, again.stdout) == (0, first.stdout)
    assert again.stderr == ""
    assert call("Analysts", "--rerun").exit_code == 0
    assert len(session.scalars(select(Verification)).all()) == 2


def test_all_who_have_sent_code_are_verified_and_who_has_not_is_named(
    session: Session,
    candidate: Bundle,
    other_team: Callable[[str], Account],
    accepted: Callable[..., Bundle],
    score: Callable[..., Submission],
    call: Call,
) -> None:
    eve, una = other_team("Eve"), other_team("Una")
    score(eve)
    accepted(eve)
    other_team("Bob")
    result = call("--all")
    assert result.exit_code == 0, result.output
    assert [cells(line)[0] for line in result.stdout.splitlines()[1:]] == ["Analysts", "Analysts", "Eves"]
    assert "Bobs: has sent no code that was accepted" in result.stderr
    accepted(una)
    result = call("--all")
    assert result.exit_code == 1
    assert "Unas: Expected a team with a scored submission to compare with, found one without." in result.stderr
    assert len(result.stdout.splitlines()) == 4, "the others are shown all the same"


def test_a_team_nobody_knows_is_wrong_usage_that_names_who_has_sent_code(candidate: Bundle, call: Call) -> None:
    for arguments, words in (
        (["Nobody"], "expected a team that has sent code, one of ['Analysts'], found 'Nobody'"),
        ([], "expected the name of a TEAM, or --all"),
        (["Analysts", "--all"], "expected the name of a TEAM, or --all"),
    ):
        result = call(*arguments)
        assert result.exit_code == 2, result.output
        assert words in result.stderr


def test_what_the_server_runs_already_is_followed_to_its_end(
    session: Session,
    candidate: Bundle,
    accepted: Callable[..., Bundle],
    call: Call,
    open_session: OpenSession,
    verifier: Verifier,
) -> None:
    accepted(candidate.account, before="time.sleep(0.5)")
    verification = service.ask(session, candidate.team, account=None)
    session.rollback()
    worker = threading.Thread(target=verifier.run, args=(open_session, verification.id))
    worker.start()
    while verification.progress is Progress.QUEUED:
        session.rollback()
        session.refresh(verification)
    result = call("Analysts")
    worker.join()
    assert result.exit_code == 0, result.output
    assert "--- public: done" in result.stderr
    assert verification.tries == 1
    assert len(session.scalars(select(Verification)).all()) == 1


def test_control_c_stops_what_is_run_here(
    session: Session, candidate: Bundle, call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(*_: Any, **__: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(attempt, "verify", interrupt)
    assert call("Analysts").exit_code == 1
    assert session.scalars(select(Verification)).one().progress is Progress.STOPPED


def test_control_c_leaves_alone_what_the_server_runs(
    session: Session, candidate: Bundle, call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    verification = service.ask(session, candidate.team, account=None)
    verification.progress, verification.lease_holder = Progress.RUNNING, "worker"
    verification.leased_until = clock.utc_now() + timedelta(seconds=100)
    session.commit()

    def interrupt(_seconds: float) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("scorer.commands.verify.time.sleep", interrupt)
    assert call("Analysts").exit_code == 1
    assert verification.progress is Progress.RUNNING
    assert not verification.stop_asked


def test_without_a_sandbox_nothing_is_queued(
    session: Session, candidate: Bundle, call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    def none(_kind: str) -> None:
        raise NoSandbox("user namespaces are forbidden here")

    monkeypatch.setattr("scorer.sandbox.choice.open_runner", none)
    result = call("Analysts")
    assert result.exit_code == 1
    assert "Verification is off: user namespaces are forbidden here" in result.stderr
    assert session.scalars(select(Verification)).all() == []


def test_what_went_wrong_on_our_side_is_told(
    session: Session, candidate: Bundle, call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: Any, **__: Any) -> None:
        raise OSError("the disk is full")

    monkeypatch.setattr(attempt, "verify", broken)
    monkeypatch.setattr("scorer.server.verification.claims.NEXT_TRY", timedelta(0))
    result = call("Analysts")
    assert result.exit_code == 1
    assert "Analysts: our side failed: OSError: the disk is full" in result.stdout


def test_help_shows_an_example_and_the_exit_codes() -> None:
    output = CliRunner().invoke(main, ["verify", "--help"]).output
    assert "  python -m scorer verify server-data --all --rerun" in output
    assert "Exit codes: 0 all matched" in output
