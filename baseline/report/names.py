"""Names of labels, as short as they are still told apart: where a drawing has no room for more."""

from __future__ import annotations

from collections.abc import Sequence


def shortest(labels: Sequence[str]) -> list[str]:
    """The fewest first letters of each label that no other label begins with.

    >>> shortest(["Anger", "Sad", "Scared", "Sadness"])
    ['A', 'Sad', 'Sc', 'Sadn']
    """
    return [_shortest(label, [other for other in labels if other != label]) for label in labels]


def _shortest(label: str, others: Sequence[str]) -> str:
    for length in range(1, len(label)):
        if not any(other.startswith(label[:length]) for other in others):
            return label[:length]
    return label
