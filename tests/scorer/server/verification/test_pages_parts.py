"""What the pages are made of: logs as text, figures, plots; whatever is in them."""

from __future__ import annotations

import time
import unicodedata
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scorer.server.verification.difference_plot import difference_plot
from scorer.server.verification.figures import format_residual
from scorer.server.verification.log_text import last_part, readable
from scorer.server.verification.residual_plot import MOST_STEPS, WIDTH, ruler
from scorer.verification.verdict import RecordingDifference

pytestmark = pytest.mark.one_kind

LOGS = st.text(st.sampled_from("a\n\r\t\0\x07\x1b[]31m;\x9b\u202e\u2066é\U0001f600 "))
DECIMALS = st.decimals(0, 1, places=12).map(lambda value: format(value.normalize(), "f"))


@given(LOGS)
def test_no_character_of_a_log_is_obeyed_by_a_terminal_or_a_browser(text: str) -> None:
    found = readable(text)
    assert {unicodedata.category(one) for one in found if one not in "\n\t"}.isdisjoint({"Cc", "Cs", "Cf"})
    assert readable(found) == found


@given(st.text(st.characters(exclude_categories=("Cc", "Cf", "Cs"))))
def test_a_log_of_ordinary_text_is_shown_as_it_is(text: str) -> None:
    assert readable(text) == text


@given(LOGS, st.integers(1, 30))
def test_of_a_long_log_the_end_is_shown_and_the_rest_is_counted(text: str, most: int) -> None:
    part, left_out = last_part(text, most)
    assert text[left_out:] == part
    assert len(part) <= most
    assert part or not text


def test_a_very_long_log_takes_no_time() -> None:
    begin = time.process_time()
    readable("epoch 1\r\x1b[31m\x1b]" * 300_000)
    assert time.process_time() - begin < 5


@given(DECIMALS, DECIMALS)
def test_a_residual_is_never_rounded_to_the_other_side_of_its_tolerance(residual: str, tolerance: str) -> None:
    told = format_residual(residual, tolerance)
    assert (Decimal(told) <= Decimal(tolerance)) is (Decimal(residual) <= Decimal(tolerance))


@given(DECIMALS, st.decimals("0.0001", "0.5", places=4).map(str))
def test_residual_and_tolerance_stand_on_the_ruler_on_their_sides(residual: str, tolerance: str) -> None:
    plot = ruler(residual, tolerance)
    assert 0 <= plot.residual_x <= WIDTH
    assert 0 < plot.tolerance_x <= WIDTH
    if Decimal(residual) <= Decimal(tolerance):
        assert plot.residual_x <= plot.tolerance_x
    assert 3 <= len(plot.ticks) <= MOST_STEPS + 1
    assert (plot.ticks[0].x, plot.ticks[-1].x) == (0, WIDTH)


@given(st.lists(st.integers(1, 500).flatmap(lambda frames: st.tuples(st.just(frames), st.integers(0, frames)))))
def test_every_recording_has_a_bar_within_the_plot(counts: list[tuple[int, int]]) -> None:
    plot = difference_plot([RecordingDifference(f"id{at}", *given) for at, given in enumerate(counts)])
    if plot is None:
        assert not any(differ for _, differ in counts)
        return
    assert len(plot.bars) == len(counts)
    assert [bar.share for bar in plot.bars] == sorted((differ / frames for frames, differ in counts), reverse=True)
    assert all(0 <= bar.y <= bar.y + bar.height <= plot.height + 0.01 for bar in plot.bars)
    assert len(plot.differing) == sum(differ > 0 for _, differ in counts)
