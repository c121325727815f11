"""Fixtures of the tests that break things: those of the server's tests, with room for many submissions, and those of
verification."""

from __future__ import annotations

from types import ModuleType

import pytest

from data_spec.challenge import Challenge
from tests.scorer.server.conftest import *  # noqa: F403 (fixtures)
from tests.scorer.server.verification.conftest import *  # noqa: F403 (fixtures)


@pytest.fixture(scope="session")
def challenge(tiny: ModuleType) -> Challenge:
    """merc2017 with quotas that no test uses up."""
    return tiny.tiny_challenge(submissions_per_day=500, submissions_in_total=500)
