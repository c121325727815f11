"""The chain that continuous predictions go through: median filter, centring, scaling, shift in time.

Each step is kept only where it brings predictions of the validation nearer to its truth, and is then applied unchanged
to every other recording. Source: End-to-end multimodal emotion recognition, section V.

It does not keep predictions within the range of the attribute: that is done where they are handed in.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from typing import Any, ClassVar, Protocol

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import median_filter, shift

Series = NDArray[np.float64]
"""One attribute of one recording, shape (frames,)."""

MEDIAN_SECONDS = tuple(0.4 * step for step in range(1, 51))
"""The windows of the median filter that are tried: 0.4 to 20 s."""

LONGEST_SHIFT_SECONDS = 10.0
"""Shifts from one frame (0.04 s) to this are tried, frame by frame."""


class Step(Protocol):
    """One step of the chain, with its parameters."""

    def __call__(self, values: Series) -> Series:
        """The attribute after this step, shape (frames,)."""

    @classmethod
    def candidates(cls, predictions: Sequence[Series], truth: Sequence[Series], rate: float) -> Iterator[Step]:
        """The steps of this kind that are tried on these recordings, `rate` frames per second."""


@dataclass(frozen=True)
class MedianFilter:
    """Each frame becomes the median of the frames around it; beyond the ends is the value at the end."""

    frames: int

    def __call__(self, values: Series) -> Series:
        """Filter."""
        return np.asarray(median_filter(values, size=self.frames, mode="nearest"))

    @classmethod
    def candidates(cls, predictions: Sequence[Series], truth: Sequence[Series], rate: float) -> Iterator[MedianFilter]:
        """Windows of 0.4 to 20 s, each of an odd number of frames, so that it lies around its frame."""
        for frames in sorted({round(seconds * rate) // 2 * 2 + 1 for seconds in MEDIAN_SECONDS} - {1}):
            yield cls(frames)


@dataclass(frozen=True)
class Centring:
    """The mean is moved by the bias that predictions of the validation had."""

    offset: float

    def __call__(self, values: Series) -> Series:
        """Move."""
        return values + self.offset

    @classmethod
    def candidates(cls, predictions: Sequence[Series], truth: Sequence[Series], rate: float) -> Iterator[Centring]:
        """The bias between truth and prediction."""
        yield cls(float(np.concatenate(truth).mean() - np.concatenate(predictions).mean()))


@dataclass(frozen=True)
class Scaling:
    """The spread around the mean of the validation's predictions is multiplied.

    The paper multiplies the prediction itself; around its mean, scaling does not undo the centring before it.
    """

    factor: float
    centre: float

    def __call__(self, values: Series) -> Series:
        """Scale."""
        return self.centre + self.factor * (values - self.centre)

    @classmethod
    def candidates(cls, predictions: Sequence[Series], truth: Sequence[Series], rate: float) -> Iterator[Scaling]:
        """The ratio of the standard deviations of truth and prediction; none where the prediction is constant."""
        predicted = np.concatenate(predictions)
        if (deviation := float(predicted.std())) > 0:
            yield cls(float(np.concatenate(truth).std()) / deviation, float(predicted.mean()))


@dataclass(frozen=True)
class TimeShift:
    """Each value comes later, as the ratings of annotators do; before the first is the first value."""

    frames: int

    def __call__(self, values: Series) -> Series:
        """Shift."""
        return np.asarray(shift(values, self.frames, order=0, mode="nearest", prefilter=False))

    @classmethod
    def candidates(cls, predictions: Sequence[Series], truth: Sequence[Series], rate: float) -> Iterator[TimeShift]:
        """One frame to 10 s."""
        for frames in range(1, round(LONGEST_SHIFT_SECONDS * rate) + 1):
            yield cls(frames)


@dataclass(frozen=True)
class Chain:
    """The steps that are kept for one attribute, in order."""

    KINDS: ClassVar[tuple[type[Step], ...]] = (MedianFilter, Centring, Scaling, TimeShift)

    steps: tuple[Step, ...] = ()

    def __call__(self, values: Series) -> Series:
        """The attribute of a recording after all steps, shape (frames,)."""
        for step in self.steps:
            values = step(values)
        return values

    @classmethod
    def fit(cls, predictions: Sequence[Series], truth: Sequence[Series], rate: float) -> Chain:
        """Choose the steps on recordings of the validation.

        Of each kind, in the order of the chain, the step that gives the highest coefficient is kept where that is
        higher than without it.

        Args:
            predictions: of one attribute, by recording, shape (frames,) each.
            truth: likewise.
            rate: frames per second.

        Raises:
            ValueError: no recordings, or other frames than the truth's.
        """
        if not len(predictions) or [len(one) for one in predictions] != [len(one) for one in truth]:
            raise ValueError(
                f"expected predictions for each frame of the truth. Received: {[len(one) for one in predictions]} "
                f"frames for {[len(one) for one in truth]}"
            )
        current, gold = list(predictions), np.concatenate(truth)
        kept: list[Step] = []
        best = concordance_cc(gold, np.concatenate(current))
        for kind in cls.KINDS:
            chosen = None
            for candidate in kind.candidates(current, truth, rate):
                figure = concordance_cc(gold, np.concatenate([candidate(one) for one in current]))
                if figure > best:
                    best, chosen = figure, candidate
            if chosen is not None:
                kept.append(chosen)
                current = [chosen(one) for one in current]
        return cls(tuple(kept))

    def to_dict(self) -> dict[str, dict[str, float]]:
        """The chain as JSON knows it: the parameters of each step by its name."""
        return {type(step).__name__: asdict(step) for step in self.steps}  # type: ignore[call-overload]

    @classmethod
    def from_dict(cls, chain: Mapping[str, Mapping[str, Any]]) -> Chain:
        """The chain that `to_dict` wrote. Raises ValueError where it is something else."""
        kinds = {kind.__name__: kind for kind in cls.KINDS}
        for name, parameters in chain.items():
            expected = {field.name for field in fields(kinds[name])} if name in kinds else None  # type: ignore[arg-type]
            if expected is None or set(parameters) != expected:
                raise ValueError(f"expected steps of {', '.join(kinds)}. Received: {name} with {dict(parameters)}")
        return cls(tuple(kinds[name](**parameters) for name, parameters in chain.items()))

    def describe(self, rate: float) -> str:
        """What it does, in words.

        >>> Chain((MedianFilter(25), TimeShift(10))).describe(rate=25)
        'median filter of 1.00 s, 0.40 s later'
        """
        words = []
        for step in self.steps:
            match step:
                case MedianFilter(frames):
                    words.append(f"median filter of {frames / rate:.2f} s")
                case Centring(offset):
                    words.append(f"centred by {offset:+.3f}")
                case Scaling(factor, centre):
                    words.append(f"scaled by {factor:.3f} around {centre:.3f}")
                case TimeShift(frames):
                    words.append(f"{frames / rate:.2f} s later")
        return ", ".join(words) or "unchanged"


def concordance_cc(truth: Series, prediction: Series) -> float:
    """Lin's coefficient with population variances, -1 to 1; 0 where both are one and the same constant.

    >>> concordance_cc(np.array([0.0, 1.0, 2.0]), np.array([0.0, 1.0, 2.0]))
    1.0
    """
    spread = truth.var() + prediction.var() + (truth.mean() - prediction.mean()) ** 2
    covariance = np.mean((truth - truth.mean()) * (prediction - prediction.mean()))
    return float(2 * covariance / spread) if spread > 0 else 0.0
