"""One training becomes one folder that says all about it, whatever the system and the kind of task."""

from __future__ import annotations

import csv
import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from numpy.typing import NDArray

from baseline.run_folder import RunFolder
from baseline.trained_run import check_same_challenge
from baseline.training import train
from data_spec.challenge import load_challenge
from data_spec.corpus import Corpus, RecordingFolder
from data_spec.csv_files import CsvError, CsvFault
from data_spec.task import KINDS
from scorer.score_report import ScoreReport
from scorer.submission import read
from tests.baseline.plain_system import PLAIN, Mean, labelled_corpus, plain_training


@pytest.fixture
def run(tmp_path: Path) -> RunFolder:
    (tmp_path / "run").mkdir()
    return RunFolder(tmp_path / "run")


@pytest.mark.parametrize("kind", KINDS)
def test_a_run_holds_configuration_curves_scores_plots_model_and_a_zip_that_the_checker_accepts(
    tmp_path: Path, run: RunFolder, kind: str
) -> None:
    corpus = labelled_corpus(tmp_path / "corpus", kind)
    outcome = train(corpus, plain_training(seed=2), run)
    assert outcome.validation is not None
    assert outcome.test is not None
    assert outcome.test.metric == corpus.challenge.task.metric
    files = {path.name for path in run.path.iterdir()}
    expected = {"configuration.json", "challenge.yaml", "training.csv", "training.png", "model", "predictions.zip"}
    assert files >= expected | {"validation.json", "test.json"}
    assert ("test.png" in files) == bool(corpus.challenge.task.labels)
    assert ("test_values.png" in files) == bool(corpus.challenge.task.attributes)
    saved = ScoreReport.from_dict(json.loads((run.path / "test.json").read_text()))
    assert saved.score == outcome.test.score
    test = corpus.folder(corpus.challenge.stages[0].split)
    assert read(run.path / "predictions.zip", test.templates, corpus.challenge).faults == ()


def test_the_configuration_tells_what_was_trained_on_what_and_with_which_versions(
    tmp_path: Path, run: RunFolder
) -> None:
    train(labelled_corpus(tmp_path / "corpus", "segment_intensities"), plain_training(3, "median", offset=0.25), run)
    configuration = run.read_configuration()
    assert configuration["system"] == "plain"
    assert configuration["variant"] == "median"
    assert configuration["size"] == "tiny"
    assert configuration["seed"] == 3
    assert configuration["challenge"] == "mosei"
    assert configuration["settings"] == {"offset": 0.25}
    assert configuration["recordings"] == {"train": 8, "validation": 8, "test": 8}
    assert configuration["command"] == (
        "python -m baseline train CORPUS --out RUN --system plain --variant median --size tiny --seed 3 --hold-out "
        "--set offset=0.25"
    )
    assert {"python", "numpy"} <= configuration["versions"].keys()


def test_participants_without_the_labels_of_the_test_have_its_predictions_and_no_score(
    tmp_path: Path, run: RunFolder
) -> None:
    corpus = labelled_corpus(tmp_path / "corpus", "clip_ratings", hide_test=True)
    outcome = train(corpus, plain_training(), run)
    assert outcome.test is None
    assert outcome.validation is not None
    test = corpus.folder("test")
    assert read(run.path / "predictions.zip", test.templates, corpus.challenge).faults == ()


def test_a_corpus_without_a_test_is_trained_on_all_the_same(tmp_path: Path, run: RunFolder) -> None:
    corpus = labelled_corpus(tmp_path / "corpus", "continuous_attributes")
    (corpus.root / "test").rename(tmp_path / "elsewhere")
    outcome = train(Corpus.open(corpus.root), plain_training(), run)
    assert outcome.recordings == {"train": 8, "validation": 8, "test": 0}
    assert not (run.path / "predictions.zip").exists()


class BrokenTest(Mean):
    """Meets a stream in the test that cannot be read."""

    def predict(self, folder: RecordingFolder, recordings: Sequence[str]) -> dict[str, NDArray[Any]]:
        if folder.path.name == "test":
            raise CsvError(CsvFault(folder.path / "audio" / "test3.csv", 7, "f0", "a number", "'x'"))
        return super().predict(folder, recordings)


def test_a_broken_stream_of_the_test_does_not_throw_the_training_away(tmp_path: Path, run: RunFolder) -> None:
    corpus = labelled_corpus(tmp_path / "corpus", "continuous_attributes")
    system = replace(PLAIN, train=lambda *args: BrokenTest(PLAIN.train(*args).numbers))
    outcome = train(corpus, replace(plain_training(), system=system), run)
    assert outcome.fault is not None
    assert "test3.csv, line 7, column 'f0'" in outcome.fault
    assert outcome.fault in (run.path / "notes.md").read_text()
    assert outcome.validation is not None
    assert (run.path / "model" / "mean.json").is_file()


def test_broken_templates_are_said_before_the_training_begins(tmp_path: Path, run: RunFolder) -> None:
    corpus = labelled_corpus(tmp_path / "corpus", "segment_intensities", hide_test=True)
    (corpus.root / "test" / "prediction" / "test3.csv").write_text("Time,anger\n")
    with pytest.raises(CsvError, match=r"test3\.csv"):
        train(corpus, plain_training(), run)
    assert list(run.path.iterdir()) == []


def test_a_part_in_which_nothing_counts_is_noted_and_has_no_score(tmp_path: Path, run: RunFolder) -> None:
    corpus = labelled_corpus(tmp_path / "corpus", "framewise_one_hot")
    for file in (corpus.root / "test" / "labels").iterdir():
        with file.open() as rows:
            header, *lines = list(csv.reader(rows))
        file.write_text("\n".join(",".join(line) for line in [header, *([*line[:-1], "0.6"] for line in lines)]))
    outcome = train(Corpus.open(corpus.root), plain_training(), run)
    assert outcome.test is None
    assert "The test has no score: expected frames with an agreement over 0.6" in (run.path / "notes.md").read_text()


def test_a_run_predicts_folders_of_its_own_challenge_alone(tmp_path: Path) -> None:
    corpus = labelled_corpus(tmp_path / "corpus", "segment_intensities")
    check_same_challenge(corpus.challenge, corpus.folder("test"))
    with pytest.raises(ValueError, match="expected the streams and labels of 'recola', found those of 'mosei'"):
        check_same_challenge(load_challenge("recola"), corpus.folder("test"))
