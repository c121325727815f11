"""What all tests share."""

from __future__ import annotations

import os
from collections.abc import Generator

import pytest

from data_spec.challenge import Challenge, load_challenge

MAY_BE_SKIPPED = "needs the real data"
"""Real recordings are no part of the project: tests that use them are skipped, by name, where there are none."""


@pytest.fixture(scope="session")
def merc2017() -> Challenge:
    """The challenge of 2017 as it comes with the kit."""
    return load_challenge("merc2017")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Where KIT_NO_SKIPS is set, as in CI, a test that is skipped has failed."""
    report = yield
    if report.skipped and os.environ.get("KIT_NO_SKIPS") and MAY_BE_SKIPPED not in str(report.longrepr):
        report.outcome = "failed"
        report.longrepr = f"skipped although KIT_NO_SKIPS is set: {report.longrepr}"
    return report
