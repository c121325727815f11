"""The manifest of reference systems is honest: every row has its command, its figures and their interval."""

import csv
import shlex
from pathlib import Path

import pytest

from baseline.__main__ import main

MANIFEST = Path(__file__).parents[2] / "baseline" / "systems.csv"
ROWS = list(csv.DictReader(MANIFEST.read_text(encoding="utf-8").splitlines()))
SYNTHETIC = [row for row in ROWS if row["corpus"].startswith("synthetic")]


def test_the_naive_baseline_stands_in_it_for_all_modalities_and_for_each_alone(merc2017):
    modalities = {row["modalities"] for row in SYNTHETIC}
    assert modalities == {"all", *(modality.name for modality in merc2017.modalities)}


@pytest.mark.parametrize("row", SYNTHETIC, ids=lambda row: row["modalities"])
def test_published_figures_are_the_challenges_and_the_synthetic_corpus_is_as_hard(merc2017, row):
    published = {"all": merc2017.baseline.score, **merc2017.baseline.single_modalities}[row["modalities"]]
    assert float(row["published"]) == published
    assert abs(float(row["measured"]) - published) <= 0.03


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row['corpus']} {row['modalities']}")
def test_every_figure_has_its_interval_its_seed_and_its_date(row):
    assert 0 <= float(row["low"]) <= float(row["measured"]) <= float(row["high"]) <= 1
    assert row["seed"].isdigit()
    assert len(row["date"].split("-")) == 3


def test_real_voices_never_heard_before_are_recognised_far_better_than_by_chance():
    [row] = [row for row in ROWS if row["corpus"] == "RAVDESS"]
    assert float(row["low"]) > 0.35


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row['corpus']} {row['modalities']}")
def test_every_command_is_one_that_there_is(row):
    for command in row["command"].split(" && "):
        python, dash_m, package, name, *arguments = shlex.split(command)
        assert (python, dash_m) == ("python", "-m")
        if package == "baseline":
            found = main.get_command(None, name)
            found.make_context(name, list(arguments), resilient_parsing=False)
