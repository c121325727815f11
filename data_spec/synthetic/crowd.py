"""A crowd that rates clips: who rates which, in which order, how well, and where the references stand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from data_spec.annotations.clips import ClipAnnotations
from data_spec.annotations.references import BLOCK, MOST_ITEMS, plan_blocks
from data_spec.synthetic.stories.clips import ClipsStory, Crowd
from data_spec.task import ClipRatings

Array = NDArray[np.float64]

LEAST_REFERENCES = 3
"""Who is tracked is judged by the last three references ("MSP-Face", section 3.2)."""
LEAST_CLIPS = 12
"""With fewer clips there are no references."""


@dataclass(frozen=True)
class Rota:
    """Who rates which clip as which item of their work.

    Attributes:
        seats: of each clip, its raters and the how-manieth item of theirs it is, from 1 on, in this order.
        references: the clips that are references.
    """

    seats: tuple[tuple[tuple[int, int], ...], ...]
    references: frozenset[int]


@lru_cache(maxsize=1)
def rota_of(seed: int, clips: int, annotators: int, per_clip: tuple[int, int], crowd: Crowd) -> Rota:
    """The rota of a corpus; every recording of it asks for the same one.

    Each clip is rated by several raters, and each reference by all who come upon it: raters work in blocks of new clips
    with a reference at a random place among them.

    Args:
        seed: of the corpus.
        clips: how many.
        annotators: how many raters there are at most; a small corpus has fewer.
        per_clip: the least and the most raters of a clip that is no reference.
        crowd: how it works.
    """
    rng = np.random.default_rng([seed, 5])
    count = max(LEAST_REFERENCES, round(crowd.references * clips)) if clips >= LEAST_CLIPS else 0
    shuffled = rng.permutation(clips).tolist()
    references, new = shuffled[:count], shuffled[count:]
    least, most = per_clip
    # Few clips get more raters than they need.
    wanted = np.minimum(least + rng.geometric(0.6, size=len(new)) - 1, most)
    blocks = min(len(references), MOST_ITEMS // BLOCK)
    raters = int(np.clip(1.2 * wanted.sum() / (blocks * (BLOCK - 1)), most, annotators)) if blocks else most
    work = _share_out(
        [clip for turn in range(most) for clip in rng.permutation(np.array(new)[wanted > turn]).tolist()],
        raters,
        blocks,
        rng,
    )
    seats: list[list[tuple[int, int]]] = [[] for _ in range(clips)]
    for rater, whole_blocks, others in work:
        planned = plan_blocks([str(clip) for clip in whole_blocks], [str(clip) for clip in references], rng)
        items = [int(clip) for block in planned for clip in block] + others
        for place, clip in enumerate(items, start=1):
            seats[clip].append((rater, place))
    _seat_more(seats, references, least, raters)
    in_order = (tuple(sorted(of_clip, key=lambda seat: (seat[1], seat[0]))) for of_clip in seats)
    return Rota(tuple(in_order), frozenset(references))


def _share_out(
    ratings: list[int], raters: int, blocks: int, rng: np.random.Generator
) -> list[tuple[int, list[int], list[int]]]:
    """Who gets which clips: each rater, the clips of whole blocks, and those that were left over in the end."""
    work: list[list[int]] = [[] for _ in range(raters)]
    able = [rater for rater in range(raters) if blocks]
    while able:
        rater = able[int(rng.integers(len(able)))]
        block = _first_different(ratings, work[rater], BLOCK - 1)
        if len(block) == BLOCK - 1:
            for clip in block:
                ratings.remove(clip)
            work[rater] += block
        if len(block) < BLOCK - 1 or len(work[rater]) == blocks * (BLOCK - 1):
            able.remove(rater)
    left_over: list[list[int]] = [[] for _ in range(raters)]
    for clip in ratings:
        free = [rater for rater in range(raters) if clip not in work[rater] and clip not in left_over[rater]]
        if free:
            left_over[min(free, key=lambda rater: len(left_over[rater]))].append(clip)
    return [(rater, work[rater], left_over[rater]) for rater in range(raters)]


def _seat_more(seats: list[list[tuple[int, int]]], references: Sequence[int], least: int, raters: int) -> None:
    """Give references that few came upon, as happens in a small corpus, raters who rate them after all else."""
    items = [0] * raters
    for of_clip in seats:
        for rater, _ in of_clip:
            items[rater] += 1
    for reference in references:
        met = {rater for rater, _ in seats[reference]}
        others = sorted(set(range(raters)) - met, key=lambda rater: (items[rater], rater))
        for rater in others[: max(0, least - len(met))]:
            items[rater] += 1
            seats[reference].append((rater, items[rater]))


def _first_different(ratings: Sequence[int], seen: Sequence[int], count: int) -> list[int]:
    """The first so many clips of a queue that are different from each other and from those that were seen."""
    found: list[int] = []
    for clip in ratings:
        if len(found) == count:
            break
        if clip not in seen and clip not in found:
            found.append(clip)
    return found


@dataclass(frozen=True)
class Raters:
    """How those who are in a crowd see.

    Attributes:
        skill: probability of naming the label that is shown, shape (raters,)
        bias: how much higher each rates each attribute, shape (raters, attributes)
        careless_from: the item of their work from which on they answer without looking; infinity for most,
            shape (raters,)
    """

    skill: Array
    bias: Array
    careless_from: Array

    @classmethod
    def draw(cls, count: int, attributes: int, crowd: Crowd, rng: np.random.Generator) -> Raters:
        """So many new ones."""
        careless = rng.random(count) < crowd.careless
        return cls(
            rng.uniform(*crowd.skill, size=count),
            rng.normal(0.0, crowd.bias, size=(count, attributes)),
            np.where(careless, rng.integers(1, MOST_ITEMS // 2, size=count), np.inf),
        )


def rate(
    label: int,
    attributes: Array,
    seats: Sequence[tuple[int, int]],
    raters: Raters,
    story: ClipsStory,
    task: ClipRatings,
    rng: np.random.Generator,
) -> ClipAnnotations:
    """What the raters of a clip say of it.

    Who does not see the label that is shown names one whose attributes are near to the clip's.

    Args:
        label: that is shown.
        attributes: that are shown, shape (attributes,).
        seats: its raters, and the how-manieth item of theirs it is.
        raters: of the corpus.
        story: of the corpus.
        task: of the challenge.
        rng: chance.
    """
    likeness = _likeness(attributes, story)
    least, most = np.array([one.range for one in task.attributes]).T
    primary, secondary, ratings = [], [], []
    for rater, place in seats:
        looks = place < raters.careless_from[rater]
        sees = rng.random() < raters.skill[rater]
        near = rng.choice(len(likeness), p=likeness)
        chosen = (label if sees else int(near)) if looks else int(rng.integers(len(task.labels)))
        seen = attributes + raters.bias[rater] + rng.normal(0.0, story.crowd.spread, size=len(attributes))
        by_chance = rng.integers(np.rint(least).astype(int), np.rint(most).astype(int) + 1)
        primary.append(chosen)
        secondary.append(_secondary(task.labels[chosen], story, task, rng))
        ratings.append(np.clip(np.rint(seen), least, most) if looks else by_chance.astype(np.float64))
    return ClipAnnotations(
        tuple(f"w{rater + 1:03d}" for rater, _ in seats),
        np.array([place for _, place in seats], dtype=np.int64),
        np.array(primary, dtype=np.int8),
        tuple(secondary),
        np.array(ratings),
    )


def _likeness(attributes: Array, story: ClipsStory) -> Array:
    """How probable each label is, to somebody who goes by the attributes alone, shape (labels,)."""
    middles = np.array([kinship.attributes for kinship in story.kinships.values()])
    shares = np.array(list(story.label_shares.values()))
    likeness = shares * np.exp(-((middles - attributes) ** 2).sum(axis=1) / (2 * story.crowd.spread**2))
    return np.asarray(likeness / likeness.sum())


def _secondary(label: str, story: ClipsStory, task: ClipRatings, rng: np.random.Generator) -> tuple[str, ...]:
    """All else that a rater perceives, in the order in which the challenge lists it."""
    others = [name for name in task.secondary_labels if name != label]
    kin = story.kinships[label].secondary
    weights = np.array([1.0 + 4.0 * len(others) * (name in kin) / max(1, len(kin)) for name in others])
    count = min(rng.poisson(story.crowd.secondary), len(others))
    if not count:
        return ()
    chosen = rng.choice(len(others), size=count, replace=False, p=weights / weights.sum())
    return tuple(others[number] for number in sorted(chosen.tolist()))
