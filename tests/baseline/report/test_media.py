"""Pictures of a film, made by PyAV."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("av", reason="needs the optional packages of requirements-features.txt")

from PIL import Image

from baseline.report.media import look_at_film, sound_rate
from tests.data_spec.films import write_film

GREYS = [20, 70, 120, 170, 220]


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Five seconds of grey, lighter every second."""
    pictures = [np.full((90, 320, 3), grey, dtype=np.uint8) for grey in GREYS for _ in range(8)]
    return write_film(tmp_path_factory.mktemp("film") / "greys.mp4", pictures, [number / 8 for number in range(40)])


def test_thumbnails_show_the_film_evenly_over_the_time(film: Path) -> None:
    looked = look_at_film(film, 5.0, thumbnails=5)
    assert [one.seconds for one in looked.thumbnails] == [0, 1, 2, 3, 4]
    middles = [np.asarray(Image.open(io.BytesIO(one.jpeg)))[20, 40].mean() for one in looked.thumbnails]
    np.testing.assert_allclose(middles, GREYS, atol=6)
    assert {(one.width, one.height) for one in looked.thumbnails} == {(160, 45)}


def test_the_facts_are_those_of_the_film(film: Path) -> None:
    looked = look_at_film(film, 5.0)
    assert (looked.pictures, looked.rate, looked.width, looked.height) == (40, pytest.approx(8.0), 320, 90)
    assert len(looked.thumbnails) == 10


def test_where_the_sound_goes_on_the_last_picture_stays(film: Path) -> None:
    last = look_at_film(film, 50.0).thumbnails[-1]
    assert np.asarray(Image.open(io.BytesIO(last.jpeg)))[20, 40].mean() == pytest.approx(GREYS[-1], abs=6)


def test_a_film_without_sound_has_no_sound_rate(film: Path) -> None:
    assert sound_rate(film) is None


def test_a_still_picture_is_shown_once(tmp_path: Path) -> None:
    Image.fromarray(np.full((60, 40, 3), 90, dtype=np.uint8)).save(tmp_path / "still.png")
    looked = look_at_film(tmp_path / "still.png", 0.1)
    assert (looked.pictures, looked.rate, len(looked.thumbnails)) == (1, None, 1)
