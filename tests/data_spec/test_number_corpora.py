"""Corpora whose labels are numbers: read, checked and published like the others."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data_spec.challenge import load_challenge
from data_spec.corpus import Corpus
from data_spec.csv_files import CsvError, read_labels, read_template, write_labels, write_template
from data_spec.inspection import inspect
from data_spec.publish import publish
from data_spec.summary import summarise
from tests.data_spec.number_corpora import draw_labels, write_corpus

NAMES = ("mosei", "mspface", "recola")


def first_labels(corpus: Corpus) -> Path:
    return min((corpus.root / "train" / "labels").glob("*.csv"))


@pytest.mark.parametrize("name", NAMES)
def test_a_sound_corpus_has_no_fault(tmp_path: Path, name: str):
    found = inspect(write_corpus(tmp_path / "corpus", name))
    assert found.faults == []
    assert len(found.measured) == 6


@pytest.mark.parametrize("name", NAMES)
def test_what_is_published_has_no_fault_and_no_hidden_labels(tmp_path: Path, name: str):
    publish(write_corpus(tmp_path / "corpus", name), tmp_path / "published")
    for audience in ("participants", "organisers"):
        assert inspect(Corpus.open(tmp_path / "published" / audience)).faults == []
    test = tmp_path / "published" / "participants" / "test"
    assert not (test / "labels").exists()
    task = load_challenge(name).task
    for template in (test / "prediction").glob("*.csv"):
        assert len(read_template(template, task))
        assert template.read_text().startswith(",".join(task.columns) + "\n")


@pytest.mark.parametrize("name", NAMES)
@given(seed=st.integers(0, 1000))
@settings(deadline=None, max_examples=15)
def test_labels_are_read_as_they_were_written(tmp_path_factory: pytest.TempPathFactory, name: str, seed: int):
    challenge = load_challenge(name)
    labels = draw_labels(challenge, np.random.default_rng(seed))
    file = tmp_path_factory.mktemp("labels") / "one.csv"
    write_labels(file, labels, challenge.task)
    again = read_labels(file, challenge.task)
    assert np.array_equal(again.times, labels.times)
    assert np.array_equal(again.index, labels.index)
    assert np.array_equal(again.values, labels.values)
    assert np.array_equal(again.agreement, labels.agreement)


@pytest.mark.parametrize("name", NAMES)
def test_a_template_is_a_legal_submission(tmp_path: Path, name: str):
    from scorer.prediction_file import PredictionReader

    challenge = load_challenge(name)
    times = np.array([0.0]) if name == "mspface" else np.array([0.0, 1.0])
    write_template(tmp_path / "one.csv", times, challenge.task)
    verdict = PredictionReader.of(challenge).read("one.csv", (tmp_path / "one.csv").read_bytes(), times)
    assert verdict.faults == ()
    assert verdict.values.shape == (len(times), len(challenge.task.columns) - 1)


@pytest.mark.parametrize(
    ("name", "change", "words"),
    [
        ("mosei", lambda row: [row[0], "3.4", *row[2:]], ["column 'anger'", "0 to 3", "3.4"]),
        ("mosei", lambda row: [row[0], "0.5", *row[2:]], ["column 'anger'", "multiples of 0.333333", "0.5"]),
        ("recola", lambda row: [row[0], "-1.01", row[2]], ["column 'arousal'", "-1 to 1", "-1.01"]),
        ("recola", lambda row: row[:2], ["3 columns", "2"]),
        ("mspface", lambda row: [*row[:-3], "8", *row[-2:]], ["column 'arousal'", "1 to 7", "8"]),
        ("mspface", lambda row: [row[0], *["0"] * 9, *row[10:]], ["one label with a 1", "0 of them"]),
    ],
)
def test_a_wrong_label_is_named_with_its_row(
    tmp_path: Path, name: str, change: Callable[[list[str]], list[str]], words: list[str]
):
    corpus = write_corpus(tmp_path / "corpus", name)
    file = first_labels(corpus)
    lines = file.read_text().splitlines()
    lines[1] = ",".join(change(lines[1].split(",")))
    file.write_text("\n".join(lines) + "\n")
    with pytest.raises(CsvError) as caught:
        read_labels(file, corpus.challenge.task)
    for word in [str(file), "line 2", *words]:
        assert word in str(caught.value)
    assert [str(fault) for fault in inspect(corpus).faults] == [str(caught.value)]


def test_a_clip_has_one_row(tmp_path: Path):
    corpus = write_corpus(tmp_path / "corpus", "mspface")
    file = first_labels(corpus)
    header, row = file.read_text().splitlines()
    file.write_text(f"{header}\n{row}\n1{row[1:]}\n")
    assert "a clip has one row" in str(inspect(corpus).faults[0])
    template = tmp_path / "two.csv"
    write_template(template, np.array([0.0, 1.0]), corpus.challenge.task)
    with pytest.raises(CsvError, match="line 3: expected the end of the file: a clip has one row"):
        read_template(template, corpus.challenge.task)


def test_annotations_of_a_recording_that_is_not_there_are_a_fault(tmp_path: Path):
    corpus = write_corpus(tmp_path / "corpus", "mspface")
    stray = corpus.root / "train" / "annotations" / "nobody.csv"
    stray.parent.mkdir()
    stray.write_text("Rater,Order\n")
    assert [fault.file for fault in inspect(corpus).faults] == [stray]


@pytest.mark.parametrize(
    ("text", "words"),
    [("recording\nnobody\n", "'nobody'"), ("name\na\n", "the header recording"), ("", "an empty file")],
)
def test_a_list_of_references_that_is_wrong_is_a_fault(tmp_path: Path, text: str, words: str):
    corpus = write_corpus(tmp_path / "corpus", "mspface")
    (corpus.root / "references.csv").write_text(text)
    [fault] = inspect(corpus).faults
    assert words in str(fault)


def test_the_references_stay_with_the_organisers(tmp_path: Path):
    corpus = write_corpus(tmp_path / "corpus", "mspface")
    train = min(one.name for one in corpus.read_recordings() if one.split == "train")
    (corpus.root / "references.csv").write_text(f"recording\n{train}\n")
    publish(corpus, tmp_path / "published")
    participants, organisers = (tmp_path / "published" / name for name in ("participants", "organisers"))
    assert [file.parent for file in (tmp_path / "published").rglob("references.csv")] == [organisers]
    assert inspect(Corpus.open(organisers)).faults == []
    (participants / "references.csv").write_text(f"recording\n{train}\n")
    [fault] = inspect(Corpus.open(participants)).faults
    assert "only the organisers" in str(fault)


def test_a_summary_tells_how_many_segments_show_nothing(tmp_path: Path):
    corpus = write_corpus(tmp_path / "corpus", "mosei")
    text = "\n".join(summarise(corpus.challenge, inspect(corpus).measured, corpus.read_recordings()))
    assert "segments in train that show nothing: " in text
    assert "attributes in train, mean ± standard deviation over 6 segments: anger " in text


def test_annotations_that_tell_other_labels_are_a_fault_and_stay_with_the_labels(tmp_path: Path):
    corpus = write_corpus(tmp_path / "corpus", "recola")
    for split in ("train", "test"):
        labels = min((corpus.root / split / "labels").glob("*.csv"))
        read = read_labels(labels, corpus.challenge.task)
        traces = corpus.root / split / "annotations" / labels.name
        traces.parent.mkdir()
        rows = [
            f"{time!r},{arousal!r},{valence!r}"
            for time, (arousal, valence) in zip(read.times.tolist(), read.values.tolist(), strict=True)
        ]
        traces.write_text("\n".join(["Time,arousal_ann,valence_ann", *rows]) + "\n")
    assert inspect(corpus).faults == []
    publish(corpus, tmp_path / "published")
    assert (tmp_path / "published" / "participants" / "train" / "annotations").is_dir()
    assert not (tmp_path / "published" / "participants" / "test" / "annotations").exists()
    assert (tmp_path / "published" / "organisers" / "test" / "annotations").is_dir()
    traces.write_text(traces.read_text().replace(rows[3], f"{read.times[3]!r},1.0,-1.0"))
    assert any(str(traces) in str(fault) or str(labels) in str(fault) for fault in inspect(corpus).faults)
