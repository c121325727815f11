"""Who is recorded, when, how long, and for which split."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from data_spec.challenge import Challenge
from data_spec.corpus import Recording
from data_spec.splits import assign_splits
from data_spec.synthetic.stories.framewise import FramewiseStory
from data_spec.synthetic.story import AnyStory


@dataclass(frozen=True)
class Take:
    """One scene with the actors of one session; `start` and `seconds` in seconds."""

    number: int
    session: int
    start: float
    seconds: float


@dataclass(frozen=True)
class PlannedRecording:
    """One actor in one take.

    Attributes:
        recording: its name, actor and split.
        take: the scene.
        role: counts the actors of the session from 0.
        number: counts the recordings of the corpus from 0.
        recordings: how many the corpus has.
    """

    recording: Recording
    take: Take
    role: int
    number: int
    recordings: int


def plan(challenge: Challenge, story: AnyStory, recordings: int, seed: int) -> list[PlannedRecording]:
    """Who is recorded in which take, how long, and in which split."""
    rng = np.random.default_rng([seed, 0])
    in_a_take = story.actors_per_session if isinstance(story, FramewiseStory) else 1
    takes = -(-recordings // in_a_take)
    seconds = _durations(takes, story, rng)
    starts = np.round(rng.uniform(0.0, story.latest_start, size=takes), 2)
    names = rng.choice(16**8, size=takes * in_a_take, replace=False)
    people = []
    for number, (session, role, actor) in enumerate(_seats(takes, story)):
        take = number // in_a_take
        place = Take(take, session, float(starts[take]), float(seconds[take]))
        people.append((f"id{names[number]:08x}", session, f"actor_{actor:02d}", place, role))
    people = people[:recordings]  # of the last take one actor may be left out
    split_of = assign_splits([(name, session, actor) for name, session, actor, *_ in people], challenge.splits, seed)
    return [
        PlannedRecording(Recording(name, session, actor, split_of[name]), take, role, number, recordings)
        for number, (name, session, actor, take, role) in enumerate(people)
    ]


def _seats(takes: int, story: AnyStory) -> Iterator[tuple[int, int, int]]:
    """Who takes part, take by take: the session, the role in it, and the number of the actor, which counts from 1."""
    if isinstance(story, FramewiseStory):
        for session in (np.sort(np.arange(takes) % story.sessions) + 1).tolist():
            for role in range(story.actors_per_session):
                yield session, role, (session - 1) * story.actors_per_session + role + 1
        return
    for take in range(takes):
        actor = take % story.actors
        yield actor % story.sessions + 1, actor // story.sessions, actor + 1


def _durations(takes: int, story: AnyStory, rng: np.random.Generator) -> np.ndarray:
    """Seconds of each take, in hundredths: a beta distribution between the least and the most."""
    least, mean, most = story.seconds.least, story.seconds.mean, story.seconds.most
    centre = (mean - least) / (most - least)
    return np.round(least + (most - least) * rng.beta(4 * centre, 4 * (1 - centre), size=takes), 2)
