"""A report on a made-up recording of four seconds."""

from __future__ import annotations

import io

import numpy as np
from PIL import Image

from baseline.report.contents import Film, ModelFacts, RecordingReport, ShownStream, Thumbnail
from data_spec.challenge import Challenge
from data_spec.stream import NO_LABEL, Labels, Stream

NASTY = "<script>alert('1')</script> & \"film\".mp4"
SECONDS = 4.0


def thumbnail(seconds: float) -> Thumbnail:
    """A small green picture."""
    file = io.BytesIO()
    Image.new("RGB", (16, 9), (0, 128, 0)).save(file, "JPEG")
    return Thumbnail(seconds, 16, 9, file.getvalue())


def moving_stream(rate: int, features: int, gap: slice) -> Stream:
    """Waves with one gap in them."""
    times = np.arange(int(SECONDS * rate)) / rate
    values = np.sin(times[:, None] * np.arange(1, features + 1)) + 2.0
    values[gap] = 0.0
    return Stream(times, values.astype(np.float32))


def example_report(challenge: Challenge, *, file: str = NASTY, with_truth: bool = True) -> RecordingReport:
    """Two windows of two seconds: the second label is the most probable one, then the last.

    People said the second label for 3 s and tied for the last one.
    """
    task = challenge.task
    frames = int(SECONDS * task.rate)
    probabilities = np.full((frames, len(task.labels)), 0.4 / (len(task.labels) - 1), dtype=np.float32)
    probabilities[: frames // 2, 1] = 0.6
    probabilities[frames // 2 :, -1] = 0.6
    times = np.arange(frames) / task.rate
    index = np.where(times < 3.0, 1, NO_LABEL).astype(np.int8)
    read, *others = challenge.modalities
    streams = [ShownStream(read, moving_stream(read.rate, read.features, slice(0, read.rate)), "", True)]
    streams += [ShownStream(one, None, "left out, see `--help` & <others>", False) for one in others]
    return RecordingReport(
        file=file,
        seconds=SECONDS,
        model=ModelFacts("model <1>.keras", challenge, (read.name,), 1234),
        film=Film(100, 25.0, 1280, 720, tuple(thumbnail(number * 0.4) for number in range(10))),
        sound_rate=44_100,
        streams=tuple(streams),
        notes=(f"{read.name}: stands in <for nothing>", "the largest of 3 persons is followed"),
        times=times,
        probabilities=probabilities,
        truth=Labels(times, index, np.ones(frames)) if with_truth else None,
        accuracy=0.5 if with_truth else None,
    )
