from __future__ import annotations

from collections import Counter
from itertools import product

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from data_spec.challenge import Splits, load_challenge
from data_spec.corpus import Recording
from data_spec.splits import assign_splits, compare_splits

MERC = load_challenge("merc2017").splits
RAVDESS = load_challenge("ravdess").splits
Take = tuple[str, int, str]


def takes_of(sizes: list[int], actors: int = 2) -> list[Take]:
    """Recordings of the sessions 1, 2, …; each session has its own actors."""
    return [
        (f"id{session:02x}{number:06x}", session, f"actor_{session}_{number % actors}")
        for session, size in enumerate(sizes, start=1)
        for number in range(size)
    ]


def splits_with(**changes: object) -> Splits:
    return Splits.model_validate(MERC.model_dump() | changes)


def test_the_full_size_has_the_counts_of_the_overview_and_session_6_is_divided_one_to_two() -> None:
    takes = takes_of([97, 97, 97, 97, 97, 96])
    split_of = assign_splits(takes, MERC, seed=3)
    assert Counter(split_of.values()) == {"train": 312, "public": 143, "private": 126}
    of_session = {s: Counter(split_of[name] for name, session, _ in takes if session == s) for s in range(1, 7)}
    assert of_session[6] == {"public": 32, "private": 64}
    for split, rest in (("train", 312), ("public", 143 - 32), ("private", 126 - 64)):
        assert all(abs(of_session[session][split] - rest / 5) <= 1 for session in range(1, 6))


@given(
    sizes=st.lists(st.integers(0, 30), min_size=6, max_size=6).filter(sum), seed=st.integers(0, 9), order=st.randoms()
)
@settings(max_examples=60, deadline=None)
def test_every_recording_has_one_split_that_its_session_may_go_to(sizes: list[int], seed: int, order: object) -> None:
    takes = takes_of(sizes)
    # Session 6 must fit into the two tests, whatever is rounded.
    assume(sizes[5] <= sum(sizes) * (143 + 126) / 581 - 2 or sizes[5] == 0)
    split_of = assign_splits(takes, MERC, seed)
    assert split_of.keys() == {name for name, _, _ in takes}
    assert all(split_of[name] != "train" for name, session, _ in takes if session == 6)
    order.shuffle(takes)  # type: ignore[attr-defined]
    assert assign_splits(takes, MERC, seed) == split_of
    for split, count in MERC.counts.items() if MERC.counts else ():
        came_out = Counter(split_of.values())[split]
        assert abs(came_out - sum(sizes) * count / 581) < 1 or came_out == 1
        assert came_out > 0 or sum(sizes) < 3


@given(sizes=st.lists(st.integers(4, 30), min_size=6, max_size=6), seed=st.integers(0, 9))
@settings(max_examples=60, deadline=None)
def test_without_counts_every_stratum_keeps_its_proportions(sizes: list[int], seed: int) -> None:
    takes = takes_of(sizes)
    split_of = assign_splits(takes, splits_with(counts=None), seed)
    for sessions, shares in (({1, 2, 3, 4, 5}, (2 / 4, 1 / 4, 1 / 4)), ({6}, (0, 1 / 3, 2 / 3))):
        chosen = Counter(split_of[name] for name, session, _ in takes if session in sessions)
        for split, share in zip(("train", "public", "private"), shares, strict=True):
            assert abs(chosen[split] - share * chosen.total()) < 1


@given(men=st.integers(3, 12), women=st.integers(3, 12), clips=st.integers(1, 5), seed=st.integers(0, 9))
@settings(max_examples=60, deadline=None)
def test_whole_actors_go_to_one_split_and_every_split_has_men_and_women(
    men: int, women: int, clips: int, seed: int
) -> None:
    takes = [
        (f"{sex}-{actor}-{clip}", sex, f"{sex}-{actor}")
        for sex, actors in ((1, men), (2, women))
        for actor, clip in product(range(actors), range(clips))
    ]
    split_of = assign_splits(takes, RAVDESS, seed)
    splits_of_actor: dict[str, set[str]] = {}
    for name, _, actor in takes:
        splits_of_actor.setdefault(actor, set()).add(split_of[name])
    assert all(len(splits) == 1 for splits in splits_of_actor.values())
    for sex in (1, 2):
        assert {split_of[name] for name, session, _ in takes if session == sex} == {"train", "public", "private"}


def test_another_seed_divides_otherwise() -> None:
    takes = takes_of([10] * 6)
    assert assign_splits(takes, MERC, seed=1) != assign_splits(takes, MERC, seed=2)


def test_counts_that_only_an_excluded_split_could_meet_are_refused_with_the_numbers() -> None:
    with pytest.raises(ValueError, match=r"expected \{'train': 5, 'public': 3, 'private': 2\} of 10 recordings"):
        assign_splits(takes_of([0, 0, 0, 0, 0, 10]), MERC, seed=0)


def test_counts_win_over_proportions_wherever_no_split_is_excluded() -> None:
    strata = [
        {"sessions": [1], "proportions": {"train": 1, "public": 1, "private": 0}},
        {"sessions": [2], "proportions": {"train": 0, "public": 1, "private": 1}},
    ]
    splits = splits_with(strata=strata, counts={"train": 9, "public": 2, "private": 9})
    takes = takes_of([10, 10])
    split_of = assign_splits(takes, splits, seed=0)
    assert Counter(split_of.values()) == {"train": 9, "public": 2, "private": 9}
    assert all(split_of[name] != ("private" if session == 1 else "train") for name, session, _ in takes)


@pytest.mark.parametrize(
    ("takes", "splits", "expected"),
    [
        ([("a", 7, "x")], MERC, r"a: expected a session of \[1, 2, 3, 4, 5, 6\]. Received: 7"),
        ([("a", 1, "x"), ("a", 2, "x")], MERC, r"expected every name once. Received twice: \['a'\]"),
        ([("a", 1, "x"), ("b", 2, "x")], RAVDESS, r"x: expected in the sessions of one stratum"),
    ],
)
def test_what_cannot_be_divided_is_refused(takes: list[Take], splits: Splits, expected: str) -> None:
    with pytest.raises(ValueError, match=expected):
        assign_splits(takes, splits, seed=0)


def test_what_was_asked_and_what_came_out_stand_side_by_side() -> None:
    takes = takes_of([97, 97, 97, 97, 97, 96])
    split_of = assign_splits(takes, MERC, seed=3)
    whole, first, last = compare_splits([Recording(*take, split_of[take[0]]) for take in takes], MERC)
    assert whole.asked == whole.came_out == {"train": 312, "public": 143, "private": 126}
    assert first.sessions == (1, 2, 3, 4, 5)
    assert first.came_out == {"train": 312, "public": 111, "private": 62}
    assert last.asked == {"train": 0, "public": 1, "private": 2}
    assert last.came_out == {"train": 0, "public": 32, "private": 64}


def test_actors_are_counted_where_actors_are_divided() -> None:
    recordings = [Recording(f"{actor}-{clip}", 1, f"{actor}", "train") for actor in range(4) for clip in range(5)]
    men, women = compare_splits(recordings, RAVDESS)
    assert men.unit == "actor"
    assert men.came_out == {"train": 4, "public": 0, "private": 0}
    assert women.came_out == {"train": 0, "public": 0, "private": 0}
