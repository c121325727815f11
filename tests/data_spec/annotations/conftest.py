from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from data_spec.annotations.clips import ClipAnnotations, write_clip_annotations
from data_spec.annotations.references import plan_blocks, write_references
from data_spec.annotations.traces import Traces, write_traces
from data_spec.challenge import load_challenge
from data_spec.corpus import Corpus
from data_spec.task import Attribute, ClipRatings, ContinuousAttributes


@pytest.fixture(scope="session")
def rating() -> ClipRatings:
    """A task of clips that has no number and no name in common with that of any challenge of the kit."""
    return ClipRatings(
        kind="clip_ratings",
        labels=("calm", "alarm", "song"),
        secondary_labels=("alarm", "hunger", "play"),
        agreement_column="Certainty",
        attributes=(Attribute(name="loudness", least=0.0, most=10.0), Attribute(name="pitch", least=-2.0, most=2.0)),
        metric="concordance_cc",
    )


@pytest.fixture(scope="session")
def following() -> ContinuousAttributes:
    """A task of traces whose attributes' names begin alike."""
    return ContinuousAttributes(
        kind="continuous_attributes",
        attributes=(Attribute(name="pitch", least=-1.0, most=1.0), Attribute(name="pitch_range", least=0.0, most=1.0)),
        rate=10,
        metric="concordance_cc",
    )


Crowd = Callable[..., dict[str, ClipAnnotations]]


@pytest.fixture(scope="session")
def crowd() -> Crowd:
    """Makes what a crowd says of clips: raters named `good…` see well, those named `guess…` do not look at all.

    Every rater gets blocks of three clips with one of the references among them.
    """

    def rate(
        task: ClipRatings, good: int, guessing: int, clips: int, references: int, seed: int = 0
    ) -> dict[str, ClipAnnotations]:
        rng = np.random.default_rng(seed)
        least, most = np.array([one.range for one in task.attributes]).T
        known = [f"known{number:03d}" for number in range(references)]
        items = [f"clip{number:03d}" for number in range(clips)]
        truth = {name: (int(rng.integers(len(task.labels))), rng.uniform(least, most)) for name in [*items, *known]}
        said: dict[str, list[tuple[str, int, int, np.ndarray]]] = {name: [] for name in truth}
        for rater in [*(f"good{number}" for number in range(good)), *(f"guess{number}" for number in range(guessing))]:
            order = 0
            for block in plan_blocks([items[place] for place in rng.permutation(clips)], known, rng):
                for name in block:
                    order += 1
                    label, attributes = truth[name]
                    if rater.startswith("guess") or rng.random() < 0.25:
                        label = int(rng.integers(len(task.labels)))
                    seen = attributes + rng.normal(0, 0.1, len(least)) * (most - least)
                    if rater.startswith("guess"):
                        seen = rng.uniform(least, most)
                    said[name].append((rater, order, label, np.clip(seen, least, most)))
        return {
            name: ClipAnnotations(
                tuple(one[0] for one in rows),
                np.array([one[1] for one in rows]),
                np.array([one[2] for one in rows], dtype=np.int8),
                tuple(() for _ in rows),
                np.array([one[3] for one in rows]),
            )
            for name, rows in said.items()
            if rows
        }

    return rate


@pytest.fixture
def clip_corpus(tmp_path: Path, crowd: Crowd) -> Corpus:
    """A corpus of the challenge of clips that holds annotations and references, and no labels yet."""
    corpus = Corpus.create(tmp_path / "clips", load_challenge("mspface"))
    task = corpus.challenge.task
    assert isinstance(task, ClipRatings)
    clips = crowd(task, good=8, guessing=2, clips=60, references=20)
    for name, clip in clips.items():
        write_clip_annotations(corpus.root / "train" / "annotations" / f"{name}.csv", clip, task)
    write_references(corpus.root, [name for name in clips if name.startswith("known")])
    return corpus


@pytest.fixture
def trace_corpus(tmp_path: Path) -> Corpus:
    """A corpus of the challenge of traces: two recordings, three raters who agree and one who does not look."""
    corpus = Corpus.create(tmp_path / "traces", load_challenge("recola"))
    task = corpus.challenge.task
    assert isinstance(task, ContinuousAttributes)
    rng = np.random.default_rng(0)
    times = np.arange(100) / task.rate
    for name in ("one", "two"):
        shown = np.sin(times * rng.uniform(1, 3))[:, None] * 0.5
        values = np.stack([shown * [1, -1] + rng.normal(0, 0.05, (100, 2)) for _ in range(3)], axis=2)
        values = np.concatenate([values, rng.uniform(-1, 1, (100, 2, 1))], axis=2)
        traces = Traces(times, ("a", "b", "c", "noise"), values)
        write_traces(corpus.root / "train" / "annotations" / f"{name}.csv", traces, task)
    return corpus
