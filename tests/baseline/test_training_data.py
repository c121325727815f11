"""What a system sees while it is trained: the challenge's validation, or recordings that are held out."""

from __future__ import annotations

from pathlib import Path

import pytest

from baseline.training_data import test_folder as folder_of_the_test
from baseline.training_data import training_data
from data_spec.corpus import Corpus, CorpusError
from tests.baseline.plain_system import labelled_corpus


@pytest.fixture
def framewise(tmp_path: Path) -> Corpus:
    """Twelve recordings to train on, and no validation."""
    return labelled_corpus(tmp_path / "corpus", "framewise_one_hot", recordings=12)


def test_a_challenge_with_a_validation_has_its_own(tmp_path: Path) -> None:
    data = training_data(labelled_corpus(tmp_path / "corpus", "segment_intensities", recordings=3))
    assert data.train.recordings == ("train0", "train1", "train2")
    assert data.validation.recordings == ("validation0", "validation1", "validation2")
    assert data.validation.folder.path.name == "validation"


def test_from_another_a_tenth_is_held_out_by_the_seed(framewise: Corpus) -> None:
    held_out = set()
    for seed in range(10):
        data = training_data(framewise, seed)
        assert len(data.validation.recordings) == 2
        assert sorted({*data.train.recordings, *data.validation.recordings}) == sorted(f"train{i}" for i in range(12))
        assert len(data.train.recordings) == 10
        assert training_data(framewise, seed) == data or training_data(framewise, seed).train.recordings == (
            data.train.recordings
        )
        held_out |= {data.validation.recordings}
    assert len(held_out) > 3


def test_nothing_is_held_out_for_a_system_that_chooses_nothing(framewise: Corpus) -> None:
    data = training_data(framewise, hold_out=False)
    assert len(data.train.recordings) == 12
    assert data.validation.recordings == ()


def test_too_few_recordings_are_said(tmp_path: Path) -> None:
    corpus = labelled_corpus(tmp_path / "corpus", "framewise_one_hot", recordings=1)
    with pytest.raises(CorpusError, match="at least 2 labelled recordings to train on and to hold out, found 1"):
        training_data(corpus)
    assert training_data(corpus, hold_out=False).train.recordings == ("train0",)


def test_a_validation_without_labels_is_said(tmp_path: Path) -> None:
    corpus = labelled_corpus(tmp_path / "corpus", "continuous_attributes", recordings=1)
    (corpus.root / "validation" / "labels" / "validation0.csv").unlink()
    with pytest.raises(CorpusError, match="expected labelled recordings in train and validation, found 1 and 0"):
        training_data(corpus)


def test_the_test_is_that_of_the_first_stage_where_it_is_there(framewise: Corpus) -> None:
    found = folder_of_the_test(framewise)
    assert found is not None
    assert found.path == framewise.root / "test"
    found.path.rename(framewise.root / "elsewhere")
    assert folder_of_the_test(framewise) is None
