"""Keras models as files."""

from __future__ import annotations

import zipfile
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TypeVar

import keras

from data_spec.whole_file import whole_file

MODEL_FILE = "model.keras"
"""The name of a model in its folder where there is one."""

Model = TypeVar("Model", bound=keras.Model)


class ModelError(ValueError):
    """A file that is no model of this kit."""


def save_model(model: keras.Model, path: Path) -> None:
    """Save a model as one `.keras` file, whole or not at all."""
    with TemporaryDirectory() as folder:
        # Keras takes a name that ends in .keras, and no open file.
        model.save(Path(folder) / MODEL_FILE)
        with whole_file(path) as file:
            file.write((Path(folder) / MODEL_FILE).read_bytes())


def load_model(path: Path, of_class: type[Model]) -> Model:
    """The model in a `.keras` file. Raises ModelError that says why it is none, or one of another class.

    Args:
        path: of the file.
        of_class: `keras.Model`, or the system's own class.
    """
    if not path.is_file():
        found = "a folder" if path.is_dir() else "nothing"
        raise ModelError(f"{path}: expected a .keras file that `baseline train` wrote, found {found}")
    try:
        model = keras.saving.load_model(path, compile=False)
    except (OSError, ValueError, TypeError, KeyError, zipfile.BadZipFile) as error:
        raise ModelError(f"{path}: expected a .keras file that `baseline train` wrote: {error}") from error
    if not isinstance(model, of_class):
        raise ModelError(f"{path}: expected a model that `baseline train` wrote, found a {type(model).__name__}")
    return model
