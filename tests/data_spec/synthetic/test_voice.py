"""A voice: louder, higher and livelier where arousal is high, brighter where valence is."""

import numpy as np
import pytest

from data_spec.synthetic.voice import RATE, Speech, Throat, sing

SAMPLES = 16_000
SECONDS = 6.0
THROAT = Throat(pitch=120.0, formants=1.0, loudness=0.0, tilt=0.0)


def voice(arousal=0.0, valence=0.0, throat=THROAT, seconds=SECONDS):
    speech = Speech.draw(seconds, np.random.default_rng(1))
    moments = len(speech.voiced)
    samples = round(seconds * SAMPLES)
    parts = np.full(moments, arousal), np.full(moments, valence)
    return speech, sing(speech, *parts, throat, samples, SAMPLES, np.random.default_rng(2))


def pitches(sound):
    """The pitch of each voiced tenth of a second: the lag at which the sound is most like itself."""
    frames = sound[: len(sound) // 1600 * 1600].reshape(-1, 1600).astype(np.float64)
    loud = frames.std(axis=1) > 0.5 * np.median(frames.std(axis=1)[frames.std(axis=1) > 1e-3])
    found = []
    for frame in frames[loud]:
        likeness = np.correlate(frame, frame, "full")[1600:]
        lag = 25 + np.argmax(likeness[25:320])
        found.append(SAMPLES / (lag + 1))
    return np.array(found)


def brightness(sound):
    """The middle of the spectrum, in Hz."""
    power = np.abs(np.fft.rfft(sound)) ** 2
    return (power * np.fft.rfftfreq(len(sound), 1 / SAMPLES)).sum() / power.sum()


def test_a_sound_has_as_many_samples_as_are_asked_and_is_never_overdriven():
    _, sound = voice(arousal=1.0, valence=1.0)
    assert sound.shape == (round(SECONDS * SAMPLES),)
    assert sound.dtype == np.float32
    assert 0.01 < np.abs(sound).max() <= 1.0


def test_arousal_makes_the_voice_louder_and_higher():
    (_, calm), (_, neutral), (_, excited) = (voice(arousal=arousal) for arousal in (-0.8, 0.0, 0.8))
    assert calm.std() < neutral.std() < excited.std()
    # 8 dB in each direction are for arousal of 1; without them, the brighter spectrum alone makes a few.
    assert 20 * np.log10(excited.std() / calm.std()) > 10
    assert np.median(pitches(calm)) < np.median(pitches(neutral)) < np.median(pitches(excited))


def test_the_pitch_is_the_persons_where_arousal_is_zero():
    assert np.median(pitches(voice()[1])) == pytest.approx(THROAT.pitch, rel=0.12)


def test_arousal_makes_the_pitch_range_wider():
    calm, excited = (np.diff(np.percentile(np.log(pitches(voice(arousal=a)[1])), [25, 75]))[0] for a in (-0.9, 0.9))
    assert excited > calm


def test_valence_brightens_the_voice_and_moves_its_loudness_less_than_arousal_does():
    (_, low), (_, high) = voice(valence=-0.9), voice(valence=0.9)
    assert brightness(high) > brightness(low)
    (_, calm), (_, excited) = voice(arousal=-0.9), voice(arousal=0.9)
    assert abs(np.log(high.std() / low.std())) < 0.5 * np.log(excited.std() / calm.std())


def test_people_pause_between_phrases():
    speech, sound = voice(seconds=30.0)
    silent = speech.voiced[:-1] == 0
    assert 0.1 < silent.mean() < 0.6
    energy = np.abs(sound).reshape(-1, SAMPLES // RATE).mean(axis=1)
    assert energy[silent[: len(energy)]].mean() < 0.1 * energy[~silent[: len(energy)]].mean()


def test_every_person_has_a_voice_of_their_own():
    rng = np.random.default_rng(0)
    assert len({round(Throat.draw(rng).pitch, 3) for _ in range(20)}) == 20
