"""Raters: how far each of them agrees with the others, and who consistently does not.

"MSP-Face" (section 3.2): "we frequently measure the inter-evaluator agreement of each worker, creating a list with the
ones that provide consistently low agreement across HITs". It gives no formula. Here a rater's agreement is

- with clips: the mean quality of the answers, known what the others said of each clip (see `quality`),
- with traces: the concordance of the rater's trace with the mean of the others', over all recordings that the rater
  followed, averaged over the attributes,

so that in both 0 is chance, and 1 is to say what the others say. It is low consistently where it is below a threshold
over the first half of the rater's items and over the second: a rater who was bad once, or tired, is not listed.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from data_spec.agreement import concordance_cc, consensus
from data_spec.annotations.clips import ClipAnnotations
from data_spec.annotations.quality import Known, known_from_others, qualities
from data_spec.annotations.traces import Traces
from data_spec.stream import NO_LABEL
from data_spec.task import ClipRatings, ContinuousAttributes


@dataclass(frozen=True)
class RaterAgreement:
    """How far one rater agrees with the others. What is undefined is NaN.

    Attributes:
        rater: the name.
        items: how many recordings were rated by this rater and another one.
        agreement: 0 is chance, 1 is to say what the others say (see the module).
        halves: the agreement over the first half of the items and over the second.
        label_share: share of the items whose label is the one that most of the others chose, 0 to 1; items on which
            the others tie are left out.
        concordance: with the mean of the others, by attribute, −1 to 1 (see `concordance_cc`).
    """

    rater: str
    items: int
    agreement: float
    halves: tuple[float, float]
    label_share: float
    concordance: Mapping[str, float]

    def is_low(self, threshold: float) -> bool:
        """Whether both halves are below a threshold."""
        return all(half < threshold for half in self.halves)


def clip_raters(clips: Mapping[str, ClipAnnotations], task: ClipRatings) -> list[RaterAgreement]:
    """How far each rater of clips agrees with the others: who agrees least comes first."""
    shared = {name: clip for name, clip in clips.items() if len(clip.raters) > 1}
    if not shared:
        return []
    names = np.array([rater for clip in shared.values() for rater in clip.raters])
    order = np.concatenate([clip.order for clip in shared.values()])
    primary = np.concatenate([clip.primary for clip in shared.values()])
    attributes = np.concatenate([clip.attributes for clip in shared.values()])
    of_each = [known_from_others(clip, task) for clip in shared.values()]
    known = Known(np.concatenate([one.votes for one in of_each]), np.concatenate([one.means for one in of_each]))
    quality = qualities(primary, attributes, known, task)
    most = consensus(known.votes).index if task.labels else primary
    found = []
    for rater in np.unique(names):
        own = np.flatnonzero(names == rater)
        own = own[np.argsort(order[own], kind="stable")]
        decided = own[most[own] != NO_LABEL]
        found.append(
            RaterAgreement(
                rater=str(rater),
                items=len(own),
                agreement=_mean(quality[own]),
                halves=(_mean(quality[own[: len(own) // 2]]), _mean(quality[own[len(own) // 2 :]])),
                label_share=_mean((primary[decided] == most[decided]).astype(np.float64)),
                concordance=_concordance(attributes[own], known.means[own], [one.name for one in task.attributes]),
            )
        )
    return sorted(found, key=_least_agreement_first)


def trace_raters(recordings: Mapping[str, Traces], task: ContinuousAttributes) -> list[RaterAgreement]:
    """How far each rater of traces agrees with the others: who agrees least comes first.

    A rater's items are the recordings in the order of their names.
    """
    pairs: dict[str, list[tuple[NDArray[np.float64], NDArray[np.float64]]]] = defaultdict(list)
    for _, traces in sorted(recordings.items()):
        if len(traces.raters) > 1:
            total = traces.values.sum(axis=2)
            for place, rater in enumerate(traces.raters):
                own = traces.values[:, :, place]
                pairs[rater].append((own, (total - own) / (len(traces.raters) - 1)))
    names = [attribute.name for attribute in task.attributes]
    found = []
    for rater, items in pairs.items():
        half = len(items) // 2
        concordance, *halves = (
            _concordance(*_joined(part, len(names)), names) for part in (items, items[:half], items[half:])
        )
        first, second = (_mean(list(one.values())) for one in halves)
        agreement = _mean(list(concordance.values()))
        found.append(RaterAgreement(rater, len(items), agreement, (first, second), float("nan"), concordance))
    return sorted(found, key=_least_agreement_first)


def low_raters(raters: Iterable[RaterAgreement], threshold: float, least_items: int) -> list[RaterAgreement]:
    """The raters whose agreement is consistently below a threshold.

    Args:
        raters: all.
        threshold: 0 is chance.
        least_items: raters of fewer are not judged: their figures are mostly chance.
    """
    return [one for one in raters if one.items >= least_items and one.is_low(threshold)]


def _joined(
    pairs: Sequence[tuple[NDArray[np.float64], NDArray[np.float64]]], attributes: int
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    if not pairs:
        return np.empty((0, attributes)), np.empty((0, attributes))
    return np.concatenate([own for own, _ in pairs]), np.concatenate([others for _, others in pairs])


def _concordance(own: NDArray[np.float64], others: NDArray[np.float64], names: Sequence[str]) -> dict[str, float]:
    return {name: concordance_cc(own[:, place], others[:, place]) for place, name in enumerate(names)}


def _mean(values: NDArray[np.float64] | Sequence[float]) -> float:
    there = [value for value in values if not np.isnan(value)]
    return float(np.mean(there)) if there else float("nan")


def _least_agreement_first(one: RaterAgreement) -> tuple[bool, float, str]:
    return bool(np.isnan(one.agreement)), one.agreement, one.rater
