"""A recording → its streams as a folder of the challenge's form, from which a model predicts as from any other."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from data_spec.challenge import Challenge
from data_spec.corpus import COMPONENTS_FILE, CorpusError, RecordingFolder
from data_spec.csv_files import write_template
from data_spec.extraction.components import read_projected
from data_spec.extraction.extracting import extract_all
from data_spec.extraction.settings import RATES, Settings, modalities_for
from data_spec.extraction.source import Source
from data_spec.extraction.workers import Workers
from data_spec.extraction.writing import write_streams
from data_spec.features.face.components import FaceComponents
from data_spec.features.resampling import frame_times
from data_spec.stream import Labels, Stream
from data_spec.task import FramewiseOneHot, expect_task

RECORDING = "recording"
"""What the recording is called in the folder: the name of a user's file may be none that a corpus can have."""

LABEL_SLACK = 0.5
"""Seconds by which labels may reach over the ends of a recording: files say their length only so well."""


@dataclass(frozen=True)
class RawRecording:
    """The files of one recording, and what they are turned into streams with.

    Attributes:
        path: a file of sound, of pictures, or of both.
        joints: Kinect joints; without them the pictures' pose stands in.
        components: what faces are projected with; without them there is no face stream.
        weights: of the network that describes faces, where no package carries them.
    """

    path: Path
    joints: Path | None = None
    components: FaceComponents | None = None
    weights: Path | None = None


@dataclass(frozen=True)
class ExtractedRecording:
    """A recording as a model sees it.

    Attributes:
        folder: has the recording alone, with its streams and its template.
        streams: by modality.
        absent: why there is none, by each other modality of the challenge.
        notes: what extraction says of it.
        seconds: how long it is.
    """

    folder: RecordingFolder
    streams: dict[str, Stream]
    absent: dict[str, str]
    notes: tuple[str, ...]
    seconds: float


def extract_for(challenge: Challenge, raw: RawRecording, labels: Labels | None, scratch: Path) -> ExtractedRecording:
    """Extract every modality of the challenge that can be, in a process of its own.

    openSMILE, which makes the audio stream, crashes in a process that has loaded TensorFlow, as this one has.

    Args:
        challenge: says the modalities, their folders and the rate of the labels.
        raw: the files.
        labels: where they are known, their frames are the ones to predict; else all frames of the recording are.
        scratch: an empty folder, kept for as long as the result is read.

    Raises:
        CorpusError: a file that cannot be read, a challenge whose modalities are not those that are extracted, or
            labels of another time than the recording's.
        MissingPackageError: a package that extraction needs is not installed.
    """
    if raw.joints is not None and not raw.joints.is_file():
        raise CorpusError(f"{raw.joints}: expected a file of Kinect joints, found nothing")
    absent = _not_extracted(challenge, raw)
    asked = tuple(one.name for one in challenge.modalities if one.name not in absent)
    chosen = modalities_for(challenge, asked) if asked else ()
    settings = Settings(chosen, _embedding(raw.components), raw.weights)
    source = Source(RECORDING, sound=raw.path, pictures=raw.path, joints=raw.joints)
    outcome = extract_all([source], settings, scratch / "extracted", Workers(jobs=1))
    if why := outcome.broken.get(RECORDING):
        raise CorpusError(why)
    done = outcome.done[RECORDING]
    columns = challenge.modality("face").features if "face" in asked else 0
    streams = read_projected(scratch / "extracted", RECORDING, raw.components, columns)
    absent |= {name: _nothing_in_it(name) for name in asked if name not in streams}
    split = scratch / challenge.splits.folders[0].folder
    write_streams(split, RECORDING, streams, challenge, from_pose=raw.joints is None)
    task = expect_task(challenge.task, FramewiseOneHot)
    times = labels.times if labels is not None else frame_times(done.seconds, task.rate)
    if times[0] < -LABEL_SLACK or times[-1] > done.seconds + LABEL_SLACK:
        raise CorpusError(
            f"{raw.path}: expected labels of times from 0 to {done.seconds:.2f} s, which it lasts; "
            f"found labels from {times[0]:.2f} to {times[-1]:.2f} s"
        )
    write_template(split / challenge.submission.folder / f"{RECORDING}.csv", times, challenge.task)
    return ExtractedRecording(RecordingFolder(split, challenge), streams, absent, done.notes, done.seconds)


def _not_extracted(challenge: Challenge, raw: RawRecording) -> dict[str, str]:
    """The modalities that are not even tried, and why."""
    absent = {one.name: "the kit extracts no such stream" for one in challenge.modalities if one.name not in RATES}
    if raw.components is None and any(one.name == "face" for one in challenge.modalities):
        absent["face"] = (
            "left out, since its columns are principal components that were fitted on the corpus that the model was "
            f"trained on. They stand in that corpus as `{COMPONENTS_FILE}`, and are given with `--components`"
        )
    return absent


def _embedding(components: FaceComponents | None) -> str:
    return components.embedding if components is not None else Settings(()).embedding


def _nothing_in_it(name: str) -> str:
    return "the recording has no sound" if name == "audio" else "the recording has no pictures"
