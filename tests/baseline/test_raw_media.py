"""Sound and pictures from disk: the right samples and pictures at the right times, zeros where there are none."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from baseline.raw_media import (
    RawMedia,
    augmented,
    centre_crop,
    faces_on_disk,
    piece,
    sound_on_disk,
    standardized_sound,
)
from tests.data_spec.films import write_film, write_sound


def grey(*levels: int, side: int = 32) -> list[np.ndarray]:
    return [np.full((side, side, 3), level, dtype=np.uint8) for level in levels]


def test_sound_has_mean_0_and_variance_1_and_is_mapped_from_disk(tmp_path: Path) -> None:
    samples = (0.2 + 0.1 * np.random.default_rng(0).uniform(-1, 1, 8000)).astype(np.float32)
    path = write_sound(tmp_path / "a.flac", samples, 8000, codec="flac")

    sound = sound_on_disk(path, 8000, tmp_path / "a.npy")

    assert isinstance(sound, np.memmap)
    assert sound.mean() == pytest.approx(0, abs=1e-5)
    assert sound.std() == pytest.approx(1, abs=1e-5)
    np.testing.assert_allclose(sound, (samples - samples.mean()) / samples.std(), atol=1e-3)


def test_sound_of_another_rate_is_resampled_and_silence_stays_silence(tmp_path: Path) -> None:
    tone = 0.5 * np.sin(2 * np.pi * 100 * np.arange(16_000) / 16_000)
    path = write_sound(tmp_path / "tone.flac", tone.astype(np.float32), 16_000, codec="flac")
    expected = np.sqrt(2) * np.sin(2 * np.pi * 100 * np.arange(4000) / 4000)

    np.testing.assert_allclose(standardized_sound(path, 4000)[100:-100], expected[100:-100], atol=0.02)

    silence = write_sound(tmp_path / "silence.flac", np.zeros(800, dtype=np.float32), 8000, codec="flac")
    assert not standardized_sound(silence, 8000).any()


def test_each_time_has_the_picture_that_is_shown_then(tmp_path: Path) -> None:
    """Pictures at 0.2, 0.4 and 0.5 s; the last one is shown as long as the one before it."""
    path = write_film(tmp_path / "film.mp4", grey(50, 120, 200), [0.2, 0.4, 0.5])
    times = np.array([0.0, 0.1, 0.2, 0.39, 0.4, 0.49, 0.5, 0.55, 0.7])
    # A film's clock begins with its first picture.
    faces = faces_on_disk(path, times - 0.2, 32, tmp_path / "faces.npy")

    assert isinstance(faces, np.memmap)
    assert faces.shape == (9, 32, 32, 3)
    np.testing.assert_allclose(faces.mean(axis=(1, 2, 3)), [0, 0, 50, 50, 120, 120, 200, 200, 0], atol=4)


def test_pictures_are_brought_to_the_size_that_is_asked_for(tmp_path: Path) -> None:
    path = write_film(tmp_path / "film.mp4", grey(90, 90, side=64), [0.0, 0.04])

    assert faces_on_disk(path, np.array([0.0, 0.04]), 20, tmp_path / "faces.npy").shape == (2, 20, 20, 3)


@given(first=st.integers(-12, 12), length=st.integers(0, 12))
def test_a_piece_has_zeros_where_there_is_nothing(first: int, length: int) -> None:
    values = np.arange(1, 6)

    expected = [values[at] if 0 <= at < 5 else 0 for at in range(first, first + length)]

    assert piece(values, first, length).tolist() == expected


def test_pieces_begin_at_the_time_of_their_frame() -> None:
    media = RawMedia(
        times=0.04 * np.arange(100) + 1.0,
        sound=np.arange(40_000, dtype=np.float32),
        sound_rate=8000,
        faces=np.broadcast_to(np.arange(20, dtype=np.uint8)[:, None, None, None], (20, 4, 4, 3)),
        frames_per_picture=5,
    )

    assert media.sound_of(25, samples=3).tolist() == [16_000, 16_001, 16_002]  # 1 s + 25 × 0.04 s
    assert media.faces_of(25, pictures=3)[:, 0, 0, 0].tolist() == [5, 6, 7]
    assert media.faces_of(95, pictures=2)[:, 0, 0, 0].tolist() == [19, 0]


def test_augmentation_is_the_same_for_all_pictures_of_a_sequence_and_stays_in_range() -> None:
    random = np.random.default_rng(1)
    picture = random.integers(0, 256, (1, 22, 22, 3), dtype=np.uint8)
    faces = np.repeat(picture, 4, axis=0)

    once, again = (augmented(faces, 16, 0.2, 0.5, random) for _ in range(2))

    assert once.shape == (4, 16, 16, 3)
    assert once.dtype == np.float32
    assert 0 <= once.min() < once.max() <= 255
    assert (once == once[0]).all()
    assert not np.array_equal(once, again)


def test_without_brightness_and_saturation_augmentation_is_a_crop() -> None:
    faces = np.random.default_rng(2).integers(0, 256, (2, 9, 9, 3), dtype=np.uint8)

    crop = augmented(faces, 7, 0.0, 0.0, np.random.default_rng(0))

    places = [(down, right) for down in range(3) for right in range(3)]
    assert any(np.allclose(crop, faces[:, d : d + 7, r : r + 7], atol=1e-3) for d, r in places)
    np.testing.assert_array_equal(centre_crop(faces, 7), faces[:, 1:8, 1:8])


def test_saturation_moves_colours_from_grey_and_leaves_grey_alone() -> None:
    coloured = np.broadcast_to(np.array([100, 120, 140], dtype=np.uint8), (1, 4, 4, 3))
    even = np.full((1, 4, 4, 3), 120, dtype=np.uint8)
    seeds = range(20)

    stronger = [augmented(coloured, 4, 0.0, 0.5, np.random.default_rng(seed))[0, 0, 0] for seed in seeds]

    for red, green, blue in stronger:
        assert green == pytest.approx(120, abs=1e-3)
        assert 110 <= red + 20 <= 130.1
        assert red + blue == pytest.approx(240, abs=1e-3)
    assert len({float(red) for red, _, _ in stronger}) > 10
    assert all((augmented(even, 4, 0.0, 0.5, np.random.default_rng(seed)) == 120).all() for seed in seeds)
