"""What happens in a dialogue: who speaks, what is felt, and what of it each modality shows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from data_spec.synthetic.stories.framewise import FramewiseStory

Indices = NDArray[np.int64]


@dataclass(frozen=True)
class Scenario:
    """One actor in one take; all arrays have one entry for each label frame, shape (frames,).

    Attributes:
        state: the number of the emotional state, counted from 0
        felt: which emotion is felt
        is_open: whether it is expressed openly
        shown: by modality, which emotion is displayed
        speaks: whether the actor has the turn
    """

    state: Indices
    felt: Indices
    is_open: NDArray[np.bool_]
    shown: Mapping[str, Indices]
    speaks: NDArray[np.bool_]


def speaking(frames: int, rate: int, story: FramewiseStory, rng: np.random.Generator) -> NDArray[np.bool_]:
    """Which of the two actors of a take speak, shape (2, frames): they take turns, and run into each other's."""
    turns = pieces_of(frames, rate, story.turn_seconds, rng)
    first = (turns + rng.integers(2)) % 2 == 0
    has_turn = np.stack([first, ~first])
    overlap = min(frames, round(story.overlap_seconds * rate))
    had_turn = np.pad(has_turn, ((0, 0), (overlap, 0)), mode="edge")[:, :frames]
    return np.asarray(has_turn | had_turn)


def tell(
    frames: int, rate: int, story: FramewiseStory, speaks: NDArray[np.bool_], rng: np.random.Generator
) -> Scenario:
    """The scenario of one recording.

    Emotions come as states with durations, mostly the one the take is about. They are expressed openly
    in moments only ("emotionality could be contained in a few phonemes", overview, Problem description);
    in an open moment each modality shows the emotion or does not, each for itself ("the most complex
    cases contain modalities pointing at different emotions", ibid.); what does not show it displays
    something by chance.
    """
    shares = np.array(list(story.label_shares.values()))
    shares /= shares.sum()
    state = pieces_of(frames, rate, story.state_seconds, rng)
    main = rng.choice(len(shares), p=shares)
    emotions = rng.choice(len(shares), size=state[-1] + 1, p=shares)
    emotions[rng.random(len(emotions)) < story.main_emotion] = main
    felt = emotions[state]

    moments = pieces_of(frames, rate, story.open_seconds / 2, rng)
    opens = rng.random(moments[-1] + 1) < story.open_share
    # A moment ends where the state ends: what is displayed belongs to one state.
    pieces = np.unique(np.stack([state, moments]), axis=1, return_inverse=True)[1].ravel()
    is_open = opens[moments]
    shown = {}
    for name, modality in story.modalities.items():
        by_chance = rng.choice(len(shares), size=pieces.max() + 1, p=shares)[pieces]
        is_shown = (rng.random(pieces.max() + 1) < modality.shows)[pieces] & is_open
        shown[name] = np.where(is_shown, felt, by_chance)
    return Scenario(state=state, felt=felt, is_open=is_open, shown=shown, speaks=speaks)


def pieces_of(frames: int, rate: int, mean_seconds: float, rng: np.random.Generator) -> Indices:
    """Consecutive pieces of gamma-distributed durations: the number of the piece of each frame, shape (frames,)."""
    count = int(4 * frames / (rate * mean_seconds)) + 20
    ends = np.cumsum(rng.gamma(3.0, mean_seconds * rate / 3.0, size=count))
    # The recording begins somewhere inside a piece.
    return np.searchsorted(ends - ends[0] * rng.random(), np.arange(frames), side="right")
