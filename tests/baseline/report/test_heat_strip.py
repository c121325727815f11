"""Strips of streams."""

from __future__ import annotations

import base64
import io
import re

import numpy as np
from PIL import Image

from baseline.report.contents import ShownStream
from baseline.report.heat_strip import HIGH, LOW, deviations, heat_strip
from baseline.report.time_scale import TimeScale
from data_spec.modality import Modality
from data_spec.stream import Stream


def shown(values: np.ndarray, rate: int = 10) -> ShownStream:
    modality = Modality(name="body", folder="body", rate=rate, features=values.shape[1], header="names")
    stream = Stream(np.arange(len(values)) / rate, values.astype(np.float32))
    return ShownStream(modality, stream, "", True)


def picture(strip: str) -> Image.Image:
    found = re.search(r"data:image/png;base64,([^\"]+)", strip)
    assert found is not None
    return Image.open(io.BytesIO(base64.b64decode(found[1]))).convert("RGBA")


def test_the_median_is_zero_and_the_outermost_values_are_in_full_colour() -> None:
    values = np.linspace(1, 2, 101)[:, None]
    scaled = deviations(shown(values), 10.1)[:, 0]
    assert scaled[50] == 0
    np.testing.assert_array_equal(scaled[:5], -1)
    np.testing.assert_array_equal(scaled[-5:], 1)
    np.testing.assert_allclose(np.diff(scaled[10:90]), 1 / 45, rtol=1e-3)


def test_one_jump_leaves_the_rest_of_a_column_visible() -> None:
    values = 5 + np.sin(np.arange(100.0))[:, None]
    jumping = values.copy()
    jumping[50] = 1e6
    difference = np.abs(deviations(shown(values), 10) - deviations(shown(jumping), 10))
    assert np.delete(difference, 50).max() < 0.1


def test_a_flag_that_is_seldom_off_is_seen_where_it_is_off() -> None:
    values = np.ones((100, 1))
    values[40:42] = 0.5
    scaled = deviations(shown(values), 10)[:, 0]
    np.testing.assert_array_equal(np.flatnonzero(scaled), [40, 41])
    np.testing.assert_array_equal(scaled[40:42], -1)


def test_a_column_that_never_changes_is_zero() -> None:
    assert not deviations(shown(np.full((30, 2), 7.0)), 3.0).any()
    with_rounding_errors = 7 + 1e-6 * (np.arange(60) % 3).reshape(30, 2)
    assert not deviations(shown(with_rounding_errors), 3.0).any()


def test_gaps_change_no_scale_and_have_no_value() -> None:
    values = np.linspace(1, 2, 100)[:, None]
    with_gap = np.concatenate([values, np.zeros((50, 1))])
    scaled = deviations(shown(with_gap), 15.0)
    np.testing.assert_allclose(scaled[:100], deviations(shown(values), 10.0))
    assert np.isnan(scaled[100:]).all()


def test_a_long_stream_is_drawn_in_pieces_of_equal_length() -> None:
    values = np.repeat([1.0, 3.0], 5000)[:, None]
    scaled = deviations(shown(values, rate=100), 100.0)
    assert scaled.shape == (600, 1)
    assert (scaled[:300] < 0).all() or (scaled[:300] == 0).all()
    assert len(np.unique(scaled[:300])) == len(np.unique(scaled[300:])) == 1


def test_the_picture_has_a_line_for_each_column_blue_under_the_median_and_orange_over_it() -> None:
    values = np.column_stack([np.linspace(1, 2, 101), np.linspace(2, 1, 101)])
    drawn = picture(heat_strip(shown(values), TimeScale(10.1)))
    assert drawn.size == (101, 2)
    assert drawn.getpixel((0, 0)) == (*LOW, 255)
    assert drawn.getpixel((100, 0)) == (*HIGH, 255)
    assert drawn.getpixel((0, 1)) == (*HIGH, 255)
    assert drawn.getpixel((50, 0))[3] == 0


def test_gaps_are_hatched_named_and_read_out() -> None:
    values = np.ones((40, 1))
    values[10:30] = 0.0
    strip = heat_strip(shown(values), TimeScale(4.0))
    assert 'class="gap" x="25%" width="50%"' in strip
    assert ">gap</text>" in strip
    assert 'aria-label="body: 1 columns over 4 s; gaps: 1 s to 3 s"' in strip


def test_an_absent_stream_is_hatched_from_end_to_end() -> None:
    absent = ShownStream(shown(np.ones((1, 1))).modality, None, "there is none", True)
    strip = heat_strip(absent, TimeScale(4.0))
    assert 'class="gap" x="0%" width="100%"' in strip
    assert "<image" not in strip
