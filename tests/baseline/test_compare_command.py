"""`python -m baseline compare` takes runs, reports and zips, and says in one line what it cannot use."""

from __future__ import annotations

import json

import numpy as np
import pytest
from click.testing import CliRunner

from baseline.commands.compare import command
from baseline.prediction import write_submission
from baseline.run_folder import RunFolder
from data_spec.corpus import Corpus
from data_spec.csv_files import write_labels
from data_spec.stream import Labels
from scorer.scoring import score


@pytest.fixture
def labelled(tmp_path, merc2017):
    """Twelve recordings that show one emotion each."""
    corpus = Corpus.create(tmp_path / "corpus", merc2017)
    for number in range(12):
        labels = Labels(np.arange(100) / 100, np.full(100, number % 6, dtype=np.int8), np.ones(100))
        write_labels(corpus.root / "test" / "labels" / f"id{number:02}.csv", labels, merc2017.task)
    return corpus.folder("public")


@pytest.fixture
def predictions(labelled):
    """Those of a good and of a bad system: 80 and 30 frames of each recording are right."""

    def right(frames):
        seen = np.arange(100) < frames
        return {
            name: np.where(seen, one.index, (one.index + 1) % 6).astype(np.int8)
            for name, one in labelled.labels.items()
        }

    return {"good": right(80), "bad": right(30)}


@pytest.fixture
def zips(tmp_path, labelled, predictions):
    for name, values in predictions.items():
        write_submission(tmp_path / f"{name}.zip", values, labelled.templates, labelled.challenge)
    return tmp_path / "good.zip", tmp_path / "bad.zip"


@pytest.fixture
def runs(tmp_path, labelled, predictions):
    for name, values in predictions.items():
        (tmp_path / name).mkdir()
        RunFolder(tmp_path / name).write_report(score(values, labelled.labels, labelled.challenge.task))
    return tmp_path / "good", tmp_path / "bad"


def call(*arguments):
    return CliRunner().invoke(command, [str(one) for one in arguments])


def test_two_zips_are_compared_against_the_labels(zips, labelled):
    result = call(*zips, "--labels", labelled.path)
    assert result.exit_code == 0
    assert "Weighted accuracy over 12 recordings" in result.output
    assert "+0.5000, 95 % interval +0.5000 to +0.5000" in result.output
    assert f"{zips[0]} is better: the interval does not hold 0" in result.output


def test_two_runs_are_compared_by_what_they_reached_on_the_test(runs):
    result = call(runs[1], runs[0])
    assert result.exit_code == 0
    assert "-0.5000" in result.output
    assert f"{runs[0]} is better" in result.output


def test_a_report_stands_for_its_zip(runs, zips, labelled):
    result = call(runs[0] / "test.json", zips[0], "--labels", labelled.path)
    assert result.exit_code == 0
    assert "they cannot be told apart: the interval holds 0" in result.output


def test_a_program_reads_json(runs):
    assert json.loads(call(*runs, "--json").output) == {
        "metric": "weighted_accuracy",
        "one": 0.8,
        "other": 0.3,
        "difference": pytest.approx(0.5),
        "low": pytest.approx(0.5),
        "high": pytest.approx(0.5),
        "recordings": 12,
        "one_is_better": True,
    }


def test_a_zip_without_labels_is_wrong_usage(zips):
    result = call(*zips)
    assert result.exit_code == 2
    assert "expected a folder with labels to score a zip with" in result.output


def test_a_refused_zip_is_refused_with_its_faults(zips, labelled):
    zips[1].write_bytes(b"no zip")
    result = call(*zips, "--labels", labelled.path)
    assert result.exit_code == 1
    assert "refused: 1 fault" in result.output


@pytest.mark.parametrize("content", [None, "", "{}", "[]", '{"metric": "macro_f1"}'])
def test_what_is_no_score_is_wrong_usage_in_one_line(tmp_path, runs, content):
    other = tmp_path / "other"
    other.mkdir()
    if content is not None:
        (other / "test.json").write_text(content)
    result = call(runs[0], other)
    assert result.exit_code == 2
    assert f"{other}: expected a zip of predictions, a report" in result.output
    assert "Traceback" not in result.output


def test_runs_on_other_tests_are_not_compared(runs):
    report = json.loads((runs[1] / "test.json").read_text())
    report["recordings"] = report["recordings"][1:]
    (runs[1] / "test.json").write_text(json.dumps(report))
    result = call(*runs)
    assert result.exit_code == 2
    assert "same recordings" in result.output
