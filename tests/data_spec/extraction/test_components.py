"""Components are fitted on train alone, once; whoever comes later is projected with the same."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from data_spec.corpus import COMPONENTS_FILE, CorpusError
from data_spec.extraction.components import NoFaceError, face_components, read_projected
from data_spec.extraction.results import Report, begin_result, finish_result, read_result, save_stream
from data_spec.extraction.settings import Settings
from data_spec.features.face.components import FaceComponents
from data_spec.stream import Stream

Values = np.ndarray
Save = Callable[..., Values]


@pytest.fixture
def work(tmp_path: Path) -> Path:
    return tmp_path / ".extraction"


@pytest.fixture
def save(work: Path) -> Save:
    """Put a result of faces of six numbers into the work folder, the last ten frames of them a gap."""

    def save(recording: str, seed: int, frames: int = 60, gap: int = 10, embedding: str = "expression") -> Values:
        values = np.random.default_rng(seed).normal(seed, 1, (frames, 6)).astype(np.float32)
        values[frames - gap :] = 0
        folder = begin_result(work, recording)
        save_stream(folder, "face", Stream(np.arange(frames) / 50, values), frames)
        settings = Settings(("face",), embedding).as_json()
        finish_result(work, folder, Report(recording, (), settings, frames / 50, ("face",), ()))
        return values

    return save


def test_they_are_fitted_on_train_alone_and_saved_in_the_corpus(tmp_path: Path, work: Path, save: Save) -> None:
    train = [save("a", 1), save("b", 2)]
    save("test", 9)
    components = face_components(tmp_path, work, ["a", "b"], 3)
    assert components.rows == 100
    present = np.concatenate([values[:50] for values in train]).astype(np.float16).astype(np.float64)
    np.testing.assert_allclose(components.mean, present.mean(axis=0), rtol=1e-9)
    saved = FaceComponents.load(tmp_path / COMPONENTS_FILE)
    np.testing.assert_array_equal(saved.components, components.components)
    assert saved.embedding == "expression"


def test_saved_ones_are_used_for_recordings_that_are_added_later(tmp_path: Path, work: Path, save: Save) -> None:
    save("a", 1)
    first = face_components(tmp_path, work, ["a"], 3)
    save("b", 2)
    again = face_components(tmp_path, work, ["a", "b"], 3)
    np.testing.assert_array_equal(again.components, first.components)
    assert again.rows == 50


def test_those_of_a_corpus_without_train_are_fitted_anew_on_train_alone_when_there_is_one(
    tmp_path: Path, work: Path, save: Save
) -> None:
    save("test", 1)
    first = face_components(tmp_path, work, [], 3, ["test"])
    assert (first.fitted_on, first.rows) == ("all", 50)
    save("more", 2)
    save("nobody", 3, gap=60)
    again = face_components(tmp_path, work, ["nobody"], 3, ["test", "more"])
    assert (again.fitted_on, again.rows) == ("all", 50)
    trained = save("train", 4)[:50].astype(np.float16).astype(np.float64)
    last = face_components(tmp_path, work, ["nobody", "train"], 3, ["test", "more"])
    assert (last.fitted_on, last.rows) == ("train", 50)
    np.testing.assert_allclose(last.mean, trained.mean(axis=0), rtol=1e-9)
    assert FaceComponents.load(tmp_path / COMPONENTS_FILE).fitted_on == "train"


def test_a_projected_face_keeps_its_gaps_and_is_the_components_projection(
    tmp_path: Path, work: Path, save: Save, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("data_spec.extraction.components.PIECE_FRAMES", 7)
    save("a", 1)
    components = face_components(tmp_path, work, ["a"], 3)
    face = read_projected(work, "a", components, 3)["face"]
    assert face.values.shape == (60, 3)
    assert face.present.tolist() == [True] * 50 + [False] * 10
    expected = components.project(np.asarray(read_result(work, "a")["face"].values, dtype=np.float32))
    np.testing.assert_allclose(face.values, expected, atol=1e-6)


def test_without_any_face_there_is_nothing_to_fit_on_and_the_columns_are_gaps(
    tmp_path: Path, work: Path, save: Save
) -> None:
    save("a", 1, gap=60)
    with pytest.raises(NoFaceError):
        face_components(tmp_path, work, ["a"], 3)
    with pytest.raises(NoFaceError):
        face_components(tmp_path, work, [], 3)
    assert not (tmp_path / COMPONENTS_FILE).exists()
    face = read_projected(work, "a", None, 3)["face"]
    assert face.values.shape == (60, 3)
    assert not face.present.any()


def test_saved_ones_of_other_columns_are_refused(tmp_path: Path, work: Path, save: Save) -> None:
    save("a", 1)
    face_components(tmp_path, work, ["a"], 3)
    with pytest.raises(CorpusError, match=r"face_components.npz: expected components of 4 columns, found 3"):
        face_components(tmp_path, work, ["a"], 4)


def test_faces_of_another_embedding_are_never_mixed(tmp_path: Path, work: Path, save: Save) -> None:
    save("a", 1)
    save("b", 2, embedding="identity")
    with pytest.raises(CorpusError, match=r"expected faces of one embedding, found \['expression', 'identity'\]"):
        face_components(tmp_path, work, ["a", "b"], 3)
    components = face_components(tmp_path, work, ["a"], 3)
    with pytest.raises(CorpusError, match="b: expected faces of the embedding expression, found identity"):
        read_projected(work, "b", components, 3)


def test_a_value_that_16_bits_cannot_hold_is_refused(work: Path) -> None:
    folder = begin_result(work, "a")
    stream = Stream(np.arange(2) / 50, np.full((2, 6), 1e6, dtype=np.float32))
    with pytest.raises(ValueError, match="face: expected values that float16 can hold"):
        save_stream(folder, "face", stream, 2)


def test_a_stream_that_does_not_begin_at_0_is_refused(work: Path) -> None:
    stream = Stream(1 + np.arange(2) / 50, np.ones((2, 6), dtype=np.float32))
    with pytest.raises(ValueError, match=r"eyes: expected times from 0 on in steps of 1/50 s"):
        save_stream(begin_result(work, "a"), "eyes", stream, 2)
