"""What the challenge takes away from streams."""

import numpy as np
import pytest

from data_spec.challenge import Missing
from data_spec.missing import lose_data, zero_segment
from data_spec.stream import Stream, zero_runs


def streams(names=("audio", "face"), seconds=40, rate=50):
    times = np.arange(seconds * rate) / rate
    return {name: Stream(times, np.ones((len(times), 2), dtype=np.float32)) for name in names}


def test_shares_of_absent_and_zeroed_files_are_those_of_the_challenge(merc2017):
    rng = np.random.default_rng(1)
    names = [modality.name for modality in merc2017.modalities]
    recordings = [lose_data(streams(names), merc2017.missing, rng) for _ in range(1500)]
    for name in names:
        files = [recording[name] for recording in recordings if name in recording]
        assert 1 - len(files) / len(recordings) == pytest.approx(merc2017.missing.absent_files[name], abs=0.03)
        zeroed = [file for file in files if not file.present.all()]
        assert len(zeroed) / len(files) == pytest.approx(merc2017.missing.zeroed_files, abs=0.05)
        seconds = [(~file.present).sum() / 50 for file in zeroed]
        assert np.mean(seconds) == pytest.approx(merc2017.missing.zeroed_seconds_mean, abs=0.8)


def test_a_zeroed_segment_is_one_run_inside_the_stream():
    zeroed = zero_segment(streams()["audio"], start=0.5, seconds=10.0)
    assert zero_runs(zeroed.values) == [(750, 1250)]


def test_a_segment_longer_than_the_stream_leaves_zeros_only():
    assert not zero_segment(streams(seconds=3)["audio"], start=0.3, seconds=10.0).present.any()


def test_a_recording_never_loses_all_its_streams():
    all_absent = Missing(
        share_in_all=1.0, absent_files={"audio": 1.0, "face": 1.0}, zeroed_files=0.0, zeroed_seconds_mean=10.0
    )
    for seed in range(20):
        assert len(lose_data(streams(), all_absent, np.random.default_rng(seed))) == 1


def test_the_given_streams_are_not_changed(merc2017):
    names = [modality.name for modality in merc2017.modalities]
    whole = streams(names)
    for seed in range(10):
        lose_data(whole, merc2017.missing, np.random.default_rng(seed))
    assert all(stream.present.all() for stream in whole.values())
