from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from data_spec.corpus import Corpus, CorpusError
from data_spec.publish import publish


def files_in(folder: Path) -> set[str]:
    return {str(file.relative_to(folder)) for file in folder.rglob("*") if file.is_file()}


def names(corpus: Corpus, split: str) -> set[str]:
    return {one.name for one in corpus.read_recordings() if one.split == split}


def test_participants_get_train_with_labels_and_the_public_test_with_templates(
    tiny_corpus: Corpus, tmp_path: Path
) -> None:
    publish(tiny_corpus, tmp_path / "out")
    train = {f"train/{folder}/{name}.csv" for folder in ("audio", "face_nn", "eyes", "kinect", "labels")
             for name in names(tiny_corpus, "train")}  # fmt: skip
    test = {f"test/{folder}/{name}.csv" for folder in ("audio", "face_nn", "eyes", "kinect", "prediction")
            for name in names(tiny_corpus, "public")}  # fmt: skip
    assert files_in(tmp_path / "out" / "participants") == {"challenge.yaml"} | train | test


def test_nothing_hidden_is_under_participants(tiny_corpus: Corpus, tmp_path: Path) -> None:
    publish(tiny_corpus, tmp_path / "out")
    private, public = names(tiny_corpus, "private"), names(tiny_corpus, "public")
    assert private
    assert public
    for file in (tmp_path / "out" / "participants").rglob("*"):
        assert file.stem not in private
        assert file.name != "recordings.csv"
        assert "private" not in file.name
        assert not (file.parent.name == "labels" and file.stem in public)
    for file in (tmp_path / "out" / "stage2").rglob("*"):
        assert file.name not in ("recordings.csv", "labels")
    for folder in ("participants", "stage2"):
        text = b"".join(file.read_bytes() for file in (tmp_path / "out" / folder).rglob("*.csv"))
        assert b"actor" not in text


def test_stage_2_is_the_private_test_with_templates(tiny_corpus: Corpus, tmp_path: Path) -> None:
    publish(tiny_corpus, tmp_path / "out")
    folders = ("audio", "face_nn", "eyes", "kinect", "prediction")
    private = {f"private_test/{folder}/{name}.csv" for folder in folders for name in names(tiny_corpus, "private")}
    assert files_in(tmp_path / "out" / "stage2") == {"challenge.yaml"} | private


def test_organisers_get_the_list_and_the_hidden_labels(tiny_corpus: Corpus, tmp_path: Path) -> None:
    publish(tiny_corpus, tmp_path / "out")
    labels = {f"test/labels/{name}.csv" for name in names(tiny_corpus, "public")}
    labels |= {f"private_test/labels/{name}.csv" for name in names(tiny_corpus, "private")}
    assert files_in(tmp_path / "out" / "organisers") == {"challenge.yaml", "recordings.csv"} | labels


def test_files_are_copies_byte_by_byte_and_not_links(tiny_corpus: Corpus, tmp_path: Path) -> None:
    publish(tiny_corpus, tmp_path / "out")
    for file in (tmp_path / "out" / "participants" / "train").rglob("*.csv"):
        source = tiny_corpus.root / file.relative_to(tmp_path / "out" / "participants")
        assert file.read_bytes() == source.read_bytes()
        assert not file.is_symlink()
        assert file.stat().st_ino != source.stat().st_ino


def test_a_template_has_the_times_of_the_labels_and_zeros(tiny_corpus: Corpus, tmp_path: Path) -> None:
    publish(tiny_corpus, tmp_path / "out")
    for split, path in (("public", "participants/test"), ("private", "stage2/private_test")):
        folder = tiny_corpus.folder(split)
        for name in folder.recordings:
            labels = (folder.path / "labels" / f"{name}.csv").read_text().splitlines()
            template = (tmp_path / "out" / path / "prediction" / f"{name}.csv").read_text().splitlines()
            assert template[0] == "Time,Anger,Sad,Disgust,Happy,Scared,Neutral"
            assert template[1:] == [f"{line.split(',')[0]},0,0,0,0,0,0" for line in labels[1:]]


def test_audience_and_hidden_labels_follow_the_challenge_and_not_the_names(tiny_corpus: Corpus, tmp_path: Path) -> None:
    challenge = tiny_corpus.challenge
    train, public, private = challenge.splits.folders
    # A challenge whose folders have other names.
    swapped = (
        train.model_copy(update={"folder": "private_things"}),
        public.model_copy(update={"folder": "labels_of_test"}),
        private.model_copy(update={"folder": "train"}),
    )
    splits = challenge.splits.model_copy(update={"folders": swapped})
    root = tmp_path / "renamed"
    shutil.copytree(tiny_corpus.root, root)
    (root / "train").rename(root / "private_things")
    (root / "test").rename(root / "labels_of_test")
    (root / "private_test").rename(root / "train")
    publish(Corpus(root, challenge.model_copy(update={"splits": splits})), tmp_path / "out")
    assert (tmp_path / "out" / "participants" / "private_things" / "labels").is_dir()
    assert not (tmp_path / "out" / "participants" / "train").exists()
    assert not (tmp_path / "out" / "participants" / "labels_of_test" / "labels").exists()
    assert (tmp_path / "out" / "stage2" / "train" / "prediction").is_dir()


def test_a_failure_on_the_way_leaves_nothing_behind(tiny_corpus: Corpus, tmp_path: Path) -> None:
    folder = tiny_corpus.folder("private")
    (folder.path / "labels" / f"{folder.recordings[0]}.csv").write_text("Time\n0\n")
    with pytest.raises(ValueError, match="expected 8 columns"):
        publish(tiny_corpus, tmp_path / "out")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["corpus"]


def test_a_recording_that_is_on_no_list_stops_all(tiny_corpus: Corpus, tmp_path: Path) -> None:
    folder = tiny_corpus.folder("private")
    stray = folder.path / "audio" / f"{folder.recordings[0]}.csv"
    shutil.copy(stray, tiny_corpus.root / "test" / "audio")
    with pytest.raises(CorpusError, match=f"lists for 'public', found another set, such as .*{stray.stem}"):
        publish(tiny_corpus, tmp_path / "out")


def test_a_corpus_without_its_list_or_its_labels_is_not_published(tiny_corpus: Corpus, tmp_path: Path) -> None:
    (tiny_corpus.folder("public").path / "labels").rename(tmp_path / "labels")
    with pytest.raises(CorpusError, match="expected the labels of a whole corpus, found none"):
        publish(tiny_corpus, tmp_path / "out")
    (tiny_corpus.root / "recordings.csv").unlink()
    with pytest.raises(CorpusError, match=r"recordings\.csv"):
        publish(tiny_corpus, tmp_path / "out")


def test_a_folder_with_files_in_it_is_not_overwritten(tiny_corpus: Corpus, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "mine.txt").write_text("mine")
    with pytest.raises(CorpusError, match="expected a new or empty folder, found files in it"):
        publish(tiny_corpus, tmp_path / "out")
    assert (tmp_path / "out" / "mine.txt").read_text() == "mine"
