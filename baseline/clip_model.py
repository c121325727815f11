"""What speech, face, audiovisual has learned: a Keras model for each problem, and how they fill a prediction."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import keras
import numpy as np
from numpy.typing import NDArray

from baseline.clip_problems import problems_of
from baseline.clips import Clips, Rows
from baseline.keras_files import load_model, save_model
from baseline.keras_training import batches
from data_spec.challenge import Challenge
from data_spec.corpus import RecordingFolder
from data_spec.stream import Values
from data_spec.task import ClipRatings, expect_task
from data_spec.whole_file import whole_file

INPUT_FILE = "input.json"


@dataclass(frozen=True)
class ClipModel:
    """Trained models.

    Attributes:
        challenge: tells the columns of a prediction.
        models: by problem; each takes a mapping from modalities to what `Clips.loader` gives of them.
        frame_step: see `Clips`.
        means: of each attribute in the training: what is predicted where no model tells it, shape (attributes,).
    """

    challenge: Challenge
    models: Mapping[str, keras.Model]
    frame_step: int
    means: tuple[float, ...]

    def predict(self, folder: RecordingFolder, recordings: Sequence[str]) -> dict[str, NDArray[np.float64]]:
        """One row for each clip: the score of each label, then its attributes. Raises CsvError.

        A label that no model tells has the score 0.
        """
        task = expect_task(self.challenge.task, ClipRatings)
        rows = np.zeros((len(recordings), len(task.columns) - 1))
        rows[:, len(task.scored_labels) :] = self.means
        clips, places = Clips(folder, recordings, self.frame_step), np.arange(len(recordings))
        for problem, model in self.models.items() if len(recordings) else ():
            examples = batches(_loading(clips, model), places, size=64, lengths_vary=True)
            columns = list(problems_of(task)[problem].columns)
            rows[:, columns] = model.predict(examples, verbose=0)
        least, most = np.transpose(task.prediction_ranges)
        rows = np.clip(rows, least, most)
        return {name: row[None] for name, row in zip(recordings, rows, strict=True)}

    def save(self, folder: Path) -> None:
        """Write each model as a file of Keras, and beside them what they take."""
        for problem, model in self.models.items():
            save_model(model, folder / f"{problem}.keras")
        described = {
            "challenge": self.challenge.model_dump(mode="json", exclude_none=True, exclude={"synthetic"}),
            "problems": list(self.models),
            "frame_step": self.frame_step,
            "means": self.means,
        }
        with whole_file(folder / INPUT_FILE) as file:
            file.write(json.dumps(described).encode())


def load(folder: Path) -> ClipModel:
    """What `ClipModel.save` wrote. Raises ValueError where it is something else."""
    path = folder / INPUT_FILE
    try:
        described = json.loads(path.read_text(encoding="utf-8"))
        challenge = Challenge.model_validate(described["challenge"])
        known = problems_of(expect_task(challenge.task, ClipRatings))
        problems = [known[name].name for name in described["problems"]]
        frame_step, means = int(described["frame_step"]), tuple(map(float, described["means"]))
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ValueError(
            f"{path}: expected what speech_face_audiovisual writes beside its models: {error!r}"
        ) from error
    models = {name: load_model(folder / f"{name}.keras", keras.Model) for name in problems}
    return ClipModel(challenge, models, frame_step, means)


def _loading(clips: Clips, model: keras.Model) -> Callable[[Rows], tuple[dict[str, Values]]]:
    """Places of clips → a model's inputs by name, in a tuple: what Keras takes for inputs without a target."""
    loaders = {one.name: clips.loader(one.name) for one in model.inputs}
    return lambda places: ({name: loader(places) for name, loader in loaders.items()},)
