"""One job: the files of one recording → its result, in the work folder."""

from __future__ import annotations

import importlib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from shutil import rmtree
from typing import TYPE_CHECKING

import numpy as np

from data_spec.extraction.results import Report, begin_result, end_result, finish_result, save_stream
from data_spec.extraction.settings import FROM_FILM, RATES, FileState, Settings
from data_spec.extraction.source import Source
from data_spec.extraction.watching import Note
from data_spec.features.resampling import frame_times
from data_spec.media.container import MediaError, MediaFacts, read_facts
from data_spec.stream import Stream

if TYPE_CHECKING:
    from data_spec.features.face.embedding import Embedding

MOST_SECONDS = 24 * 60 * 60
"""Of a recording of joints alone: over a day, times are those of the calendar."""

LEAST_SECONDS = 0.1
"""Of a recording: there must be a frame of every modality in it. A still picture lasts so long."""


@dataclass(frozen=True)
class RecordingJob:
    """What a process is given: it finds the rest in the files."""

    source: Source
    settings: Settings
    work: Path


def extract_recording(job: RecordingJob) -> Report:
    """Extract one recording and put its result into the work folder, whole.

    All its streams span the same time, from 0 to the end of its sound or its pictures, whichever is later; where one
    of them ends before, zeros follow. A modality for which there is nothing at all (no sound, no pictures) has no
    stream.

    Raises:
        ValueError: a file cannot be decoded, or is not what its name says.
        OSError: a file cannot be read, or the result not be written.
        MissingPackageError: a package that extraction needs is not installed.
    """
    source, settings = job.source, job.settings
    if settings.embedding == "vgg16" and "audio" in settings.modalities:
        # VGG16 runs on TensorFlow, and openSMILE crashes where that was loaded before it.
        importlib.import_module("opensmile")
    # Before they are read: one that changes meanwhile is read again next time.
    files = tuple(FileState.of(path) for path in source.files)
    folder = begin_result(job.work, source.recording)
    try:
        note = Note(folder)
        extraction = _Extraction(source, settings, folder / "scratch", note)
        extraction.run()
        seconds = extraction.seconds
        if seconds < LEAST_SECONDS:
            raise ValueError(f"{source.files[0]}: expected {LEAST_SECONDS} s or more. Received: {seconds:.3f} s")
        for name, stream in extraction.streams.items():
            is_empty = not save_stream(folder, name, stream, len(frame_times(seconds, RATES[name])))
            # Of a film without faces, the film's notes say so.
            if is_empty and name not in {"face", "eyes"}:
                extraction.notes.append(f"{name}: nothing but gaps")
        modalities = tuple(name for name in settings.modalities if name in extraction.streams)
        rmtree(folder / "scratch", ignore_errors=True)
        note.end()
        report = Report(source.recording, files, settings.as_json(), seconds, modalities, tuple(extraction.notes))
        finish_result(job.work, folder, report)
    finally:
        end_result(folder)
    return report


class _Extraction:
    """What is found in the files of one recording: streams by modality, what to say about them, its length."""

    def __init__(self, source: Source, settings: Settings, scratch: Path, note: Note) -> None:
        self._source, self._settings, self._scratch, self._note = source, settings, scratch, note
        self.streams: dict[str, Stream] = {}
        self.notes: list[str] = []
        self.seconds = 0.0

    def run(self) -> None:
        """Sound, then pictures, then joints, which are as long as the others."""
        asked = self._settings.modalities
        from_film: list[str] = [
            name for name in FROM_FILM if name in asked and (name != "kinect" or not self._source.joints)
        ]
        sound, pictures = self._source.sound, self._source.pictures
        sound_facts = read_facts(sound) if sound is not None else None
        film_facts = read_facts(pictures) if pictures is not None else None
        if sound is not None and sound_facts is not None and sound_facts.has_sound:
            self._hear(sound, sound_facts, is_asked="audio" in asked)
        elif "audio" in asked:
            self.notes.append("audio: no file, there is no sound")
        if pictures is not None and film_facts is not None and film_facts.has_pictures:
            self._watch(pictures, film_facts, from_film)
        elif from_film:
            self.notes.append(f"{', '.join(from_film)}: no file, there are no pictures")
        if self._source.joints is not None and "kinect" in asked:
            self._move(self._source.joints)

    def _hear(self, path: Path, facts: MediaFacts, is_asked: bool) -> None:
        seconds = facts.seconds
        if is_asked:
            from data_spec.features.audio import extract_sound
            from data_spec.features.smile import TooShortError
            from data_spec.media.sound import sound_pieces

            rate, pieces = sound_pieces(path)
            try:
                stream = self.streams["audio"] = extract_sound(pieces, rate)
            except MediaError:
                raise
            except TooShortError as error:
                if self._source.pictures is None:
                    raise ValueError(f"{path}: {error}") from error
                self.notes.append("audio: no file, the sound is too short")
                return
            except ValueError as error:
                # The features know the samples only, not where they are from.
                raise ValueError(f"{path}: {error}") from error
            seconds = len(stream.times) / RATES["audio"]
        self.seconds = max(self.seconds, seconds)

    def _watch(self, path: Path, facts: MediaFacts, modalities: list[str]) -> None:
        # What nobody asks to decode counts with what its file says, which of a still picture is nothing.
        seconds = facts.seconds or LEAST_SECONDS
        if modalities:
            from data_spec.features.film import extract_film

            self._scratch.mkdir()
            embedding = _embedding(self._settings.embedding, self._settings.weights)
            film = extract_film(path, modalities, embedding, self._scratch, self._note)
            self.streams |= film.streams
            self.notes += film.notes
            seconds = film.seconds
        self.seconds = max(self.seconds, seconds)

    def _move(self, path: Path) -> None:
        from data_spec.features.body.joints_file import read_joints
        from data_spec.features.body.movement import body_stream

        skeleton = read_joints(path)
        first, last = float(skeleton.times[0]), float(skeleton.times[-1])
        if self.seconds == 0:
            # Nothing but joints: the last of them is shown as long as the others.
            if last > MOST_SECONDS:
                expected = f"times on the recording's clock, from 0 to at most {MOST_SECONDS:,} s"
                raise ValueError(f"{path}: expected {expected}. Received: times from {first:.0f} to {last:.0f} s")
            self.seconds = last + Stream(skeleton.times, np.empty((0, 0), np.float32)).step
        if last < 0 or first > self.seconds:
            expected = f"times from 0 on, the recording's beginning, to {self.seconds:g} s, its end"
            raise ValueError(f"{path}: expected {expected}. Received: times from {first:g} to {last:g} s")
        self.streams["kinect"] = body_stream(skeleton, self.seconds)


@lru_cache(maxsize=1)
def _embedding(name: str, weights: Path | None) -> Embedding:
    """Opened once for a process: it may be large."""
    from data_spec.features.face.embedding import open_embedding

    return open_embedding(name, weights)
