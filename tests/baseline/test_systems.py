"""The manifest of reference systems is honest: every row runs, and has its command, its figures and their interval."""

from __future__ import annotations

import csv
import shlex
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from pathlib import Path

import keras
import pytest

from baseline.__main__ import main
from baseline.registry import SYSTEMS, find_system
from baseline.run_folder import RunFolder
from baseline.system import Size, System
from baseline.table_files import COLUMNS
from baseline.tables import forget_models
from baseline.trained_run import load_run
from baseline.training import Training, train
from data_spec.challenge import Challenge, load_challenge
from data_spec.corpus import Corpus
from scorer.submission import read
from tests.baseline.plain_system import corpus_of_chance

Row = Mapping[str, str]

MANIFEST = Path(__file__).parents[2] / "baseline" / "systems.csv"
ROWS = list(csv.DictReader(MANIFEST.read_text(encoding="utf-8").splitlines()))
NAIVE = [row for row in ROWS if row["system"] == "decision_fusion" and row["challenge"] == "merc2017"]

TINY_RECORDINGS = {"framewise_one_hot": 8, "segment_intensities": 12, "clip_ratings": 24, "continuous_attributes": 6}
"""How many recordings a synthetic corpus needs, so that every split has some."""


TINY_SECONDS = {"framewise_one_hot": ("8", "10", "12"), "continuous_attributes": ("10", "15", "20")}
"""How long they last: the least, the mean and the most; clips and segments are short as they are."""


def name_of(row: Row) -> str:
    return f"{row['system']}-{row['variant']}-{row['corpus']}-{row['figure']}"


def rows_to_run() -> list[tuple[str, str, str]]:
    """System, variant and challenge, each once, challenge after challenge."""
    return sorted({(row["challenge"], row["system"], row["variant"]) for row in ROWS})


@pytest.fixture(scope="session")
def tiny_corpus(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Corpus]:
    """A small corpus of a challenge, made once: a synthetic one, or of chance where the challenge tells no story."""

    @cache
    def corpus_of(name: str) -> Corpus:
        challenge, root = load_challenge(name), tmp_path_factory.mktemp("tiny") / name
        if challenge.synthetic is None:
            return corpus_of_chance(root, challenge)
        options = ["--challenge", name, "--recordings", str(TINY_RECORDINGS[challenge.task.kind]), "--seed", "3"]
        options += ["--seconds", *TINY_SECONDS[challenge.task.kind]] if challenge.task.kind in TINY_SECONDS else []
        # A process of its own: its workers are forks, and TensorFlow, once it runs, does not bear those.
        command = [sys.executable, "-m", "data_spec", "synthesize", str(root), *options]
        subprocess.run(command, check=True, capture_output=True)
        return Corpus.open(root)

    return corpus_of


@pytest.fixture
def without_plots_and_graphs(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], None]]:
    """Of a training of a few steps most of the time goes into its plots, and into compiling the steps.

    Where networks run along many frames, it is the other way round: those are compiled.
    """

    def leave_out(kind: str) -> None:
        monkeypatch.setattr(RunFolder, "write_figure", lambda *anything: None)
        if kind in ("segment_intensities", "clip_ratings"):
            monkeypatch.setattr(keras.Model, "run_eagerly", property(lambda model: True, lambda model, value: None))

    yield leave_out
    forget_models()


@pytest.mark.slow
@pytest.mark.parametrize(("challenge", "system", "variant"), rows_to_run(), ids=str)
def test_every_row_trains_predicts_and_scores_in_its_tiny_form(
    tmp_path: Path,
    tiny_corpus: Callable[[str], Corpus],
    without_plots_and_graphs: Callable[[str], None],
    challenge: str,
    system: str,
    variant: str,
) -> None:
    corpus, found = tiny_corpus(challenge), find_system(system)
    run = RunFolder(tmp_path)
    # One variant of each system is trained as it is; the others differ in their networks and their data alone.
    if variant != found.variants(corpus.challenge)[0]:
        without_plots_and_graphs(corpus.challenge.task.kind)
    outcome = train(corpus, tiny_training(found, variant), run)
    assert outcome.test is not None, (run.path / "notes.md").read_text()
    for row in ROWS:
        if (row["challenge"], row["system"], row["variant"]) == (challenge, system, variant):
            outcome.test.figure(row["figure"])
    test = corpus.folder(corpus.challenge.stages[0].split)
    assert read(run.path / "predictions.zip", test.templates, corpus.challenge).faults == ()
    if variant == found.variants(corpus.challenge)[0]:
        again, recording = load_run(run.path), test.recordings[0]
        assert again.predictor.predict(test, [recording]).keys() == {recording}


def tiny_training(system: System, variant: str) -> Training:
    return Training(system, variant, Size.TINY, system.settings(Size.TINY, variant), 0, system.needs_validation)


def test_the_manifest_has_the_columns_that_the_tables_command_writes() -> None:
    assert tuple(ROWS[0]) == COLUMNS


@pytest.mark.parametrize("system", SYSTEMS)
def test_every_system_has_a_row(system: str) -> None:
    assert [row for row in ROWS if row["system"] == system] != []


def test_no_figure_stands_in_it_twice() -> None:
    keys = [tuple(row[key] for key in ("system", "variant", "corpus", "figure")) for row in ROWS]
    assert len(set(keys)) == len(keys)


@pytest.mark.parametrize("row", ROWS, ids=name_of)
def test_every_figure_has_its_interval_or_its_seeds_and_its_date(row: Row) -> None:
    assert row["measured"]
    assert int(row["seeds"]) >= 1
    assert (float(row["sd"]) >= 0) if int(row["seeds"]) > 1 else row["sd"] == ""
    assert bool(row["low"]) == bool(row["high"])
    if int(row["seeds"]) == 1 and row["low"]:
        assert float(row["low"]) <= float(row["measured"]) <= float(row["high"])
    assert len(row["date"].split("-")) == 3


@pytest.mark.parametrize("row", ROWS, ids=name_of)
def test_published_figures_are_those_of_the_systems_tables(row: Row) -> None:
    system = find_system(row["system"])
    told = {
        one.value
        for table in system.tables
        for one in table.figures
        if (one.variant, one.figure) == (row["variant"], row["figure"])
    }
    if row["published"]:
        assert system.challenge in (None, row["challenge"])
        assert float(row["published"]) in {round(value, 3) for value in told if value is not None}


@pytest.mark.parametrize("row", ROWS, ids=name_of)
def test_every_command_is_one_that_there_is(row: Row) -> None:
    for command in row["command"].split(" && "):
        python, dash_m, package, name, *arguments = shlex.split(command)
        assert (python, dash_m) == ("python", "-m")
        if package == "baseline":
            found = main.get_command(None, name)
            assert found is not None
            found.make_context(name, list(arguments), resilient_parsing=False)


def test_the_naive_baseline_stands_in_it_for_all_modalities_and_for_each_alone(merc2017: Challenge) -> None:
    assert {row["variant"] for row in NAIVE} == {"all", *(modality.name for modality in merc2017.modalities)}


@pytest.mark.parametrize("row", NAIVE, ids=name_of)
def test_the_synthetic_corpus_is_as_hard_for_the_naive_baseline_as_the_published_figures(row: Row) -> None:
    assert abs(float(row["measured"]) - float(row["published"])) <= 0.03


def test_real_voices_never_heard_before_are_recognised_far_better_than_by_chance() -> None:
    [row] = [row for row in ROWS if (row["corpus"], row["system"]) == ("RAVDESS", "decision_fusion")]
    assert float(row["low"]) > 0.35
