from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from data_spec.annotations.references import plan_blocks, read_references, write_references
from data_spec.csv_files import CsvError


def test_the_list_of_references_is_read_back_and_may_be_lacking(tmp_path: Path) -> None:
    assert read_references(tmp_path) == frozenset()
    write_references(tmp_path, ["b", "a"])
    assert (tmp_path / "references.csv").read_text() == "recording\na\nb\n"
    assert read_references(tmp_path) == {"a", "b"}


@pytest.mark.parametrize(("text", "line"), [("name\na\n", 1), ("recording\na\na\n", 3), ("", 1)])
def test_a_broken_list_is_told_with_its_line(tmp_path: Path, text: str, line: int) -> None:
    (tmp_path / "references.csv").write_text(text)
    with pytest.raises(CsvError) as caught:
        read_references(tmp_path)
    assert caught.value.fault.line == line


@given(items=st.integers(0, 200), references=st.integers(0, 40), seed=st.integers(0, 99))
def test_every_block_of_four_has_one_reference_that_the_rater_has_not_met(
    items: int, references: int, seed: int
) -> None:
    wanted, known = [f"item{number}" for number in range(items)], [f"known{number}" for number in range(references)]
    blocks = list(plan_blocks(wanted, known, np.random.default_rng(seed)))
    assert all(len(block) == 4 and len(set(block) & set(known)) == 1 for block in blocks)
    given_out = [name for block in blocks for name in block]
    assert len(set(given_out)) == len(given_out) <= 100
    assert [name for name in given_out if name in set(wanted)] == wanted[: 3 * len(blocks)]
    assert len(blocks) == min(25, items // 3, references)


def test_a_reference_stands_at_each_place_of_a_block_as_often() -> None:
    rng = np.random.default_rng(0)
    wanted, known = [str(number) for number in range(75)], [f"known{number}" for number in range(25)]
    places = [
        next(place for place, name in enumerate(block) if name in set(known))
        for _ in range(80)
        for block in plan_blocks(wanted, known, rng)
    ]
    # 2000 blocks, 500 expected of each place; four standard deviations are 78.
    assert np.abs(np.bincount(places, minlength=4) - 500).max() < 78


def test_an_item_that_is_a_reference_is_refused() -> None:
    with pytest.raises(ValueError, match="expected none that is a reference"):
        list(plan_blocks(["a", "b", "c"], ["a"], np.random.default_rng(0)))
