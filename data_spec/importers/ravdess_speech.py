"""RAVDESS: spoken clips of one emotion each → a corpus with one row of functionals for every clip.

The clips are those of `ravdess.py`, with their labels and actors. A clip is described as a whole, with the second or so
of silence at either end of it, and has one row, at its beginning.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from data_spec.challenge import Challenge
from data_spec.corpus import LABELS_FOLDER, Corpus, CorpusError, Recording
from data_spec.csv_files import write_labels, write_stream
from data_spec.extraction.workers import DiedError, Workers
from data_spec.features.functionals import extract_functionals, functional_names
from data_spec.importers.clips import Clip, FoundClips
from data_spec.importers.importing import Bar, ImportReport, no_bar
from data_spec.media.container import MediaError, read_facts
from data_spec.media.sound import read_sound
from data_spec.modality import Modality
from data_spec.splits import assign_splits
from data_spec.stream import Labels, Stream
from data_spec.whole_folder import whole_folder

CHALLENGE = "ravdess_speech"

SPEECH = "speech"
"""The modality."""


@dataclass(frozen=True)
class SpeechJob:
    """What a process is given: a sound, and the file that its functionals go to."""

    sound: Path
    file: Path
    modality: Modality


def import_speech(
    found: FoundClips, challenge: Challenge, out: Path, workers: Workers, seed: int, bar: Bar = no_bar
) -> ImportReport:
    """Make a corpus of clips, whole or not at all. A clip that cannot be read does not stop the others.

    Args:
        found: the clips.
        challenge: has splits for their sessions, and a modality `speech`.
        out: the corpus; a new or empty folder.
        workers: who extracts, on this machine.
        seed: chance in dividing the actors over the splits.
        bar: shows how far the extraction is.

    Raises:
        CorpusError: none of the clips can be read, or something is in the way at `out`.
        MissingPackageError: a package for extraction is not installed.
        OSError: the corpus cannot be written.
    """
    clips = {clip.recording: clip for clip in found.clips if clip.sound is not None}
    takes = [(name, clip.session, clip.actor) for name, clip in clips.items()]
    split_of = assign_splits(takes, challenge.splits, seed)
    with whole_folder(out) as folder:
        corpus = Corpus.create(folder, challenge)
        places = {name: folder / challenge.split(split).folder for name, split in split_of.items()}
        broken = _describe_all(clips, places, challenge.modality(SPEECH), workers, bar)
        done = {name: clip for name, clip in clips.items() if name not in broken}
        if not done:
            first = min(broken.values(), default="no clip has sound")
            raise CorpusError(f"none of {len(found.clips)} clips can be read; the first: {first}")
        for name, clip in done.items():
            write_labels(places[name] / LABELS_FOLDER / f"{name}.csv", _label_of(clip), challenge.task)
        corpus.write_recordings(
            Recording(name, clip.session, clip.actor, split_of[name]) for name, clip in done.items()
        )
    counts = Counter(split_of[name] for name in done)
    without_sound = len(found.clips) - len(clips)
    return ImportReport(
        recordings={split.name: counts[split.name] for split in challenge.splits.folders},
        left_out=dict(found.left_out) | ({"they have no sound": without_sound} if without_sound else {}),
        broken=dict(sorted((clips[name].name, why) for name, why in broken.items())),
        notes={},
    )


def _describe_all(
    clips: Mapping[str, Clip], places: Mapping[str, Path], modality: Modality, workers: Workers, bar: Bar
) -> dict[str, str]:
    """Write the functionals of every clip; tells why not of those that cannot be read, by recording."""
    broken: dict[str, str] = {}
    jobs: dict[str, SpeechJob] = {}
    seconds: dict[str, float] = {}
    for name, clip in clips.items():
        assert clip.sound is not None
        try:
            seconds[name] = read_facts(clip.sound).seconds
        except (MediaError, OSError) as error:
            broken[name] = str(error)
        else:
            file = places[name] / modality.folder / f"{name}.csv"
            jobs[name] = SpeechJob(clip.sound.absolute(), file, modality)
    total, done = sum(seconds.values()), 0.0
    with bar("Extracting") as progress, closing(workers.run(_describe, jobs)) as results:
        progress(done, total)
        for finished in results:
            if finished.error is not None and not isinstance(finished.error, DiedError):
                raise finished.error
            if (why := finished.error or finished.result) is not None:
                broken[finished.name] = why if isinstance(why, str) else f"{jobs[finished.name].sound}: {why}"
            done += seconds[finished.name]
            progress(done, total)
    return broken


def _describe(job: SpeechJob) -> str | None:
    """Runs in a process of its own, since openSMILE shares none with TensorFlow. Tells what is wrong with the sound."""
    try:
        samples, rate = read_sound(job.sound)
        values = extract_functionals(samples, rate)
    except MediaError as error:
        return str(error)
    except ValueError as error:
        # The features know the samples only, not where they are from.
        return f"{job.sound}: {error}"
    stream = Stream(np.zeros(1), values[np.newaxis])
    write_stream(job.file, stream, job.modality, functional_names())
    return None


def _label_of(clip: Clip) -> Labels:
    index = np.array([clip.label], dtype=np.int8)
    return Labels(np.zeros(1), index, np.array([clip.agreement]), np.empty((1, 0)))
