from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from data_spec.annotations.traces import Traces, read_traces, write_traces
from data_spec.csv_files import CsvError
from data_spec.task import ContinuousAttributes

HEADER = "Time,pitch_w_1,pitch_w2,pitch_range_w_1,pitch_range_w2\n"


def test_each_column_is_an_attribute_of_a_rater(tmp_path: Path, following: ContinuousAttributes) -> None:
    (tmp_path / "a.csv").write_text(HEADER + "0,-0.1,0.2,0.3,0.4\n0.1,-0.5,0.6,0.7,0.8\n")
    found = read_traces(tmp_path / "a.csv", following)
    assert found.raters == ("w_1", "w2")
    assert found.times.tolist() == [0.0, 0.1]
    assert found.values[1].tolist() == [[-0.5, 0.6], [0.7, 0.8]]


def test_the_columns_may_stand_in_any_order(tmp_path: Path, following: ContinuousAttributes) -> None:
    (tmp_path / "a.csv").write_text("Time,pitch_range_b,pitch_a,pitch_range_a,pitch_b\n0,0.1,0.2,0.3,0.4\n")
    found = read_traces(tmp_path / "a.csv", following)
    assert found.raters == ("b", "a")
    assert found.values[0].tolist() == [[0.4, 0.2], [0.1, 0.3]]


def test_what_is_written_is_read_back(tmp_path: Path, following: ContinuousAttributes) -> None:
    rng = np.random.default_rng(0)
    written = Traces(np.arange(50) / 25, ("w_1", "x,y"), rng.uniform(0, 1, (50, 2, 2)))
    write_traces(tmp_path / "a.csv", written, following)
    found = read_traces(tmp_path / "a.csv", following)
    assert found.raters == written.raters
    assert found.times.tolist() == written.times.tolist()
    np.testing.assert_allclose(found.values, written.values, rtol=1e-8)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("time,pitch_a,pitch_range_a\n0,0,0\n", "line 1: expected a header that begins with 'Time', found 'time'"),
        ("Time\n0\n", "line 1: expected columns named <attribute>_<rater>, found none"),
        (
            "Time,colour_a\n0,0\n",
            "line 1, column 'colour_a': expected every column once, and named <attribute>_<rater>",
        ),
        ("Time,pitch_\n0,0\n", "line 1, column 'pitch_': expected every column once"),
        ("Time,pitch_a,pitch_a\n0,0,0\n", "line 1, column 'pitch_a': expected every column once"),
        ("Time,pitch_a,pitch_b,pitch_range_a\n0,0,0,0\n", "line 1: expected a column pitch_range_b, found none"),
        (HEADER + "0,0,0,0,0\n0,0,0,0,0\n", "line 3, column 'Time': expected a time after 0, found 0"),
        (HEADER + "0,0,0,0,0\n1,0,1.5,0,0\n", "line 3, column 'pitch_w2': expected a number from -1 to 1, found '1.5'"),
        (HEADER + "0,0,0,0,\n", "line 2, column 'pitch_range_w2': expected a number from 0 to 1, found ''"),
        (HEADER + "now,0,0,0,0\n", "line 2, column 'Time': expected a number, found 'now'"),
    ],
)
def test_a_fault_is_told_with_line_and_column(
    tmp_path: Path, following: ContinuousAttributes, text: str, said: str
) -> None:
    (tmp_path / "a.csv").write_text(text)
    with pytest.raises(CsvError) as caught:
        read_traces(tmp_path / "a.csv", following)
    assert said in str(caught.value)
