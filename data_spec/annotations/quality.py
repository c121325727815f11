"""Quality: how well one answer fits what is known of an item, 0 as by guessing and 1 as the others.

"MSP-Face" (section 3.2) says that workers are judged "with primary emotions and attribute-based descriptors", and not
by which formula. The one here is this kit's own. Of an item are known the votes for each label and the mean of each
attribute. An answer's quality is the mean of two parts, or the one that the challenge has:

- label: (p_chosen − 1/K) / (p_most − 1/K), where p are the shares of the votes and K the number of labels. Whoever
  chooses what most did gets 1; choosing any label with the same chance gives 0 on average. The part is left out where
  all labels have as many votes: then no choice is better than another.
- attributes: the mean over them of 1 − |x − m| / e, where x is the answer, m the known mean, and
  e = ((m − least)² + (most − m)²) / (2 (most − least)) the mean |x − m| of answers anywhere in the range with the same
  chance, which therefore get 0 on average.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from data_spec.annotations.clips import ClipAnnotations
from data_spec.stream import NO_LABEL
from data_spec.task import ClipRatings

Numbers = NDArray[np.float64]


@dataclass(frozen=True)
class Known:
    """What is known of some items, from people who have rated them.

    Attributes:
        votes: for each label, shape (items, labels)
        means: of each attribute, shape (items, attributes); NaN where nobody has rated the item.
    """

    votes: NDArray[np.int64]
    means: Numbers


def known_from(annotations: ClipAnnotations, task: ClipRatings) -> Known:
    """What all raters of a clip say of it: one item. By it a new rater is judged who is not among them."""
    return Known(annotations.votes(task)[None, :], annotations.attributes.mean(axis=0, keepdims=True))


def known_from_others(annotations: ClipAnnotations, task: ClipRatings) -> Known:
    """What the others say of a clip, for each of its raters: as many items as there are raters."""
    own = annotations.primary[:, None] == np.arange(len(task.labels))
    others = len(annotations.raters) - 1
    total = annotations.attributes.sum(axis=0)
    means = (total - annotations.attributes) / others if others else np.full_like(annotations.attributes, np.nan)
    return Known(annotations.votes(task) - own, means)


def qualities(primary: NDArray[np.int8], attributes: Numbers, known: Known, task: ClipRatings) -> Numbers:
    """How well answers fit what is known of their items (see the module), shape (items,).

    Args:
        primary: index of the label of each answer, `NO_LABEL` where the challenge asks for none, shape (items,)
        attributes: of each answer, shape (items, attributes)
        known: of these items.
        task: of the challenge.

    Returns:
        Up to 1; NaN where nothing is known.
    """
    parts = np.column_stack([_label_part(primary, known.votes), _attribute_part(attributes, known.means, task)])
    there = ~np.isnan(parts)
    total = np.where(there, parts, 0.0).sum(axis=1)
    return np.where(there.any(axis=1), total / np.maximum(there.sum(axis=1), 1), np.nan)


def _label_part(primary: NDArray[np.int8], votes: NDArray[np.int64]) -> Numbers:
    items, labels = votes.shape
    part = np.full(items, np.nan)
    if labels == 0:
        return part
    # Compared as counts, since shares are rounded: one label stands out where it has more than its even share.
    stands_out = (votes.max(axis=1) * labels > votes.sum(axis=1)) & (primary != NO_LABEL)
    shares = votes[stands_out] / votes[stands_out].sum(axis=1, keepdims=True)
    chosen = shares[np.arange(len(shares)), primary[stands_out]]
    part[stands_out] = (chosen - 1 / labels) / (shares.max(axis=1) - 1 / labels)
    return part


def _attribute_part(attributes: Numbers, means: Numbers, task: ClipRatings) -> Numbers:
    if not task.attributes:
        return np.full(len(attributes), np.nan)
    least, most = np.array([one.range for one in task.attributes]).T
    by_chance = ((means - least) ** 2 + (most - means) ** 2) / (2 * (most - least))
    return np.asarray((1 - np.abs(attributes - means) / by_chance).mean(axis=1))


def qualities_among(clips: Mapping[str, ClipAnnotations], task: ClipRatings) -> dict[str, Numbers]:
    """The quality of every annotation, known what the clip's other raters say; by clip, shape (raters,)."""
    return {
        name: qualities(clip.primary, clip.attributes, known_from_others(clip, task), task)
        for name, clip in clips.items()
    }
