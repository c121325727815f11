"""One training, from a corpus to its run folder: what every system has in common."""

from __future__ import annotations

import platform
import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from typing import Any

import numpy as np
from numpy.typing import NDArray

from baseline.prediction import Predictions, predict, write_submission
from baseline.run_folder import PREDICTIONS_FILE, RunFolder
from baseline.settings_from_text import as_plain
from baseline.system import Predictor, Size, System
from baseline.training_data import test_folder, training_data
from data_spec.challenge import FILE_NAME, dump_challenge
from data_spec.corpus import Corpus, RecordingFolder
from data_spec.csv_files import CsvError
from data_spec.stream import Labels
from data_spec.task import AnyTask
from data_spec.whole_file import whole_file
from scorer.score_report import ScoreReport
from scorer.scoring import score

PACKAGES = ("tensorflow", "tensorflow-cpu", "keras", "numpy", "scipy", "scikit-learn", "matplotlib", "pyarrow")


@dataclass(frozen=True)
class Training:
    """What is asked for.

    Attributes:
        system: what is trained.
        variant: of the system.
        size: told in the configuration; the settings follow from it.
        settings: all of them.
        seed: the same seed trains the same system.
        hold_out: whether recordings are held out where the challenge has no split `validation`.
    """

    system: System
    variant: str
    size: Size
    settings: Any
    seed: int = 0
    hold_out: bool = True

    @property
    def command(self) -> str:
        """How it is run, but for the folders."""
        settings = [f"--set {name}={_as_text(value)}" for name, value in as_plain(self.settings).items()]
        words = ["--system", self.system.name, "--variant", self.variant, "--size", str(self.size)]
        hold_out = "--hold-out" if self.hold_out else "--no-hold-out"
        return " ".join([shlex.join(words), "--seed", str(self.seed), hold_out, *settings])


@dataclass(frozen=True)
class Outcome:
    """What came out; the rest is in the run folder.

    Attributes:
        validation: the score on it, where recordings were held out.
        test: the score on it, where its labels were there.
        recordings: how many there were, by part.
        fault: why the test was not predicted although it was there.
    """

    validation: ScoreReport | None
    test: ScoreReport | None
    recordings: Mapping[str, int]
    fault: str | None = None


def train(corpus: Corpus, training: Training, run: RunFolder) -> Outcome:
    """Train a system and fill its run folder: configuration, curves, model, scores, predictions of the test.

    Raises:
        CorpusError, CsvError: the corpus cannot be used.
        ValueError: the system cannot be trained on it.
    """
    data, test = training_data(corpus, training.seed, training.hold_out), test_folder(corpus)
    validation = data.validation
    recordings = {
        "train": len(data.train.recordings),
        "validation": len(validation.recordings),
        # What is wrong with templates and labels is said before the training begins.
        "test": 0 if test is None else len({*test.templates, *test.labels}),
    }
    predictor = training.system.train(data, training.variant, training.settings, training.seed, run)
    predictor.save(run.model_folder)
    with whole_file(run.path / FILE_NAME) as file:
        file.write(dump_challenge(corpus.challenge.model_copy(update={"synthetic": None})).encode())
    run.write_configuration(configuration(corpus, training, recordings))
    on_validation = None
    if validation.recordings:
        predictions = predict(predictor, validation.folder, validation.recordings)
        truth = {name: validation.folder.labels[name] for name in validation.recordings}
        on_validation = score_part(run, "validation", predictions, truth, corpus.challenge.task)
    on_test, fault = None, None
    if test is not None and recordings["test"]:
        # A broken stream of the test comes to light when the training is done, which is not thrown away.
        try:
            on_test = _predict_test(run, predictor, test)
        except CsvError as error:
            fault = str(error)
            run.write_note(f"The test was not predicted: {fault}")
    return Outcome(on_validation, on_test, recordings, fault)


def configuration(corpus: Corpus, training: Training, recordings: Mapping[str, int]) -> dict[str, Any]:
    """All that tells one training from another, and the versions and the date of this one."""
    return {
        "system": training.system.name,
        "variant": training.variant,
        "size": str(training.size),
        "seed": training.seed,
        "challenge": corpus.challenge.name,
        "settings": as_plain(training.settings),
        "hold_out": training.hold_out,
        "recordings": dict(recordings),
        "command": f"python -m baseline train CORPUS --out RUN {training.command}",
        "versions": {"python": platform.python_version(), **_versions()},
        "date": datetime.now(UTC).isoformat(timespec="seconds"),
    }


def _predict_test(run: RunFolder, predictor: Predictor, test: RecordingFolder) -> ScoreReport | None:
    predictions = predict(predictor, test)
    write_submission(run.path / PREDICTIONS_FILE, predictions, test.templates, test.challenge)
    if test.labels.keys() != predictions.keys():
        return None
    return score_part(run, "test", predictions, test.labels, test.challenge.task)


def score_part(
    run: RunFolder, name: str, predictions: Predictions, truth: Mapping[str, Labels], task: AnyTask
) -> ScoreReport | None:
    """Score a part and write its report; None, and a note, where no row of it counts."""
    try:
        report = score(predictions, truth, task)
    except ValueError as error:
        run.write_note(f"The {name} has no score: {error}")
        return None
    run.write_report(report, name, _points(predictions, truth, task))
    return report


def _points(
    predictions: Predictions, truth: Mapping[str, Labels], task: AnyTask
) -> dict[str, tuple[NDArray[np.float64], NDArray[np.float64]]]:
    """Truth and prediction of every row, by attribute; attributes are the last columns of a prediction."""
    if not task.attributes:
        return {}
    names = [attribute.name for attribute in task.attributes]
    true = np.concatenate([truth[name].values for name in predictions])  # (rows, attributes)
    predicted = np.concatenate([values[:, -len(names) :] for values in predictions.values()])  # (rows, attributes)
    return {name: (true[:, column], predicted[:, column]) for column, name in enumerate(names)}


def _versions() -> dict[str, str]:
    found = {}
    for package in PACKAGES:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            continue
    return found


def _as_text(value: Any) -> str:
    if isinstance(value, list):
        return ",".join(map(str, value))
    return "none" if value is None else shlex.quote(str(value))
