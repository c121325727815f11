"""Clips as the networks take them."""

from types import SimpleNamespace

import numpy as np
import pytest

from baseline.clip_training import even_size
from baseline.clips import Clips
from data_spec.challenge import load_challenge
from data_spec.stream import Stream

CHALLENGE = load_challenge("mspface")
RANDOM = np.random.default_rng(0)


def shown(frames, gap=slice(0, 0)):
    values = RANDOM.uniform(0.1, 1.0, (frames, 1024)).astype(np.float32)
    values[gap] = 0.0
    return Stream(np.arange(frames) / 25, values)


STREAMS = {
    "speech": {"long": Stream(np.zeros(1), RANDOM.normal(size=(1, 6373)).astype(np.float32))},
    "face": {"long": shown(12, slice(2, 6)), "short": shown(3), "unseen": shown(4, slice(0, 4))},
}


@pytest.fixture
def load():
    folder = SimpleNamespace(challenge=CHALLENGE, streams=STREAMS.__getitem__)
    return lambda modality, step=1: Clips(folder, ["long", "short", "unseen", "absent"], step).loader(modality)


def test_speech_is_one_row_and_zeros_where_there_is_none(load):
    rows = load("speech")(np.array([1, 0]))
    np.testing.assert_array_equal(rows[1], STREAMS["speech"]["long"].values[0])
    assert not rows[0].any()


def test_frames_without_a_face_are_left_out_and_shorter_clips_padded_at_their_ends(load):
    rows = load("face")(np.array([0, 1, 2]))
    assert rows.shape == (3, 8, 1024)
    values = STREAMS["face"]["long"].values
    np.testing.assert_array_equal(rows[0], values[[0, 1, *range(6, 12)]])
    np.testing.assert_array_equal(rows[1, :3], STREAMS["face"]["short"].values)
    assert not rows[1, 3:].any()
    assert not rows[2].any()


def test_of_the_frames_with_a_face_every_so_many_are_used(load):
    rows = load("face", 3)(np.array([0]))
    np.testing.assert_array_equal(rows[0], STREAMS["face"]["long"].values[[0, 7, 10]])


def test_clips_without_any_face_are_one_frame_of_zeros(load):
    rows = load("face")(np.array([2, 3]))
    assert rows.shape == (2, 1, 1024)
    assert not rows.any()


@pytest.mark.parametrize(("examples", "most", "size"), [(19, 16, 10), (128, 128, 128), (129, 128, 65), (3, 16, 3)])
def test_batches_are_nearly_alike(examples, most, size):
    assert even_size(examples, most) == size


def test_no_examples_are_no_reason_to_fail():
    assert even_size(0, 16) == 0
