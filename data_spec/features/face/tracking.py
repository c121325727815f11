"""Faces of one picture after another → tracks: the same face at nearly the same place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from data_spec.features.face.crops import overlap
from data_spec.features.face.faces import Face
from data_spec.features.resampling import LONGEST_BRIDGE

LEAST_OVERLAP: Final = 0.3
"""Boxes of one face in two pictures overlap at least this much (Bewley et al. 2016, "Simple Online and Realtime
Tracking", section 4: IOU_min)."""

LONGEST_UNSEEN: Final = LONGEST_BRIDGE
"""Seconds after which a track that is not seen has ended, if there were pictures meanwhile. Over a longer time the
stream has a gap anyway, and somebody else may stand at that place; tracks of one person are joined by what the face
looks like (`linking`)."""


@dataclass
class _Seen:
    """Where a track was seen last."""

    box: tuple[float, float, float, float]
    seconds: float


class Tracker:
    """Numbers the faces of one film, whose pictures are given in order: 0, 1, 2, … in order of appearance.

    Who overlaps most is matched first, until no two overlap by `LEAST_OVERLAP` (greedy, as Bochinski et al. 2017,
    "High-Speed Tracking-by-Detection Without Using Image Information"). Where a film is cut from one person to another
    at the same place, the track goes on.
    """

    def __init__(self) -> None:
        self._tracks: dict[int, _Seen] = {}
        self._next = 0
        self._before = 0.0

    def assign(self, seconds: float, faces: Sequence[Face]) -> list[int]:
        """The numbers of the faces of the next picture, in their order; no number twice.

        Args:
            seconds: the time of the picture, later than the one before.
            faces: those in the picture.
        """
        # A hair more: times are sums of rounded frames.
        running = {
            number: seen
            for number, seen in self._tracks.items()
            if seconds - seen.seconds <= LONGEST_UNSEEN + 1e-9 or seen.seconds == self._before
        }
        self._before = seconds
        pairs = sorted(
            (-shared, number, place)
            for number, seen in running.items()
            for place, face in enumerate(faces)
            if (shared := overlap(seen.box, face.box)) >= LEAST_OVERLAP
        )
        numbers: dict[int, int] = {}
        for _, number, place in pairs:
            if place not in numbers and number not in numbers.values():
                numbers[place] = number
        for place in range(len(faces)):
            if place not in numbers:
                numbers[place] = self._next
                self._next += 1
        running.update({numbers[place]: _Seen(face.box, seconds) for place, face in enumerate(faces)})
        self._tracks = running
        return [numbers[place] for place in range(len(faces))]
