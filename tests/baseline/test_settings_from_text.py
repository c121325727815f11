"""Settings are changed from texts by what their annotations allow."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import pytest
from pydantic import Field

from baseline.settings_from_text import as_plain, change_settings


@dataclass(frozen=True)
class Example:
    epochs: Annotated[int, Field(ge=1)] = 5
    rate: float = 0.5
    weights: Path | None = None
    augment: bool = True
    windows: tuple[float, ...] = (1.0, 4.0)

    def __post_init__(self) -> None:
        if self.rate > 1:
            raise ValueError(f"rate: expected up to 1. Received: {self.rate}")


@pytest.mark.parametrize(
    ("change", "name", "value"),
    [
        ("epochs=6", "epochs", 6),
        ("rate=1e-3", "rate", 0.001),
        ("weights=a=b.keras", "weights", Path("a=b.keras")),
        ("weights=none", "weights", None),
        ("augment=no", "augment", False),
        ("windows=1,16", "windows", (1.0, 16.0)),
    ],
)
def test_a_value_is_read_as_the_setting_has_it(change: str, name: str, value: Any) -> None:
    assert getattr(change_settings(Example(), [change]), name) == value


def test_the_last_of_two_changes_wins_and_all_else_stays() -> None:
    assert change_settings(Example(), ["epochs=2", "rate=0.1", "epochs=3"]) == Example(epochs=3, rate=0.1)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ("epochs=0", "epochs: expected greater than or equal to 1. Received: '0'"),
        ("epochs=six", "epochs: expected int. Received: 'six'"),
        ("augment=maybe", "augment: expected bool. Received: 'maybe'"),
        ("windows=1,b", "windows: expected a valid number"),
        ("rate=2", "rate: expected up to 1. Received: 2.0"),
        ("nose=1", "expected one of the settings epochs, rate, weights, augment, windows. Received: 'nose'"),
        ("epochs", "expected NAME=VALUE. Received: 'epochs'"),
    ],
)
def test_what_a_setting_cannot_be_is_said(change: str, words: str) -> None:
    with pytest.raises(ValueError, match="^" + words.replace(".", r"\.")):
        change_settings(Example(), [change])


def test_settings_are_kept_as_json_knows_them() -> None:
    assert as_plain(Example(weights=Path("a.keras"))) == {
        "epochs": 5,
        "rate": 0.5,
        "weights": "a.keras",
        "augment": True,
        "windows": [1.0, 4.0],
    }
