"""Splits: which recordings are for training and which for which test.

Every stratum of sessions is divided in its own proportions. Where the challenge also states counts for the
whole corpus, these win: recordings are moved between splits until the counts are met, first in the
strata whose proportions exclude no split, and never into a split that a proportion of 0 excludes.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from data_spec.challenge import Splits, Stratum
from data_spec.corpus import Recording

Table = list[dict[str, int]]
"""How many units of each stratum go to each split."""


@dataclass(frozen=True)
class Comparison:
    """What the challenge asks of the splits, and what a corpus has, for some of its sessions.

    Attributes:
        sessions: of these recordings; None for all.
        unit: what is counted, `recording` or `actor`.
        asked: the counts or proportions that the challenge states, by split.
        came_out: how many there are, by split.
    """

    sessions: tuple[int, ...] | None
    unit: str
    asked: Mapping[str, float]
    came_out: Mapping[str, int]


def assign_splits(recordings: Iterable[tuple[str, int, str]], splits: Splits, seed: int) -> dict[str, str]:
    """Divide recordings over the splits.

    Sessions of a stratum are spread over its splits evenly: each session is within one recording of its
    exact share. Counts of another total than the number of recordings are scaled to it, by largest
    remainder. A split with a share gets at least one unit wherever there are as many units as such
    splits.

    Args:
        recordings: name, session and actor of each, in any order.
        splits: what the challenge asks.
        seed: chance; the same seed and recordings give the same splits.

    Returns:
        The name of the split of every recording.

    Raises:
        ValueError: a name stands twice, a session is in no stratum, an actor is in two strata although
            whole actors are divided, or the counts cannot be met without an excluded split.

    >>> from data_spec.challenge import load_challenge
    >>> takes = [(f"id{number:08x}", number % 6 + 1, f"actor_{number % 12}") for number in range(581)]
    >>> Counter(assign_splits(takes, load_challenge("merc2017").splits, seed=1).values())
    Counter({'train': 312, 'public': 143, 'private': 126})
    """
    takes = sorted(recordings)
    names = [name for name, _, _ in takes]
    if twice := [name for name, number in Counter(names).items() if number > 1]:
        raise ValueError(f"recordings: expected every name once. Received twice: {twice[:5]}")
    units = _units(takes, splits)
    totals = _table([sum(map(len, groups.values())) for groups in units], splits)
    rng = np.random.default_rng(seed)
    assigned: dict[str, str] = {}
    for groups, total in zip(units, totals, strict=True):
        sizes = [len(group) for group in groups.values()]
        for group, shares in zip(groups.values(), _spread(sizes, total), strict=True):
            where = [name for name, share in shares.items() for _ in range(share)]
            assigned.update(zip(group, np.array(where, dtype=object)[rng.permutation(len(group))], strict=True))
    if splits.unit == "recording":
        return assigned
    return {name: assigned[actor] for name, _, actor in takes}


def compare_splits(recordings: Sequence[Recording], splits: Splits) -> list[Comparison]:
    """What was asked and what came out: of the whole corpus where counts are stated, and of each stratum."""

    def come_out(sessions: Sequence[int] | None) -> dict[str, int]:
        chosen = [one for one in recordings if sessions is None or one.session in sessions]
        units = {(one.actor if splits.unit == "actor" else one.name, one.split) for one in chosen}
        counts = Counter(split for _, split in units)
        return {folder.name: counts[folder.name] for folder in splits.folders}

    whole = [Comparison(None, splits.unit, splits.counts, come_out(None))] if splits.counts else []
    return whole + [
        Comparison(stratum.sessions, splits.unit, stratum.proportions, come_out(stratum.sessions))
        for stratum in splits.strata
    ]


def _units(takes: Sequence[tuple[str, int, str]], splits: Splits) -> list[dict[int, list[str]]]:
    """For each stratum what is dealt out (recordings, or actors as one group), by session, sorted."""
    stratum_of = {session: number for number, stratum in enumerate(splits.strata) for session in stratum.sessions}
    units: list[dict[int, list[str]]] = [defaultdict(list) for _ in splits.strata]
    actors: dict[str, int] = {}
    for name, session, actor in takes:
        if session not in stratum_of:
            raise ValueError(f"{name}: expected a session of {sorted(stratum_of)}. Received: {session}")
        stratum = stratum_of[session]
        if splits.unit == "recording":
            units[stratum][session].append(name)
        elif actor not in actors:
            units[stratum][0].append(actor)
        elif actors[actor] != stratum:
            sessions = [list(splits.strata[number].sessions) for number in (actors[actor], stratum)]
            raise ValueError(f"{actor}: expected in the sessions of one stratum. Received in two: {sessions}")
        actors[actor] = stratum
    return [{session: sorted(groups[session]) for session in sorted(groups)} for groups in units]


def _table(sizes: Sequence[int], splits: Splits) -> Table:
    """How many units of each stratum go to each split. Raises ValueError where the counts cannot be met."""
    table = [_share_out(size, stratum.proportions) for size, stratum in zip(sizes, splits.strata, strict=True)]
    if splits.counts is None:
        return table
    asked = _share_out(sum(sizes), splits.counts)
    while over := [split for split in asked if sum(row[split] for row in table) > asked[split]]:
        if not any(_move_one(table, split, asked, splits.strata) for split in over):
            got = {split: sum(row[split] for row in table) for split in asked}
            raise ValueError(
                f"counts: expected {asked} of {sum(sizes)} recordings; "
                f"strata of {list(sizes)} recordings with their exclusions allow no nearer than {got}"
            )
    return table


def _move_one(table: Table, start: str, asked: Mapping[str, int], strata: Sequence[Stratum]) -> bool:
    """Move one unit out of the split `start`, through others where need be, into one that lacks units."""
    came_from: dict[str, tuple[int, str]] = {}
    queue = [start]
    for split in queue:
        if split != start and sum(row[split] for row in table) < asked[split]:
            while split != start:
                stratum, before = came_from[split]
                table[stratum][before] -= 1
                table[stratum][split] += 1
                split = before
            return True
        for other in asked:
            movable = [number for number, row in enumerate(table) if row[split] and strata[number].proportions[other]]
            if other != start and other not in came_from and movable:
                # Strata that exclude a split keep their proportions as long as others can give.
                giver = min(movable, key=lambda number: (_exclusions(strata[number]), -table[number][split], number))
                came_from[other] = giver, split
                queue.append(other)
    return False


def _exclusions(stratum: Stratum) -> int:
    return sum(proportion == 0 for proportion in stratum.proportions.values())


def _share_out(total: int, weights: Mapping[str, float]) -> dict[str, int]:
    """`total` units in proportion to the weights, by largest remainder.

    Every positive weight gets at least one where there are enough.

    >>> _share_out(10, {"train": 4, "public": 1, "private": 1})
    {'train': 7, 'public': 2, 'private': 1}
    >>> _share_out(4, {"train": 8, "public": 1, "private": 1})
    {'train': 2, 'public': 1, 'private': 1}
    """
    whole = sum(weights.values())
    if not whole:
        raise ValueError(f"counts: expected one over 0. Received: {dict(weights)}")
    exact = {name: total * weight / whole for name, weight in weights.items()}
    # Rounded: 7 * 0.1 / 0.7 is a little under 1.
    shares = {name: int(round(share, 9)) for name, share in exact.items()}
    by_remainder = sorted(weights, key=lambda name: round(shares[name] - exact[name], 9))
    for name in by_remainder[: total - sum(shares.values())]:
        shares[name] += 1
    positive = [name for name, weight in weights.items() if weight > 0]
    while total >= len(positive) and (empty := [name for name in positive if shares[name] == 0]):
        shares[max(positive, key=lambda name: shares[name])] -= 1
        shares[empty[0]] += 1
    return shares


def _spread(sizes: Sequence[int], total: Mapping[str, int]) -> list[dict[str, int]]:
    """Divide a stratum's totals over its sessions: rows sum to `sizes`, columns to `total`.

    Every cell is its exact share rounded down, or one more. The ones are dealt session by session to the
    splits that lack the most (Ryser's construction, which always ends when an answer exists; one does,
    since the exact shares have these very sums).
    """
    whole = sum(sizes)
    table = [{name: size * share // whole for name, share in total.items()} for size in sizes]
    lacking = {name: share - sum(row[name] for row in table) for name, share in total.items()}
    for size, row in zip(sizes, table, strict=True):
        for name in sorted(lacking, key=lambda name: -lacking[name])[: size - sum(row.values())]:
            row[name] += 1
            lacking[name] -= 1
    return table
