"""Clips as the networks of Table 2 take them: one row of functionals, and the frames of the face."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from baseline.clip_networks import FACE, SPEECH
from data_spec.corpus import RecordingFolder
from data_spec.stream import Values

Rows = NDArray[np.int64]


class Clips:
    """Some clips of a folder.

    Args:
        folder: where they are.
        recordings: their names.
        frame_step: which frames of a face are used: every so many that show one, from the first on.
    """

    def __init__(self, folder: RecordingFolder, recordings: Sequence[str], frame_step: int = 1) -> None:
        self.folder, self.recordings, self.frame_step = folder, tuple(recordings), frame_step

    def loader(self, modality: str) -> Callable[[Rows], Values]:
        """What gives the input of a branch for some of the clips, by their places. Raises CsvError."""
        streams, features = self.folder.streams(modality), self.folder.challenge.modality(modality).features

        def values(place: int) -> Values:
            name = self.recordings[place]
            return streams[name].values if name in streams else np.zeros((0, features), dtype=np.float32)

        def speech(places: Rows) -> Values:  # (clips, features)
            rows = np.zeros((len(places), features), dtype=np.float32)
            for row, place in zip(rows, places, strict=True):
                row[:] = values(place)[:1].sum(axis=0)  # zeros where there is none
            return rows

        def face(places: Rows) -> Values:  # (clips, frames of the longest, features)
            shown = [values(place) for place in places]
            shown = [frames[frames.any(axis=1)][:: self.frame_step] for frames in shown]
            rows = np.zeros((len(places), max(1, *map(len, shown)), features), dtype=np.float32)
            for row, frames in zip(rows, shown, strict=True):
                row[: len(frames)] = frames
            return rows

        return {SPEECH: speech, FACE: face}[modality]
