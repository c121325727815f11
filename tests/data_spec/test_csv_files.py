from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.csv as pa_csv
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as st_numpy

from data_spec.challenge import Challenge
from data_spec.csv_files import (
    csv_files_in,
    read_labels,
    read_stream,
    read_template,
    write_labels,
    write_stream,
    write_template,
)
from data_spec.modality import Modality
from data_spec.stream import NO_LABEL, Labels, Stream, Times

NAMED = Modality(name="body", folder="body", rate=50, features=3, header="names")
UNNAMED = NAMED.model_copy(update={"header": "ignored"})

# One file that each example overwrites is enough.
one_folder = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None)

rows = st.integers(1, 12)
finite = st.floats(width=32, allow_nan=False, allow_infinity=False)


@st.composite
def times_of(draw: st.DrawFn, frames: int) -> Times:
    """Times as recordings have them: from any start, in whole steps."""
    return draw(st.floats(0, 1000)) + np.arange(frames) / draw(st.integers(1, 200))


@st.composite
def streams(draw: st.DrawFn) -> Stream:
    frames = draw(rows)
    values = draw(st_numpy.arrays(np.float32, (frames, NAMED.features), elements=finite))
    return Stream(draw(times_of(frames)), values)


@st.composite
def labels_of(draw: st.DrawFn, kinds: int) -> Labels:
    frames = draw(rows)
    agreement = np.array(draw(st.lists(st.floats(0, 1), min_size=frames, max_size=frames)))
    index = draw(st_numpy.arrays(np.int8, frames, elements=st.integers(NO_LABEL, kinds - 1)))
    return Labels(
        draw(times_of(frames)), np.where((agreement > 0.5) & (index < 0), 0, index).astype(np.int8), agreement
    )


# What is written is what is read


@one_folder
@given(stream=streams(), modality=st.sampled_from([NAMED, UNNAMED]))
def test_a_stream_is_read_as_it_was_written_to_the_last_bit(tmp_path: Path, stream: Stream, modality: Modality) -> None:
    write_stream(tmp_path / "id0.csv", stream, modality)
    again = read_stream(tmp_path / "id0.csv", modality)
    assert again.times.tobytes() == stream.times.tobytes()
    assert again.values.tobytes() == stream.values.tobytes()
    assert (again.times.dtype, again.values.dtype) == (np.float64, np.float32)


def test_columns_have_the_names_that_are_given_where_the_header_says_anything(tmp_path: Path) -> None:
    stream = Stream(np.arange(2.0), np.ones((2, 3), dtype=np.float32))
    path = tmp_path / "id0.csv"
    write_stream(path, stream, NAMED, ["head_x", "head_y", "head_z"])
    assert path.read_text().splitlines()[0] == "Time,head_x,head_y,head_z"
    assert read_stream(path, NAMED).values.tolist() == stream.values.tolist()
    write_stream(path, stream, UNNAMED, ["head_x", "head_y", "head_z"])
    assert path.read_text().splitlines()[0] == "0,1,2,3"
    with pytest.raises(ValueError, match=r"id0.csv: expected names of 3 columns. Received: 2"):
        write_stream(path, stream, NAMED, ["head_x", "head_y"])


@one_folder
@given(bits=st_numpy.arrays(np.uint32, (200, 3), elements=st.integers(0, 2**32 - 1)))
def test_every_float_of_32_bits_survives(tmp_path: Path, bits: np.ndarray) -> None:
    values = bits.view(np.float32)
    values[~np.isfinite(values)] = np.finfo(np.float32).max
    write_stream(tmp_path / "id0.csv", Stream(np.arange(200.0), values), NAMED)
    assert read_stream(tmp_path / "id0.csv", NAMED).values.tobytes() == values.tobytes()


@one_folder
@given(data=st.data())
def test_labels_are_read_as_they_were_written(
    tmp_path: Path, merc2017: Challenge, bird_calls: Challenge, data: st.DataObject
) -> None:
    task = data.draw(st.sampled_from([merc2017.task, bird_calls.task]))
    labels = data.draw(labels_of(len(task.labels)))
    write_labels(tmp_path / "id0.csv", labels, task)
    again = read_labels(tmp_path / "id0.csv", task)
    assert again.times.tobytes() == labels.times.tobytes()
    assert again.index.tolist() == labels.index.tolist()
    assert again.agreement.tobytes() == labels.agreement.tobytes()


@one_folder
@given(times=rows.flatmap(times_of))
def test_a_template_keeps_the_times(tmp_path: Path, merc2017: Challenge, bird_calls: Challenge, times: Times) -> None:
    for challenge in (merc2017, bird_calls):
        write_template(tmp_path / "id0.csv", times, challenge.task)
        assert read_template(tmp_path / "id0.csv", challenge.task).tobytes() == times.tobytes()


@one_folder
@given(stream=streams())
def test_pandas_reads_the_same_numbers(tmp_path: Path, stream: Stream) -> None:
    write_stream(tmp_path / "id0.csv", stream, NAMED)
    table = pd.read_csv(tmp_path / "id0.csv", dtype=str).map(float)
    np.testing.assert_array_equal(table["Time"].to_numpy(), stream.times)
    np.testing.assert_array_equal(table.iloc[:, 1:].to_numpy().astype(np.float32), stream.values)


def test_files_look_as_those_of_2017(tmp_path: Path, merc2017: Challenge) -> None:
    times = np.array([2.32, 2.33])
    path = tmp_path / "id0.csv"
    stream = Stream(times, np.array([[0, 0.1, -201], [0, 1e-7, 2]], dtype=np.float32))
    write_stream(path, stream, NAMED)
    assert path.read_text() == (
        "Time,body_0,body_1,body_2\n2.3199999999999998,0,0.1,-201\n2.3300000000000001,0,1e-7,2\n"
    )
    write_stream(path, stream, UNNAMED)
    assert path.read_text().startswith("0,1,2,3\n2.3199999999999998,")
    write_labels(path, Labels(times, np.array([5, NO_LABEL], dtype=np.int8), np.array([0.6, 0.5])), merc2017.task)
    assert path.read_bytes() == (
        b"Time,Anger,Sad,Disgust,Happy,Scared,Neutral,Agreement score\n"
        b"2.3199999999999998,0,0,0,0,0,1,0.6\n2.3300000000000001,0,0,0,0,0,0,0.5\n"
    )
    write_template(path, times, merc2017.task)
    assert path.read_bytes() == (
        b"Time,Anger,Sad,Disgust,Happy,Scared,Neutral\n2.3199999999999998,0,0,0,0,0,0\n2.3300000000000001,0,0,0,0,0,0\n"
    )


# What a file may look like


@pytest.mark.parametrize(
    "content",
    [
        b"Time,a,b,c\n0.5,1,2,3\n1,4,5,6\n",
        b"Time,a,b,c\n0.5,1,2,3\n1,4,5,6",
        b"Time,a,b,c\r\n0.5,1,2,3\r\n1,4,5,6\r\n",
        b"Time,a,b,c\r\n0.5,1,2,3\r\n1,4,5,6",
        b"Time,a,b,c\r0.5,1,2,3\r1,4,5,6\r",
        b"\xef\xbb\xbfTime,a,b,c\n0.5,1,2,3\n1,4,5,6\n",
        b"Time,a,b,c\n0.5,1,2,3\n1,4,5,6\n\n\r\n",
        b"Time,a,a,\n0.5,1,2,3\n1,4,5,6\n",
        b'Time,\xc3\xa9,"b",c d\n0.5,1,2,3\n1,4,5,6\n',
        b"Time,a,b,c\n.5,1.,2e0,+3\n1.0,4,+5E+0,60e-1\n",
        b"Time,a,b,c\n0.5, 1,2 ,\t3\n1,4,5,6\n\n",
    ],
)
def test_a_file_may_be_written_in_many_ways(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "id0.csv").write_bytes(content)
    stream = read_stream(tmp_path / "id0.csv", NAMED)
    assert stream.times.tolist() == [0.5, 1]
    assert stream.values.tolist() == [[1, 2, 3], [4, 5, 6]]


@pytest.mark.parametrize(
    "first_line",
    [b"0,1,2,3", b"Time,a,b,c", b"", b"9,9,9,9", b"a,b", b"\xff\xfe\x00\x80", b"\xef\xbb\xbf0,1,2,3", b'"',
     b"x" * 3_000_000],
    ids=lambda line: repr(line[:12]),
)  # fmt: skip
def test_a_first_line_that_is_to_be_ignored_is_whatever_it_says(tmp_path: Path, first_line: bytes) -> None:
    (tmp_path / "id0.csv").write_bytes(first_line + b"\n0.5,1,2,3\n1,4,5,6\n")
    stream = read_stream(tmp_path / "id0.csv", UNNAMED)
    assert stream.times.tolist() == [0.5, 1]
    assert stream.values.tolist() == [[1, 2, 3], [4, 5, 6]]


def test_numbers_too_small_for_32_bits_are_zero(tmp_path: Path) -> None:
    (tmp_path / "id0.csv").write_bytes(b"Time,a,b,c\n0.5,1e-60,-1e-400,1\n")
    assert read_stream(tmp_path / "id0.csv", NAMED).values.tolist() == [[0, 0, 1]]


def test_a_frame_on_which_the_annotators_tied_has_no_label(tmp_path: Path, bird_calls: Challenge) -> None:
    (tmp_path / "id0.csv").write_text("Time,Call,Song,No sound,Certainty\n1,0,0,0,0.5\n2,0.0,1.0,0,0.5\n3,0,0,1,1\n")
    assert read_labels(tmp_path / "id0.csv", bird_calls.task).index.tolist() == [NO_LABEL, 1, 2]


def test_hidden_files_are_no_recordings(tmp_path: Path) -> None:
    for name in ("id1.csv", "id0.csv", "._id0.csv", ".id2.csv.77-ab", "notes.txt"):
        (tmp_path / name).touch()
    assert [file.name for file in csv_files_in(tmp_path)] == ["id0.csv", "id1.csv"]
    assert csv_files_in(tmp_path / "nothing") == []


# Writing


def test_a_write_that_fails_leaves_the_old_file_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "body" / "id0.csv"
    stream = Stream(np.arange(3.0), np.ones((3, 3), dtype=np.float32))
    write_stream(path, stream, NAMED)
    before = path.read_bytes()

    def write_half(table: pa.Table, file: object, options: object) -> None:
        pa_csv.write_csv(table.slice(0, 1), file)
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("data_spec.csv_files.pa_csv", type("Broken", (), {**vars(pa_csv), "write_csv": write_half}))
    with pytest.raises(OSError, match="No space left"):
        write_stream(path, stream, NAMED)
    assert path.read_bytes() == before
    assert [*path.parent.iterdir()] == [path]


@pytest.mark.parametrize(
    ("values", "words"),
    [
        (np.ones((3, 2)), r"shape \(3, 3\)\. Received: \(3, 2\)"),
        (np.ones((2, 3)), r"shape \(3, 3\)\. Received: \(2, 3\)"),
        (np.full((3, 3), np.nan), "finite numbers"),
        (np.full((3, 3), np.inf), "finite numbers"),
    ],
)
def test_what_could_not_be_read_again_is_not_written(tmp_path: Path, values: np.ndarray, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        write_stream(tmp_path / "id0.csv", Stream(np.arange(3.0), values.astype(np.float32)), NAMED)
    assert [*tmp_path.iterdir()] == []
