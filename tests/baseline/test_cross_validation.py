"""Whole actors are left out, and what all folds predict is scored once."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from sklearn.metrics import confusion_matrix, f1_score
from sklearn.model_selection import PredefinedSplit, cross_val_predict

from baseline.cross_validation import CrossValidation, cross_validate, estimates, figures_of_sums
from baseline.folds import actor_folds
from baseline.pooled_folder import PooledFolder
from baseline.run_folder import RunFolder
from data_spec.corpus import Corpus, Recording
from data_spec.task import KINDS
from scorer.bootstrap import draw_recordings
from scorer.score_report import RecordingScore, ScoreReport
from tests.baseline.clips_of_actors import TAKES, clips_corpus, nearest, rows_of, training
from tests.baseline.plain_system import labelled_corpus, plain_training

SILENT = {"tell": lambda what: None}


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Corpus:
    return clips_corpus(tmp_path_factory.mktemp("clips") / "corpus")


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> RunFolder:
    return RunFolder(tmp_path_factory.mktemp("out"))


@pytest.fixture(scope="module")
def found(corpus: Corpus, out: RunFolder) -> CrossValidation:
    return cross_validate(corpus, training(), 3, out, **SILENT)


def test_figures_are_those_of_scikit_learn_over_the_predictions_of_all_folds(
    corpus: Corpus, found: CrossValidation
) -> None:
    pool = PooledFolder(corpus)
    values, truth = rows_of(pool, pool.recordings)
    fold_of = {name: number for number, fold in enumerate(found.folds) for name in fold.test}
    split = PredefinedSplit([fold_of[name] for name in pool.recordings])
    predicted = cross_val_predict(nearest(), values, truth, cv=split)
    assert found.report.score == pytest.approx(f1_score(truth, predicted, average="macro"))
    assert found.report.figure("micro_f1") == pytest.approx(f1_score(truth, predicted, average="micro"))
    assert 0.3 < found.report.score < 1  # neither all right nor chance: the comparison says something
    assert found.report.confusion == tuple(map(tuple, confusion_matrix(truth, predicted).tolist()))
    for fold, value in zip(found.folds, found.of_folds, strict=True):
        tested = np.isin(pool.recordings, fold.test)
        assert value == pytest.approx(f1_score(truth[tested], predicted[tested], average="macro"))


def test_nobody_is_met_who_is_tested_or_watched_also_where_actors_are_watched(corpus: Corpus, tmp_path: Path) -> None:
    found = cross_validate(corpus, training(hold_out=True), 3, RunFolder(tmp_path), **SILENT)
    assert {name for fold in found.folds for name in fold.test} == set(PooledFolder(corpus).recordings)
    assert all(fold.validation for fold in found.folds)


def test_intervals_are_over_recordings_and_over_whole_actors(corpus: Corpus, found: CrossValidation) -> None:
    actor_of = {one.name: one.actor for one in corpus.read_recordings()}
    macro, micro = found.estimates
    assert (macro.figure, micro.figure) == ("macro_f1", "micro_f1")
    assert macro.over_recordings == found.report.interval
    recordings = found.report.recordings
    actors = sorted(set(actor_of.values()))
    pairs = [divmod(int(np.argmax(one.statistics)), TAKES) for one in recordings]  # truth, prediction
    drawn_figures = []
    for drawn in draw_recordings(len(actors), resamples=1000, seed=0):
        times = dict(zip(actors, drawn, strict=True))
        truth, predicted = zip(
            *(pair for one, pair in zip(recordings, pairs, strict=True) for _ in range(times[actor_of[one.recording]])),
            strict=True,
        )
        drawn_figures.append((f1_score(truth, predicted, average="macro"), np.mean(np.equal(truth, predicted))))
    low, high = np.quantile(drawn_figures, [0.025, 0.975], axis=0)
    assert macro.over_actors == pytest.approx((low[0], high[0]))
    assert micro.over_actors == pytest.approx((low[1], high[1]))


def test_where_some_actors_are_all_right_and_others_all_wrong_the_interval_over_actors_is_the_wider_one() -> None:
    right, wrong = (1.0, 0.0, 0.0, 0.0), (0.0, 1.0, 0.0, 0.0)
    scores = [RecordingScore(f"{actor}-{take}", None, 1, wrong if actor < 2 else right)
              for actor in range(6) for take in range(20)]  # fmt: skip
    report = ScoreReport("macro_f1", 0.5, (0.0, 1.0), {}, {}, ("a", "b"), ((80, 40), (0, 0)), 120, 120, tuple(scores))
    _, micro = estimates(report, {one.recording: one.recording[0] for one in scores})
    assert micro.value == pytest.approx(2 / 3)
    widths = [high - low for low, high in (micro.over_recordings, micro.over_actors)]
    assert widths[1] > 3 * widths[0]


@pytest.mark.parametrize("kind", KINDS)
def test_any_system_of_any_kind_of_task_is_cross_validated(kind: str, tmp_path: Path) -> None:
    corpus = labelled_corpus(tmp_path / "corpus", kind, recordings=4)
    splits = corpus.challenge.splits.folders
    listed = [Recording(f"{split.name}{n}", 1, f"actor{n}", split.name) for split in splits for n in range(4)]
    corpus.write_recordings(listed)
    found = cross_validate(corpus, plain_training(), 2, RunFolder(tmp_path), **SILENT)
    assert len(found.report.recordings) == len(listed)
    assert found.estimates[0].figure == found.report.metric
    assert found.estimates[0].value == pytest.approx(found.report.score)
    assert [*figures_of_sums(found.report.metric)] == [one.figure for one in found.estimates]


def test_the_folder_has_a_run_for_each_fold_and_the_report_of_all(out: RunFolder, found: CrossValidation) -> None:
    pooled = ScoreReport.from_dict(json.loads((out.path / "pooled.json").read_text()))
    assert pooled == found.report
    assert (out.path / "pooled.png").is_file()
    for number, fold in enumerate(found.folds, start=1):
        run = RunFolder(out.path / f"fold_{number}")
        asked = run.read_configuration()
        assert asked["actors_left_out"] == list(fold.actors)
        assert asked["recordings"] == fold.counts
        assert (run.path / "test.json").is_file()
        met = (run.path / "model" / "met.txt").read_text()
        assert not any(actor in met for actor in fold.actors)


def test_recordings_without_labels_take_no_part_and_are_counted(tmp_path: Path) -> None:
    corpus = labelled_corpus(tmp_path / "corpus", "clip_ratings", recordings=4, hide_test=True)
    splits = corpus.challenge.splits.folders
    listed = [Recording(f"{split.name}{n}", 1, f"actor{n}", split.name) for split in splits for n in range(4)]
    corpus.write_recordings(listed)
    found = cross_validate(corpus, plain_training(), 2, RunFolder(tmp_path), **SILENT)
    assert found.left_out == 4
    labelled = [one for one in listed if one.split != "test"]
    assert found.folds == actor_folds(labelled, 2, seed=0)
