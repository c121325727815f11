"""Small made-up media, and the results of an extraction that need no package to be made."""

from __future__ import annotations

import wave
from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
import pytest

from data_spec.extraction.results import Report, begin_result, finish_result, save_stream
from data_spec.extraction.settings import FileState, Settings
from data_spec.extraction.source import Source
from data_spec.stream import Stream

RATE = 16_000


@pytest.fixture(scope="session")
def write_sound() -> Callable[[Path], Path]:
    """Write half a second of a buzz between two halves of silence."""

    def write(path: Path) -> Path:
        path.parent.mkdir(parents=True, exist_ok=True)
        silence = np.zeros(RATE // 2)
        voice = np.sign(np.sin(2 * np.pi * 150 * np.arange(RATE // 2) / RATE)) * 0.1
        samples = (np.concatenate([silence, voice, silence]) * 32767).astype("<i2")
        with wave.open(str(path), "wb") as file:
            file.setnchannels(1)
            file.setsampwidth(2)
            file.setframerate(RATE)
            file.writeframes(samples.tobytes())
        return path

    return write


@pytest.fixture(scope="session")
def write_film() -> Callable[[Path, np.ndarray, float], Path]:
    """Write a film of one picture that stands still, 25 times a second, without sound."""
    av = pytest.importorskip("av")

    def write(path: Path, pixels: np.ndarray, seconds: float) -> Path:
        path.parent.mkdir(parents=True, exist_ok=True)
        with av.open(str(path), "w") as container:
            stream = container.add_stream("flv1" if path.suffix == ".flv" else "mpeg4", rate=25)
            stream.height, stream.width = pixels.shape[:2]
            stream.pix_fmt = "yuv420p"
            stream.bit_rate = 2_000_000
            for _ in range(round(seconds * 25)):
                container.mux(stream.encode(av.VideoFrame.from_ndarray(pixels, format="rgb24")))
            container.mux(stream.encode())
        return path

    return write


@pytest.fixture(scope="session")
def finish() -> Callable[[Path, Source, Settings, Mapping[str, Stream], float], None]:
    """Put the result of an extraction into a work folder, as if it had been made."""

    def put(work: Path, source: Source, settings: Settings, streams: Mapping[str, Stream], seconds: float) -> None:
        folder = begin_result(work, source.recording)
        for name, stream in streams.items():
            save_stream(folder, name, stream, len(stream.times))
        files = tuple(FileState.of(path) for path in source.files)
        report = Report(source.recording, files, settings.as_json(), seconds, tuple(streams), ())
        finish_result(work, folder, report)

    return put
