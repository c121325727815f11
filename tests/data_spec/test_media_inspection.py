"""Files of sound and pictures against their modality."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from data_spec.media_inspection import media_faults
from data_spec.modality import Modality
from tests.data_spec.films import write_film, write_sound

SOUND = Modality(name="sound", folder="sound", form="sound", rate=16000)
FACES = Modality(name="faces", folder="faces", form="pictures", rate=25, height=32, width=48)
TIMES = np.arange(50) / 25


def film(path: Path, pictures: int = 50, rate: int = 25, height: int = 32) -> Path:
    picture = np.full((height, 48, 3), 90, dtype=np.uint8)
    return write_film(path, [picture] * pictures, [number / rate for number in range(pictures)])


@pytest.fixture
def sound(tmp_path: Path) -> Path:
    return write_sound(tmp_path / "one.flac", np.zeros(32000, dtype=np.float32), 16000, codec="flac")


def test_a_sound_of_the_right_rate_and_length_has_no_fault(sound: Path):
    assert media_faults(sound, SOUND, TIMES, 0.04) == []


def test_a_sound_of_another_rate_is_named_with_both(sound: Path):
    other = SOUND.model_copy(update={"rate": 8000})
    assert "sound of 8000 samples a second, found 16000" in str(media_faults(sound, other, TIMES, 0.04)[0])


def test_a_sound_that_ends_before_the_labels_is_a_fault(sound: Path):
    late = np.arange(100) / 25
    assert "4 s, where the labels end" in str(media_faults(sound, SOUND, late, 0.04)[0])


def test_where_rows_have_no_end_any_length_will_do(sound: Path):
    assert media_faults(sound, SOUND, np.array([0.0, 9.0]), None) == []


def test_pictures_of_the_right_size_have_no_fault(tmp_path: Path):
    assert media_faults(film(tmp_path / "one.mp4"), FACES, TIMES, 0.04) == []


def test_pictures_of_another_size_are_named_with_both(tmp_path: Path):
    (fault,) = media_faults(film(tmp_path / "one.mp4", height=64), FACES, TIMES, 0.04)
    assert "pictures of 32 × 48 pixels, found 64 × 48" in str(fault)


def test_a_file_that_is_none_is_a_fault_and_no_error(tmp_path: Path):
    path = tmp_path / "one.flac"
    path.write_text("no sound")
    (fault,) = media_faults(path, SOUND, TIMES, 0.04)
    assert str(fault) == f"{path}: expected sound of 16000 samples a second, found no sound"


def test_a_film_that_cannot_be_decoded_is_named_once(tmp_path: Path):
    path = tmp_path / "one.mp4"
    path.write_text("no film")
    (fault,) = media_faults(path, FACES, TIMES, 0.04)
    assert str(fault) == f"{path}: expected a file of pictures, found one that cannot be decoded"


def test_a_film_without_sound_is_no_sound(tmp_path: Path):
    assert "found no sound" in str(media_faults(film(tmp_path / "one.mp4"), SOUND, TIMES, 0.04)[0])
