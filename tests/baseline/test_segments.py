"""Segments: from streams of several rates to sequences of equal length."""

import numpy as np
import pytest

from baseline.segments import cut_segments, last_frames, reference_modality
from data_spec.challenge import load_challenge
from data_spec.corpus import Corpus
from data_spec.csv_files import write_stream, write_template
from data_spec.stream import Stream


@pytest.fixture
def folder(segments_corpus, tmp_path):
    """One recording of 4 s whose streams tell the time, in segments that begin at 10.0 and 11.5."""
    challenge = segments_corpus.challenge
    corpus = Corpus.create(tmp_path / "clock", challenge)
    for modality in challenge.modalities:
        times = 10.0 + np.arange(4 * modality.rate) / modality.rate
        middle = times + 0.5 / modality.rate
        stream = Stream(times, np.tile(middle[:, None], (1, 3)).astype(np.float32))
        write_stream(corpus.root / "test" / modality.folder / "one.csv", stream, modality)
    write_template(corpus.root / "test" / "prediction" / "one.csv", np.array([10.0, 11.5]), challenge.task)
    return corpus.folder("test")


def test_the_reference_of_mosei_is_text_as_in_the_paper():
    assert reference_modality(load_challenge("mosei")).name == "text"


def test_streams_of_all_rates_show_the_same_moment_in_a_frame(folder):
    segments = cut_segments(folder, ["one"], ["audio", "text", "video"], maxlen=9)
    assert segments.values.shape == (2, 9, 9)
    audio, text, video = segments.values[..., 0], segments.values[..., 3], segments.values[..., 6]
    # A word's edge cuts frames of the others, within which nothing is known to change: up to an eighth of a frame.
    np.testing.assert_allclose(audio, text, atol=1 / 20 / 8)
    np.testing.assert_allclose(video, text, atol=1 / 10 / 8)


def test_a_frame_belongs_to_the_segment_that_has_its_middle_and_short_segments_are_padded_at_the_left(folder):
    first, last = cut_segments(folder, ["one"], ["text"], maxlen=9).values[..., 0]
    # The text's frames have their middles at 10 + 1/6, 10 + 3/6, …; the first segment ends at 11.5.
    np.testing.assert_allclose(first, [0, 0, 0, 0, 0, *(10 + (2 * np.arange(4) + 1) / 6)], atol=1e-4)
    np.testing.assert_allclose(last, [0, *(11.5 + np.arange(8) / 3)], atol=1e-4)


def test_of_a_long_segment_the_last_frames_are_kept(folder):
    kept = cut_segments(folder, ["one"], ["text"], maxlen=3).values[1, :, 0]
    np.testing.assert_allclose(kept, 14 - np.array([5, 3, 1]) / 6, atol=1e-4)


def test_without_the_text_the_other_streams_keep_its_clock(folder):
    with_text = cut_segments(folder, ["one"], ["audio"], maxlen=9).values
    assert np.count_nonzero(with_text[1, :, 0]) == 8  # words' frames, not the audio's 50
    (folder.path / "text" / "one.csv").unlink()
    np.testing.assert_allclose(cut_segments(folder, ["one"], ["audio"], maxlen=9).values, with_text, atol=1e-4)
    text_too = cut_segments(folder, ["one"], ["audio", "text"], maxlen=9).values
    np.testing.assert_allclose(text_too[..., :3], with_text, atol=1e-4)
    assert not text_too[..., 3:].any()


def test_a_recording_without_any_stream_is_zeros_and_keeps_its_rows(folder):
    for name in ("text", "audio", "video"):
        (folder.path / name / "one.csv").unlink()
    segments = cut_segments(folder, ["one"], ["audio", "text"], maxlen=5)
    assert segments.values.shape == (2, 5, 6)
    assert not segments.values.any()


def test_segments_stand_in_the_order_of_the_recordings_and_of_their_rows(segments_corpus):
    folder = segments_corpus.folder("train")
    asked = [folder.recordings[3], folder.recordings[0]]
    together = cut_segments(folder, asked, ["audio"], maxlen=6)
    assert together.recording.tolist() == [asked[0]] * 3 + [asked[1]] * 3
    apart = [cut_segments(folder, [name], ["audio"], maxlen=6).values for name in asked]
    np.testing.assert_array_equal(together.values, np.concatenate(apart))
    labels = np.concatenate([folder.labels[name].values for name in asked])
    np.testing.assert_allclose(together.values[:, -1, 0], labels[:, 3] + 0.1, atol=1e-4)


def test_no_recording_gives_no_segment(segments_corpus):
    assert cut_segments(segments_corpus.folder("train"), [], ["audio", "text"], 4).values.shape == (0, 4, 6)


@pytest.mark.parametrize("frames", [0, 1, 4, 5, 9])
def test_a_sequence_is_as_long_as_asked_whatever_the_segment(frames):
    values = np.arange(1.0, frames + 1, dtype=np.float32)[:, None]
    result = last_frames(values, 5).ravel()
    assert len(result) == 5
    assert result[5 - min(frames, 5) :].tolist() == values.ravel()[-5:].tolist()
    assert not result[: 5 - min(frames, 5)].any()
