"""Streams, labels and templates come out of the cache as they went in, and a second read parses none of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, TypeVar

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from data_spec import file_kinds
from data_spec.cache import FILE_NAME, FileKind, open_pack
from data_spec.challenge import load_challenge
from data_spec.corpus import LABELS_FOLDER, Corpus, RecordingFolder
from data_spec.csv_files import CsvError
from data_spec.file_kinds import labels_of, streams_of, templates_of
from data_spec.modality import Modality
from data_spec.stream import Labels, Stream

T = TypeVar("T")

NAMES = st.text(st.characters(codec="utf-8", exclude_characters="/\0"), min_size=1, max_size=20).filter(
    lambda name: not name.startswith(".")
)
ROWS = st.integers(0, 5)


def array(dtype: type[np.generic], *shape: int) -> st.SearchStrategy[Any]:
    """Any bits, those of NaN among them."""
    return arrays.arrays(dtype, shape)


def streams(features: int) -> st.SearchStrategy[Stream]:
    return ROWS.flatmap(lambda rows: st.builds(Stream, array(np.float64, rows), array(np.float32, rows, features)))


def labels(attributes: int) -> st.SearchStrategy[Labels]:
    def of(rows: int) -> st.SearchStrategy[Labels]:
        parts = array(np.float64, rows), array(np.int8, rows), array(np.float64, rows)
        return st.builds(Labels, *parts, array(np.float64, rows, attributes))

    return ROWS.flatmap(of)


def bits(kind: FileKind[T], one: T) -> list[tuple[str, tuple[int, ...], bytes]]:
    return [(str(part.dtype), part.shape, part.tobytes()) for part in kind.take_apart(one)]


def assert_kept(kind: FileKind[T], recordings: Mapping[str, T]) -> None:
    """What is read comes out of a pack to the bit, at once and when the pack is opened again."""
    with TemporaryDirectory() as place:
        for name in recordings:
            Path(place, f"{name}.csv").touch()
        for read in (recordings.__getitem__, pytest.fail):
            pack = open_pack(Path(place), replace(kind, read=lambda path, read=read: read(path.stem)))
            assert [*pack] == sorted(recordings)
            for name, one in recordings.items():
                assert bits(kind, pack[name]) == bits(kind, one)


@settings(max_examples=40, deadline=None)
@given(data=st.data(), features=st.integers(1, 4))
def test_streams_are_kept_to_the_bit(data: st.DataObject, features: int) -> None:
    modality = Modality(name="body", folder="body", rate=50, features=features)
    assert_kept(streams_of(modality), data.draw(st.dictionaries(NAMES, streams(features), max_size=4)))


@settings(max_examples=40, deadline=None)
@given(data=st.data())
@pytest.mark.parametrize("challenge", ["merc2017", "mosei"])
def test_labels_and_templates_are_kept_to_the_bit(challenge: str, data: st.DataObject) -> None:
    task = load_challenge(challenge).task
    assert_kept(labels_of(task), data.draw(st.dictionaries(NAMES, labels(len(task.attributes)), max_size=4)))
    assert_kept(templates_of(task), data.draw(st.dictionaries(NAMES, ROWS.flatmap(lambda n: array(np.float64, n)))))


# In a corpus


def test_a_second_read_of_labels_and_templates_parses_nothing(
    tiny_corpus: Corpus, monkeypatch: pytest.MonkeyPatch
) -> None:
    train = tiny_corpus.folder("train")
    first, times = train.labels, train.templates
    for name in ("read_labels", "read_template"):
        monkeypatch.setattr(file_kinds, name, lambda path, task: pytest.fail(f"{path} was parsed"))
    again = tiny_corpus.folder("train")
    kind = labels_of(tiny_corpus.challenge.task)
    assert again.labels.keys() == first.keys()
    for name, one in again.labels.items():
        assert bits(kind, one) == bits(kind, first[name])
        np.testing.assert_array_equal(again.templates[name], times[name])


def test_labels_are_read_again_where_the_task_has_changed(tiny_corpus: Corpus) -> None:
    train = tiny_corpus.folder("train")
    assert train.labels
    task = tiny_corpus.challenge.task
    other = task.model_copy(update={"labels": tuple(reversed(task.labels))})
    changed = RecordingFolder(train.path, tiny_corpus.challenge.model_copy(update={"task": other}))
    with pytest.raises(CsvError, match=f"line 1, column '{other.labels[0]}'"):
        _ = changed.labels


def test_the_cache_of_labels_lies_in_their_own_folder_and_goes_where_it_goes(tiny_corpus: Corpus) -> None:
    train = tiny_corpus.folder("train")
    assert train.labels
    packs = {path.parent for path in train.path.rglob(FILE_NAME)}
    assert packs == {train.path / LABELS_FOLDER}
