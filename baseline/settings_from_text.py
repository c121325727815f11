"""Settings of a system, changed from a command line: `--set epochs=6 --set learning_rate=1e-4`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields, is_dataclass, replace
from types import NoneType
from typing import Annotated, Any, TypeVar, get_args, get_origin, get_type_hints

from pydantic import TypeAdapter, ValidationError

Settings = TypeVar("Settings")

NOTHING = "none"
"""Stands for None, where a setting may be None."""


def change_settings(settings: Settings, changes: Sequence[str]) -> Settings:
    """Settings with other values.

    Args:
        settings: a dataclass; its annotations say what its values may be, also by pydantic's `Field`.
        changes: `NAME=VALUE` each; several values of one setting have commas between them.

    Raises:
        ValueError: no such setting, or a value that it cannot have.

    >>> from dataclasses import dataclass
    >>> @dataclass(frozen=True)
    ... class Training:
    ...     epochs: int = 5
    ...     rate: float = 0.5
    >>> change_settings(Training(), ["epochs=6"])
    Training(epochs=6, rate=0.5)
    >>> change_settings(Training(), ["epochs=six"])
    Traceback (most recent call last):
        ...
    ValueError: epochs: expected int. Received: 'six'
    """
    assert is_dataclass(settings)
    assert not isinstance(settings, type)
    hints = get_type_hints(type(settings), include_extras=True)
    known = [field.name for field in fields(settings)]
    values: dict[str, Any] = {}
    for change in changes:
        name, equals, text = change.partition("=")
        if not equals:
            raise ValueError(f"expected NAME=VALUE. Received: {change!r}")
        if name not in known:
            raise ValueError(f"expected one of the settings {', '.join(known)}. Received: {name!r}")
        values[name] = _parse(name, text, hints[name])
    return replace(settings, **values)


def as_plain(settings: Any) -> dict[str, Any]:
    """Settings as JSON knows them.

    >>> from dataclasses import dataclass
    >>> @dataclass(frozen=True)
    ... class Training:
    ...     windows: tuple[float, ...] = (1.0, 4.0)
    >>> as_plain(Training())
    {'windows': [1.0, 4.0]}
    """
    plain = TypeAdapter(type(settings)).dump_python(settings, mode="json")
    assert isinstance(plain, dict)
    return plain


def _parse(name: str, text: str, hint: Any) -> Any:
    inner = get_args(hint)[0] if get_origin(hint) is Annotated else hint
    if text == NOTHING and NoneType in get_args(inner):
        return None
    has_many = get_origin(inner) in (tuple, list) or any(get_origin(one) in (tuple, list) for one in get_args(inner))
    try:
        return TypeAdapter(hint).validate_python(text.split(",") if has_many else text)
    except ValidationError as error:
        asked = ", ".join(fault["msg"].removeprefix("Input should be ") for fault in error.errors())
        wanted = inner.__name__ if isinstance(inner, type) else asked
        only_type = all(fault["type"].endswith(("_parsing", "_type")) for fault in error.errors())
        raise ValueError(f"{name}: expected {wanted if only_type else asked}. Received: {text!r}") from error
