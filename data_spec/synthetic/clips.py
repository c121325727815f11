"""Clips with one label and ratings, by a crowd; seen through functionals and networks."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from data_spec.annotations.consensus import clip_consensus
from data_spec.challenge import Challenge
from data_spec.missing import lose_data
from data_spec.modality import Modality
from data_spec.stream import Stream
from data_spec.synthetic.crowd import Raters, rate, rota_of
from data_spec.synthetic.mixture import OWN, in_units, mix
from data_spec.synthetic.performed import Performed
from data_spec.synthetic.planning import PlannedRecording
from data_spec.synthetic.scenario import pieces_of
from data_spec.synthetic.stories.clips import ClipsStory, EmbeddedStory
from data_spec.synthetic.trajectories import wander
from data_spec.task import ClipRatings, expect_task

Array = NDArray[np.float64]

OPEN_SECONDS = 1.0
"""Mean duration of a moment in which something of the emotion is shown, or nothing."""


def perform(challenge: Challenge, story: ClipsStory, seed: int, planned: PlannedRecording) -> Performed:
    """One clip, gaps included."""
    task, take = expect_task(challenge.task, ClipRatings), planned.take
    rng = np.random.default_rng([seed, 2, planned.number])
    shares = np.array(list(story.label_shares.values()))
    label = int(rng.choice(len(shares), p=shares / shares.sum()))
    least, most = np.array([one.range for one in task.attributes]).T
    middle = np.array(story.kinships[task.labels[label]].attributes)
    attributes = np.clip(middle + rng.normal(0.0, story.variety, size=len(middle)), least, most)

    annotation = challenge.annotation
    rota = rota_of(seed, planned.recordings, annotation.annotators, annotation.per_recording, story.crowd)
    raters = Raters.draw(annotation.annotators, len(attributes), story.crowd, np.random.default_rng([seed, 3]))
    said = rate(label, attributes, rota.seats[planned.number], raters, story, task, rng)

    emotion = np.concatenate([np.eye(len(shares))[label], (2 * attributes - least - most) / (most - least)])
    streams = {}
    for number, modality in enumerate(challenge.modalities):
        actor = np.random.default_rng([seed, 4, take.session, planned.role, number]).normal(size=OWN)
        part = story.modalities[modality.name]
        rows = 1 if part.is_of_whole_clip else max(1, round(take.seconds * modality.rate))
        values = embedded(emotion, len(shares), actor, rows, modality, part, rng)
        streams[modality.name] = Stream(take.start + np.arange(rows) / modality.rate, values)
    labels = clip_consensus(said, task, take.start)
    kept = lose_data(streams, challenge.missing, rng) if challenge.missing else streams
    return Performed(labels, kept, annotations=said, is_reference=planned.number in rota.references)


def embedded(
    emotion: Array,
    labels: int,
    actor: Array,
    rows: int,
    modality: Modality,
    story: EmbeddedStory,
    rng: np.random.Generator,
) -> NDArray[np.float32]:
    """What the columns of a modality show of a clip, shape (rows, features).

    Args:
        emotion: which label is shown, as one 1 among zeros; then the attributes, -1 to 1, shape (labels + attributes,)
        labels: how many there are.
        actor: how the person differs from others, shape (OWN,).
        rows: of the clip.
        modality: whose columns.
        story: of the modality.
        rng: chance.
    """
    strength = np.array([*[story.label] * labels, *story.attributes.values()])
    moments = pieces_of(rows, modality.rate, OPEN_SECONDS, rng)
    is_open = (rng.random(moments[-1] + 1) < story.shows)[moments]
    # What blurs the emotion is the same for all columns: a thousand of them tell no more than a few.
    blur = rng.normal(size=len(emotion)) + wander(rows, len(emotion), modality.rate, rng)
    shown = strength * emotion * is_open[:, None] + story.blur * blur / np.sqrt(2)
    nuisance = wander(rows, OWN, modality.rate, rng)
    factors = np.concatenate([shown, np.tile(story.actor * actor, (rows, 1)), nuisance], axis=1)
    columns = mix(modality.name, factors, modality.features)
    columns += story.noise * rng.normal(size=columns.shape)
    if story.rectified:
        return np.asarray(np.round(np.maximum(columns, 0.0), story.decimals), dtype=np.float32)
    return in_units(modality.name, columns, story.decimals)
