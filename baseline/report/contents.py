"""All that a report shows, before it is drawn."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from data_spec.challenge import Challenge
from data_spec.modality import Modality
from data_spec.stream import Labels, Stream, Times, zero_runs
from data_spec.task import FramewiseOneHot, expect_task

_OF_FACES = ("face", "eyes")


@dataclass(frozen=True)
class Thumbnail:
    """A small picture of the film.

    Attributes:
        seconds: from when on it is shown.
        width: in pixels.
        height: in pixels.
        jpeg: the picture, as a JPEG file.
    """

    seconds: float
    width: int
    height: int
    jpeg: bytes


@dataclass(frozen=True)
class Film:
    """The pictures of a recording.

    Attributes:
        pictures: how many there are.
        rate: pictures per second; None where there is one alone.
        width: in pixels.
        height: in pixels.
        thumbnails: some of them, evenly over the time.
    """

    pictures: int
    rate: float | None
    width: int
    height: int
    thumbnails: tuple[Thumbnail, ...]


@dataclass(frozen=True)
class ModelFacts:
    """What a model is.

    Attributes:
        file: the name of its file.
        challenge: what it was trained for.
        modalities: the streams that it reads.
        parameters: how many numbers it has learnt.
    """

    file: str
    challenge: Challenge
    modalities: tuple[str, ...]
    parameters: int


@dataclass(frozen=True)
class Gap:
    """A time without data, in seconds."""

    begin: float
    end: float


@dataclass(frozen=True)
class ShownStream:
    """One modality of the challenge, and what the recording has of it.

    Attributes:
        modality: its name, rate and columns.
        stream: None where the recording has none: all of it is a gap.
        why: why there is none; empty where there is one.
        is_read: whether the model reads this modality.
    """

    modality: Modality
    stream: Stream | None
    why: str
    is_read: bool

    @property
    def share(self) -> float:
        """The share of the frames that carry data, 0 to 1."""
        return float(self.stream.present.mean()) if self.stream is not None and len(self.stream.times) else 0.0

    def gaps(self, seconds: float) -> list[Gap]:
        """Where a recording of that length has no data, in order.

        What lies before the first frame or after the last is a gap too, where it is longer than a frame.
        """
        if self.stream is None or not len(self.stream.times):
            return [Gap(0.0, seconds)]
        times, step = self.stream.times, 1 / self.modality.rate
        edges = np.minimum(np.append(times, times[-1] + step), seconds)
        found = [Gap(float(edges[first]), float(edges[end])) for first, end in zero_runs(self.stream.values)]
        if edges[0] > step:
            found.insert(0, Gap(0.0, float(edges[0])))
        if seconds - edges[-1] > step:
            found.append(Gap(float(edges[-1]), seconds))
        return _joined(found, step)


@dataclass(frozen=True)
class RecordingReport:
    """What is shown of one recording.

    Attributes:
        file: the name of its file.
        seconds: how long it is.
        model: what predicted it.
        film: None where it has no pictures.
        sound_rate: samples per second; None where it has no sound.
        streams: one for each modality of the challenge.
        notes: what extraction says of it.
        times: of the frames that were predicted, in seconds, shape (frames,)
        probabilities: of each label at each frame, 0 to 1, shape (frames, labels)
        truth: the labels at those frames, where they are known.
        accuracy: the weighted accuracy against them, 0 to 1; None where none of them counts.
    """

    file: str
    seconds: float
    model: ModelFacts
    film: Film | None
    sound_rate: int | None
    streams: tuple[ShownStream, ...]
    notes: tuple[str, ...]
    times: Times
    probabilities: NDArray[np.float32]
    truth: Labels | None = None
    accuracy: float | None = None

    @property
    def face_share(self) -> float | None:
        """The share of the time over which a face was seen, 0 to 1; None where none was looked for."""
        return max((one.share for one in self.streams if one.modality.name in _OF_FACES and not one.why), default=None)

    @property
    def saw_nothing(self) -> bool:
        """Whether all that the model read was gaps."""
        return not any(one.share for one in self.streams if one.is_read)

    @property
    def index(self) -> NDArray[np.int8]:
        """The most probable label of each frame, shape (frames,)."""
        return np.asarray(self.probabilities.argmax(axis=1), dtype=np.int8)

    @property
    def edges(self) -> Times:
        """When each frame begins, and when the last one ends, in seconds, shape (frames + 1,)."""
        task = expect_task(self.model.challenge.task, FramewiseOneHot)
        return np.append(self.times, self.times[-1] + 1 / task.rate)


def _joined(gaps: list[Gap], step: float) -> list[Gap]:
    """Gaps that touch are one."""
    joined: list[Gap] = []
    for gap in gaps:
        if joined and gap.begin - joined[-1].end < step / 2:
            joined[-1] = Gap(joined[-1].begin, gap.end)
        else:
            joined.append(gap)
    return joined
