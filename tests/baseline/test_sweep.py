"""Sweeps: every combination is trained, the validation alone decides, and the tables say so."""

import csv
import json
import math
from dataclasses import dataclass, replace

import numpy as np
import pytest
from click.testing import CliRunner

from baseline.__main__ import main
from baseline.run_folder import RunFolder
from baseline.sweep import Tried, as_markdown, best_of, parse_grid, points_of, sweep, write_sweep
from baseline.system import Size, System
from baseline.training import Training
from scorer.score_report import ScoreReport


@dataclass(frozen=True)
class Settings:
    level: float = 0.0
    spread: int = 0


class Constant:
    """Predicts the level for every emotion, and remembers of which folders."""

    def __init__(self, level, seen):
        self.level, self.seen = level, seen

    def predict(self, folder, recordings):
        self.seen.append(folder.path.name)
        return {name: np.full((len(folder.templates[name]), 6), self.level) for name in recordings}


def constant_system(seen):
    return System(
        name="constant",
        title="Constant",
        source="",
        kinds=frozenset({"segment_intensities"}),
        variants=lambda challenge: ("constant",),
        settings=lambda size, variant: Settings(),
        train=lambda data, variant, settings, seed, run: Constant(settings.level, seen),
        load=lambda path: None,
    )


@pytest.fixture
def seen():
    return []


@pytest.fixture
def training(seen):
    return Training(constant_system(seen), "constant", Size.TINY, Settings(spread=7), seed=3)


def report(score, metric="mean_absolute_error"):
    return ScoreReport(metric, score, (score, score), {metric: score}, {}, (), (), 1, 1, ())


def tried(training, *scores, metric="mean_absolute_error"):
    points = points_of(training, {"level": [str(number) for number in range(len(scores))]})
    return [Tried(point, report(score, metric)) for point, score in zip(points, scores, strict=True)]


def test_every_combination_is_a_point_and_other_settings_stay(training):
    points = points_of(training, parse_grid(["level=0,1.5", "spread=1,2,3"]))
    settings = [(point.training.settings.level, point.training.settings.spread) for point in points]
    assert settings == [(0, 1), (0, 2), (0, 3), (1.5, 1), (1.5, 2), (1.5, 3)]
    assert [point.training.settings.spread for point in points_of(training, {"level": ["1"]})] == [7]
    assert points[3].name == "level=1.5,spread=1"
    assert points[3].training.seed == 3


@pytest.mark.parametrize(
    "texts", [["level"], ["level="], ["=1"], ["level=1,,2"], ["level=1,1"], ["level=1", "level=2"]]
)
def test_a_grid_of_another_form_is_refused(texts):
    with pytest.raises(ValueError, match=r"expected .*Received: "):
        parse_grid(texts)


def test_a_setting_or_value_that_there_is_not_is_refused_before_anything_is_trained(training):
    with pytest.raises(ValueError, match=r"expected one of the settings level, spread\. Received: 'depth'"):
        points_of(training, {"depth": ["1"]})
    with pytest.raises(ValueError, match="spread: expected int"):
        points_of(training, {"spread": ["1", "deep"]})


def test_a_smaller_error_is_better_and_a_greater_agreement_is(training):
    errors = tried(training, 0.3, 0.1, 0.1, 0.2)
    assert best_of(errors) is errors[1]
    agreements = tried(training, 0.3, 0.1, 0.4, metric="concordance_cc")
    assert best_of(agreements) is agreements[2]


def test_a_score_that_is_no_number_is_never_the_best(training):
    scores = tried(training, math.nan, 0.3, math.nan)
    assert best_of(scores) is scores[1]


def test_points_are_scored_on_the_validation_and_the_test_is_not_looked_at(training, seen, segments_data, tmp_path):
    points = points_of(training, {"level": ["0", "1", "3"]})
    results = list(sweep(segments_data, points, RunFolder(tmp_path)))
    assert seen == ["validation"] * 3
    truth = np.concatenate([one.values for one in segments_data.validation.folder.labels.values()])
    for one, level in zip(results, (0, 1, 3), strict=True):
        assert one.report.score == pytest.approx(np.abs(truth - level).mean())
        written = json.loads((tmp_path / "points" / f"level={level}" / "validation.json").read_text())
        assert written["score"] == pytest.approx(one.report.score)


def test_the_table_has_every_point_in_order_and_says_how_to_train_the_best(training, tmp_path):
    results = tried(training, 0.3, 0.1, 0.2)
    write_sweep(RunFolder(tmp_path), results)
    with (tmp_path / "sweep.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert [(row["level"], row["mean_absolute_error"]) for row in rows] == [
        ("0", "0.300"),
        ("1", "0.100"),
        ("2", "0.200"),
    ]
    text = (tmp_path / "sweep.md").read_text()
    assert text == as_markdown(results)
    assert [line for line in text.splitlines() if "**" in line] == ["| **1** | **0.100** | **0.100** | **0.100** |"]
    assert "--system constant --variant constant --size tiny --seed 3" in text
    assert "--set level=1.0 --set spread=7" in text
    assert (tmp_path / "sweep.png").read_bytes().startswith(b"\x89PNG")


def invoke(*words):
    return CliRunner().invoke(main, ["sweep", *map(str, words)], catch_exceptions=False)


def test_the_command_sweeps_a_system_and_prints_its_table(segments_corpus, tmp_path):
    result = invoke(
        "random_intensities", segments_corpus.root, "--out", tmp_path / "out", "--over", "first_step=0,1", "--seed", 5
    )
    assert result.exit_code == 0, result.output
    assert result.stdout == (tmp_path / "out" / "sweep.md").read_text()
    assert len((tmp_path / "out" / "sweep.csv").read_text().splitlines()) == 3
    assert "1/2 first_step=0: mean_absolute_error" in result.stderr


@pytest.mark.slow
def test_the_command_sweeps_early_fusion_with_its_curves(segments_corpus, tmp_path):
    words = ["--out", tmp_path / "out", "--size", "tiny", "--variant", "cnn:audio", "--over", "maxlen=4,5"]
    result = invoke("early_fusion", segments_corpus.root, *words, "--over", "layers=2")
    assert result.exit_code == 0, result.output
    assert len(list((tmp_path / "out" / "points").glob("*/training.png"))) == 2


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--over", "maxlen=15,none"], "maxlen: expected int"),
        (["--over", "length=15"], "expected one of the settings"),
        (["--over", "maxlen"], "expected NAME=VALUE,VALUE"),
        (["--over", "dropout=0.1,1.5"], "dropout: expected a share"),
        (["--over", "maxlen=4", "--variant", "gru:audio"], "Received: 'gru:audio'"),
        ([], "--over"),
    ],
)
def test_what_cannot_be_swept_is_said_in_one_line(segments_corpus, tmp_path, words, said):
    result = invoke("early_fusion", segments_corpus.root, "--out", tmp_path / "out", *words)
    assert result.exit_code == 2
    assert said in result.stderr
    assert "Traceback" not in result.stderr


def test_a_sweep_that_was_refused_leaves_nothing_in_the_way_of_the_next(segments_corpus, tmp_path):
    words = ["random_intensities", segments_corpus.root, "--out", tmp_path / "out", "--over", "first_step=0,1"]
    assert invoke(*words, "--variant", "chance").exit_code == 2
    assert not [*(tmp_path / "out").rglob("*")]
    assert invoke(*words).exit_code == 0


def test_a_point_that_fails_is_not_there_and_those_before_it_are(training, segments_data, tmp_path):
    def train(data, variant, settings, seed, run):
        run.write_note("begun")
        if settings.level > 1:
            raise ValueError("too high")
        return Constant(settings.level, [])

    points = points_of(replace(training, system=replace(training.system, train=train)), {"level": ["0", "3"]})
    with pytest.raises(ValueError, match="too high"):
        list(sweep(segments_data, points, RunFolder(tmp_path)))
    assert [path.name for path in (tmp_path / "points").iterdir()] == ["level=0"]


def test_a_folder_with_something_in_it_is_left_alone(segments_corpus, tmp_path):
    (tmp_path / "kept.txt").write_text("kept")
    result = invoke("random_intensities", segments_corpus.root, "--out", tmp_path, "--over", "first_step=0,1")
    assert result.exit_code == 2
    assert "expected a new or empty folder" in result.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["kept.txt"]
