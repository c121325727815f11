from __future__ import annotations

from collections.abc import Callable
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from data_spec.annotations.votes import vote_agreement
from data_spec.importers.crema_d_tables import Shown, read_votes


@given(st.lists(st.lists(st.integers(0, 3), max_size=7), min_size=1, max_size=9))
def test_shares_are_those_of_counting_votes_and_pairs_one_by_one(items: list[list[int]]) -> None:
    found = vote_agreement(np.array([np.bincount(chosen, minlength=4) for chosen in items]))
    voted = [chosen for chosen in items if chosen]
    paired = [list(combinations(chosen, 2)) for chosen in items if len(chosen) > 1]
    assert (found.items, found.votes) == (len(voted), sum(map(len, items)))
    if voted:
        assert found.consensus_share == pytest.approx(
            np.mean([max(map(chosen.count, chosen)) / len(chosen) for chosen in voted])
        )
    if paired:
        assert found.pair_share == pytest.approx(np.mean([np.mean([a == b for a, b in pairs]) for pairs in paired]))
    assert found.ties + sum(found.labels) == found.items


@pytest.mark.parametrize(("shown", "kappa"), [("audio", 0.278), ("video", 0.456), ("both", 0.494)])
def test_kappa_of_crema_d_is_that_computed_independently(
    shared_data: Callable[[str], Path], shown: Shown, kappa: float
) -> None:
    votes = read_votes(shared_data("crema-d") / "tabulatedVotes.csv", shown)
    found = vote_agreement(np.array([*votes.values()]))
    assert found.items == 7442
    assert found.kappa == pytest.approx(kappa, abs=0.002)
    # Fleiss: kappa = (P − P_e) / (1 − P_e), with P the share of pairs.
    shares = np.array([*votes.values()]).sum(axis=0) / found.votes
    by_chance = (shares**2).sum()
    assert (found.pair_share - by_chance) / (1 - by_chance) == pytest.approx(found.kappa, abs=1e-9)
