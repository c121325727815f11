from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from baseline.folds import WATCHED, Fold, actor_folds
from data_spec.corpus import Recording


@st.composite
def recordings_and_number(draw: st.DrawFn) -> tuple[list[Recording], int]:
    """Of 4 to 15 actors of up to three sessions, each with one to three recordings; and a number of folds."""
    actors = draw(st.integers(4, 15))
    recordings = []
    for actor in range(actors):
        session, split = draw(st.integers(1, 3)), draw(st.sampled_from(["train", "public"]))
        takes_of_actor = range(draw(st.integers(1, 3)))
        recordings += [Recording(f"take-{actor}-{take}", session, f"actor-{actor}", split) for take in takes_of_actor]
    return draw(st.permutations(recordings)), draw(st.integers(2, actors))


def actors_of(names: tuple[str, ...], recordings: list[Recording]) -> set[str]:
    return {one.actor for one in recordings if one.name in names}


@given(recordings_and_number(), st.integers(0, 5), st.booleans())
def test_every_recording_is_tested_once_and_nobody_is_in_two_parts_of_a_fold(
    drawn: tuple[list[Recording], int], seed: int, hold_out: bool
) -> None:
    recordings, number = drawn
    folds = actor_folds(recordings, number, seed, hold_out)
    assert len(folds) == number
    assert Counter(name for fold in folds for name in fold.test) == {one.name: 1 for one in recordings}
    for fold in folds:
        train, watched, tested = (actors_of(part, recordings) for part in (fold.train, fold.validation, fold.test))
        assert train | watched | tested == {one.actor for one in recordings}
        assert len(train) + len(watched) + len(tested) == len(train | watched | tested)
        assert tested == set(fold.actors)
        assert fold.counts == {"train": len(fold.train), "validation": len(fold.validation), "test": len(fold.test)}
        assert train
        assert len(watched) == (-(-len(train | watched) // WATCHED) if hold_out else 0)


@given(recordings_and_number(), st.integers(0, 5))
def test_folds_have_as_many_actors_and_as_many_of_each_session_to_within_one(
    drawn: tuple[list[Recording], int], seed: int
) -> None:
    recordings, number = drawn
    folds = actor_folds(recordings, number, seed)
    assert spread([len(fold.actors) for fold in folds]) <= 1
    for session in {one.session for one in recordings}:
        members = {one.actor for one in recordings if one.session == session}
        assert spread([len(members & set(fold.actors)) for fold in folds]) <= 1


def spread(counts: list[int]) -> int:
    return max(counts) - min(counts)


def test_the_same_seed_gives_the_same_folds_and_another_one_others() -> None:
    recordings = takes(12)
    assert actor_folds(recordings, 4, seed=1) == actor_folds(recordings[::-1], 4, seed=1)
    assert actor_folds(recordings, 4, seed=1) != actor_folds(recordings, 4, seed=2)


def test_of_twelve_actors_four_folds_leave_men_and_women_out_and_watch_both() -> None:
    recordings = takes(12)
    for fold in actor_folds(recordings, 4, seed=0):
        assert len(fold.actors) == 3
        for part in (fold.train, fold.validation, fold.test):
            assert {one.session for one in recordings if one.name in part} == {1, 2}


def test_too_many_folds_and_too_few_actors_are_refused() -> None:
    with pytest.raises(ValueError, match=r"folds: expected 2 to 5, the number of actors. Received: 6"):
        actor_folds(takes(5), 6, seed=0)
    with pytest.raises(ValueError, match=r"folds: expected 2 to 5, the number of actors. Received: 1"):
        actor_folds(takes(5), 1, seed=0)
    with pytest.raises(ValueError, match=r"enough to train on and to watch in each of 2 folds. Received: 3"):
        actor_folds(takes(3), 2, seed=0)
    assert [len(fold.train) for fold in actor_folds(takes(3), 2, seed=0, hold_out=False)] == [1, 2]


def test_an_actor_in_several_sessions_is_one_actor() -> None:
    recordings = [*takes(4), Recording("take-5", 2, "actor-1", "public")]
    folds: tuple[Fold, ...] = actor_folds(recordings, 4, seed=0)
    assert [set(fold.test) for fold in folds if "actor-1" in fold.actors] == [{"take-1", "take-5"}]


def takes(actors: int) -> list[Recording]:
    """One of each actor; odd numbers are of session 1."""
    return [Recording(f"take-{one}", 1 if one % 2 else 2, f"actor-{one}", "train") for one in range(1, actors + 1)]
