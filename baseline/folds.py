"""The folds of a cross-validation in which nobody who is tested was seen in training.

Clips of one actor are alike: a system that has heard the actor is tested on an easier question. So whole actors are
left out, and those whose recordings decide when a training stops are others again.
"""

from __future__ import annotations

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

import numpy as np

from data_spec.corpus import Recording

WATCHED = 5
"""One of so many of the actors who are not tested is watched during training."""


@dataclass(frozen=True)
class Fold:
    """One training of a cross-validation; the names of its recordings. No actor is in two parts of it.

    Attributes:
        train: is fitted on.
        validation: decides when training stops and what is chosen.
        test: is predicted.
        actors: who is tested.
    """

    train: tuple[str, ...]
    validation: tuple[str, ...]
    test: tuple[str, ...]
    actors: tuple[str, ...]

    @property
    def counts(self) -> dict[str, int]:
        """How many recordings there are, by part."""
        return {"train": len(self.train), "validation": len(self.validation), "test": len(self.test)}


def actor_folds(recordings: Sequence[Recording], number: int, seed: int, hold_out: bool = True) -> tuple[Fold, ...]:
    """Divide recordings into folds: each actor is tested in one of them.

    The actors are put in a row, session by session, in random order within a session, and dealt to the folds in turn:
    the folds have as many actors, and as many of each session, to within one. In RAVDESS, where sessions tell the sex,
    each fold has men and women. Of the others, a fifth is dealt to the validation in the same way.

    Args:
        recordings: any; the splits they are in do not matter.
        number: how many folds; as many as there are actors leaves one out at a time.
        seed: the same seed gives the same folds.
        hold_out: whether there is to be a validation.

    Raises:
        ValueError: fewer than two folds, more of them than actors, or too few actors to train on.

    >>> takes = [Recording(f"take-{actor}", 1, f"actor-{actor}", "train") for actor in "abcd"]
    >>> actor_folds(takes, 4, seed=0)[0]
    Fold(train=('take-b', 'take-d'), validation=('take-a',), test=('take-c',), actors=('actor-c',))
    """
    row = _row_of_actors(recordings, np.random.default_rng(seed))
    if not 2 <= number <= len(row):
        raise ValueError(f"folds: expected 2 to {len(row)}, the number of actors. Received: {number}")
    if len(row) - len(row[::number]) < 1 + hold_out:
        parts = "to train on and to watch" if hold_out else "to train on"
        raise ValueError(f"actors: expected enough {parts} in each of {number} folds. Received: {len(row)}")
    return tuple(_fold(recordings, row, first, number, hold_out) for first in range(number))


def _row_of_actors(recordings: Sequence[Recording], rng: np.random.Generator) -> list[str]:
    """The actors by session, the first one where they have several, shuffled within it."""
    session_of: dict[str, int] = {}
    for one in recordings:
        session_of[one.actor] = min(one.session, session_of.get(one.actor, one.session))
    shuffled = rng.permutation(sorted(session_of)).tolist()
    return sorted(shuffled, key=session_of.__getitem__)


def _fold(recordings: Sequence[Recording], row: Sequence[str], first: int, number: int, hold_out: bool) -> Fold:
    tested = row[first::number]
    others = [actor for actor in row if actor not in tested]
    # From another place in the row each time, so that not always the same ones are watched.
    begin = first % len(others)
    watched = [*others[begin:], *others[:begin]][::WATCHED] if hold_out else []
    fitted = set(others) - set(watched)

    def of(actors: AbstractSet[str]) -> tuple[str, ...]:
        return tuple(sorted(one.name for one in recordings if one.actor in actors))

    return Fold(of(fitted), of(set(watched)), of(set(tested)), tuple(sorted(tested)))
