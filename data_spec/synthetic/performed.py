"""What comes of a recording: labels, streams, the annotators' own words, sound and pictures."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from data_spec.annotations.clips import ClipAnnotations
from data_spec.annotations.traces import Traces
from data_spec.stream import Labels, Stream, Values


@dataclass(frozen=True)
class Sound:
    """A sound of one channel.

    Attributes:
        samples: from -1 to 1, shape (samples,)
        rate: samples per second
    """

    samples: Values
    rate: int


@dataclass(frozen=True)
class Film:
    """Pictures, drawn when they are asked for, one after the other, once.

    Attributes:
        pictures: red, green, blue, 0 to 255, each of shape (height, width, 3)
        rate: pictures per second
    """

    pictures: Iterator[NDArray[np.uint8]]
    rate: int


@dataclass(frozen=True)
class Performed:
    """One recording, gaps included.

    Attributes:
        labels: of the recording.
        streams: by modality.
        media: by modality, those that are no tables.
        annotations: what each annotator said; None where it is not kept.
        is_reference: whether raters are tracked by it.
    """

    labels: Labels
    streams: Mapping[str, Stream]
    media: Mapping[str, Sound | Film] = field(default_factory=dict)
    annotations: ClipAnnotations | Traces | None = None
    is_reference: bool = False
