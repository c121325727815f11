"""A trained network over sequences of sound and faces, and the post-processing that its predictions go through."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import get_args

import keras
import numpy as np
from numpy.typing import NDArray

from baseline.keras_files import MODEL_FILE, load_model, save_model
from baseline.media_sequences import SequenceForm, Sequences
from baseline.post_processing import Chain, concordance_cc
from baseline.run_folder import RunFolder
from data_spec.corpus import RecordingFolder
from data_spec.modality import Form
from data_spec.stream import Labels
from data_spec.task import ContinuousAttributes
from data_spec.whole_file import whole_file

SEQUENCES_FILE = "sequences.json"


class SequencePredictor:
    """A trained network and what its predictions go through.

    Args:
        model: sequences → attributes.
        form: of the sequences.
        chains: the post-processing of each attribute.
    """

    def __init__(self, model: keras.Model, form: SequenceForm, chains: Sequence[Chain]) -> None:
        self.model, self.form, self.chains = model, form, tuple(chains)

    @property
    def forms(self) -> tuple[Form, ...]:
        """Of the modalities that it takes."""
        taken = {one.name for one in self.model.inputs}
        return tuple(form for form in get_args(Form) if form in taken)

    def predict(self, folder: RecordingFolder, recordings: Sequence[str]) -> dict[str, NDArray[np.float64]]:
        """The attributes within their ranges, shape (frames, attributes). Raises CsvError, MediaError."""
        ranges = np.array(folder.challenge.task.prediction_ranges)  # (attributes, 2)
        result = {}
        for recording in recordings:  # one at a time: what is decoded of it is large
            with TemporaryDirectory() as scratch:
                sequences = Sequences(folder, [recording], self.forms, self.form, Path(scratch) / "media")
                raw = self.raw(sequences)[recording]
            columns = [chain(values) for chain, values in zip(self.chains, raw.T, strict=True)]
            result[recording] = np.clip(np.stack(columns, axis=1), ranges[:, 0], ranges[:, 1])
        return result

    def raw(self, sequences: Sequences) -> dict[str, NDArray[np.float64]]:
        """What the network says, by recording, shape (frames, attributes), NaN nowhere.

        Where sequences overlap, the later one decides only the frames that no earlier one covers.
        """
        attributes = self.model.output_shape[-1]
        result = {name: np.full((len(one.times), attributes), np.nan) for name, one in sequences.media.items()}
        for name, first in sequences.places:
            inputs = sequences.inputs(name, first, self.forms, random=None)
            found = self.model.predict_on_batch({key: value[None] for key, value in inputs.items()})[0]
            frames = result[name][first : first + self.form.frames]
            free = np.isnan(frames)
            frames[free] = found[: len(frames)][free]
        return result

    def save(self, folder: Path) -> None:
        """Write the model and, beside it, the form of its sequences and the post-processing."""
        save_model(self.model, folder / MODEL_FILE)
        content = {"sequence": asdict(self.form), "post_processing": [chain.to_dict() for chain in self.chains]}
        with whole_file(folder / SEQUENCES_FILE) as file:
            file.write(json.dumps(content, indent=2).encode())


def load_predictor(folder: Path) -> SequencePredictor:
    """What `SequencePredictor.save` wrote. Raises ValueError where it is something else."""
    model = load_model(folder / MODEL_FILE, keras.Model)
    try:
        content = json.loads((folder / SEQUENCES_FILE).read_text(encoding="utf-8"))
        chains = [Chain.from_dict(chain) for chain in content["post_processing"]]
        return SequencePredictor(model, SequenceForm(**content["sequence"]), chains)
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise ValueError(
            f"{folder / SEQUENCES_FILE}: expected the sequences of a network of sound and faces: {error}"
        ) from error


def choose_post_processing(
    raw: Mapping[str, NDArray[np.float64]],
    labels: Mapping[str, Labels],
    task: ContinuousAttributes,
    run: RunFolder | None = None,
) -> list[Chain]:
    """The chain of each attribute, chosen on predictions of the validation, by recording, (frames, attributes)."""
    chains = []
    for column, attribute in enumerate(task.attributes):
        predicted = [values[:, column] for values in raw.values()]
        truth = [labels[recording].values[:, column] for recording in raw]
        chains.append(chain := Chain.fit(predicted, truth, task.rate))
        if run is not None:
            before, after = (
                concordance_cc(np.concatenate(truth), np.concatenate(some))
                for some in (predicted, [chain(one) for one in predicted])
            )
            run.write_note(
                f"Post-processing of {attribute.name}: {chain.describe(task.rate)}. On the validation, on which it was "
                f"chosen, the coefficient is {before:.3f} before and {after:.3f} after it."
            )
    return chains
