"""Systems are found by name, and imported when they are asked for."""

from __future__ import annotations

import subprocess
import sys
from importlib.util import find_spec

import pytest

from baseline.registry import DEFAULT, SYSTEMS, UnknownSystemError, find_system
from baseline.settings_from_text import as_plain, change_settings
from baseline.system import Size
from data_spec.challenge import CHALLENGES, load_challenge
from data_spec.task import KINDS


@pytest.mark.parametrize("name", SYSTEMS)
def test_every_system_says_what_it_solves_and_has_settings_of_every_size_for_every_variant(name: str) -> None:
    system = find_system(name)
    assert system.kinds
    assert system.kinds <= set(KINDS)
    challenges = [load_challenge(file) for file in sorted(CHALLENGES.glob("*.yaml"))]
    solved = [challenge for challenge in challenges if challenge.task.kind in system.kinds]
    assert solved
    for challenge in solved:
        variants = system.variants(challenge)
        assert variants
        assert len(set(variants)) == len(variants)
        for variant in variants:
            for size in Size:
                settings = system.settings(size, variant)
                assert change_settings(settings, []) == settings
                assert as_plain(settings) is not None


@pytest.mark.parametrize("name", SYSTEMS)
def test_the_tables_of_a_system_have_distinct_names_and_figures(name: str) -> None:
    tables = find_system(name).tables
    assert len({table.name for table in tables}) == len(tables)
    for table in tables:
        cells = [(one.variant, one.figure) for one in table.figures]
        assert len(set(cells)) == len(cells) > 0


def test_a_name_that_no_system_has_is_answered_by_those_there_are() -> None:
    assert DEFAULT in SYSTEMS
    with pytest.raises(UnknownSystemError, match=r"expected one of decision_fusion, .*context_regression\. Received"):
        find_system("late_confusion")


def test_every_module_is_there() -> None:
    assert [module for module in SYSTEMS.values() if find_spec(module) is None] == []


def test_nothing_is_imported_until_a_system_is_asked_for() -> None:
    code = "import sys, baseline.registry; print([one for one in ('tensorflow', 'keras') if one in sys.modules])"
    result = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert result.stdout.strip() == "[]"
