"""The benchmark of making and reading a corpus: that it works, and that all ways read the same."""

import numpy as np
import pandas as pd
import pytest

from benchmarks.corpus import SMALL, make, map_npy, measure, read, save


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    folder = tmp_path_factory.mktemp("benchmark") / "corpus"
    assert make(folder, SMALL) > 0
    return folder


def test_every_way_is_measured_and_every_goal_is_told():
    report = measure(quick=True)
    ways = {(row.measure, row.way) for row in report.rows if row.way != "ratio"}
    assert ways == {
        ("making, processor time", "kit"),
        ("first read", "kit"),
        ("first read", "pandas"),
        ("second read", "kit"),
        ("second read", ".npy, mapped"),
        ("second read", ".npy, loaded"),
    }
    assert [(goal.bound, goal.at_least) for goal in report.goals] == [(1, False), (2, True), (1.5, False), (1.5, False)]
    assert report.notes[0].startswith("4 recordings, ")


def test_the_kit_reads_the_same_numbers_first_and_again_and_from_npy(root, tmp_path):
    first, again = read(root), read(root)
    mapped = map_npy(tmp_path / "npy", save(first, tmp_path / "npy"))
    assert first.keys() == again.keys() == mapped.keys()
    for name, arrays in first.items():
        for one, other, saved in zip(arrays, again[name], mapped[name], strict=True):
            np.testing.assert_array_equal(one, other)
            np.testing.assert_array_equal(one, saved)
            assert one.dtype == other.dtype == saved.dtype


def test_the_kit_reads_the_numbers_that_pandas_reads(root):
    numbers = read(root)["train-audio-values.npy"]
    files = sorted((root / "train" / "audio").glob("*.csv"))
    for array, file in zip(numbers, files, strict=True):
        np.testing.assert_allclose(array, pd.read_csv(file).to_numpy()[:, 1:], rtol=1e-6)
