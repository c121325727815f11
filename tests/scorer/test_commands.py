"""`python -m scorer check` and `score`, as a person calls them."""

from __future__ import annotations

import json
import subprocess
import sys
import zipfile
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner, Result

from data_spec.challenge import FILE_NAME, dump_challenge, load_challenge
from data_spec.csv_files import write_labels, write_template
from data_spec.stream import Labels
from scorer.__main__ import main
from scorer.score_report import ScoreReport

CHALLENGE = load_challenge("merc2017")
TRUTH = {
    "id00": Labels(np.array([0.5, 0.51, 0.52]), np.array([0, 1, 5], dtype=np.int8), np.array([1.0, 0.8, 0.5])),
    "id01": Labels(np.array([7.0, 7.01]), np.array([1, 3], dtype=np.int8), np.array([1.0, 0.625])),
}


@pytest.fixture
def published(tmp_path: Path) -> Path:
    """A folder with `participants/test` and `organisers/test`."""
    for audience in ("participants", "organisers"):
        (tmp_path / audience).mkdir()
        (tmp_path / audience / FILE_NAME).write_text(dump_challenge(CHALLENGE))
    for name, labels in TRUTH.items():
        write_template(tmp_path / "participants/test/prediction" / f"{name}.csv", labels.times, CHALLENGE.task)
        write_labels(tmp_path / "organisers/test/labels" / f"{name}.csv", labels, CHALLENGE.task)
    return tmp_path


@pytest.fixture
def predictions(published: Path) -> Path:
    """A zip that says Sad everywhere."""
    path = published / "predictions.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for name, labels in TRUTH.items():
            rows = "".join(f"{time},0,1,0,0,0,0\n" for time in labels.times.tolist())
            archive.writestr(f"prediction/{name}.csv", f"{','.join(CHALLENGE.task.columns)}\n{rows}")
    return path


@pytest.fixture
def broken(published: Path) -> Path:
    """A zip with a fault."""
    path = published / "broken.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("prediction/id00.csv", "Time\n")
    return path


def call(*arguments: object) -> Result:
    return CliRunner().invoke(main, [str(argument) for argument in arguments])


@pytest.mark.parametrize("inside", ["participants/test", "participants/test/prediction"])
def test_check_accepts_in_one_line(published: Path, predictions: Path, inside: str):
    result = call("check", predictions, "--templates", published / inside)
    assert (result.exit_code, result.output) == (0, "accepted: 2 recordings, 5 frames\n")


def test_check_without_templates_is_wrong_usage(published: Path, predictions: Path):
    result = call("check", predictions, "--templates", published / "organisers/test")
    assert result.exit_code == 2
    assert "expected a folder 'prediction'" in result.output


def test_check_tells_what_it_ignored(published: Path, predictions: Path):
    with zipfile.ZipFile(predictions, "a") as archive:
        archive.writestr(".DS_Store", "")
    result = call("check", predictions, "--templates", published / "participants/test")
    assert (result.exit_code, result.output) == (0, "accepted: 2 recordings, 5 frames\n  ignored: .DS_Store\n")


def test_check_names_every_fault_and_exits_with_1(published: Path, broken: Path):
    result = call("check", broken, "--templates", published / "participants/test")
    assert result.exit_code == 1
    assert result.output.splitlines() == [
        "refused: 2 faults",
        "  prediction/id01.csv: expected this file in the zip, found none",
        "  prediction/id00.csv, row 1, column Anger: "
        "expected the header Time,Anger,Sad,Disgust,Happy,Scared,Neutral, found 'Time'",
    ]


def test_check_takes_templates_without_a_challenge_file_when_the_challenge_is_named(published: Path, predictions: Path):
    (published / "participants" / FILE_NAME).unlink()
    for folder in ("participants/test", "participants/test/prediction"):
        assert call("check", predictions, "--templates", published / folder).exit_code == 2
        result = call("check", predictions, "--templates", published / folder, "--challenge", "merc2017")
        assert result.exit_code == 0


def test_score_prints_a_report(published: Path, predictions: Path):
    result = call("score", predictions, "--labels", published / "organisers/test")
    assert result.exit_code == 0
    assert "weighted accuracy    0.5000   95 % interval 0.5000 to 0.5000" in result.output
    assert "rows counted         4 of 5" in result.output
    assert result.output.splitlines()[-1].split() == ["id01", "0.5000", "2"]


def test_score_prints_json(published: Path, predictions: Path):
    result = call("score", predictions, "--labels", published / "organisers/test/labels", "--json")
    report = json.loads(result.stdout)
    assert (result.exit_code, report["metric"], report["score"]) == (0, "weighted_accuracy", 0.5)
    assert ScoreReport.from_dict(report).figure("Neutral.recall") is None


def test_score_refuses_what_check_refuses(published: Path, broken: Path):
    result = call("score", broken, "--labels", published / "organisers/test")
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.startswith("refused: 2 faults")
    answer = json.loads(call("score", broken, "--labels", published / "organisers/test", "--json").stdout)
    assert answer["accepted"] is False
    assert answer["faults"][0]["file"] == "prediction/id01.csv"


def test_labels_without_a_frame_that_counts_are_wrong_usage(published: Path, predictions: Path):
    for name, labels in TRUTH.items():
        doubtful = Labels(labels.times, labels.index, np.full(len(labels.times), 0.6))
        write_labels(published / "organisers/test/labels" / f"{name}.csv", doubtful, CHALLENGE.task)
    result = call("score", predictions, "--labels", published / "organisers/test")
    assert result.exit_code == 2
    assert "nothing to score" in result.output


@pytest.mark.parametrize("command", ["check", "score"])
def test_input_that_cannot_be_used_is_wrong_usage_and_no_traceback(published: Path, predictions: Path, command: str):
    option, folder = {"check": ("--templates", "participants"), "score": ("--labels", "organisers")}[command]
    empty = published / "participants" / "empty"
    for inner in ("prediction", "labels"):
        (empty / inner).mkdir(parents=True)
    for arguments in (
        (published / "none.zip", option, published / folder / "test"),
        (published, option, published / folder / "test"),
        (predictions, option, published / "nowhere"),
        (predictions, option, published / folder),
        (predictions, option, predictions),
        (predictions, option, empty),
        (predictions,),
    ):
        result = call(command, *arguments)
        assert result.exit_code == 2
        assert isinstance(result.exception, SystemExit)
        assert "Error: " in result.output


@pytest.mark.parametrize("command", ["check", "score"])
def test_help_shows_an_example_and_the_exit_codes(command: str):
    output = call(command, "--help").output
    assert f"  python -m scorer {command} predictions.zip --" in output
    assert "2 wrong usage" in output


def test_check_and_score_load_no_server_and_no_tensorflow():
    program = (
        "import sys, scorer.commands.check, scorer.commands.score\n"
        "heavy = {'flask', 'sqlalchemy', 'tensorflow', 'keras', 'sklearn'} & set(sys.modules)\n"
        "sys.exit(f'loaded: {heavy}' if heavy else 0)"
    )
    subprocess.run([sys.executable, "-c", program], check=True, cwd=Path(__file__).parents[2])
