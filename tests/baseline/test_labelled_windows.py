"""Windows go to a model with their labels, and those without one do not."""

import numpy as np

from baseline.labelled_windows import LabelledWindows
from baseline.system import Part
from data_spec.corpus import Corpus
from data_spec.csv_files import write_labels, write_stream
from data_spec.stream import NO_LABEL, Labels, Stream


def test_every_labelled_window_is_shown_once_with_its_label(tmp_path, bird_calls):
    corpus = Corpus.create(tmp_path / "corpus", bird_calls)
    camera, given = bird_calls.modality("camera"), corpus.root / "given"
    for number, label in enumerate([0, NO_LABEL, 2, 1]):
        labels = Labels(np.arange(60) / 20, np.full(60, label, dtype=np.int8), np.full(60, 0.5))
        write_labels(given / "labels" / f"bird{number}.csv", labels, bird_calls.task)
        stream = Stream(np.arange(24) / 8, np.full((24, 2), 10 + label, dtype=np.float32))
        write_stream(given / camera.folder / f"bird{number}.csv", stream, camera)
    folder = corpus.folder("learn")
    windows = LabelledWindows.of(Part(folder, folder.recordings), ["camera"])
    assert len(windows.windows) == 8
    assert len(windows) == 6
    shown = []
    for inputs, one_hot in windows.batches(4, shuffle_seed=0):
        assert inputs["camera"].shape[1:] == (12, 2)
        np.testing.assert_array_equal(one_hot.numpy().sum(axis=1), 1)
        np.testing.assert_array_equal(inputs["camera"][:, 5, 0], 10 + one_hot.numpy().argmax(axis=1))
        shown += one_hot.numpy().argmax(axis=1).tolist()
    assert sorted(shown) == [0, 0, 1, 1, 2, 2]
