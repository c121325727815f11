"""A new bundle runs as it is; only its report is still to be written."""

from __future__ import annotations

import csv
import io
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from data_spec.challenge import Challenge, load_challenge
from data_spec.corpus import CorpusError
from data_spec.csv_files import write_template
from scorer import submission
from scorer.bundles import bundle
from scorer.bundles.packing import pack
from scorer.bundles.skeleton import FILES, write_skeleton
from tests.scorer.bundles.made_bundles import files_in, zipped

Checked = Callable[[Path, Challenge], bundle.BundleVerdict]


@pytest.fixture(params=["merc2017", "bird_calls"])
def challenge(request: pytest.FixtureRequest) -> Challenge:
    found: Challenge = request.getfixturevalue(request.param)
    return found


@pytest.fixture
def checked(tmp_path: Path) -> Checked:
    def check(folder: Path, challenge: Challenge) -> bundle.BundleVerdict:
        pack(folder, tmp_path / "checked.zip")
        return bundle.read(tmp_path / "checked.zip", challenge.verification)

    return check


def test_nothing_is_missing_but_the_words_of_the_report(tmp_path: Path, challenge: Challenge, checked: Checked):
    write_skeleton(tmp_path / "new", challenge)
    assert sorted(files_in(tmp_path / "new")) == sorted(FILES)
    (fault,) = checked(tmp_path / "new", challenge).faults
    assert (fault.file, fault.expected) == ("REPORT.md", "your own words")
    report = tmp_path / "new" / "REPORT.md"
    report.write_text(report.read_text().replace("TODO", "Done"))
    verdict = checked(tmp_path / "new", challenge)
    assert (verdict.faults, verdict.notes) == ((), ())


def test_its_program_predicts_one_label_everywhere(tmp_path: Path, challenge: Challenge):
    write_skeleton(tmp_path / "new", challenge)
    folder = challenge.submission.folder
    times = {"a": 3 + np.arange(50) / challenge.task.rate, "b": np.arange(7) / challenge.task.rate}
    for recording, seconds in times.items():
        write_template(tmp_path / "in" / folder / f"{recording}.csv", seconds, challenge.task)
    (tmp_path / "out").mkdir()
    command = [sys.executable, "-I", "predict.py", str(tmp_path / "in"), str(tmp_path / "out")]
    ran = subprocess.run(command, cwd=tmp_path / "new", capture_output=True, text=True, check=True)
    assert (ran.stdout, ran.stderr) == ("a: 50 rows\nb: 7 rows\n", "")
    verdict = submission.read(io.BytesIO(zipped(files_in(tmp_path / "out"))), times, challenge)
    assert verdict.accepted, verdict.faults
    (label,) = {index for labels in verdict.predictions.values() for index in labels.tolist()}
    assert challenge.task.labels[label] == {"merc2017": "Happy", "bird_calls": "Call"}[challenge.name]


@pytest.mark.parametrize("name", ["mosei", "mspface", "recola"])
def test_its_program_predicts_legal_numbers_where_numbers_are_asked_for(tmp_path: Path, name: str):
    asked = load_challenge(name)
    write_skeleton(tmp_path / "new", asked)
    times = {"a": np.array([0.0]), "b": np.array([1.5])}
    for recording, seconds in times.items():
        write_template(tmp_path / "in" / asked.submission.folder / f"{recording}.csv", seconds, asked.task)
    (tmp_path / "out").mkdir()
    command = [sys.executable, "-I", "predict.py", str(tmp_path / "in"), str(tmp_path / "out")]
    subprocess.run(command, cwd=tmp_path / "new", capture_output=True, check=True)
    verdict = submission.read(io.BytesIO(zipped(files_in(tmp_path / "out"))), times, asked)
    assert verdict.accepted, verdict.faults
    nearest_to_zero = [min(max(0.0, least), most) for least, most in asked.task.prediction_ranges or ()]
    assert [values.tolist() for values in verdict.predictions.values()] == [[nearest_to_zero]] * 2


def test_its_program_says_where_each_stream_lies(tmp_path: Path):
    write_skeleton(tmp_path / "new", load_challenge("recola"))
    program = (tmp_path / "new" / "predict.py").read_text()
    for file in ("sound/<recording>.flac", "faces/<recording>.mp4", "features/<recording>.csv"):
        assert f"INPUT/{file}" in program


def test_its_program_is_short_and_says_what_to_replace(tmp_path: Path, merc2017: Challenge):
    write_skeleton(tmp_path / "new", merc2017)
    program = (tmp_path / "new" / "predict.py").read_text()
    assert len(program.splitlines()) < 60
    assert "# replace this line by your system" in program
    assert "$" not in program


def test_a_label_with_odd_characters_stays_itself(tmp_path: Path, bird_calls: Challenge):
    labels = ("a\\n$b 'c'", *bird_calls.task.labels)
    odd = bird_calls.model_copy(update={"task": bird_calls.task.model_copy(update={"labels": labels})})
    write_skeleton(tmp_path / "new", odd)
    write_template(tmp_path / "in" / "answers" / "x.csv", np.array([0.5]), odd.task)
    (tmp_path / "out").mkdir()
    command = [sys.executable, "predict.py", str(tmp_path / "in"), str(tmp_path / "out")]
    subprocess.run(command, cwd=tmp_path / "new", capture_output=True, check=True)
    written = (tmp_path / "out" / "answers" / "x.csv").read_text()
    assert list(csv.reader(written.splitlines())) == [["Time", *labels], ["0.5", "1", "0", "0", "0"]]


def test_nothing_that_is_there_is_written_over(tmp_path: Path, merc2017: Challenge):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "predict.py").write_text("mine")
    for path in (tmp_path / "mine", tmp_path / "mine" / "predict.py"):
        with pytest.raises(CorpusError, match="expected a new or empty folder"):
            write_skeleton(path, merc2017)
    assert files_in(tmp_path) == {"mine/predict.py": b"mine"}
