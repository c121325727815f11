from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from baseline.pooled_folder import PooledFolder
from data_spec.corpus import Corpus, CorpusError
from tests.baseline.clips_of_actors import ACTORS, TAKES, clips_corpus
from tests.baseline.plain_system import labelled_corpus


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Corpus:
    return clips_corpus(tmp_path_factory.mktemp("clips") / "corpus")


def test_a_pool_reads_the_folders_of_all_splits_as_one(corpus: Corpus) -> None:
    pool = PooledFolder(corpus)
    assert len(pool.recordings) == len(pool.labels) == len(pool.templates) == ACTORS * TAKES
    for split in corpus.splits:
        folder = corpus.folder(split.name)
        for name, stream in folder.streams("speech").items():
            np.testing.assert_array_equal(pool.streams("speech")[name].values, stream.values)
            alone = pool.stream("speech", name)
            assert alone is not None
            np.testing.assert_array_equal(alone.values, stream.values)
            assert pool.labels[name].index == folder.labels[name].index
    assert pool.stream("speech", "nobody") is pool.media("speech", "nobody") is None
    clip = pool.recordings[0]
    media = pool.media("speech", clip)
    assert media is not None
    assert media.is_file()


def test_a_recording_in_two_splits_is_refused(tmp_path: Path) -> None:
    corpus = labelled_corpus(tmp_path / "corpus", "clip_ratings", recordings=1)
    folder = corpus.root / "test" / "labels"
    (folder / "test0.csv").rename(folder / "train0.csv")
    with pytest.raises(CorpusError, match="expected train0 in one split, found it in"):
        PooledFolder(corpus)
