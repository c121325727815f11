"""The components that the face columns of a corpus are projected with: fitted once, on what participants train on."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.lib.format import open_memmap
from numpy.typing import NDArray

from data_spec.corpus import COMPONENTS_FILE, CorpusError
from data_spec.extraction.results import PIECE_FRAMES, read_report, read_result, write_array
from data_spec.features.face.components import FaceComponents
from data_spec.stream import Stream, Values

_PROJECTED_FILE = "face.projected.npy"


class NoFaceError(ValueError):
    """There is no face to fit components on."""


def face_components(
    root: Path, work: Path, train: Sequence[str], columns: int, others: Sequence[str] = ()
) -> FaceComponents:
    """The components of a corpus: those saved in it, else fitted on some recordings and saved there.

    Those that were saved when no face was in any recording of train are fitted anew as soon as there is one: the
    columns that participants train on must know nothing of the test.

    Args:
        root: the corpus.
        work: the results.
        train: the recordings to fit on, of the splits whose labels are published; those that are finished and have
            a face stream count.
        columns: of the face in the corpus.
        others: the recordings to fit on together with these where no face is in any of `train`.

    Raises:
        NoFaceError: none are saved, and there is no face in any of the recordings.
        CorpusError: those saved have other columns, or recordings were extracted with different embeddings.
    """
    path = root / COMPONENTS_FILE
    saved = load_components(path, columns) if path.is_file() else None
    if saved is not None and saved.fitted_on == "train":
        return saved
    if _shows_a_face(work, train):
        components = _fitted(work, train, columns, "train")
    elif saved is not None:
        return saved
    elif _shows_a_face(work, others):
        components = _fitted(work, [*train, *others], columns, "all")
    else:
        raise NoFaceError("no face in any of the recordings that components are fitted on")
    components.save(path)
    return components


def _shows_a_face(work: Path, recordings: Sequence[str]) -> bool:
    return any(values.any() for values in _faces(work, recordings))


def _fitted(work: Path, recordings: Sequence[str], columns: int, fitted_on: str) -> FaceComponents:
    embeddings = {
        report.settings["embedding"]
        for report in (read_report(work, recording) for recording in recordings)
        if report is not None and "face" in report.modalities
    }
    if len(embeddings) > 1:
        raise CorpusError(f"{work}: expected faces of one embedding, found {sorted(embeddings)}")
    return replace(FaceComponents.fit(_faces(work, recordings), columns, embeddings.pop()), fitted_on=fitted_on)


def load_components(path: Path, columns: int) -> FaceComponents:
    """Saved components. Raises CorpusError where the file is none, or of other columns."""
    try:
        components = FaceComponents.load(path)
    except ValueError as error:
        raise CorpusError(str(error)) from error
    if len(components.components) != columns:
        raise CorpusError(f"{path}: expected components of {columns} columns, found {len(components.components)}")
    return components


def read_projected(work: Path, recording: str, components: FaceComponents | None, columns: int) -> dict[str, Stream]:
    """The streams of a finished recording as they stand in a corpus: the face projected, gaps still rows of zeros.

    The face is projected piece by piece into a file beside the result: memory stays flat however long it is.

    Args:
        work: the results.
        recording: a finished one.
        components: None where there is no face in any recording.
        columns: of the face in the corpus.

    Raises:
        FileNotFoundError: the recording is not finished.
        CorpusError: its face was extracted with another embedding than that of the components.
    """
    streams = read_result(work, recording)
    if (face := streams.get("face")) is not None:
        report = read_report(work, recording)
        assert report is not None
        if components is not None and report.settings["embedding"] != components.embedding:
            found = report.settings["embedding"]
            raise CorpusError(f"{recording}: expected faces of the embedding {components.embedding}, found {found}")
        path = work / recording / _PROJECTED_FILE
        begins = range(0, len(face.times), PIECE_FRAMES)
        pieces = (_project(components, face.values[begin : begin + PIECE_FRAMES], columns) for begin in begins)
        write_array(path, np.float32, (len(face.times), columns), pieces)
        streams["face"] = Stream(face.times, open_memmap(path, mode="r"))
    return streams


def _project(components: FaceComponents | None, values: Values, columns: int) -> Values:
    return components.project(values) if components is not None else np.zeros((len(values), columns), dtype=np.float32)


def _faces(work: Path, recordings: Iterable[str]) -> Iterator[NDArray[np.float32]]:
    """The faces of the recordings that are finished and have some, memory-mapped pieces of shape (n, features)."""
    for recording in recordings:
        report = read_report(work, recording)
        if report is not None and "face" in report.modalities:
            values = read_result(work, recording)["face"].values
            for begin in range(0, len(values), PIECE_FRAMES):
                yield values[begin : begin + PIECE_FRAMES]
