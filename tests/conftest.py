"""What all tests share."""

from __future__ import annotations

import os
from collections.abc import Generator

import pytest

from data_spec.challenge import Challenge, load_challenge, parse_challenge

MAY_BE_SKIPPED = "needs the real data"
"""Real recordings are no part of the project: tests that use them are skipped, by name, where there are none."""

BIRD_CALLS = """
name: bird_calls
title: What a bird says
description: Three kinds of sound.
modalities:
  - {name: microphone, folder: sound, rate: 40, features: 3, header: ignored}
  - {name: camera, folder: pictures, rate: 8, features: 2, header: names}
task:
  kind: framewise_one_hot
  labels: [Call, Song, No sound]
  rate: 20
  window_seconds: 1.5
  agreement_column: Certainty
  agreement_threshold: 0.75
  metric: weighted_accuracy
annotation: {annotators: 4, per_recording: [2, 4]}
splits:
  unit: actor
  folders:
    - {name: learn, folder: given, audience: participants, labels: published}
    - {name: exam, folder: asked, audience: participants, labels: hidden}
  strata: [{sessions: [7, 8], proportions: {learn: 3, exam: 1}}]
stages:
  - {name: exam, title: The exam, split: exam, submissions_per_day: 1, submissions_in_total: 3}
submission:
  folder: answers
  time_tolerance_seconds: 0.001
  max_zip_bytes: 1000
  max_unpacked_bytes: 5000
  max_entries: 10
team: {max_members: 2, time_zone: Europe/Rome}
baseline: {name: Chance, score: 0.333}
verification: {max_residual: 0.05}
"""


@pytest.fixture(scope="session")
def merc2017() -> Challenge:
    """The challenge of 2017 as it comes with the kit."""
    return load_challenge("merc2017")


@pytest.fixture(scope="session")
def bird_calls() -> Challenge:
    """A challenge that has no number, no name and no folder in common with that of 2017."""
    return parse_challenge(BIRD_CALLS, "bird_calls.yaml")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """The longest test first, so that nobody waits for it at the end; `one_kind` tests on one kind of services."""
    items.sort(key=lambda item: item.path.name != "test_readme.py")
    again = [item for item in items if item.get_closest_marker("one_kind") and not _is_first_kind(item)]
    if again:
        config.hook.pytest_deselected(items=again)
        items[:] = [item for item in items if item not in set(again)]


def _is_first_kind(item: pytest.Item) -> bool:
    call = getattr(item, "callspec", None)
    return call is None or call.params.get("kind_of_services", "embedded") == "embedded"


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Where KIT_NO_SKIPS is set, as in CI, a test that is skipped has failed."""
    report = yield
    if report.skipped and os.environ.get("KIT_NO_SKIPS") and MAY_BE_SKIPPED not in str(report.longrepr):
        report.outcome = "failed"
        report.longrepr = f"skipped although KIT_NO_SKIPS is set: {report.longrepr}"
    return report
