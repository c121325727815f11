"""`python -m baseline gates` on a run of the end-to-end system."""

from __future__ import annotations

import csv
from itertools import pairwise
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from baseline.__main__ import main
from tests.baseline.conversations import make_corpus


def call(*arguments: object) -> Result:
    return CliRunner().invoke(main, [str(argument) for argument in arguments])


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A corpus and a run of the speech network on it."""
    folder = tmp_path_factory.mktemp("gates")
    make_corpus(folder / "corpus", seconds=4.0)
    options = ("--system", "end_to_end", "--variant", "speech", "--size", "tiny")
    result = call("train", folder / "corpus", "--out", folder / "run", *options)
    assert result.exit_code == 0, result.output
    return folder


def test_the_best_cells_are_written_as_a_table_and_a_plot(folder: Path) -> None:
    result = call(
        "gates", folder / "run", folder / "corpus/test", "test0", "--out", folder / "gates", "--window", 1, "--cells", 3
    )

    assert result.exit_code == 0, result.output
    assert "16 activations of cells searched" in result.output  # two layers of four cells, gate and output
    assert {file.name for file in (folder / "gates").iterdir()} == {"gates.csv", "gates.png"}
    rows = list(csv.DictReader((folder / "gates/gates.csv").read_text().splitlines()))
    assert list(rows[0]) == ["feature", "layer", "activation", "cell", "pearson_cc", "chance"]
    assert [row["feature"] for row in rows[::3]] == ["range of RMS energy", "loudness", "mean F0"]
    assert len(rows) == 9
    for first, second in pairwise(rows):
        if first["feature"] == second["feature"]:
            assert abs(float(first["pearson_cc"])) >= abs(float(second["pearson_cc"]))


@pytest.mark.parametrize(
    ("recording", "words"), [("nobody", "expected one of the 2 recordings"), ("mute", "'mute' has no sound")]
)
def test_a_recording_without_a_sound_is_refused_in_one_line(folder: Path, recording: str, words: str) -> None:
    test = folder / "corpus/test"
    mute = test / "prediction/mute.csv"
    if recording == "mute":
        mute.write_bytes((test / "prediction/test0.csv").read_bytes())
    try:
        result = call("gates", folder / "run", test, recording, "--out", folder / f"of {recording}")
    finally:
        mute.unlink(missing_ok=True)

    assert result.exit_code == 2
    assert words in result.output
    assert not (folder / f"of {recording}").exists()


def test_what_is_no_run_is_refused_in_one_line(folder: Path) -> None:
    result = call("gates", folder / "corpus", folder / "corpus/test", "test0", "--out", folder / "nothing")

    assert result.exit_code == 2
    assert "expected a run that `baseline train` wrote" in result.output
