"""RAVDESS: spoken clips of one emotion each → a corpus of audio streams.

A clip's file name says all: `03-01-EMOTION-INTENSITY-STATEMENT-REPETITION-ACTOR` (Livingstone & Russo
2018). One clip becomes one recording, from its first sound to its last: the second or so of silence at either
end is nobody's emotion. Its emotion is the label of every frame, with full agreement. Two of the eight
emotions, calm and surprised, are not among the challenge's six: those clips are left out.
"""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from hashlib import blake2s
from multiprocessing import get_context
from pathlib import Path

import numpy as np

from data_spec.challenge import Challenge, load_challenge
from data_spec.corpus import LABELS_FOLDER, Corpus, CorpusError, Recording
from data_spec.csv_files import write_labels, write_stream
from data_spec.features.audio import RATE, extract_audio, read_audio
from data_spec.splits import assign_splits
from data_spec.stream import Labels, Stream
from data_spec.whole_folder import whole_folder

EMOTIONS: Mapping[str, str | None] = {
    "01": "Neutral",
    "02": None,  # calm
    "03": "Happy",
    "04": "Sad",
    "05": "Anger",
    "06": "Scared",
    "07": "Disgust",
    "08": None,  # surprised
}
"""The label of each emotion code; None for those that the challenge has no label for."""

# 03: sound alone; 01: speech, not song.
_NAME = re.compile(r"03-01-(?P<emotion>0[1-8])-\d\d-\d\d-\d\d-(?P<actor>\d\d)")
_SOUNDS = {".flac", ".wav"}


@dataclass(frozen=True)
class Clip:
    """One spoken clip.

    Attributes:
        path: its file.
        label: the emotion's name in the challenge, or None where it has none.
        actor: such as `actor_07`.
        sex_stratum: 1 for men (odd numbers), 2 for women: the session in `ravdess.yaml`.
    """

    path: Path
    label: str | None
    actor: str
    sex_stratum: int

    @property
    def recording(self) -> str:
        """The recording's name, in the form of the 2017 challenge, from which the emotion cannot be read.

        >>> Clip(Path("03-01-05-01-02-01-07.flac"), "Anger", "actor_07", 1).recording
        'id53617570'
        """
        return f"id{blake2s(self.path.stem.encode()).hexdigest()[:8]}"


@dataclass(frozen=True)
class ImportReport:
    """What became of the clips.

    Attributes:
        recordings: how many went to each split.
        left_out: how many had an emotion that the challenge has no label for.
        broken: the files that could not be read, and why.
    """

    recordings: Mapping[str, int]
    left_out: int
    broken: Mapping[Path, str]


def find_clips(source: Path) -> list[Clip]:
    """The spoken clips in a folder and the folders inside it, by name; other files are no clips.

    Raises:
        CorpusError: not a folder, no clip of the six emotions in it, or a clip stands twice.
    """
    if not source.is_dir():
        raise CorpusError(f"{source}: expected a folder of clips, found {'a file' if source.exists() else 'nothing'}")
    clips = []
    for path in sorted(source.rglob("*"), key=lambda path: path.name):
        if path.suffix.lower() in _SOUNDS and (name := _NAME.fullmatch(path.stem)):
            number = int(name["actor"])
            clips.append(Clip(path, EMOTIONS[name["emotion"]], f"actor_{number:02d}", 1 if number % 2 else 2))
    if not any(clip.label for clip in clips):
        raise CorpusError(
            f"{source}: expected .flac or .wav files named 03-01-EMOTION-INTENSITY-STATEMENT-REPETITION-ACTOR, "
            f"of emotions {[code for code, label in EMOTIONS.items() if label]}; found {len(clips)} of other emotions"
        )
    if twice := [stem for stem, number in Counter(clip.recording for clip in clips).items() if number > 1]:
        files = [str(clip.path) for clip in clips if clip.recording == twice[0]]
        raise CorpusError(f"{source}: expected every clip once, found {files}")
    return clips


def import_ravdess(
    source: Path, out: Path, seed: int, progress: Callable[[Iterable[Future[None]], int], Iterable[Future[None]]]
) -> ImportReport:
    """Make a corpus of a folder of clips, on all cores. A file that cannot be read does not stop the others.

    Args:
        source: holds the clips, in folders or not.
        out: the corpus; a new or empty folder.
        seed: chance in dividing the actors over the splits.
        progress: wraps the finished clips, given how many there are; shows a bar, or nothing.

    Raises:
        CorpusError: `source` has no clips, none of them can be read, or something is in the way at `out`.
        AudioError: a package for audio features is not installed.
    """
    challenge = load_challenge("ravdess")
    clips = find_clips(source)
    wanted = {clip.recording: clip for clip in clips if clip.label}
    takes = [(name, clip.sex_stratum, clip.actor) for name, clip in wanted.items()]
    split_of = assign_splits(takes, challenge.splits, seed)
    broken: dict[Path, str] = {}
    # New processes, not copies of this one: one that has TensorFlow loaded cannot run openSMILE.
    with (
        whole_folder(out) as folder,
        ProcessPoolExecutor(min(os.cpu_count() or 1, len(wanted)), get_context("spawn")) as pool,
    ):
        corpus = Corpus.create(folder, challenge)
        jobs = {
            pool.submit(_write_clip, clip, folder / challenge.split(split_of[name]).folder, challenge): clip
            for name, clip in wanted.items()
        }
        try:
            for job in progress(as_completed(jobs), len(jobs)):
                try:
                    job.result()
                except (ValueError, OSError) as error:
                    broken[jobs[job].path] = str(error)
        finally:
            pool.shutdown(cancel_futures=True)
        if len(broken) == len(wanted):
            raise CorpusError(f"{source}: none of {len(wanted)} clips can be read; the first: {min(broken.values())}")
        written = [
            Recording(name, clip.sex_stratum, clip.actor, split_of[name])
            for name, clip in wanted.items()
            if clip.path not in broken
        ]
        corpus.write_recordings(written)
    counts = Counter(recording.split for recording in written)
    return ImportReport(
        recordings={split.name: counts[split.name] for split in challenge.splits.folders},
        left_out=len(clips) - len(wanted),
        broken=dict(sorted(broken.items())),
    )


def without_silent_ends(stream: Stream) -> Stream:
    """The stream from its first frame with sound to its last; times stay those of the clip.

    Raises:
        ValueError: there is no sound in it.

    >>> silent_at_both_ends = np.array([[0], [3], [0], [4], [0], [0]], dtype=np.float32)
    >>> without_silent_ends(Stream(np.arange(6) / 100, silent_at_both_ends)).times.tolist()
    [0.01, 0.02, 0.03]
    """
    sounds = np.flatnonzero(stream.present)
    if len(sounds) == 0:
        raise ValueError(f"expected a voice, found {len(stream.times) / RATE:g} s of silence")
    spoken = slice(sounds[0], sounds[-1] + 1)
    return Stream(stream.times[spoken], stream.values[spoken])


def _write_clip(clip: Clip, folder: Path, challenge: Challenge) -> None:
    """Write the stream and the labels of one clip into the folder of its split."""
    samples, sampling_rate = read_audio(clip.path)
    stream = without_silent_ends(extract_audio(samples, sampling_rate))
    modality, task = challenge.modality("audio"), challenge.task
    assert clip.label is not None
    frames = len(stream.times) * task.rate // RATE
    labels = Labels(
        times=stream.times[0] + np.arange(frames) / task.rate,
        index=np.full(frames, task.labels.index(clip.label), dtype=np.int8),
        agreement=np.ones(frames),
    )
    write_stream(folder / modality.folder / f"{clip.recording}.csv", stream, modality)
    write_labels(folder / LABELS_FOLDER / f"{clip.recording}.csv", labels, task)
