from __future__ import annotations

import tracemalloc
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.decomposition import PCA

from data_spec.features.face.components import BLOCK, FaceComponents


def rows(count: int, features: int = 20, seed: int = 0) -> np.ndarray:
    """Rows that vary more along some directions than along others, far from the origin."""
    rng = np.random.default_rng(seed)
    mixing = rng.normal(size=(features, features)) * np.geomspace(3, 0.1, features)
    return (rng.normal(size=(count, features)) @ mixing.T + 50).astype(np.float32)


@pytest.mark.parametrize("count", [12, 500, 3 * BLOCK + 7])
def test_components_are_those_of_scikit_learn(count: int) -> None:
    values = rows(count)
    ours = FaceComponents.fit(iter(np.array_split(values, 7)), columns=5)
    theirs = PCA(5, svd_solver="full").fit(values.astype(np.float64))
    np.testing.assert_allclose(ours.mean, theirs.mean_, rtol=1e-9)
    np.testing.assert_allclose(ours.explained_variance, theirs.explained_variance_, rtol=1e-6)
    signs = np.sign((ours.components * theirs.components_).sum(axis=1))
    np.testing.assert_allclose(ours.components, theirs.components_ * signs[:, None], atol=1e-6)
    np.testing.assert_allclose(
        ours.project(values), theirs.transform(values.astype(np.float64)) * signs, rtol=1e-3, atol=1e-3
    )
    assert ours.rows == count


@settings(max_examples=25, deadline=None)
@given(st.lists(st.integers(0, 1500), max_size=8))
def test_how_the_rows_are_cut_into_chunks_changes_no_bit(cuts: list[int]) -> None:
    values = rows(1500)
    whole = FaceComponents.fit([values], columns=4)
    parts = FaceComponents.fit(np.split(values, sorted(cuts)), columns=4)
    for name in ("mean", "components", "explained_variance"):
        np.testing.assert_array_equal(getattr(parts, name), getattr(whole, name))


def test_of_two_opposite_directions_the_one_with_the_largest_entry_positive_is_taken() -> None:
    components = FaceComponents.fit([rows(300)], columns=6).components
    assert (components[np.arange(6), np.abs(components).argmax(axis=1)] > 0).all()


def test_gaps_are_not_fitted_on_and_stay_gaps() -> None:
    values = rows(300)
    holed = np.insert(values, [0, 100, 100, 300], 0.0, axis=0)
    components = FaceComponents.fit([holed], columns=4)
    np.testing.assert_array_equal(components.components, FaceComponents.fit([values], columns=4).components)
    assert components.rows == 300
    projected = components.project(holed)
    assert projected.dtype == np.float32
    gaps = ~holed.any(axis=1)
    assert gaps.sum() == 4
    np.testing.assert_array_equal(~projected.any(axis=1), gaps)
    np.testing.assert_array_equal(projected[~gaps], components.project(values))


@pytest.mark.parametrize(("count", "found"), [(1, 0), (2, 1), (6, 5), (40, 20)])
def test_fewer_rows_or_values_than_columns_leave_the_last_columns_zero(count: int, found: int) -> None:
    values = rows(count)
    components = FaceComponents.fit([values], columns=30)
    assert components.components.shape == (30, 20)
    np.testing.assert_allclose(np.linalg.norm(components.components, axis=1), [1.0] * found + [0.0] * (30 - found))
    projected = components.project(values)
    assert projected.shape == (count, 30)
    np.testing.assert_allclose(projected[:, found:], 0, atol=1e-30)
    # As many directions as the rows have: nothing of them is lost.
    np.testing.assert_allclose(projected @ components.components + components.mean, values, atol=1e-3)


def test_the_same_row_again_and_again_has_no_direction_and_is_no_gap() -> None:
    still = np.repeat(rows(1), 50, axis=0)
    components = FaceComponents.fit([still], columns=3)
    assert not components.components.any()
    projected = components.project(still)
    assert projected.any(axis=1).all()
    np.testing.assert_allclose(projected, 0, atol=1e-30)


def test_memory_does_not_grow_with_the_number_of_rows() -> None:
    def peak(chunks: int) -> int:
        def recordings() -> Iterator[np.ndarray]:
            for seed in range(chunks):
                yield rows(1000, features=64, seed=seed)

        tracemalloc.start()
        try:
            FaceComponents.fit(recordings(), columns=10)
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    peak(2)  # imports
    assert peak(40) < 1.3 * peak(4)


@pytest.mark.parametrize(
    ("chunks", "expected"),
    [
        ([], "expected rows to fit on. Received: none"),
        ([np.zeros((9, 4), np.float32)], "gaps alone"),
        ([rows(3), rows(3, features=4)], r"chunk 1: expected shape \(n, 20\). Received: \(3, 4\)"),
        ([np.full((2, 3), np.nan, np.float32)], "chunk 0: expected finite numbers"),
        ([np.ones(3, np.float32)], r"chunk 0: expected shape \(n, features\). Received: \(3,\)"),
    ],
)
def test_rows_that_cannot_be_fitted_on_are_refused(chunks: list[np.ndarray], expected: str) -> None:
    with pytest.raises(ValueError, match=expected):
        FaceComponents.fit(chunks)


def test_values_of_another_width_are_not_projected() -> None:
    components = FaceComponents.fit([rows(30)], columns=4)
    with pytest.raises(ValueError, match=r"expected values of shape \(n, 20\), embeddings 'expression'. Received"):
        components.project(rows(3, features=21))


def test_what_is_saved_is_loaded_again_and_the_file_is_the_same_each_time(tmp_path: Path) -> None:
    values = rows(300)
    fitted, again = (
        replace(FaceComponents.fit([values], columns=7, embedding="vgg16"), fitted_on="all") for _ in range(2)
    )
    fitted.save(tmp_path / "new" / "one.npz")
    again.save(tmp_path / "two.npz")
    assert (tmp_path / "new" / "one.npz").read_bytes() == (tmp_path / "two.npz").read_bytes()
    loaded = FaceComponents.load(tmp_path / "two.npz")
    assert (loaded.embedding, loaded.rows, loaded.fitted_on) == ("vgg16", 300, "all")
    np.testing.assert_array_equal(loaded.project(values), fitted.project(values))
    np.testing.assert_array_equal(loaded.explained_variance, fitted.explained_variance)


def changed(path: Path, **fields: object) -> None:
    """The file with some of its fields replaced, or left out where they are None."""
    with np.load(path) as file:
        kept = dict(file) | fields
    np.savez(path, **{name: value for name, value in kept.items() if value is not None})


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"mean": None}, "expected a field 'mean', found components, embedding"),
        ({"mean": np.zeros(19)}, r"field 'components': expected the shape \(4, 19\) of the others, found \(4, 20\)"),
        ({"mean": np.full(20, np.inf)}, "field 'mean': expected finite numbers"),
        ({"components": np.zeros(20)}, "field 'components': expected numbers, 2 axes, found float64"),
        ({"rows": np.array("many")}, "field 'rows': expected a whole number"),
        ({"fitted_on": np.array("test")}, r"field 'fitted_on': expected 'train' or 'all', found 'test'"),
        ({"embedding": np.array([{}], dtype=object)}, "cannot be read: Object arrays cannot be loaded"),
    ],
)
def test_a_file_of_something_else_is_refused_by_name_and_field(tmp_path: Path, fields: dict, expected: str) -> None:
    path = tmp_path / "face_components.npz"
    FaceComponents.fit([rows(30)], columns=4).save(path)
    changed(path, **fields)
    with pytest.raises(ValueError, match=rf"face_components\.npz: .*{expected}"):
        FaceComponents.load(path)


def test_a_file_that_is_absent_or_no_npz_is_refused_by_name(tmp_path: Path) -> None:
    (tmp_path / "text.npz").write_text("no components")
    np.save(tmp_path / "one.npy", np.zeros(3))
    for name in ("absent.npz", "text.npz", "one.npy", "."):
        with pytest.raises(ValueError, match=r"expected face components \(a \.npz file\), cannot be read"):
            FaceComponents.load(tmp_path / name)


def test_a_damaged_file_raises_nothing_but_a_value_error(tmp_path: Path) -> None:
    path = tmp_path / "face_components.npz"
    FaceComponents.fit([rows(30)], columns=4).save(path)
    whole = path.read_bytes()
    rng = np.random.default_rng(0)
    refused = 0
    for _ in range(300):
        broken = bytearray(whole)
        broken[rng.integers(len(whole))] ^= 1 << rng.integers(8)
        path.write_bytes(broken[: rng.integers(1, len(whole))] if rng.random() < 0.3 else broken)
        try:
            FaceComponents.load(path)
        except ValueError as error:
            assert str(path) in str(error)  # noqa: PT017
            refused += 1
    assert refused > 200
