"""A whole synthetic corpus, written recording by recording."""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np

from data_spec.agreement import consensus
from data_spec.challenge import Challenge, ChallengeError
from data_spec.corpus import LABELS_FOLDER, Corpus, Recording
from data_spec.csv_files import write_labels, write_stream
from data_spec.missing import lose_data
from data_spec.splits import assign_splits
from data_spec.stream import Labels, Stream
from data_spec.synthetic.annotators import annotate
from data_spec.synthetic.dynamics import draw_traits, render, signature
from data_spec.synthetic.scenario import speaking, tell
from data_spec.synthetic.settings import Synthetic
from data_spec.whole_folder import whole_folder


@dataclass(frozen=True)
class Take:
    """One scene with the actors of one session; `start` and `seconds` in seconds."""

    number: int
    session: int
    start: float
    seconds: float


@dataclass(frozen=True)
class PlannedRecording:
    """One actor in one take; `role` counts the actors of the session from 0."""

    recording: Recording
    take: Take
    role: int


def synthesize(
    out: Path,
    challenge: Challenge,
    recordings: int | None = None,
    seed: int = 0,
    processes: int | None = None,
    done: Callable[[int], object] = lambda count: None,
) -> Corpus:
    """Write a corpus, labels of all splits included. The same seed gives the same bytes.

    Args:
        out: a new or empty folder.
        challenge: has a `synthetic` part.
        recordings: how many; the challenge's number by default.
        seed: of all chance in it.
        processes: how many work at once; one for each core by default.
        done: is called with the number of recordings written since the last call.

    Raises:
        ChallengeError: the challenge does not describe a synthetic corpus.
        CorpusError: `out` has files in it.
    """
    if challenge.synthetic is None:
        raise ChallengeError(
            f"challenge {challenge.name!r}: no part 'synthetic', so there is no synthetic corpus of it"
        )
    planned = plan(challenge, challenge.synthetic, recordings or challenge.synthetic.recordings, seed)
    with whole_folder(out) as aside, ProcessPoolExecutor(processes or os.cpu_count()) as pool:
        corpus = Corpus.create(aside, challenge)
        write = partial(_write_recording, aside, challenge, challenge.synthetic, seed)
        for _ in pool.map(write, planned, chunksize=4):
            done(1)
        corpus.write_recordings(one.recording for one in planned)
    return Corpus.open(out)


def plan(challenge: Challenge, story: Synthetic, recordings: int, seed: int) -> list[PlannedRecording]:
    """Who is recorded in which take, how long, and in which split."""
    rng = np.random.default_rng([seed, 0])
    takes = -(-recordings // story.actors_per_session)
    sessions = np.sort(np.arange(takes) % story.sessions) + 1
    seconds = _durations(takes, story, rng)
    starts = np.round(rng.uniform(0.0, story.latest_start, size=takes), 2)
    names = rng.choice(16**8, size=takes * story.actors_per_session, replace=False)
    people = []
    for number in range(takes * story.actors_per_session):
        take, role = divmod(number, story.actors_per_session)
        session = int(sessions[take])
        actor = f"actor_{(session - 1) * story.actors_per_session + role + 1:02d}"
        place = Take(take, session, float(starts[take]), float(seconds[take]))
        people.append((f"id{names[number]:08x}", session, actor, place, role))
    people = people[:recordings]  # of the last take one actor may be left out
    split_of = assign_splits([(name, session, actor) for name, session, actor, *_ in people], challenge.splits, seed)
    return [
        PlannedRecording(Recording(name, session, actor, split_of[name]), take, role)
        for name, session, actor, take, role in people
    ]


def _durations(takes: int, story: Synthetic, rng: np.random.Generator) -> np.ndarray:
    """Seconds of each take, whole label frames: a beta distribution between the least and the most."""
    least, mean, most = story.seconds.least, story.seconds.mean, story.seconds.most
    centre = (mean - least) / (most - least)
    return np.round(least + (most - least) * rng.beta(4 * centre, 4 * (1 - centre), size=takes), 2)


def _write_recording(root: Path, challenge: Challenge, story: Synthetic, seed: int, planned: PlannedRecording) -> None:
    labels, streams = perform(challenge, story, seed, planned)
    folder = root / challenge.split(planned.recording.split).folder
    file = f"{planned.recording.name}.csv"
    write_labels(folder / LABELS_FOLDER / file, labels, challenge.task)
    for name, stream in streams.items():
        modality = challenge.modality(name)
        write_stream(folder / modality.folder / file, stream, modality)


def perform(
    challenge: Challenge, story: Synthetic, seed: int, planned: PlannedRecording
) -> tuple[Labels, dict[str, Stream]]:
    """The labels and the streams of one recording, gaps included."""
    take, task = planned.take, challenge.task
    frames = round(take.seconds * task.rate)
    # Both actors of a take share its turns; all else is each one's own.
    speaks = speaking(frames, task.rate, story, np.random.default_rng([seed, 1, take.number]))[planned.role % 2]
    rng = np.random.default_rng([seed, 2, take.number, planned.role])
    scenario = tell(frames, task.rate, story, speaks, rng)

    skills = np.random.default_rng([seed, 3]).uniform(*story.annotators.skill, size=challenge.annotation.annotators)
    least, most = challenge.annotation.per_recording
    chosen = rng.choice(len(skills), size=rng.integers(least, most + 1), replace=False)
    votes = annotate(scenario, len(task.labels), task.rate, story.annotators, skills[chosen], rng)
    agreed = consensus(votes)
    labels = Labels(take.start + np.arange(frames) / task.rate, agreed.index, agreed.agreement)

    streams = {}
    for number, modality in enumerate(challenge.modalities):
        part = story.modalities[modality.name]
        actor_rng = np.random.default_rng([seed, 4, take.session, planned.role, number])
        traits = draw_traits(modality.features, actor_rng)
        times = np.arange(int(take.seconds * modality.rate)) / modality.rate
        at = np.minimum((times * task.rate).astype(np.int64), frames - 1)
        look = signature(modality.name, len(task.labels), modality.features, part)
        values = render(scenario.shown[modality.name][at], modality.rate, look, traits, part, rng)
        if part.silent_while_listening:
            values[~scenario.speaks[at]] = 0.0
        streams[modality.name] = Stream(take.start + times, values)
    return labels, lose_data(streams, challenge.missing, rng) if challenge.missing else streams
