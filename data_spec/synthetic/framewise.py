"""Dialogues, labelled frame by frame."""

from __future__ import annotations

import numpy as np

from data_spec.agreement import consensus
from data_spec.challenge import Challenge
from data_spec.missing import lose_data
from data_spec.stream import Labels, Stream
from data_spec.synthetic.annotators import annotate
from data_spec.synthetic.dynamics import draw_traits, render, signature
from data_spec.synthetic.performed import Performed
from data_spec.synthetic.planning import PlannedRecording
from data_spec.synthetic.scenario import speaking, tell
from data_spec.synthetic.stories.framewise import FramewiseStory
from data_spec.task import FramewiseOneHot, expect_task


def perform(challenge: Challenge, story: FramewiseStory, seed: int, planned: PlannedRecording) -> Performed:
    """One actor in one dialogue, gaps included."""
    take, task = planned.take, expect_task(challenge.task, FramewiseOneHot)
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
    return Performed(labels, lose_data(streams, challenge.missing, rng) if challenge.missing else streams)
