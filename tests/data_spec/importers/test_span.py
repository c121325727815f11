from __future__ import annotations

import numpy as np
import pytest

from data_spec.challenge import Challenge, load_challenge
from data_spec.importers.span import Span, spoken_span
from data_spec.stream import NO_LABEL, Stream


@pytest.fixture(scope="module")
def ravdess() -> Challenge:
    return load_challenge("ravdess")


def stream(rate: int, present: list[int]) -> Stream:
    return Stream(np.arange(len(present)) / rate, np.array(present, dtype=np.float32)[:, None])


def test_all_streams_are_cut_to_the_time_from_the_first_sound_to_the_last(ravdess: Challenge) -> None:
    sound = stream(100, [0] * 37 + [1] + [0] * 50 + [1] + [0] * 11)
    pictures = stream(50, [1] * 50)
    body = stream(15, [1] * 15)
    span = spoken_span({"audio": sound, "eyes": pictures, "kinect": body}, 1.0, ravdess)
    assert span.cut(sound).times.tolist() == [number / 100 for number in range(37, 89)]
    assert span.cut(sound).present[[0, -1]].all()
    # The first picture that begins after the sound did, and the last that begins before it ended.
    assert span.cut(pictures).times[[0, -1]].tolist() == [0.38, 0.88]
    assert span.cut(body).times[[0, -1]].tolist() == [6 / 15, 13 / 15]
    labels = span.labels(3, 1.0, 100)
    np.testing.assert_allclose(labels.times, span.cut(sound).times, rtol=0, atol=1e-12)


def test_every_frame_of_a_tie_has_no_label_and_the_agreement_of_the_clip() -> None:
    labels = Span(0.0, 0.5).labels(NO_LABEL, 0.4, 100)
    assert (len(labels.times), set(labels.index), set(labels.agreement)) == (50, {NO_LABEL}, {0.4})


@pytest.mark.parametrize("sound", [{}, {"audio": stream(100, [0] * 130)}])
def test_a_film_in_which_nothing_is_heard_is_a_recording_as_a_whole(
    sound: dict[str, Stream], ravdess: Challenge
) -> None:
    pictures = stream(50, [0] * 65)
    span = spoken_span({**sound, "eyes": pictures}, 1.3, ravdess)
    assert span == Span(0.0, 1.3)
    assert len(span.cut(pictures).times) == 65
    assert len(span.labels(0, 1.0, 100).times) == 130


def test_silence_alone_is_no_clip(ravdess: Challenge) -> None:
    with pytest.raises(ValueError, match=r"expected a voice, found 1\.5 s of silence"):
        spoken_span({"audio": stream(100, [0] * 150)}, 1.5, ravdess)
