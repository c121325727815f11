"""Windows cover every frame once, gaps are zeros, and the label of a window is the majority of its frames."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from baseline.windows import Pieces, Windows, cut_windows, first_frames, spread_over_frames, window_labels
from data_spec.corpus import Corpus
from data_spec.csv_files import write_labels, write_stream
from data_spec.stream import NO_LABEL, Labels, Stream


@given(frames=st.integers(1, 5000), length=st.integers(1, 500))
def test_windows_cover_every_frame_and_all_but_the_last_lie_end_to_end(frames, length):
    starts = first_frames(frames, length)
    covered = np.zeros(frames + length, dtype=int)
    for start in starts:
        covered[start : start + length] += 1
    assert (covered[:frames] >= 1).all()
    assert starts[:-1] == list(range(0, length * (len(starts) - 1), length))
    assert starts[-1] + length <= max(frames, length)


@given(frames=st.lists(st.integers(1, 2000), min_size=1, max_size=4), seed=st.integers(0, 99))
def test_every_frame_gets_the_value_of_a_window_that_covers_it(merc2017, frames, seed):
    templates = {f"id{number}": np.arange(count) / 100 for number, count in enumerate(frames)}
    starts = [(name, first) for name, times in templates.items() for first in first_frames(len(times), 400)]
    windows = Windows({}, np.array([name for name, _ in starts]), np.array([first for _, first in starts]))
    values = np.random.default_rng(seed).integers(0, 6, size=len(windows))
    spread = spread_over_frames(windows, values, templates, merc2017.task)
    for name, of_frames in spread.items():
        assert len(of_frames) == len(templates[name])
        assert (of_frames >= 0).all()
        for frame, value in enumerate(of_frames.tolist()):
            covering = [
                v for (n, first), v in zip(starts, values, strict=True) if n == name and first <= frame < first + 400
            ]
            assert value == covering[0]


@pytest.fixture
def folder(tmp_path, merc2017):
    """Two recordings that begin at 7.3 s: one of 10 s with all streams, one of 3 s with audio only."""
    corpus = Corpus.create(tmp_path / "corpus", merc2017)
    train = corpus.root / "train"
    for name, seconds, modalities in [("idlong", 10, merc2017.modalities), ("idshort", 3, merc2017.modalities[:1])]:
        frames = seconds * 100
        labels = Labels(7.3 + np.arange(frames) / 100, np.full(frames, 2, dtype=np.int8), np.ones(frames))
        write_labels(train / "labels" / f"{name}.csv", labels, merc2017.task)
        for modality in modalities:
            count = seconds * modality.rate
            values = np.tile(1.0 + np.arange(count, dtype=np.float32)[:, None], (1, modality.features))
            stream = Stream(7.3 + np.arange(count) / modality.rate, values)
            write_stream(train / modality.folder / f"{name}.csv", stream, modality)
    return corpus.folder("train")


def test_each_window_holds_the_frames_of_its_seconds_in_every_modality(folder, merc2017):
    windows = cut_windows(folder, [modality.name for modality in merc2017.modalities])
    assert windows.recording.tolist() == ["idlong", "idlong", "idlong", "idshort"]
    assert windows.first_frame.tolist() == [0, 400, 600, 0]
    for modality in merc2017.modalities:
        values = windows.inputs(np.arange(4))[modality.name]
        assert values.shape == (4, 4 * modality.rate, modality.features)
        for row, second in enumerate([0, 4, 6]):
            expected = 1 + second * modality.rate + np.arange(4 * modality.rate)
            np.testing.assert_array_equal(values[row, :, 0], expected)


def test_a_missing_stream_and_the_end_of_a_short_recording_are_zeros(folder):
    inputs = cut_windows(folder, ["audio", "face"]).inputs(np.array([3]))
    assert not inputs["face"].any()
    assert inputs["audio"][0, :300].all()
    assert not inputs["audio"][0, 300:].any()


def test_a_window_is_no_copy_of_its_stream_and_a_batch_is_one(folder):
    windows = cut_windows(folder, ["audio", "face"])
    for name in ("audio", "face"):
        values = windows.pieces[name].streams[0].values
        assert all(np.shares_memory(piece, values) for piece in windows.pieces[name].of(np.arange(3)))
        batch = windows.inputs(np.arange(3))[name]
        assert batch.flags.writeable
        assert not np.shares_memory(batch, values)


def test_the_windows_of_no_recordings_and_no_windows_are_batches_without_rows(folder):
    for windows in (cut_windows(folder, ["face"]), cut_windows(folder, ["face"], [])):
        assert windows.inputs(np.arange(0))["face"].shape == (0, 200, 100)


RATE = 10


@st.composite
def streams(draw):
    """Up to 60 frames, of which some are missing and some came early or late, or are zeros; or none at all."""
    frames = np.flatnonzero(draw(st.lists(st.booleans() | st.just(True), max_size=60)))
    random = np.random.default_rng(draw(st.integers(0, 99)))
    late = draw(st.sampled_from([0.0, 1e-6, 0.4])) * random.uniform(-1, 1, size=len(frames))
    values = random.integers(0, 3, size=(len(frames), 2)).astype(np.float32)
    return Stream(draw(st.floats(0, 300)) + (frames + late) / RATE, values)


def looked_up(stream, time):
    """The values at a moment, by its definition: of the last frame that has begun, until one frame after the last."""
    step = np.median(np.diff(stream.times)) if len(stream.times) > 1 else 1.0
    begun = [row for row, start in enumerate(stream.times) if start <= time + step * 5e-4]
    is_shown = len(begun) > 0 and time < stream.times[-1] + step * (1 - 5e-4)
    return stream.values[begun[-1]] if is_shown else np.zeros(2, dtype=np.float32)


@given(
    cut=st.lists(st.tuples(streams(), st.integers(-30, 60)), min_size=1, max_size=5),
    length=st.integers(1, 40),
    data=st.data(),
)
def test_every_frame_of_a_batch_is_what_its_stream_shows_at_its_time(cut, length, data):
    begin = np.array([(s.times[0] if len(s.times) else 0.0) + frame / RATE for s, frame in cut])
    moments = np.arange(length) / RATE
    pieces = Pieces([stream for stream, _ in cut], begin, moments, features=2)
    rows = np.array(data.draw(st.lists(st.integers(0, len(cut) - 1), max_size=5)), dtype=np.int64)
    expected = [[looked_up(cut[row][0], time) for time in begin[row] + moments] for row in rows]
    batch = pieces.batch(rows)
    assert batch.dtype == np.float32
    np.testing.assert_array_equal(batch, np.array(expected, dtype=np.float32).reshape(len(rows), length, 2))


def test_a_windows_label_is_the_majority_weighted_by_agreement(merc2017):
    index = np.array([0] * 250 + [1] * 150, dtype=np.int8)
    windows = Windows({}, np.array(["id"]), np.array([0]))

    def label(agreement_of_first, agreement_of_second):
        agreement = np.where(index == 0, agreement_of_first, agreement_of_second)
        return window_labels(windows, {"id": Labels(np.arange(400) / 100, index, agreement)}, merc2017.task).tolist()

    assert label(0.6, 0.6) == [0]
    assert label(0.5, 1.0) == [1]


def test_frames_without_a_label_have_no_vote_and_a_window_of_them_has_no_label(merc2017):
    index = np.array([NO_LABEL] * 700 + [4] * 100, dtype=np.int8)
    labels = {"id": Labels(np.arange(800) / 100, index, np.full(800, 0.5))}
    windows = Windows({}, np.array(["id", "id"]), np.array([0, 400]))
    assert window_labels(windows, labels, merc2017.task).tolist() == [NO_LABEL, 4]
