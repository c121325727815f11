"""Conversations whose arousal and valence are followed all the time; heard, seen, and as features of the face."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from data_spec.annotations.consensus import trace_consensus
from data_spec.annotations.traces import Traces
from data_spec.challenge import Challenge
from data_spec.missing import lose_data
from data_spec.modality import Modality
from data_spec.stream import Stream
from data_spec.synthetic.drawn_face import Looks, Moves, pictures_of
from data_spec.synthetic.mixture import OWN, mix
from data_spec.synthetic.performed import Film, Performed, Sound
from data_spec.synthetic.planning import PlannedRecording
from data_spec.synthetic.stories.continuous import ContinuousStory, TracedStory
from data_spec.synthetic.trajectories import Tracers, attributes_of, shown_of, wander
from data_spec.synthetic.voice import RATE, Speech, Throat, sing
from data_spec.task import ContinuousAttributes, expect_task

Array = NDArray[np.float64]

DECIMALS = 3
"""Printed digits of the features."""


@dataclass(frozen=True)
class Display:
    """What one modality displays in one recording.

    Attributes:
        modality: which.
        story: of it.
        seconds: of the recording.
        shown: each attribute, -1 to 1, at the rate of the labels, shape (frames, attributes)
        rate: of the labels.
        speech: what is said.
        actor: chance that is always the same for this actor in this modality.
        chance: all other chance.
    """

    modality: Modality
    story: TracedStory
    seconds: float
    shown: Array
    rate: int
    speech: Speech
    actor: np.random.Generator
    chance: np.random.Generator

    def at(self, times: Array) -> Array:
        """What is shown at some times, in seconds from the beginning, shape (times, attributes)."""
        frames = np.arange(len(self.shown)) / self.rate
        return np.stack([np.interp(times, frames, column) for column in self.shown.T], axis=1)

    def spoken_at(self, times: Array) -> Array:
        """How open the mouth is at some times for what is said, 0 to 1, shape (times,)."""
        return np.interp(times, np.arange(len(self.speech.voiced)) / RATE, self.speech.voiced)

    @property
    def times(self) -> Array:
        """Of the modality's frames, in seconds from the beginning, shape (frames,)."""
        return np.arange(round(self.seconds * self.modality.rate)) / self.modality.rate


def perform(challenge: Challenge, story: ContinuousStory, seed: int, planned: PlannedRecording) -> Performed:
    """One person in one conversation, gaps included."""
    task, take = expect_task(challenge.task, ContinuousAttributes), planned.take
    rng = np.random.default_rng([seed, 2, planned.number])
    frames, attributes = round(take.seconds * task.rate), len(task.attributes)
    seconds = frames / task.rate  # sound and pictures end with the last label
    truth = attributes_of(frames, attributes, task.rate, story.change_seconds, rng)
    speech = Speech.draw(seconds, rng)

    count = challenge.annotation.annotators
    tracers = Tracers.draw(count, attributes, story.raters, np.random.default_rng([seed, 3]))
    least, most = np.array([one.range for one in task.attributes]).T[:, None, :, None]
    traced = tracers.follow(truth, task.rate, story.raters.jitter, rng)
    traces = Traces(
        take.start + np.arange(frames) / task.rate,
        tuple(f"w{number + 1}" for number in range(count)),
        np.round(least + (most - least) * (traced + 1) / 2, 6),
    )

    shown = {}
    for name, part in story.modalities.items():
        if part.measured_on is None:
            something_else = attributes_of(frames, attributes, task.rate, story.change_seconds, rng)
            shown[name] = shown_of(truth, np.array([*part.shows.values()]), something_else)

    streams: dict[str, Stream] = {}
    media: dict[str, Sound | Film] = {}
    for number, modality in enumerate(challenge.modalities):
        part = story.modalities[modality.name]
        actor = np.random.default_rng([seed, 4, take.session, planned.role, number])
        chance = np.random.default_rng([seed, 6, planned.number, number])
        seen = shown[part.measured_on or modality.name]
        display = Display(modality, part, seconds, seen, task.rate, speech, actor, chance)
        if modality.form == "sound":
            media[modality.name] = hear(display)
        elif modality.form == "pictures":
            media[modality.name] = watch(display)
        else:
            streams[modality.name] = Stream(take.start + display.times, measure(display))
    kept = lose_data(streams, challenge.missing, rng) if challenge.missing else streams
    return Performed(trace_consensus(traces), kept, media, traces)


def hear(display: Display) -> Sound:
    """The sound of it. Of the attributes, the first is heard as arousal and the last as valence."""
    moments = np.arange(len(display.speech.voiced)) / RATE
    heard = display.at(moments)
    throat, rate = Throat.draw(display.actor), display.modality.rate
    samples = len(display.times)
    sound = sing(display.speech, heard[:, 0], heard[:, -1], throat, samples, rate, display.chance)
    room = display.chance.normal(0.0, display.story.noise, size=samples)
    return Sound(np.clip(sound + room, -1.0, 1.0).astype(np.float32), rate)


def watch(display: Display) -> Film:
    """The film of it. Of the attributes, the first is seen as arousal and the last as valence."""
    modality, times = display.modality, display.times
    seen = display.at(times)
    moves = Moves.draw(seen[:, 0], seen[:, -1], display.spoken_at(times), modality.rate, display.chance)
    size = modality.height or 0, modality.width or 0  # a modality of pictures has one
    pictures = pictures_of(Looks.draw(display.actor), moves, size, display.story.noise, display.chance)
    return Film(pictures, modality.rate)


def measure(display: Display) -> NDArray[np.float32]:
    """What a network makes of each picture: attributes, person, pose and lips, bent as networks do, in all columns."""
    times, rate = display.times, display.modality.rate
    shown = display.at(times)
    person = np.tile(display.actor.normal(size=OWN), (len(times), 1))
    pose = wander(len(times), OWN, 1.5 * rate, display.chance)
    lips = display.spoken_at(times)[:, None]
    factors = np.concatenate([3.0 * shown, person, pose, lips], axis=1)
    columns = np.tanh(mix(display.modality.name, factors, display.modality.features))
    columns += display.story.noise * display.chance.normal(size=columns.shape)
    return np.asarray(np.round(columns, DECIMALS), dtype=np.float32)
