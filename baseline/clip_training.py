"""How the networks of Table 2 are trained for one problem: those of single modalities, and what lies above them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any

import keras
import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from baseline.clip_networks import (
    AUDIOVISUAL,
    FACE,
    SPEECH,
    audiovisual_head,
    face_branch,
    joined,
    speech_branch,
    with_output,
)
from baseline.clip_problems import Problem
from baseline.clips import Clips, Rows
from baseline.keras_training import batches, fit_keras
from baseline.losses import concordance_loss
from baseline.system import Part, TrainingData
from data_spec.task import ClipRatings, expect_task

if TYPE_CHECKING:
    from baseline.run_folder import RunFolder

Load = Callable[[Rows], dict[str, Any]]
"""Places of clips → the inputs of a model."""


@dataclass(frozen=True)
class Settings:
    """What can be chosen about a training; nothing of it changes Table 2."""

    epochs: Annotated[int, Field(ge=1)] = 100
    """At most, of each network."""
    patience: Annotated[int, Field(ge=1)] = 10
    """Epochs without a smaller validation loss after which it stops."""
    batch: Annotated[int, Field(ge=2)] = 128
    """Clips in a step; each batch has a CCC of its own."""
    learning_rate: Annotated[float, Field(gt=0)] = 1e-4
    """Where it is much greater, Adam's first steps, as long in each of thousands of inputs, throw the outputs so far
    apart that no slope of the CCC is left."""
    frame_step: Annotated[int, Field(ge=1)] = 1
    """Every so many frames of a face are used."""


class ClipTraining:
    """The training of a problem's models, and the clips for it."""

    def __init__(self, data: TrainingData, problem: Problem, settings: Settings, seed: int, run: RunFolder) -> None:
        self.problem, self.settings, self.seed, self.run = problem, settings, seed, run
        self.challenge = data.challenge
        self.train, self.targets = self._examples(data.train)
        self.validation, self.validation_targets = self._examples(data.validation)
        if len(self.targets) < 2:
            raise ValueError(
                f"{data.train.folder.path}: expected two clips or more for {problem.name}, found {len(self.targets)}"
            )

    def model(self, modality: str) -> keras.Model:
        """The trained model of a modality: a mapping from its inputs → the problem's output."""
        if modality != AUDIOVISUAL:
            return self._single(modality)[1]
        branches = {name: self._single(name)[0] for name in (SPEECH, FACE)}
        vectors, validation_vectors = (
            {name: _vectors(branch, clips, self.settings.batch) for name, branch in branches.items()}
            for clips in (self.train, self.validation)
        )
        head = self._with_output(audiovisual_head(*(branch.output_shape[-1] for branch in branches.values())))
        self._fit(head, AUDIOVISUAL, _from_arrays(vectors), _from_arrays(validation_vectors))
        return joined(branches, head)

    def _single(self, modality: str) -> tuple[keras.Model, keras.Model]:
        """The branch of a single modality, and the model that it was trained in."""
        features = self.challenge.modality(modality).features
        load, load_validation = (_from_clips(clips, modality) for clips in (self.train, self.validation))
        branch = {SPEECH: speech_branch, FACE: face_branch}[modality](features)
        if modality == SPEECH:
            branch.get_layer("standardized").adapt(load(np.arange(len(self.targets)))[SPEECH])
        model = self._with_output(branch)
        self._fit(model, modality, load, load_validation)
        return branch, model

    def _with_output(self, body: keras.Model) -> keras.Model:
        deviation = self.targets.std(axis=0)
        return with_output(body, self.problem, self.targets.mean(axis=0), np.where(deviation > 0, deviation, 1.0))

    def _fit(self, model: keras.Model, modality: str, load: Load, load_validation: Load) -> None:
        loss = "sparse_categorical_crossentropy" if self.problem.labels else concordance_loss
        metrics = ["accuracy"] if self.problem.labels else []
        model.compile(keras.optimizers.Adam(self.settings.learning_rate), loss=loss, metrics=metrics)
        watched = len(self.validation_targets) > 0
        size = self.settings.batch
        fit_keras(
            model,
            _batches(load, self.targets, size, shuffle_seed=self.seed),
            _batches(load_validation, self.validation_targets, size) if watched else None,
            epochs=self.settings.epochs,
            patience=self.settings.patience if watched else None,
            run=self.run,
            name=f"{modality}_{self.problem.name}",
        )

    def _examples(self, part: Part) -> tuple[Clips, NDArray[np.float32]]:
        """The clips of a part that the problem is trained with, and what is to be said of them."""
        task = expect_task(self.challenge.task, ClipRatings)
        targets = {name: self.problem.target(part.folder.labels[name], task) for name in part.recordings}
        known = {name: target for name, target in targets.items() if target is not None}
        outputs = np.stack([*known.values()]) if known else np.zeros((0, 1), dtype=np.float32)
        return Clips(part.folder, tuple(known), self.settings.frame_step), outputs


def even_size(examples: int, most: int) -> int:
    """The size of batches as few as can be and nearly alike: the CCC of a last batch of two clips would say nothing.

    >>> even_size(examples=130, most=128)
    65
    """
    return -(-examples // max(1, -(-examples // most)))


def _from_clips(clips: Clips, modality: str) -> Load:
    load = clips.loader(modality)
    return lambda rows: {modality: load(rows)}


def _from_arrays(arrays: dict[str, NDArray[np.float32]]) -> Load:
    return lambda rows: {name: array[rows] for name, array in arrays.items()}


def _batches(load: Load, targets: NDArray[np.float32], size: int, shuffle_seed: int | None = None) -> Any:
    return batches(
        lambda rows: (load(rows), targets[rows]),
        np.arange(len(targets)),
        size=even_size(len(targets), size),
        shuffle_seed=shuffle_seed,
        lengths_vary=True,
    )


def _vectors(branch: keras.Model, clips: Clips, size: int) -> NDArray[np.float32]:
    """What a trained branch says of each clip, without dropout, shape (clips, units)."""
    if not clips.recordings:
        return np.zeros((0, branch.output_shape[-1]), dtype=np.float32)
    load = clips.loader(branch.inputs[0].name)
    rows = np.arange(len(clips.recordings))
    return np.asarray(branch.predict(batches(load, rows, size=size, lengths_vary=True), verbose=0))
