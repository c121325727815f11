from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from baseline.__main__ import main
from baseline.commands import training_options
from baseline.folds import actor_folds
from baseline.run_folder import RunFolder
from data_spec.corpus import RECORDINGS_FILE, Corpus
from scorer.score_report import ScoreReport
from tests.baseline.clips_of_actors import NEAREST, clips_corpus
from tests.baseline.plain_system import labelled_corpus


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Corpus:
    return clips_corpus(tmp_path_factory.mktemp("clips") / "corpus")


@pytest.fixture
def _nearest(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(training_options, "find_system", lambda name: NEAREST)


@pytest.mark.usefixtures("_nearest")
def test_the_command_tells_figures_with_both_intervals_and_that_clips_of_an_actor_are_alike(
    corpus: Corpus, tmp_path: Path
) -> None:
    arguments = ["cross-validate", str(corpus.root), "--out", str(tmp_path / "out"), "--folds", "3", "--no-hold-out"]
    result = CliRunner().invoke(main, arguments)
    assert result.exit_code == 0, result.output
    report = ScoreReport.from_dict(json.loads((tmp_path / "out" / "pooled.json").read_text()))
    assert f"macro_f1 {report.score:.3f}; 95 % over recordings: {report.interval[0]:.3f} to" in result.output
    assert "recordings of an actor are alike: how others would do is told by the interval over 6" in result.output
    folds = actor_folds(corpus.read_recordings(), 3, seed=0, hold_out=False)
    written = (tmp_path / "out" / "report.md").read_text()
    assert "| figure | value | 95 % over recordings | 95 % over actors |" in written
    assert all(", ".join(fold.actors) in written for fold in folds)
    summary = json.loads((tmp_path / "out" / "cross_validation.json").read_text())
    assert [one["figure"] for one in summary["estimates"]] == ["macro_f1", "micro_f1"]
    assert [one["actors"] for one in summary["folds"]] == [list(fold.actors) for fold in folds]
    assert "--folds 3" in RunFolder(tmp_path / "out").read_configuration()["command"]


@pytest.mark.usefixtures("_nearest")
def test_more_folds_than_actors_and_a_corpus_without_a_list_of_them_are_refused_and_leave_nothing(
    corpus: Corpus, tmp_path: Path
) -> None:
    too_many = ["cross-validate", str(corpus.root), "--out", str(tmp_path / "out"), "--folds", "7"]
    result = CliRunner().invoke(main, too_many)
    assert result.exit_code == 2
    assert "folds: expected 2 to 6, the number of actors. Received: 7" in result.output
    bare = labelled_corpus(tmp_path / "bare", "clip_ratings", recordings=2)
    result = CliRunner().invoke(main, ["cross-validate", str(bare.root), "--out", str(tmp_path / "out")])
    assert result.exit_code == 2
    assert RECORDINGS_FILE in result.output
    assert not (tmp_path / "out").exists()
