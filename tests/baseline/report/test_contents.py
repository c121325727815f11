"""Where a stream has no data."""

from __future__ import annotations

import numpy as np
import pytest

from baseline.report.contents import Gap, ShownStream
from data_spec.modality import Modality
from data_spec.stream import Stream

BODY = Modality(name="body", folder="body", rate=10, features=2, header="names")


def shown(values: np.ndarray, begin: float = 0.0) -> ShownStream:
    return ShownStream(BODY, Stream(begin + np.arange(len(values)) / 10, values.astype(np.float32)), "", True)


def close(gaps: list[Gap]) -> list[tuple[float, float]]:
    return [(pytest.approx(gap.begin), pytest.approx(gap.end)) for gap in gaps]


def test_rows_of_zeros_are_gaps_and_single_zeros_are_not() -> None:
    values = np.ones((10, 2))
    values[3:5], values[7, 0] = 0.0, 0.0
    assert close(shown(values).gaps(1.0)) == [(0.3, 0.5)]
    assert shown(values).share == pytest.approx(0.8)


def test_what_lies_before_the_first_frame_and_after_the_last_is_a_gap() -> None:
    assert close(shown(np.ones((5, 2)), begin=0.5).gaps(2.0)) == [(0.0, 0.5), (1.0, 2.0)]


def test_zeros_at_an_end_and_the_time_beyond_it_are_one_gap() -> None:
    values = np.ones((6, 2))
    values[4:] = 0.0
    assert close(shown(values).gaps(2.0)) == [(0.4, 2.0)]


def test_the_rest_of_a_frame_at_the_end_is_no_gap() -> None:
    assert shown(np.ones((10, 2))).gaps(1.05) == []


def test_one_frame_of_zeros_is_no_longer_than_the_recording() -> None:
    assert close(shown(np.zeros((1, 2))).gaps(0.08)) == [(0.0, 0.08)]


def test_a_stream_that_is_not_there_is_one_gap() -> None:
    absent = ShownStream(BODY, None, "there is none", True)
    assert absent.gaps(3.0) == [Gap(0.0, 3.0)]
    assert absent.share == 0.0
