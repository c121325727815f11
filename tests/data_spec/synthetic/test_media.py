"""Sound and pictures are written as the kit reads them, whole or not at all."""

import sys

import numpy as np
import pytest

from data_spec.features.packages import MissingPackageError
from data_spec.media.pictures import read_pictures
from data_spec.media.sound import read_sound
from data_spec.synthetic.media import write_film, write_sound
from data_spec.synthetic.performed import Film, Sound


def noise(samples=10_000):
    return np.random.default_rng(0).uniform(-1, 1, samples).astype(np.float32)


def pictures(count=12):
    ramp = np.linspace(0, 200, 32).astype(np.uint8)
    return [np.stack([np.tile(ramp + 4 * number, (24, 1))] * 3, axis=2) for number in range(count)]


@pytest.mark.parametrize("samples", [1, 4096, 10_000])
def test_a_sound_is_read_as_it_was_written_to_16_bits(tmp_path, samples):
    write_sound(tmp_path / "sound" / "one.flac", Sound(noise(samples), 16_000))
    read, rate = read_sound(tmp_path / "sound" / "one.flac")
    assert rate == 16_000
    np.testing.assert_allclose(read, noise(samples), atol=1e-4)


def test_a_film_has_its_pictures_at_their_times(tmp_path):
    write_film(tmp_path / "faces" / "one.mp4", Film(iter(pictures()), 25))
    read = [*read_pictures(tmp_path / "faces" / "one.mp4")]
    np.testing.assert_allclose([one.seconds for one in read], np.arange(12) / 25, atol=1e-4)
    for one, written in zip(read, pictures(), strict=True):
        assert np.abs(one.pixels.astype(int) - written).mean() < 4


def test_the_same_is_written_with_the_same_bytes(tmp_path):
    for name in "ab":
        write_sound(tmp_path / f"{name}.flac", Sound(noise(), 16_000))
        write_film(tmp_path / f"{name}.mp4", Film(iter(pictures()), 25))
    for suffix in ("flac", "mp4"):
        assert (tmp_path / f"a.{suffix}").read_bytes() == (tmp_path / f"b.{suffix}").read_bytes()


def test_a_film_that_breaks_off_leaves_nothing_behind(tmp_path):
    def breaking():
        yield pictures()[0]
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_film(tmp_path / "one.mp4", Film(breaking(), 25))
    assert [*tmp_path.iterdir()] == []


@pytest.mark.parametrize("write", [write_sound, write_film])
def test_without_pyav_it_is_said_what_to_install(write, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "av", None)
    with pytest.raises(MissingPackageError, match="writing sound and pictures needs the package av: pip install"):
        write(tmp_path / "one", None)
