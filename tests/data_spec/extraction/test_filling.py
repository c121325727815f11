"""The files of a corpus, written from the results of an extraction that need no package to be made."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from data_spec.challenge import load_challenge
from data_spec.corpus import COMPONENTS_FILE, Corpus
from data_spec.csv_files import read_stream
from data_spec.extraction.extracting import Outcome
from data_spec.extraction.filling import fill
from data_spec.extraction.finding import Found
from data_spec.extraction.results import Report, begin_result, finish_result, read_result, save_stream
from data_spec.extraction.settings import Settings
from data_spec.extraction.source import Source
from data_spec.extraction.target import WORK_FOLDER
from data_spec.features.face.components import FaceComponents
from data_spec.stream import Stream

MERC = load_challenge("merc2017")


@pytest.fixture
def corpus(tmp_path: Path) -> Corpus:
    return Corpus.create(tmp_path / "corpus", MERC)


def result_of(corpus: Corpus, recording: str, seed: int) -> Report:
    """A second of a face of 120 numbers, put into the work folder."""
    values = np.random.default_rng(seed).normal(seed, 1, (50, 120)).astype(np.float32)
    folder = begin_result(corpus.root / WORK_FOLDER, recording)
    save_stream(folder, "face", Stream(np.arange(50) / 50, values), 50)
    report = Report(recording, (), Settings(("face",)).as_json(), 1.0, ("face",), ())
    finish_result(corpus.root / WORK_FOLDER, folder, report)
    return report


def test_when_a_train_comes_all_faces_are_projected_with_components_that_are_fitted_on_it_alone(
    corpus: Corpus,
) -> None:
    names = {"public": ("anna", "bert"), "train": ("carl",)}
    reports = {name: result_of(corpus, name, seed) for seed, name in enumerate(("anna", "bert", "carl"), start=1)}
    sources = {split: tuple(Source(name, pictures=Path(f"{name}.mp4")) for name in own) for split, own in names.items()}

    first = fill(
        corpus, Found({"public": sources["public"]}), Outcome({name: reports[name] for name in names["public"]})
    )
    assert first.components is not None
    assert (first.components.fitted_on, first.is_fitted_anew) == ("all", False)

    done = {name: reports[name] for name in ("anna", "carl")}
    second = fill(corpus, Found(sources), Outcome(done, broken={"bert": "cannot be read any more"}))
    saved = FaceComponents.load(corpus.root / COMPONENTS_FILE)
    assert (saved.fitted_on, saved.rows, second.is_fitted_anew) == ("train", 50, True)
    for folder, name in (("test", "anna"), ("train", "carl")):
        written = read_stream(corpus.root / folder / "face_nn" / f"{name}.csv", MERC.modality("face"))
        whole = read_result(corpus.root / WORK_FOLDER, name)["face"]
        np.testing.assert_allclose(written.values, saved.project(whole.values), atol=1e-4)
    # It cannot be projected anew: better no columns than others than all.
    assert not (corpus.root / "test" / "face_nn" / "bert.csv").exists()

    third = fill(corpus, Found(sources), Outcome(dict(reports)))
    assert third.components is not None
    assert (third.components.rows, third.is_fitted_anew) == (50, False)
