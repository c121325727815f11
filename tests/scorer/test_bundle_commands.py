"""`python -m scorer bundle`, as a team calls it: from an empty folder to a verdict of the real sandbox."""

from __future__ import annotations

import os
import zipfile
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner, Result

from data_spec.challenge import FILE_NAME, dump_challenge, load_challenge
from data_spec.csv_files import write_labels, write_template
from data_spec.stream import Labels
from scorer.__main__ import main
from scorer.commands.bundle_try_text import MOST_RECORDINGS, trial_text
from scorer.verification.verdict import Comparison, Decision, Hashes, RecordingDifference, Verdict

CHALLENGE = load_challenge("merc2017")
FRAMES = {"id00": 300, "id01": 100, "id02": 200}
HAPPY = CHALLENGE.task.labels.index("Happy")

NEW_LINE = "return [ROW] * len(times)"
SAD = '{**dict.fromkeys(ROW, 0), "Sad": 1}'
ANGER = SAD.replace("Sad", "Anger")


def call(*arguments: object) -> Result:
    result = CliRunner().invoke(main, ["bundle", *(str(argument) for argument in arguments)])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


@pytest.fixture
def ours(tmp_path: Path) -> Path:
    """A new bundle whose report is written."""
    assert call("new", tmp_path / "ours").exit_code == 0
    report = tmp_path / "ours" / "REPORT.md"
    report.write_text(report.read_text().replace("TODO", "Done"))
    return tmp_path / "ours"


@pytest.fixture
def asked(tmp_path: Path) -> Path:
    """A published test, and its labels in `organisers/test`: Happy, but for the last recording."""
    for audience in ("participants", "organisers"):
        (tmp_path / audience).mkdir()
        (tmp_path / audience / FILE_NAME).write_text(dump_challenge(CHALLENGE))
    for name, frames in FRAMES.items():
        times = 3 + np.arange(frames) / CHALLENGE.task.rate
        write_template(tmp_path / "participants/test/prediction" / f"{name}.csv", times, CHALLENGE.task)
        labels = Labels(times, np.full(frames, HAPPY if name != "id02" else 0, dtype=np.int8), np.ones(frames))
        write_labels(tmp_path / "organisers/test/labels" / f"{name}.csv", labels, CHALLENGE.task)
    return tmp_path / "participants" / "test"


@pytest.fixture
def predictions(asked: Path, tmp_path: Path) -> Path:
    """Happy everywhere."""
    path = tmp_path / "predictions.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for file in sorted((asked / "prediction").iterdir()):
            header, *rows = file.read_text().splitlines()
            rows = [f"{row.split(',')[0]},0,0,0,1,0,0" for row in rows]
            archive.writestr(f"prediction/{file.name}", "\n".join([header, *rows]))
    return path


def test_a_new_bundle_lacks_the_words_of_its_report_only(tmp_path: Path):
    made = call("new", tmp_path / "ours")
    assert made.exit_code == 0
    assert made.output.splitlines()[0].endswith("ours: bundle.yaml, predict.py, requirements.txt, REPORT.md")
    checked = call("check", tmp_path / "ours")
    assert (checked.exit_code, checked.output.splitlines()) == (
        1,
        ["refused: 1 fault", "  REPORT.md, row 7: expected your own words, found a TODO (and 2 more of them)"],
    )


def test_a_bundle_is_checked_as_a_folder_and_as_a_zip(ours: Path, tmp_path: Path):
    (ours / ".DS_Store").write_bytes(b"")
    packed = call("pack", ours, "--out", tmp_path / "bundle.zip")
    assert packed.exit_code == 0
    assert packed.output.splitlines()[0].endswith(f"4 files, {(tmp_path / 'bundle.zip').stat().st_size:,} bytes")
    for source in (ours, tmp_path / "bundle.zip"):
        checked = call("check", source)
        assert checked.exit_code == 0
        assert checked.output.startswith("accepted: 4 files, ")
    again = call("pack", ours, "--out", tmp_path / "again.zip")
    assert again.output.splitlines()[1] == packed.output.splitlines()[1]
    assert again.output.splitlines()[1].startswith("SHA-256 ")


def test_notes_are_told(ours: Path):
    (ours / "requirements.lock").write_text("")
    assert "  not read: requirements.txt, since there is a requirements.lock\n" in call("check", ours).output


def test_the_sections_are_those_of_the_challenge(ours: Path, tmp_path: Path):
    document = dump_challenge(CHALLENGE).replace("Feature selection", "Feature choice")
    (tmp_path / "other.yaml").write_text(document)
    assert call("new", tmp_path / "other", "--challenge", tmp_path / "other.yaml").exit_code == 0
    assert "## Feature choice" in (tmp_path / "other" / "REPORT.md").read_text()
    checked = call("check", ours, "--challenge", tmp_path / "other.yaml")
    assert checked.exit_code == 1
    assert "expected a heading 'Feature choice', found only Report, Model, Feature selection, Missing" in checked.output


def test_models_are_added_to_the_top(ours: Path, tmp_path: Path):
    (tmp_path / "best.keras").write_bytes(b"1")
    (tmp_path / "more").mkdir()
    (tmp_path / "more" / "x").write_bytes(b"2")
    out = tmp_path / "bundle.zip"
    assert call("pack", ours, "--out", out, "--add", tmp_path / "best.keras", "--add", tmp_path / "more").exit_code == 0
    with zipfile.ZipFile(out) as archive:
        assert {"best.keras", "more/x"} < {*archive.namelist()}


def test_a_faulty_zip_is_refused_in_words(tmp_path: Path):
    (tmp_path / "bundle.zip").write_bytes(b"no zip\x1b")
    checked = call("check", tmp_path / "bundle.zip")
    assert (checked.exit_code, checked.output) == (
        1,
        "refused: 1 fault\n  the zip: expected a zip, found no zip file\n",
    )


def test_what_cannot_be_used_is_wrong_usage(ours: Path, tmp_path: Path):
    (tmp_path / "empty").mkdir()
    (tmp_path / "linked").mkdir()
    (tmp_path / "linked" / "x").symlink_to(ours)
    for arguments in (
        ["new", ours],
        ["new", tmp_path / "n", "--challenge", "none"],
        ["check", tmp_path / "none"],
        ["check", tmp_path / "empty"],
        ["check", tmp_path / "linked"],
        ["check", ours, "--challenge", "none"],
        ["pack", tmp_path / "empty", "--out", tmp_path / "x.zip"],
        ["pack", ours],
        ["pack", ours, "--out", tmp_path],
        ["pack", ours, "--out", tmp_path / "x.zip", "--add", ours / "predict.py"],
    ):
        assert call(*arguments).exit_code == 2, arguments
    assert not (tmp_path / "x.zip").exists()


@pytest.mark.parametrize("name", ["new", "check", "pack", "try"])
def test_help_has_an_example_and_the_exit_codes(name: str):
    text = call(name, "--help").output
    assert f"python -m scorer bundle {name} " in text
    assert "Exit codes: 0" in text


def test_a_bundle_that_predicts_what_was_sent_matches(ours: Path, asked: Path, predictions: Path):
    tried = call("try", ours, "--test", asked, "--predictions", predictions)
    assert tried.exit_code == 0
    lines = tried.stdout.splitlines()
    assert lines[0] == "matched: public: 0.000000 of the rows differ, at most 0.01"
    assert "  recordings           2 of 3" in lines
    assert "  frames that differ   0 of 400 (0.0000%)" in lines
    assert any(line.startswith("  run                  public: done, ") and "MiB" in line for line in lines)
    assert any(line.startswith("  sandbox              bubblewrap") for line in lines)
    assert "On these recordings your residual is 0: the code predicts what you sent, whichever frames count." in lines
    assert lines[-1] == "The organisers run all 3 recordings; so does --all."
    assert "id00: 300 rows" in tried.stderr


def test_a_report_may_be_written_later(tmp_path: Path, asked: Path, predictions: Path):
    call("new", tmp_path / "fresh")
    assert call("try", tmp_path / "fresh", "--test", asked, "--predictions", predictions).exit_code == 0


def test_another_prediction_is_told_with_what_it_means(ours: Path, asked: Path, predictions: Path):
    program = (ours / "predict.py").read_text()
    (ours / "predict.py").write_text(program.replace(NEW_LINE, f"return [ROW] * (len(times) - 3) + [{SAD}] * 3"))
    tried = call("try", ours, "--test", asked, "--predictions", predictions, "--recordings", 2)
    assert tried.exit_code == 1
    assert "  frames that differ   6 of 400 (1.5000%)" in tried.stdout
    assert "id00: 3 of 300 frames differ" in tried.stdout
    assert "Your residual is at most 0.015000 on these recordings, if every frame counts; up to 0.01" in tried.stdout
    assert tried.stdout.startswith("mismatched: ")


def test_with_labels_the_residual_itself_is_told(ours: Path, asked: Path, predictions: Path, tmp_path: Path):
    program = (ours / "predict.py").read_text()
    (ours / "predict.py").write_text(program.replace(NEW_LINE, f"return [{ANGER}] * 5 + [ROW] * (len(times) - 5)"))
    labels = tmp_path / "organisers" / "test"
    tried = call("try", ours, "--test", asked, "--predictions", predictions, "--labels", labels)
    assert tried.exit_code == 0
    assert "  recordings           3 of 3" in tried.stdout
    assert "  frames that differ   15 of 600 (2.5000%)" in tried.stdout
    assert "  residual             0.008333333333 (sent 0.666666666667, this run 0.658333333333)" in tried.stdout
    assert tried.stdout.endswith("The residual is 0.008333333333; up to 0.01 is believed.\n")


def test_chance_and_names_are_told(ours: Path, asked: Path, predictions: Path):
    program = (ours / "predict.py").read_text()
    chance = f"import random\n    return [random.choice([ROW, {SAD}]) for _ in times]"
    (ours / "predict.py").write_text(program.replace(NEW_LINE, chance))
    tried = call("try", ours, "--test", asked, "--predictions", predictions)
    assert tried.exit_code == 1
    assert "The code leaves something to chance: run twice, it gave" in tried.stdout
    by_name = f'return [ROW if recording.startswith("id0") else {SAD}] * len(times)'
    (ours / "predict.py").write_text(program.replace(NEW_LINE, by_name))
    tried = call("try", ours, "--test", asked, "--predictions", predictions)
    assert tried.exit_code == 1
    assert "The code looks at the names or the times of the recordings" in tried.stdout


def test_a_program_that_fails_is_told_with_its_log(ours: Path, asked: Path, predictions: Path):
    program = (ours / "predict.py").read_text()
    (ours / "predict.py").write_text(program.replace(NEW_LINE, "sys.exit('\\x1b[2J no model')"))
    tried = call("try", ours, "--test", asked, "--predictions", predictions)
    assert tried.exit_code == 1
    assert tried.stdout.startswith("failed: public: ")
    assert "\\x1b[2J no model" in tried.stderr
    assert "\x1b" not in tried.output


def test_results_that_are_no_submission_are_told(ours: Path, asked: Path, predictions: Path):
    program = (ours / "predict.py").read_text()
    (ours / "predict.py").write_text(program.replace('glob("*.csv")', 'glob("*0.csv")'))
    tried = call("try", ours, "--test", asked, "--predictions", predictions, "--all")
    assert tried.exit_code == 1
    assert "run                  public: format, " in tried.stdout
    assert "  prediction/id01.csv: expected this file in the zip, found none\n" in tried.stdout


def test_the_recordings_with_the_most_differences_are_listed():
    recordings = tuple(RecordingDifference(f"id{number:02}", 50, number) for number in range(14))
    comparison = Comparison(
        stage="public",
        split="public",
        leaderboard_score=None,
        run_score=None,
        residual=None,
        tolerance="0.01",
        within=False,
        frames=700,
        differ=91,
        repeat_differ=None,
        disguised_differ=0,
        disguised_residual=None,
        depends_on_names=False,
        recordings=recordings,
    )
    hashes = Hashes(bundle="", data={}, environment="", scorer="")
    verdict = Verdict(Decision.MISMATCHED, "too far", (comparison,), (), (), hashes, "a sandbox", "an environment")
    lines = trial_text(verdict, 14, CHALLENGE.task).splitlines()
    listed = [line.strip() for line in lines if line.endswith("of 50 frames differ")]
    assert listed[0] == "id13: 13 of 50 frames differ"
    assert len(listed) == MOST_RECORDINGS
    assert "and 3 more recordings" in "".join(lines)
    of_numbers = trial_text(verdict, 14, load_challenge("recola").task)
    assert "  rows that differ     91 of 700 (13.0000%)" in of_numbers
    assert "A share of 0.130000 of the rows differs from what you sent" in of_numbers
    assert "Your residual is at most" not in of_numbers, "how many numbers differ bounds no score"


def test_predictions_in_the_bundle_are_told(ours: Path, asked: Path, predictions: Path):
    (ours / "answers.bin").write_bytes(predictions.read_bytes())
    tried = call("try", ours, "--test", asked, "--predictions", predictions)
    assert "  answers.bin is the submission, byte for byte\n" in tried.stdout


def test_packages_that_are_not_there_are_told(ours: Path, asked: Path, predictions: Path, tmp_path: Path):
    (ours / "requirements.txt").write_text("no-such-package-anywhere==1.0\n")
    (tmp_path / "wheels").mkdir()
    for more in ([], ["--wheel-house", tmp_path / "wheels"]):
        tried = call("try", ours, "--test", asked, "--predictions", predictions, *more)
        assert tried.exit_code == 1
        assert tried.stdout.startswith("failed: environment: ")
        assert "no-such-package-anywhere" in tried.stdout


def test_faults_of_the_bundle_and_of_the_predictions_are_told_before_anything_is_run(
    ours: Path, asked: Path, predictions: Path, tmp_path: Path
):
    other = tmp_path / "other.zip"
    other.write_bytes(b"")
    tried = call("try", ours, "--test", asked, "--predictions", other)
    assert (tried.exit_code, tried.stdout) == (1, "")
    assert "refused: 1 fault\n  the zip: expected a zip, found an empty file" in tried.stderr
    (ours / "predict.py").unlink()
    tried = call("try", ours, "--test", asked, "--predictions", predictions)
    assert tried.exit_code == 1
    assert "bundle.yaml, command: expected a program that is in the bundle" in tried.output


def test_a_trial_that_cannot_be_made_is_wrong_usage(
    ours: Path, asked: Path, predictions: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    usual = ["try", ours, "--test", asked, "--predictions", predictions]
    organisers = tmp_path / "organisers" / "test"
    for arguments in (
        [*usual, "--all", "--recordings", 1],
        [*usual, "--all", "--labels", organisers],
        [*usual, "--recordings", 0],
        ["try", ours, "--test", organisers, "--predictions", predictions],
        ["try", ours, "--test", asked],
    ):
        assert call(*arguments).exit_code == 2, arguments
    unknown = call(*usual, "--sandbox", "none")
    assert unknown.exit_code == 2
    assert "--sandbox: expected one of bubblewrap, docker, podman, found 'none'" in unknown.stderr
    monkeypatch.setenv("PATH", os.devnull)
    without = call(*usual, "--sandbox", "podman")
    assert without.exit_code == 2
    assert "No sandbox, so nothing is run: " in without.stderr
    for file in (asked / "prediction").iterdir():
        file.rename(tmp_path / file.name)
    assert "expected templates prediction/*.csv, found none" in call(*usual).stderr
    for name in FRAMES:
        (tmp_path / f"{name}.csv").rename(asked / "prediction" / f"{name}.csv")
    (organisers / "labels" / "id01.csv").unlink()
    few = call(*usual, "--labels", organisers)
    assert few.exit_code == 2
    assert "expected labels of the 3 recordings" in few.stderr
    assert "found 2 of them and 0 others" in few.stderr


def test_labels_that_say_nothing_are_wrong_usage(ours: Path, asked: Path, predictions: Path, tmp_path: Path):
    for name, frames in FRAMES.items():
        times = 3 + np.arange(frames) / CHALLENGE.task.rate
        doubtful = Labels(times, np.zeros(frames, dtype=np.int8), np.full(frames, 0.6))
        write_labels(tmp_path / "organisers/test/labels" / f"{name}.csv", doubtful, CHALLENGE.task)
    labels = tmp_path / "organisers" / "test"
    tried = call("try", ours, "--test", asked, "--predictions", predictions, "--labels", labels)
    assert tried.exit_code == 2
    assert "nothing to score" in tried.stderr
