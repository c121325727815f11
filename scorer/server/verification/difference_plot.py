"""How much of each recording a run predicts differently, as bars: the one that differs most first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from scorer.verification.verdict import RecordingDifference

HEIGHT = 60


@dataclass(frozen=True)
class Bar:
    """One recording: a bar of width 1, `x` from the left, that stands on the plot's height."""

    recording: RecordingDifference
    share: float
    """Of its rows, 0 to 1."""
    x: int
    y: float
    height: float


@dataclass(frozen=True)
class DifferencePlot:
    """A bar for each recording."""

    bars: Sequence[Bar]
    height: int = HEIGHT

    @property
    def differing(self) -> list[Bar]:
        """Those with a row that differs."""
        return [bar for bar in self.bars if bar.share]


def difference_plot(recordings: Sequence[RecordingDifference]) -> DifferencePlot | None:
    """The highest bar is as high as the plot; None where no row of any recording differs.

    >>> found = [RecordingDifference("a", 100, 0), RecordingDifference("b", 100, 20), RecordingDifference("c", 100, 5)]
    >>> [(bar.recording.recording, bar.share, bar.y, bar.height) for bar in difference_plot(found).bars]
    [('b', 0.2, 0.0, 60.0), ('c', 0.05, 45.0, 15.0), ('a', 0.0, 60.0, 0.0)]
    >>> difference_plot(found[:1]) is None
    True
    """
    shares = sorted(((_share(one), one) for one in recordings), key=lambda pair: (-pair[0], pair[1].recording))
    most = shares[0][0] if shares else 0.0
    if not most:
        return None
    heights = [round(HEIGHT * share / most, 2) for share, _ in shares]
    return DifferencePlot(
        tuple(
            Bar(one, share, x, HEIGHT - height, height)
            for x, ((share, one), height) in enumerate(zip(shares, heights, strict=True))
        )
    )


def _share(recording: RecordingDifference) -> float:
    return recording.differ / recording.frames if recording.frames else 0.0
