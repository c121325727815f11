"""A CSV of Kinect joints: read as written, and every fault named with its line and column."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from data_spec.csv_files import CsvError
from data_spec.features.body.joints import JOINTS, Skeleton
from data_spec.features.body.joints_file import COLUMNS, read_joints, write_joints


@pytest.fixture
def lines(standing: np.ndarray, tmp_path: Path) -> list[str]:
    """Those of a file of three frames."""
    write_joints(tmp_path / "whole.csv", Skeleton(np.arange(3) / 30, np.tile(standing, (3, 1, 1)).astype(np.float32)))
    return (tmp_path / "whole.csv").read_text().splitlines()


def changed(lines: list[str], line: int, column: str, text: str) -> list[str]:
    """The lines with another text in one field."""
    fields = lines[line - 1].split(",")
    fields[COLUMNS.index(column)] = text
    return [*lines[: line - 1], ",".join(fields), *lines[line:]]


def refusal(path: Path, lines: list[str], end: str = "\n") -> str:
    path.write_text(end.join(lines) + end)
    with pytest.raises(CsvError) as error:
        read_joints(path)
    return str(error.value).removeprefix(str(path))


@given(
    frames=st.integers(1, 6),
    step=st.floats(1e-3, 0.19),
    start=st.floats(0, 1e5),
    data=st.data(),
)
@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_what_is_written_is_read_as_it_was(
    standing: np.ndarray, tmp_path: Path, frames: int, step: float, start: float, data: st.DataObject
) -> None:
    moved = data.draw(arrays(np.float32, (frames, 25, 3), elements=st.floats(-0.015625, 0.015625, width=32)))
    unseen = data.draw(arrays(np.bool_, (frames, 25)))
    positions = (standing + moved).astype(np.float32)
    positions[unseen] = np.nan
    times = start + step * np.arange(frames)
    write_joints(tmp_path / "joints.csv", Skeleton(times, positions))
    read = read_joints(tmp_path / "joints.csv")
    np.testing.assert_array_equal(read.times, times)
    np.testing.assert_array_equal(read.positions, positions)
    assert read.positions.dtype == np.float32


def test_the_header_names_time_and_three_axes_of_25_joints_in_the_order_of_the_kinect(lines: list[str]) -> None:
    names = lines[0].split(",")
    assert names[:5] == ["Time", "SpineBase_x", "SpineBase_y", "SpineBase_z", "SpineMid_x"]
    assert names[-1] == "ThumbRight_z"
    assert len(names) == 1 + 3 * len(JOINTS)


def test_columns_are_found_by_name_and_others_are_read_over(lines: list[str], tmp_path: Path) -> None:
    whole = read_joints(tmp_path / "whole.csv")
    turned = [",".join(reversed([*line.split(","), "Tracked"])) for line in lines]
    (tmp_path / "turned.csv").write_bytes(b"\xef\xbb\xbf" + "\r\n".join(turned).encode())
    read = read_joints(tmp_path / "turned.csv")
    np.testing.assert_array_equal(read.positions, whole.positions)
    np.testing.assert_array_equal(read.times, whole.times)


@pytest.mark.parametrize(
    ("line", "column", "text", "expected"),
    [
        (3, "Head_y", "0.7m", ", line 3, column 'Head_y': expected metres, or nothing where the joint was not seen, "),
        (2, "Head_y", "nan", ", line 2, column 'Head_y': expected metres"),
        (2, "Head_y", "1_0", ", line 2, column 'Head_y': expected metres"),
        (2, "Head_y", "1e39", ", line 2, column 'Head_y': expected metres"),
        (
            4,
            "HandLeft_z",
            "",
            ", line 4, column 'HandLeft_z': expected metres, as in the joint's other fields, found no",
        ),
        (3, "Time", "", ", line 3, column 'Time': expected seconds, found nothing"),
        (4, "Time", "0.02", ", line 4, column 'Time': expected a time after 0.0333333333"),
        (4, "Time", "1e400", ", line 4, column 'Time': expected seconds, found '1e400'"),
    ],
)
def test_a_field_that_is_wrong_is_named(
    lines: list[str], tmp_path: Path, line: int, column: str, text: str, expected: str
) -> None:
    assert refusal(tmp_path / "joints.csv", changed(lines, line, column, text)).startswith(expected)


def test_a_file_without_what_it_needs_is_refused(lines: list[str], tmp_path: Path) -> None:
    path = tmp_path / "joints.csv"
    header = lines[0]
    without = refusal(path, [header.replace("Head_x", "head_x"), *lines[1:]])
    assert without.startswith(", line 1, column 'Head_x': expected a column of this name for a Kinect v2 skeleton")
    twice = refusal(path, [f"{header},Head_x", *(f"{line},0" for line in lines[1:])])
    assert twice == ", line 1, column 'Head_x': expected every column once, found it twice"
    assert refusal(path, [*lines, "1,2"]) == ", line 5: expected 76 columns, found 2"
    assert refusal(path, [lines[0], "", *lines[1:]]) == ", line 2: expected 76 columns, found no text"
    assert refusal(path, [header]) == ", line 2: expected at least one row, found the end of the file"
    assert refusal(path, []).startswith(", line 1: expected a header that begins with Time")
    path.unlink()
    with pytest.raises(CsvError, match=r"joints.csv: expected a readable file"):
        read_joints(path)


@pytest.mark.parametrize("factor", [100, 1000, 39.37, 3.281, 0.001])
def test_a_body_that_is_not_in_metres_is_refused(standing: np.ndarray, tmp_path: Path, factor: float) -> None:
    positions = np.tile(standing * factor, (3, 1, 1)).astype(np.float32)
    write_joints(tmp_path / "joints.csv", Skeleton(np.arange(3) / 30, positions))
    with pytest.raises(
        CsvError, match=r"joints.csv, column '\w+_x': expected metres: \w+ and \w+ 0.\d+ to \d.\d apart"
    ):
        read_joints(tmp_path / "joints.csv")


def test_times_that_are_not_in_seconds_are_refused(standing: np.ndarray, tmp_path: Path) -> None:
    positions = np.tile(standing, (3, 1, 1)).astype(np.float32)
    write_joints(tmp_path / "joints.csv", Skeleton(np.array([0.0, 33.0, 67.0]), positions))
    with pytest.raises(CsvError, match=r"joints.csv, column 'Time': expected seconds, at most 0.2 .*, found 33.5 \("):
        read_joints(tmp_path / "joints.csv")


def test_a_file_in_which_nobody_was_seen_is_read(tmp_path: Path) -> None:
    nobody = Skeleton(np.arange(4) / 30, np.full((4, 25, 3), np.nan, dtype=np.float32))
    write_joints(tmp_path / "joints.csv", nobody)
    assert np.isnan(read_joints(tmp_path / "joints.csv").positions).all()


def test_what_is_no_skeleton_is_not_written(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"shape \(1 or more, 25, 3\). Received: \(2, 24, 3\)"):
        write_joints(tmp_path / "joints.csv", Skeleton(np.arange(2.0), np.zeros((2, 24, 3), dtype=np.float32)))
    assert not list(tmp_path.iterdir())
