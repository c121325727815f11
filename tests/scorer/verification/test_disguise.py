"""In disguise a recording has another name and other times, and nothing else is other."""

from __future__ import annotations

import io
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scorer.verification.disguise import MOST_SECONDS, delay, draw_disguises

NAMES = [f"id{number:08x}" for number in range(40)]


def test_every_recording_has_a_name_of_its_own_that_no_recording_has():
    disguises = draw_disguises(NAMES)
    assert disguises.keys() == set(NAMES)
    names = {disguise.name for disguise in disguises.values()}
    assert len(names) == len(NAMES)
    assert not names & set(NAMES)


def test_every_recording_begins_later_by_whole_seconds():
    seconds = {disguise.seconds for disguise in draw_disguises(NAMES).values()}
    assert min(seconds) >= 1
    assert max(seconds) <= MOST_SECONDS
    assert len(seconds) > 10


def test_the_recordings_come_in_another_order():
    disguises = draw_disguises(NAMES)
    assert sorted(NAMES, key=lambda name: disguises[name].name) != NAMES


def test_nobody_can_foresee_a_disguise():
    assert draw_disguises(NAMES) != draw_disguises(NAMES)


@given(
    st.lists(st.tuples(st.just(0.0) | st.floats(1e-6, 1e5), st.text("0123456789.,-e", max_size=20)), max_size=20),
    st.integers(1, MOST_SECONDS),
    st.sampled_from(["\n", "\r\n"]),
)
def test_only_the_times_change_and_by_exactly_the_seconds(rows: list[tuple[float, str]], seconds: int, end: str):
    lines = ["Time,a", *(f"{time!r},{rest}" for time, rest in rows)]
    content = "".join(line + end for line in lines).encode()
    delayed = b"".join(delay(io.BytesIO(content), seconds)).decode().split(end)
    assert delayed[0] == "Time,a"
    assert delayed[-1] == ""
    for (time, rest), line in zip(rows, delayed[1:-1], strict=True):
        later, _, same = line.partition(",")
        assert same == rest
        assert Fraction(later) - Fraction(Decimal(repr(time))) == seconds


def test_a_header_that_is_none_stays_as_it_is():
    assert list(delay([b"0.1,0.2\n", b"0.02,1\n"], 1)) == [b"0.1,0.2\n", b"1.02,1\n"]


def test_a_row_without_a_time_is_named():
    with pytest.raises(ValueError, match="row 3: expected a time in seconds, found b'soon'"):
        list(delay([b"Time,a\n", b"0,1\n", b"soon,1\n"], 1))
