"""What a corpus holds, in figures, beside what its challenge asks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from data_spec.challenge import Challenge
from data_spec.corpus import Recording
from data_spec.inspection import Measured
from data_spec.splits import compare_splits
from data_spec.task import FramewiseOneHot, SegmentIntensities


def summarise(challenge: Challenge, measured: Sequence[Measured], recordings: Sequence[Recording]) -> Iterator[str]:
    """The lines of the summary.

    Args:
        challenge: what is asked.
        measured: the recordings that have no fault.
        recordings: the organiser's list; empty where the corpus has none.
    """
    yield from _splits(challenge, measured, recordings)
    yield from _labels(challenge, measured)
    yield from _missing(challenge, [one for one in measured if one.missing])


def missing_in_all(measured: Sequence[Measured]) -> float:
    """Share of the data that is absent or zeros: of time, each modality weighing the same."""
    return float(np.mean([*missing_by_modality(measured).values()]))


def missing_by_modality(measured: Sequence[Measured]) -> dict[str, float]:
    """Share of the time for which a modality is absent or zeros, by modality."""
    seconds = np.array([one.seconds for one in measured])
    # Clips of which nothing but one row is kept have no length.
    weights = seconds if seconds.any() else None
    return {
        name: float(np.average([one.missing[name] for one in measured], weights=weights))
        for name in measured[0].missing
    }


def _splits(challenge: Challenge, measured: Sequence[Measured], recordings: Sequence[Recording]) -> Iterator[str]:
    counts = challenge.splits.counts or {}
    for split in challenge.splits.folders:
        its = [one for one in measured if one.split == split.name]
        asked = f" (asked {counts[split.name]} of {sum(counts.values())})" if counts else ""
        hours = sum(one.seconds for one in its) / 3600
        if its:
            yield f"{split.name}: {len(its)} recordings{asked}, {hours:.2f} h"
    for comparison in compare_splits(recordings, challenge.splits) if recordings else ():
        if comparison.sessions is not None:
            which = "session" if len(comparison.sessions) == 1 else "sessions"
            numbers = ", ".join(map(str, comparison.sessions))
            yield (
                f"{which} {numbers}, by {comparison.unit}: asked {_ratio(comparison.asked)}, "
                f"came out {_ratio(comparison.came_out)}"
            )


def _labels(challenge: Challenge, measured: Sequence[Measured]) -> Iterator[str]:
    unit = challenge.task.row
    for split in challenge.splits.folders:
        its = [one for one in measured if one.split == split.name and not one.unlabelled]
        if not its:
            continue
        rows = sum(one.frames for one in its)
        if names := challenge.task.labels:
            frames = np.sum([one.label_frames for one in its], axis=0)
            shares = frames / max(1, frames.sum())
            text = ", ".join(f"{name} {share:.3f}" for name, share in zip(names, shares, strict=True))
            yield f"labels in {split.name}, by {unit}: {text}"
            yield f"{_agreed(challenge, its, rows)}without a label (ties): {1 - frames.sum() / rows:.1%}"
        if attributes := challenge.task.attributes:
            values = np.concatenate([one.values for one in its])
            columns = zip(attributes, values.mean(axis=0), values.std(axis=0), strict=True)
            text = ", ".join(f"{one.name} {mean:.2f} ± {deviation:.2f}" for one, mean, deviation in columns)
            yield f"attributes in {split.name}, mean ± standard deviation over {rows:,} {unit}s: {text}"
            if isinstance(challenge.task, SegmentIntensities):
                none = float((values == 0).all(axis=1).mean())
                several = float(((values > 0).sum(axis=1) > 1).mean())
                yield f"segments in {split.name} that show nothing: {none:.1%}; more than one emotion: {several:.1%}"
    if isinstance(challenge.task, FramewiseOneHot) and challenge.synthetic is not None:
        text = ", ".join(f"{name} {share:.3f}" for name, share in challenge.synthetic.label_shares.items())
        yield f"labels asked: {text}"


def _agreed(challenge: Challenge, measured: Sequence[Measured], rows: int) -> str:
    if not isinstance(challenge.task, FramewiseOneHot):
        return ""
    agreed = sum(one.agreed_frames for one in measured) / rows
    split, threshold = measured[0].split, challenge.task.agreement_threshold
    return f"frames in {split} with agreement over {threshold:g}: {agreed:.1%}; "


def _missing(challenge: Challenge, measured: Sequence[Measured]) -> Iterator[str]:
    if not measured:
        return
    if not measured[0].missing:
        return
    asked = challenge.missing
    for name, share in missing_by_modality(measured).items():
        absent = sum(name in one.absent_files for one in measured) / len(measured)
        files = f" (asked {asked.absent_files[name]:.1%})" if asked else ""
        yield f"missing in {name}: {share:.1%} of the time; files absent: {absent:.1%}{files}"
    in_all = f" (asked {asked.share_in_all:.0%})" if asked else ""
    yield f"missing in all, modalities weighing the same: {missing_in_all(measured):.1%}{in_all}"


def _ratio(parts: Mapping[str, float]) -> str:
    return " / ".join(f"{name} {part:g}" for name, part in parts.items())
