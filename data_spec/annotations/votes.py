"""Votes without names: how far people agree where it is known how many chose each label, and not who.

Some corpora publish no more than that. Kappa and alpha need no more either; who agrees less than others cannot be told.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from data_spec.agreement import Counts, consensus, fleiss_kappa, krippendorff_alpha
from data_spec.stream import NO_LABEL


@dataclass(frozen=True)
class VoteAgreement:
    """How far those who voted agree. What is undefined is NaN.

    Attributes:
        items: how many have a vote.
        votes: how many there are.
        ties: items without a consensus: two or more labels have the most votes.
        kappa: Fleiss' kappa.
        alpha: Krippendorff's alpha.
        consensus_share: the share of an item's votes that its most chosen label has, meaned over the items, 0 to 1;
            tied items have one too.
        pair_share: the share of the pairs of votes on an item that name the same label, meaned over the items that have
            a pair, 0 to 1: what kappa holds against chance.
        labels: how many items have each label as their consensus, in the order of the counts.
    """

    items: int
    votes: int
    ties: int
    kappa: float
    alpha: float
    consensus_share: float
    pair_share: float
    labels: tuple[int, ...]


def vote_agreement(counts: Counts) -> VoteAgreement:
    """How far those agree who voted.

    Args:
        counts: how many times each label was chosen for each item, shape (items, labels), not negative.

    Raises:
        ValueError: not a table of counts.

    >>> found = vote_agreement(np.array([[3, 1], [2, 2], [0, 0]]))
    >>> found.items, found.ties, found.consensus_share, round(found.pair_share, 4)
    (2, 1, 0.625, 0.4167)
    """
    together = consensus(counts)
    votes = np.asarray(counts).sum(axis=1)
    paired, pairs = counts[votes > 1], votes[votes > 1]
    same = (paired * (paired - 1)).sum(axis=1) / (pairs * (pairs - 1))
    decided = together.index[together.index != NO_LABEL]
    return VoteAgreement(
        items=int((votes > 0).sum()),
        votes=int(votes.sum()),
        ties=int(((together.index == NO_LABEL) & (votes > 0)).sum()),
        kappa=fleiss_kappa(counts),
        alpha=krippendorff_alpha(counts),
        consensus_share=float(together.agreement[votes > 0].mean()) if votes.any() else float("nan"),
        pair_share=float(same.mean()) if len(same) else float("nan"),
        labels=tuple(np.bincount(decided, minlength=counts.shape[1]).tolist()),
    )
