"""A run's folder holds what was asked for, how it went and what came out, as files that others can read."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from matplotlib.figure import Figure
from PIL import Image

from baseline.run_folder import RunFolder


@pytest.fixture
def run(tmp_path: Path) -> RunFolder:
    return RunFolder(tmp_path)


def report(confusion: tuple[tuple[int, ...], ...] = (), labels: tuple[str, ...] = ()) -> Any:
    """What a run asks of a score report."""
    content = {"metric": "macro_f1", "score": 0.5, "figures": {"macro_f1": 0.5, "pearson_cc": float("nan")}}
    return SimpleNamespace(confusion=confusion, labels=labels, to_dict=lambda: content)


def is_picture(path: Path) -> bool:
    """Whether a file is a picture that is not of one colour."""
    with Image.open(path) as picture:
        return picture.format == "PNG" and len(picture.convert("RGB").getcolors(1 << 24) or []) > 10


def test_a_configuration_is_read_as_it_was_written(run: RunFolder) -> None:
    configuration = {"system": "early_fusion", "seed": 3, "settings": {"epochs": 2}, "recordings": {"train": 5}}
    run.write_configuration(configuration)
    assert run.read_configuration() == configuration


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"system": 3}', "\xff"])
def test_a_folder_that_is_no_run_is_refused_by_name(run: RunFolder, content: str) -> None:
    (run.path / "configuration.json").write_text(content, encoding="latin-1")
    with pytest.raises(ValueError, match=r"expected (a run|the configuration of a run)"):
        run.read_configuration()


def test_curves_are_a_table_and_a_plot(run: RunFolder) -> None:
    rows = [{"epoch": 1, "loss": 0.9, "validation_loss": 1.0}, {"epoch": 2, "loss": 0.5}]
    run.write_curves("speech", rows)
    with (run.path / "speech.csv").open() as file:
        assert list(csv.DictReader(file)) == [
            {"epoch": "1", "loss": "0.9", "validation_loss": "1.0"},
            {"epoch": "2", "loss": "0.5", "validation_loss": ""},
        ]
    assert is_picture(run.path / "speech.png")


def test_a_report_with_classes_is_drawn_as_its_confusion_and_one_with_values_as_points(run: RunFolder) -> None:
    run.write_report(report(((3, 1), (0, 0)), ("Sad", "Happy")), "validation")
    assert is_picture(run.path / "validation.png")
    truth = np.linspace(-1, 1, 50)
    run.write_report(report(), "test", points={"arousal": (truth, truth**2), "valence": (truth, truth * np.nan)})
    assert is_picture(run.path / "test_values.png")
    assert not (run.path / "test.png").exists()


def test_a_figure_that_is_undefined_is_null_in_the_metrics(run: RunFolder) -> None:
    run.write_report(report())
    assert json.loads((run.path / "test.json").read_text())["figures"] == {"macro_f1": 0.5, "pearson_cc": None}


def test_notes_are_kept_one_after_another(run: RunFolder) -> None:
    run.write_note("The weights were random.")
    run.write_note("The chain kept no step.")
    assert (run.path / "notes.md").read_text() == "The weights were random.\n\nThe chain kept no step.\n"


def test_a_model_has_a_folder_of_its_own_and_figures_of_a_system_are_kept_too(run: RunFolder) -> None:
    assert run.model_folder.is_dir()
    assert run.model_folder == run.path / "model"
    figure = Figure()
    figure.subplots().plot([0, 1], [1, 0])
    run.write_figure("gates", figure)
    assert is_picture(run.path / "gates.png")


def test_curves_of_nothing_are_refused(run: RunFolder) -> None:
    with pytest.raises(ValueError, match="expected an axis and at least one curve"):
        run.write_curves("training", [])
