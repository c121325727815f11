"""Sequences of recordings: whole ones to train on, all frames to predict, and labels of the frames they show."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from baseline.media_sequences import SequenceForm, Sequences, modality_of_form
from data_spec.corpus import Corpus
from tests.baseline.conversations import SIDE, SOUND_RATE, make_corpus

FORM = SequenceForm(
    frames=40, rate=25, sound_rate=SOUND_RATE, frames_per_picture=4, side=SIDE - 4, side_uncropped=SIDE,
    brightness=0.1, saturation=0.1,
)  # fmt: skip
BOTH = ("sound", "pictures")


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Corpus:
    return make_corpus(tmp_path_factory.mktemp("sequences") / "corpus", seconds=4.0)


def test_a_sequence_shows_what_its_labels_are_about(corpus: Corpus, tmp_path: Path) -> None:
    """In these recordings the brightness of the face is the valence, and the loudness the arousal."""
    folder = corpus.folder("train")
    sequences = Sequences(folder, folder.recordings, BOTH, FORM, tmp_path / "scratch")
    batches = list(sequences.batches(BOTH, size=4).as_numpy_iterator())

    assert [len(labels) for _, labels in batches] == [4, 4, 4, 4, 2]  # six recordings, three sequences each
    for inputs, labels in batches:
        assert inputs["sound"].shape[1:] == (40 * SOUND_RATE // 25,)
        assert inputs["pictures"].shape[1:] == (10, SIDE - 4, SIDE - 4, 3)
        assert labels.shape[1:] == (40, 2)
        brightness = inputs["pictures"].mean(axis=(2, 3, 4))  # (sequences, pictures)
        np.testing.assert_allclose(brightness, 127 + 100 * labels[:, ::4, 1], atol=5)
        loudness = np.sqrt((inputs["sound"].reshape(len(labels), 40, -1) ** 2).mean(axis=2))
        for heard, meant in zip(loudness, labels[..., 0], strict=True):
            assert np.corrcoef(heard, meant)[0, 1] > 0.8 or np.ptp(meant) < 0.3


def test_the_same_seed_gives_the_same_training_batches_and_each_pass_another_order(
    corpus: Corpus, tmp_path: Path
) -> None:
    folder = corpus.folder("train")
    sequences = Sequences(folder, folder.recordings[:2], BOTH, FORM, tmp_path / "scratch")

    def passes(seed: int) -> list[np.ndarray]:
        batches = sequences.batches(BOTH, size=6, shuffle_seed=seed)
        return [next(iter(batches.as_numpy_iterator()))[0]["pictures"] for _ in range(2)]

    first, again, other = passes(0), passes(0), passes(1)
    np.testing.assert_array_equal(first[0], again[0])
    np.testing.assert_array_equal(first[1], again[1])
    assert not np.array_equal(first[0], first[1])
    assert not np.array_equal(first[0], other[0])


def test_every_frame_of_a_recording_is_in_a_sequence_and_what_is_missing_is_zeros(
    corpus: Corpus, tmp_path: Path
) -> None:
    folder = corpus.folder("test")
    sequences = Sequences(folder, ["test1"], BOTH, FORM, tmp_path / "scratch")

    assert [first for _, first in sequences.places] == [0, 40, 60]
    inputs = sequences.inputs("test1", 60, BOTH, random=None)
    assert not inputs["pictures"].any()  # this recording has no face
    assert inputs["sound"].any()


def test_only_what_a_network_takes_is_cut(corpus: Corpus, tmp_path: Path) -> None:
    sequences = Sequences(corpus.folder("test"), ["test0"], ("sound",), FORM, tmp_path / "scratch")

    assert set(sequences.inputs("test0", 0, ("sound",), random=None)) == {"sound"}
    assert not list((tmp_path / "scratch").glob("*.pictures.npy"))


def test_recordings_that_are_too_short_are_not_trained_on(corpus: Corpus, tmp_path: Path) -> None:
    longer = SequenceForm(**{**FORM.__dict__, "frames": 120})
    folder = corpus.folder("train")
    sequences = Sequences(folder, folder.recordings, ("sound",), longer, tmp_path / "scratch")

    with pytest.raises(ValueError, match="expected labelled recordings of 120 frames or more, found none among 6"):
        sequences.batches(("sound",), size=2)
    assert sequences.inputs("train0", 0, ("sound",), random=None)["sound"].shape == (120 * SOUND_RATE // 25,)


def test_modalities_are_found_by_their_form(corpus: Corpus) -> None:
    assert modality_of_form(corpus.challenge, "pictures") == "faces"
    assert modality_of_form(corpus.challenge.model_copy(update={"modalities": ()}), "sound") is None
