"""What a corpus holds, in figures, beside what its challenge asks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from data_spec.challenge import Challenge
from data_spec.corpus import Recording
from data_spec.inspection import Measured
from data_spec.splits import compare_splits


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
    return {
        name: float(np.average([one.missing[name] for one in measured], weights=seconds))
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
    names = challenge.task.labels
    for split in challenge.splits.folders:
        its = [one for one in measured if one.split == split.name and not one.unlabelled]
        if its:
            frames = np.sum([one.label_frames for one in its], axis=0)
            shares = frames / max(1, frames.sum())
            all_frames = sum(one.frames for one in its)
            agreed = sum(one.agreed_frames for one in its) / all_frames
            text = ", ".join(f"{name} {share:.3f}" for name, share in zip(names, shares, strict=True))
            yield f"labels in {split.name}, by frame: {text}"
            yield (
                f"frames in {split.name} with agreement over {challenge.task.agreement_threshold:g}: {agreed:.1%}; "
                f"without a label (ties): {1 - frames.sum() / all_frames:.1%}"
            )
    if challenge.synthetic is not None:
        text = ", ".join(f"{name} {share:.3f}" for name, share in challenge.synthetic.label_shares.items())
        yield f"labels asked: {text}"


def _missing(challenge: Challenge, measured: Sequence[Measured]) -> Iterator[str]:
    if not measured:
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
