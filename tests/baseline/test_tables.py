"""A published table is measured by one command: every variant, every seed, beside what was published."""

from __future__ import annotations

import csv
import shutil
from dataclasses import replace
from pathlib import Path
from statistics import fmean, stdev

import pytest
from PIL import Image

from baseline.run_folder import RunFolder
from baseline.system import Published, Table
from baseline.table_files import COLUMNS, as_markdown, draw_table, write_tables
from baseline.tables import Measured, MeasuredTable, measure
from baseline.training import Training
from data_spec.corpus import Corpus, CorpusError
from tests.baseline.plain_system import PLAIN, labelled_corpus, plain_training


def training_for(variant: str, seed: int) -> Training:
    return plain_training(seed, variant)


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Corpus:
    return labelled_corpus(tmp_path_factory.mktemp("tables") / "corpus", "segment_intensities", recordings=4)


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("tables") / "out"


@pytest.fixture(scope="module")
def measured(corpus: Corpus, out: Path) -> MeasuredTable:
    (table,) = measure(corpus, PLAIN.tables, training_for, 3, out, "made up", tell=lambda what: None)
    return table


def test_figures_are_means_and_deviations_over_the_seeds_read_from_the_test(measured: MeasuredTable, out: Path) -> None:
    first, happy, median = measured.figures
    assert (first.published, happy.published, median.published) == (0.5, None, 0.4)
    assert len(set(first.values)) == 3
    assert first.mean == fmean(first.values)
    assert first.deviation == stdev(first.values)
    assert first.interval is not None
    assert first.interval[0] <= first.values[0] <= first.interval[1]
    assert happy.interval is None
    for seed in range(3):
        run = RunFolder(out / "runs" / f"plain-median-seed-{seed}")
        assert run.read_configuration()["seed"] == seed


def test_its_rows_are_those_of_the_manifest_of_systems(measured: MeasuredTable, tmp_path: Path) -> None:
    write_tables(tmp_path, [measured], "mosei", "python -m baseline tables plain corpus")
    with (tmp_path / "means.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert tuple(rows[0]) == COLUMNS
    assert [row["variant"] for row in rows] == ["mean", "mean", "median"]
    assert rows[1]["figure"] == "happy.mean_absolute_error"
    assert (rows[1]["published"], rows[1]["low"], rows[1]["seeds"]) == ("", "", "3")
    assert rows[0]["measured"] == f"{measured.figures[0].mean:.3f}"
    assert (tmp_path / "means.md").read_text() == as_markdown(measured)
    with Image.open(tmp_path / "means.png") as picture:
        assert picture.size > (500, 200)


def test_what_is_there_is_not_trained_again(corpus: Corpus, out: Path, measured: MeasuredTable) -> None:
    def never(*anything: object) -> None:
        raise AssertionError

    asked = replace(PLAIN, train=never)
    (again,) = measure(
        corpus,
        PLAIN.tables,
        lambda variant, seed: replace(training_for(variant, seed), system=asked),
        3,
        out,
        "made up",
        tell=lambda what: None,
    )
    assert again.figures == measured.figures


def test_a_run_of_another_training_is_in_the_way(corpus: Corpus, out: Path, tmp_path: Path) -> None:
    shutil.copytree(out, tmp_path / "out")
    with pytest.raises(CorpusError, match=r"expected a run of settings \{'offset': 0.5\}, found \{'offset': 0.0\}"):
        measure(
            corpus,
            PLAIN.tables,
            lambda variant, seed: plain_training(seed, variant, offset=0.5),
            1,
            tmp_path / "out",
            "made up",
            tell=lambda what: None,
        )


@pytest.mark.parametrize("content", [None, "", "{}", "[]"])
def test_a_run_without_a_readable_report_is_said_in_one_line(
    corpus: Corpus, out: Path, measured: MeasuredTable, tmp_path: Path, content: str | None
) -> None:
    shutil.copytree(out, tmp_path / "out")
    report = tmp_path / "out" / "runs" / "plain-mean-seed-0" / "test.json"
    report.unlink()
    if content is not None:
        report.write_text(content)
    with pytest.raises(ValueError, match=r"plain-mean-seed-0: expected .* a training's folder with test.json"):
        measure(corpus, PLAIN.tables, training_for, 1, tmp_path / "out", "x", tell=lambda what: None)


def test_on_another_challenge_nothing_published_is_comparable(tmp_path: Path) -> None:
    corpus = labelled_corpus(tmp_path / "corpus", "continuous_attributes", recordings=2)
    table = Table("t", "T", (Published("mean", "arousal.concordance_cc", 0.7),))
    (found,) = measure(corpus, [table], training_for, 1, tmp_path / "out", "x", tell=lambda what: None)
    assert found.figures[0].published is None
    assert found.figures[0].deviation is None


def test_a_figure_that_the_task_does_not_have_is_said(corpus: Corpus, out: Path) -> None:
    table = Table("t", "T", (Published("mean", "macro_f1", 0.7),))
    with pytest.raises(ValueError, match="plain, mean: no figure 'macro_f1'; expected one of"):
        measure(corpus, [table], training_for, 1, out, "x", tell=lambda what: None)


def test_a_corpus_without_the_labels_of_the_test_is_refused(tmp_path: Path) -> None:
    corpus = labelled_corpus(tmp_path / "corpus", "segment_intensities", recordings=2, hide_test=True)
    with pytest.raises(CorpusError, match="expected the labels of all recordings of the first test"):
        measure(corpus, PLAIN.tables, training_for, 1, tmp_path / "out", "x", tell=lambda what: None)


def test_a_figure_that_is_undefined_in_one_seed_has_no_mean_and_no_bar() -> None:
    one = Measured("mean", "pearson_cc", 0.3, (0.2, None), None)
    assert (one.mean, one.deviation) == (None, None)
    table = Table("t", "T", (Published("mean", "pearson_cc", 0.3),))
    (panel,) = draw_table(MeasuredTable(table, (one,), "x", (plain_training(),), "2026-01-01")).axes
    assert not panel.patches
    assert len(panel.collections) == 1
