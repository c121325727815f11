"""An audit entry's details as lines for people."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any


def detail_lines(details: Mapping[str, Any]) -> list[tuple[str, str]]:
    """A key and a value in words for each thing that the details say.

    >>> detail_lines({"limits": {"per_day": [5, 10]}, "sealed": True, "to": None, "admitted": [{"rank": 1, "team": 7}]})
    [('limits, per day', '5, 10'), ('sealed', 'yes'), ('to', '–'), ('admitted', 'rank 1 team 7')]
    """
    return list(_walk(details, ()))


def _walk(details: Mapping[str, Any], above: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    for key, value in details.items():
        path = (*above, key.replace("_", " "))
        if isinstance(value, Mapping) and value:
            yield from _walk(value, path)
        else:
            yield ", ".join(path), _words(value)


def _words(value: Any) -> str:
    if value is None or value == {} or value == []:
        return "–"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Mapping):
        return " ".join(f"{key} {_words(inner)}" for key, inner in value.items())
    if isinstance(value, list):
        return ", ".join(_words(inner) for inner in value)
    return str(value)
