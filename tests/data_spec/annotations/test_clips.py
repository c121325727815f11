from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from data_spec.annotations.clips import ClipAnnotations, read_clip_annotations, write_clip_annotations
from data_spec.csv_files import CsvError
from data_spec.stream import NO_LABEL
from data_spec.task import Attribute, ClipRatings

HEADER = "Rater,Order,primary,secondary,loudness,pitch\n"


def test_a_row_tells_rater_order_primary_secondary_and_attributes(tmp_path: Path, rating: ClipRatings) -> None:
    (tmp_path / "a.csv").write_text(HEADER + "w017,5,song,hunger;play,6,-1.5\nw203,1,calm,,4,2\n")
    found = read_clip_annotations(tmp_path / "a.csv", rating)
    assert found.raters == ("w017", "w203")
    assert found.order.tolist() == [5, 1]
    assert found.primary.tolist() == [2, 0]
    assert found.secondary == (("hunger", "play"), ())
    assert found.attributes.tolist() == [[6.0, -1.5], [4.0, 2.0]]


@given(
    rows=st.lists(
        st.tuples(
            st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"]), min_size=1, max_size=5),
            st.integers(1, 10**8),
            st.integers(0, 2),
            st.sets(st.sampled_from(["alarm", "hunger", "play"])),
            st.floats(0, 10).map(lambda value: round(value, 6)),
        ),
        min_size=1,
        max_size=5,
        unique_by=lambda row: row[0],
    )
)
def test_what_is_written_is_read_back(
    tmp_path_factory: pytest.TempPathFactory, rating: ClipRatings, rows: list
) -> None:
    written = ClipAnnotations(
        tuple(row[0] for row in rows),
        np.array([row[1] for row in rows]),
        np.array([row[2] for row in rows], dtype=np.int8),
        tuple(tuple(sorted(row[3])) for row in rows),
        np.array([[row[4], 0.5] for row in rows]),
    )
    path = tmp_path_factory.mktemp("written") / "a.csv"
    write_clip_annotations(path, written, rating)
    found = read_clip_annotations(path, rating)
    assert (found.raters, found.secondary) == (written.raters, written.secondary)
    for name in ("order", "primary"):
        np.testing.assert_array_equal(getattr(found, name), getattr(written, name))
    np.testing.assert_allclose(found.attributes, written.attributes, rtol=1e-8)


def test_a_challenge_without_labels_has_no_columns_of_labels(tmp_path: Path) -> None:
    task = ClipRatings(
        kind="clip_ratings", attributes=(Attribute(name="loudness", least=0.0, most=1.0),), metric="concordance_cc"
    )
    (tmp_path / "a.csv").write_text("Rater,Order,loudness\nw1,1,0.5\n")
    found = read_clip_annotations(tmp_path / "a.csv", task)
    assert found.primary.tolist() == [NO_LABEL]
    write_clip_annotations(tmp_path / "b.csv", found, task)
    assert (tmp_path / "b.csv").read_text() == "Rater,Order,loudness\nw1,1,0.5\n"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "line 1: expected a header, found an empty file"),
        ("Rater,primary\na,b\n", "line 1: expected the header Rater,Order,primary,secondary,loudness,pitch"),
        (HEADER, "line 2: expected at least one row, found the end of the file"),
        (HEADER + "w1,1,calm,,1\n", "line 2: expected 6 columns, found 5"),
        (HEADER + "w1,1,calm,,1,1\n\nw2,1,calm,,1,1\n", "line 3: expected 6 columns, found an empty line"),
        (HEADER + "w1,1,calm,,1,1\nw1,2,calm,,1,1\n", "line 3, column 'Rater': expected a name, every one once"),
        (HEADER + ",1,calm,,1,1\n", "line 2, column 'Rater': expected a name"),
        (HEADER + "w1,0,calm,,1,1\n", "line 2, column 'Order': expected a whole number from 1 on, found '0'"),
        (HEADER + "w1,1.5,calm,,1,1\n", "line 2, column 'Order': expected a whole number"),
        (HEADER + f"w1,{'9' * 5000},calm,,1,1\n", "line 2, column 'Order': expected a whole number"),
        (
            HEADER + "w1,1,joy,,1,1\n",
            "line 2, column 'primary': expected one of ['calm', 'alarm', 'song'], found 'joy'",
        ),
        (HEADER + "w1,1,calm,calm,1,1\n", "line 2, column 'secondary': expected some of ['alarm', 'hunger', 'play']"),
        (HEADER + "w1,1,calm,play;play,1,1\n", "line 2, column 'secondary': expected some of"),
        (HEADER + "w1,1,calm,,11,1\n", "line 2, column 'loudness': expected a number from 0 to 10, found '11'"),
        (HEADER + "w1,1,calm,,nan,1\n", "line 2, column 'loudness': expected a number from 0 to 10, found 'nan'"),
        (HEADER + "w1,1,calm,,1_0,1\n", "line 2, column 'loudness': expected a number from 0 to 10, found '1_0'"),
        (HEADER + "w1,1,calm,,1,\n", "line 2, column 'pitch': expected a number from -2 to 2, found ''"),
        (HEADER + 'w1,1,"calm"x,,1,1\n', "expected a CSV file in UTF-8"),
    ],
)
def test_a_fault_is_told_with_line_and_column(tmp_path: Path, rating: ClipRatings, text: str, said: str) -> None:
    (tmp_path / "a.csv").write_text(text)
    with pytest.raises(CsvError) as caught:
        read_clip_annotations(tmp_path / "a.csv", rating)
    assert said in str(caught.value)
    assert str(caught.value).startswith(str(tmp_path / "a.csv"))


def test_a_file_that_is_not_there_is_told(tmp_path: Path, rating: ClipRatings) -> None:
    with pytest.raises(CsvError, match="expected a readable file"):
        read_clip_annotations(tmp_path / "a.csv", rating)


def test_a_secondary_label_of_no_challenge_is_not_written(tmp_path: Path, rating: ClipRatings) -> None:
    strange = ClipAnnotations(("w1",), np.array([1]), np.zeros(1, np.int8), (("joy",),), np.array([[1.0, 1.0]]))
    with pytest.raises(ValueError, match="joy"):
        write_clip_annotations(tmp_path / "a.csv", strange, rating)
    assert not (tmp_path / "a.csv").exists()
