"""Tracking: raters are judged while they rate, by items whose answers are known, and stopped where they get bad.

Every block of four items has one that is known, a reference, which the rater cannot tell from the others. A rater
answers three blocks; then, and after each further block, the last three references decide: where the mean quality of
the answers to them (see `quality`) is below a threshold, the rater is stopped. What was rated up to there stays; what
is rated later does not count.

Source: "MSP-Face", section 3.2, after Burmania et al. and Lotfian and Busso. The paper tells neither its measure of
quality nor its threshold; see `THRESHOLD` for the one here.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from data_spec.annotations.clips import ClipAnnotations
from data_spec.annotations.quality import qualities_among
from data_spec.annotations.references import BLOCK
from data_spec.stream import Flags
from data_spec.task import ClipRatings

WINDOW = 3
"""References that decide: the last three."""

THRESHOLD = -0.2
"""A mean quality that stops a rater who is below it; guessing gives 0 on average, so a guess is not always below.

Measured with a simulated crowd that agrees as little as that of MSP-Face (kappa .06, alphas .17 to .19), a fifth of
which guesses: within 25 references it stops 92 % of those who guess, half of these within 8, and 7 % of the others; 0
would stop all who guess and 81 % of the others (`test_the_threshold_parts_who_guesses_from_who_does_not`).
"""


@dataclass(frozen=True)
class Stop:
    """Where a rater was stopped.

    Attributes:
        order: the last item that counts: the rater's how-manieth.
        quality: the mean of the last references, which was below the threshold.
    """

    order: int
    quality: float


class RaterTracking:
    """One rater, item by item.

    Attributes:
        stop: where the rater was stopped; None while going on.
        references: how many references the rater has answered.
        not_counted: how many items were rated after the stop.

    >>> rater = RaterTracking(threshold=0.0)
    >>> answers = [None, 0.9, None, None, None, None, None, -0.5, -0.8, None, None, None]
    >>> [rater.add(order, quality) for order, quality in enumerate(answers, start=1)].count(True)
    12
    >>> rater.stop
    Stop(order=12, quality=-0.13333333333333333)
    >>> rater.add(13)
    False
    """

    def __init__(self, threshold: float = THRESHOLD, window: int = WINDOW, block: int = BLOCK) -> None:
        """A rater who has rated nothing.

        Args:
            threshold: a mean quality below it stops the rater.
            window: how many references decide, one or more.
            block: items of a block, one or more.
        """
        if window < 1 or block < 1:
            raise ValueError(f"window, block: expected one or more. Received: {window}, {block}")
        self.stop: Stop | None = None
        self.references = 0
        self.not_counted = 0
        self._threshold = threshold
        self._last: deque[float] = deque(maxlen=window)
        self._block = block
        self._order = 0

    def add(self, order: int, quality: float | None = None) -> bool:
        """Say that the rater has rated an item, and hear whether it counts.

        Args:
            order: the how-manieth item of the rater it is; more than that of the item before. Numbers may be left out.
            quality: of the answer where the item is a reference, 0 as by guessing and 1 as the others; else None.

        Raises:
            ValueError: the order is not more than before, or the quality is no number.
        """
        if order <= self._order:
            raise ValueError(f"order: expected more than {self._order}. Received: {order}")
        if quality is not None and not np.isfinite(quality):
            raise ValueError(f"quality: expected a finite number or None. Received: {quality}")
        # The last item of a block may be missing: then the first of a later one says that the block is over.
        if (order - 1) // self._block > max(self._order - 1, 0) // self._block:
            self._end_block()
        self._order = order
        if self.stop is not None:
            self.not_counted += 1
            return False
        if quality is not None:
            self.references += 1
            self._last.append(quality)
        if order % self._block == 0:
            self._end_block()
        return True

    def _end_block(self) -> None:
        if self.stop is None and len(self._last) == self._last.maxlen:
            quality = float(np.mean(self._last))
            if quality < self._threshold:
                self.stop = Stop(self._order, quality)


@dataclass(frozen=True)
class Tracked:
    """What became of the raters of a corpus.

    Attributes:
        raters: the tracking of each, by name.
        counted: which annotations count, by recording, shape (raters of the recording,)
    """

    raters: Mapping[str, RaterTracking]
    counted: Mapping[str, Flags]

    @property
    def stopped(self) -> dict[str, Stop]:
        """Where those raters were stopped who were, by name."""
        return {name: one.stop for name, one in sorted(self.raters.items()) if one.stop is not None}


def track(
    clips: Mapping[str, ClipAnnotations],
    references: Collection[str],
    task: ClipRatings,
    threshold: float = THRESHOLD,
) -> Tracked:
    """What would have become of the raters who made these annotations, had they been tracked.

    Args:
        clips: what was said of each clip.
        references: clips that are known. An answer to one is judged by what the others said of it.
        task: whose labels and attributes they are of.
        threshold: a mean quality of the last references below it stops a rater.

    Raises:
        ValueError: two items of a rater have the same order; names the rater and the recordings.
    """
    answers = qualities_among({name: clips[name] for name in references if name in clips}, task)
    items = sorted(
        (rater, int(clip.order[place]), name, place)
        for name, clip in clips.items()
        for place, rater in enumerate(clip.raters)
    )
    for (rater, order, name, _), (next_rater, next_order, next_name, _) in pairwise(items):
        if (rater, order) == (next_rater, next_order):
            raise ValueError(f"{name}, {next_name}: expected every item of {rater} at another order, both are {order}")
    raters: dict[str, RaterTracking] = {}
    counted = {name: np.ones(len(clip.raters), dtype=np.bool_) for name, clip in clips.items()}
    for rater, order, name, place in items:
        quality = float(answers[name][place]) if name in answers else np.nan
        tracking = raters.setdefault(rater, RaterTracking(threshold))
        counted[name][place] = tracking.add(order, None if np.isnan(quality) else quality)
    return Tracked(raters, counted)


def counted_clips(clips: Mapping[str, ClipAnnotations], tracked: Tracked) -> dict[str, ClipAnnotations]:
    """The annotations that count; clips of which none does are left out."""
    left = {name: clip.of(np.flatnonzero(tracked.counted[name])) for name, clip in clips.items()}
    return {name: clip for name, clip in left.items() if clip.raters}
