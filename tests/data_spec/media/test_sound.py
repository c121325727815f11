"""Sound: one channel, from the beginning of the file on."""

import wave

import numpy as np
import pytest

from data_spec.media.container import MediaError
from data_spec.media.pictures import read_pictures
from data_spec.media.sound import read_sound
from tests.data_spec.films import write_film, write_sound

GRAY = np.full((48, 64, 3), 90, dtype=np.uint8)


def tone(seconds, rate):
    return (0.5 * np.sin(2 * np.pi * 220 * np.arange(round(seconds * rate)) / rate)).astype(np.float32)


@pytest.mark.parametrize(("suffix", "codec"), [("wav", "pcm_s16le"), ("flac", "flac")])
def test_lossless_sound_is_read_sample_by_sample(tmp_path, suffix, codec):
    samples = tone(0.3, 16_000)
    read, rate = read_sound(write_sound(tmp_path / f"tone.{suffix}", samples, 16_000, codec))
    assert rate == 16_000
    assert read.dtype == np.float32
    assert np.array_equal(read, np.round(samples * 32767).astype(np.int16).astype(np.float32) / 32768)


def test_channels_are_averaged(tmp_path):
    both = np.stack([np.full(800, 0.5), np.full(800, -0.25)]).astype(np.float32)
    read, _ = read_sound(write_sound(tmp_path / "two.wav", both, 8_000))
    assert np.allclose(read, 0.125, atol=1e-4)


@pytest.mark.parametrize("suffix", ["mp4", "mkv"])
def test_sound_that_begins_after_the_pictures_has_zeros_before(tmp_path, suffix):
    film = write_film(
        tmp_path / f"late.{suffix}", [GRAY] * 6, [one / 10 for one in range(6)], tone(0.3, 16_000), sound_begins=0.2
    )
    read, rate = read_sound(film)
    assert next(iter(read_pictures(film))).seconds == 0.0
    assert rate == 16_000
    assert len(read) == pytest.approx(0.5 * 16_000, abs=20)
    assert not read[: round(0.19 * rate)].any()
    assert read[round(0.21 * rate) :].any()


def test_a_film_without_sound_is_refused_by_name(tmp_path):
    film = write_film(tmp_path / "mute.mp4", [GRAY] * 2, [0.0, 0.1])
    with pytest.raises(MediaError, match=r"mute.mp4: expected sound, found none in it"):
        read_sound(film)


def test_a_lossy_file_stays_within_one(tmp_path):
    loud = np.sign(tone(0.5, 16_000)) * np.float32(0.999)
    read, _ = read_sound(write_sound(tmp_path / "loud.mp3", loud, 16_000, "mp3"))
    assert np.abs(read).max() <= 1.0


def test_an_mp3_begins_where_its_sound_does_without_the_run_up_of_its_encoder(tmp_path):
    samples = np.zeros(44_100, dtype=np.float32)
    samples[22_050:23_000] = tone(950 / 44_100, 44_100)
    read, _ = read_sound(write_sound(tmp_path / "tone.mp3", samples, 44_100, "mp3"))
    assert len(read) == pytest.approx(44_100, abs=20)
    assert np.argmax(np.abs(read) > 0.2) == pytest.approx(22_050, abs=150)


def test_sound_of_many_microphones_is_averaged(tmp_path):
    with wave.open(str(tmp_path / "many.wav"), "wb") as file:
        file.setnchannels(12)
        file.setsampwidth(2)
        file.setframerate(8_000)
        file.writeframes(np.tile(np.arange(12) * 1000, (4_000, 1)).astype("<i2").tobytes())
    read, rate = read_sound(tmp_path / "many.wav")
    assert (len(read), rate) == (4_000, 8_000)
    assert np.allclose(read, 5500 / 32768, atol=1e-6)


def test_a_recording_of_a_broadcast_that_begins_hours_in_begins_at_0(tmp_path):
    times = [7200 + one / 10 for one in range(6)]
    film = write_film(tmp_path / "tv.mkv", [GRAY] * 6, times, tone(0.5, 16_000), sound_begins=7200.0)
    assert len(read_sound(film)[0]) == pytest.approx(8_000, abs=20)
    assert [round(picture.seconds, 3) for picture in read_pictures(film)] == [0.0, 0.1, 0.2, 0.3, 0.4, 0.5]
