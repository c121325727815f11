"""Challenges of every kind of task, whose recordings last seconds."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from data_spec.challenge import Challenge, load_challenge
from data_spec.synthetic.settings import Durations


def lasting(challenge: Challenge, least: float, mean: float, most: float) -> Challenge:
    """The challenge, whose synthetic recordings last so many seconds."""
    seconds = Durations(least=least, mean=mean, most=most)
    story = challenge.synthetic.model_copy(update={"seconds": seconds})
    return challenge.model_copy(update={"synthetic": story})


SECONDS = {"mosei": (8.0, 12.0, 16.0), "mspface": (3.0, 3.5, 4.0), "recola": (3.0, 4.0, 5.0)}


@pytest.fixture(scope="session")
def short() -> Callable[[str], Challenge]:
    """A challenge by name, with short recordings."""
    return lambda name: lasting(load_challenge(name), *SECONDS[name])
