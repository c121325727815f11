"""Fixtures that all tests share."""

from __future__ import annotations

import pytest

from data_spec.challenge import Challenge, load_challenge


@pytest.fixture(scope="session")
def merc2017() -> Challenge:
    """The challenge of 2017 as it comes with the kit."""
    return load_challenge("merc2017")
