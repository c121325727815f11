from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from sqlalchemy.orm import Session

from data_spec.challenge import Challenge
from data_spec.csv_files import write_labels
from data_spec.stream import Labels
from scorer.__main__ import main
from scorer.server.data_folder import DataFolder
from scorer.server.leaderboard.service import read_board
from scorer.server.rescoring import service
from scorer.server.stages.service import find_stage
from scorer.server.submissions.models import Submission
from tests.scorer.server import tiny_corpus

Enter = Callable[..., Submission]
Call = Callable[..., Result]


@pytest.fixture
def call(data: DataFolder, environment: dict[str, str]) -> Call:
    """`python -m scorer rescore DATA …`."""

    def run(*arguments: object) -> Result:
        return CliRunner().invoke(main, ["rescore", str(data.root), *map(str, arguments)], env=environment)

    return run


def names(session: Session, challenge: Challenge) -> list[str]:
    session.rollback()
    session.expire_all()
    rows = read_board(session, challenge, find_stage(session, "public"))
    return [row.name for row in rows if not row.is_baseline]


def test_it_only_shows_what_would_change_unless_it_is_told_to_apply(
    session: Session, challenge: Challenge, enter: Enter, new_labels: Callable[..., Path], call: Call
) -> None:
    enter("A", 0.8)
    enter("B", 0.6)
    arguments = ("--stage", "public", "--labels", new_labels())
    result = call(*arguments)
    assert result.exit_code == 0, result.output
    lines = result.stdout.splitlines()
    assert lines[1:4] == [
        "rank         score             team",
        "2 -> 1       0.6000 -> 0.4000  B",
        "1 -> 2       0.8000 -> 0.2000  A",
    ]
    assert lines[-2:] == ["2 ranks change, 0 verdicts change", "Nothing of it is live yet; --apply makes it so."]
    assert names(session, challenge) == ["A", "B"]
    result = call(*arguments, "--apply")
    assert (result.exit_code, result.stdout.splitlines()[-1]) == (0, "This is live.")
    assert names(session, challenge) == ["B", "A"]
    result = call("--preview")
    assert "1            0.4000            B" in result.stdout
    assert "0 ranks change, 0 verdicts change" in result.stdout


def test_the_output_of_a_sealed_stage_has_no_score_and_no_rank(
    session: Session, enter: Enter, new_labels: Callable[..., Path], call: Call
) -> None:
    enter("Analysts", 0.8, stage="private")
    enter("Bletchley", 0.6, stage="private")
    for way in ("--preview", "--apply"):
        output = call("--stage", "private", "--labels", new_labels("private"), way).output
        assert "sealed" in output
        for secret in ("Analysts", "Bletchley", "0.8", "0.6", "0.2", "0.4"):
            assert secret not in output


def test_a_submission_that_was_judged_meanwhile_is_a_no(
    session: Session,
    challenge: Challenge,
    enter: Enter,
    new_labels: Callable[..., Path],
    call: Call,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    enter("A", 0.8)
    apply = service.apply

    def judge_one_first(*arguments: Any) -> object:
        enter("B", 0.6)
        return apply(*arguments)

    monkeypatch.setattr(service, "apply", judge_one_first)
    arguments = ("--stage", "public", "--labels", new_labels(), "--apply")
    result = call(*arguments)
    assert result.exit_code == 1
    assert "Run it again." in result.output
    assert names(session, challenge) == ["A", "B"]
    monkeypatch.undo()
    assert call(*arguments).exit_code == 0
    assert names(session, challenge) == ["B", "A"]


def test_what_cannot_be_done_is_wrong_usage(
    enter: Enter, call: Call, new_labels: Callable[..., Path], tmp_path: Path, challenge: Challenge
) -> None:
    enter("A", 0.8)
    for arguments, words in (
        (("--stage", "nowhere"), "Expected a stage of ['public', 'private']"),
        (("--labels", new_labels()), "expected --stage NAME beside it"),
        (("--stage", "private", "--labels", new_labels()), "expected labels and a template of each recording"),
        (("--stage", "public", "--labels", tmp_path), "expected labels labels/*.csv, found none"),
    ):
        result = call(*arguments)
        assert result.exit_code == 2, result.output
        assert words in result.output
        assert isinstance(result.exception, SystemExit)


def test_labels_with_nothing_to_score_are_wrong_usage(
    enter: Enter, call: Call, tmp_path: Path, challenge: Challenge
) -> None:
    enter("A", 0.8)
    for recording in tiny_corpus.RECORDINGS["public"]:
        truth = tiny_corpus.truth(recording, challenge)
        doubtful = Labels(truth.times, truth.index, truth.agreement * 0.55)
        write_labels(tmp_path / "labels" / f"{recording}.csv", doubtful, challenge.task)
    result = call("--stage", "public", "--labels", tmp_path)
    assert result.exit_code == 2
    assert "nothing to score" in result.output


def test_help_shows_an_example_and_the_exit_codes() -> None:
    output = CliRunner().invoke(main, ["rescore", "--help"]).output
    assert "  python -m scorer rescore server-data" in output
    assert "Exit codes: 0 done, 1 a submission was judged meanwhile, 2 wrong usage" in output
