"""`python -m data_spec extract`, from files to a corpus that passes its check."""

from __future__ import annotations

import sys
from collections.abc import Generator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from data_spec.challenge import load_challenge
from data_spec.corpus import COMPONENTS_FILE, Corpus
from data_spec.csv_files import read_stream, read_template
from data_spec.extraction.results import read_result
from data_spec.extraction.target import WORK_FOLDER
from data_spec.extraction.workers import Finished, Workers
from data_spec.extraction.writing import write_streams
from data_spec.features.face.components import FaceComponents
from data_spec.stream import Stream
from tests.data_spec.extraction.raw import InThisProcess, put_labels, run, touch_later, write_body

MERC = load_challenge("merc2017")


@pytest.fixture
def bodies(tmp_path: Path) -> Path:
    """A folder of two recordings that are nothing but joints, of 2 and of 1 s."""
    for name, seconds in (("anna", 2.0), ("bert", 1.0)):
        write_body(tmp_path / "raw" / f"{name}.kinect.csv", seconds)
    return tmp_path / "raw"


@pytest.fixture
def here(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Jobs are done in this process; the names of those that were."""
    workers = InThisProcess()
    monkeypatch.setattr(Workers, "run", lambda self, *given: workers.run(*given))
    return workers.did


def test_help_has_an_example() -> None:
    code, output = run("extract", "--help")
    assert code == 0
    assert "python -m data_spec extract interview.mp4 --out corpus" in output


def test_a_folder_becomes_a_corpus_with_templates_that_passes_its_check(
    bodies: Path, tmp_path: Path, here: list[str]
) -> None:
    out = tmp_path / "corpus"
    code, output = run("extract", bodies, "--out", out, "--modalities", "kinect")
    assert code == 0
    assert output == f"{out}: 2 recordings (public 2), 0:00:03 of media\nstreams: kinect 2\n"
    assert len(read_template(out / "test" / "prediction" / "anna.csv", MERC.task)) == 200
    stream = read_stream(out / "test" / "kinect" / "anna.csv", MERC.modality("kinect"))
    np.testing.assert_array_equal(stream.values, read_result(out / WORK_FOLDER, "anna")["kinect"].values)
    assert stream.times[0] == 0
    assert run("check", out)[0] == 0


def test_the_same_command_again_does_what_is_new_or_changed(bodies: Path, tmp_path: Path, here: list[str]) -> None:
    words = ("extract", bodies, "--out", tmp_path / "corpus", "--modalities", "kinect")
    run(*words)
    write_body(bodies / "carl.kinect.csv", 1.0)
    touch_later(bodies / "anna.kinect.csv")
    here.clear()
    code, output = run(*words)
    assert code == 0
    assert sorted(here) == ["anna", "carl"]
    assert "3 recordings (public 3), 0:00:04 of media, 1 of them finished before" in output


def test_without_its_work_folder_a_corpus_is_whole_and_can_be_made_again(
    bodies: Path, tmp_path: Path, here: list[str]
) -> None:
    out = tmp_path / "corpus"
    words = ("extract", bodies, "--out", out, "--modalities", "kinect")
    run(*words)
    before = (out / "test" / "kinect" / "anna.csv").read_bytes()
    (out / WORK_FOLDER).rename(tmp_path / "removed")
    assert run("check", out)[0] == 0
    assert run(*words)[0] == 0
    assert (out / "test" / "kinect" / "anna.csv").read_bytes() == before


def test_ctrl_c_keeps_what_is_finished_and_the_same_command_goes_on(
    bodies: Path, tmp_path: Path, here: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    words = ("extract", bodies, "--out", tmp_path / "corpus", "--modalities", "kinect")
    with monkeypatch.context() as patch:
        run_here = Workers.run

        def stopped(*given: Any) -> Generator[Finished[Any], None, None]:
            yield next(run_here(*given))
            raise KeyboardInterrupt

        patch.setattr(Workers, "run", stopped)
        code, output = run(*words)
    assert code == 130
    assert output.endswith("stopped; what is finished is kept, and the same command goes on from there\n")
    assert here == ["anna"]
    assert run(*words)[0] == 0
    assert here == ["anna", "bert"]
    assert run("check", tmp_path / "corpus")[0] == 0


def test_folders_of_the_splits_keep_their_recordings_and_labels(bodies: Path, tmp_path: Path, here: list[str]) -> None:
    out = tmp_path / "corpus"
    for name, split in (("anna", "train"), ("bert", "private_test")):
        (bodies / split).mkdir()
        (bodies / f"{name}.kinect.csv").rename(bodies / split / f"{name}.kinect.csv")
    write_body(bodies / "train" / "dora.kinect.csv", 1.0)
    put_labels(bodies / "train" / "labels" / "anna.csv", 0.5, 1.5)
    code, output = run("extract", bodies, "--out", out, "--modalities", "kinect")
    assert code == 0
    assert "3 recordings (train 2, private 1)" in output
    needed = f"train needs labels before `data_spec check` passes: {out}/train/labels/<recording>.csv (dora)\n"
    assert needed in output
    assert (out / "train/labels/anna.csv").read_bytes() == (bodies / "train/labels/anna.csv").read_bytes()
    stream = read_stream(out / "train" / "kinect" / "anna.csv", MERC.modality("kinect"))
    assert 0.5 <= stream.times[0] < stream.times[-1] < 1.5
    assert not (out / "train" / "prediction").exists()
    assert run("check", out)[0] == 1

    put_labels(out / "train" / "labels" / "dora.csv", 0.0, 1.0)
    code, output = run("extract", bodies, "--out", out, "--modalities", "kinect")
    assert code == 0
    assert "needs labels" not in output
    assert run("check", out)[0] == 0


def test_with_labels_for_all_and_the_list_it_is_the_organisers_corpus(
    bodies: Path, tmp_path: Path, here: list[str]
) -> None:
    out = tmp_path / "corpus"
    for name, split in (("anna", "train"), ("bert", "test")):
        put_labels(bodies / split / "labels" / f"{name}.csv", 0.0, 1.0)
        (bodies / f"{name}.kinect.csv").rename(bodies / split / f"{name}.kinect.csv")
    code, output = run("extract", bodies, "--out", out, "--modalities", "kinect")
    assert code == 0
    assert (
        f"public has labels, as the organisers' corpus: it needs its list before `data_spec check` passes, {out}"
        in (output)
    )
    rows = ["recording,session,actor,split", "anna,1,actor_01,train", "bert,2,actor_02,public"]
    (bodies / "recordings.csv").write_text("\n".join(rows))
    code, output = run("extract", bodies, "--out", out, "--modalities", "kinect")
    assert code == 0
    assert "needs" not in output
    assert [one.name for one in Corpus.open(out).read_recordings()] == ["anna", "bert"]
    assert run("check", out)[0] == 0
    assert not (out / "test" / "prediction").exists()
    assert run("publish", out, tmp_path / "published")[0] == 0


def test_labels_that_lie_beside_the_recording_leave_it_out_by_name(
    bodies: Path, tmp_path: Path, here: list[str]
) -> None:
    put_labels(bodies / "train" / "labels" / "anna.csv", 100.0, 101.0)
    (bodies / "anna.kinect.csv").rename(bodies / "train" / "anna.kinect.csv")
    code, output = run("extract", bodies, "--out", tmp_path / "corpus", "--modalities", "kinect")
    assert code == 1
    assert "left out: anna: " in output
    assert (
        "labels/anna.csv: expected labels at times of the recording, 0 to 1.93333 s. Received: 100 to 100.99" in output
    )
    assert "0 recordings (none)" in output


def test_a_broken_file_is_named_the_rest_is_there_and_the_exit_code_is_1(
    bodies: Path, tmp_path: Path, here: list[str]
) -> None:
    (bodies / "carl.kinect.csv").write_text("nothing of the kind\n")
    (bodies / "table.csv").write_text("1,2\n")
    code, output = run("extract", bodies, "--out", tmp_path / "corpus", "--modalities", "kinect")
    assert code == 1
    assert f"left out: carl: {bodies / 'carl.kinect.csv'}" in output
    assert f"not used: {bodies / 'table.csv'}: it belongs to no recording" in output
    assert "2 recordings (public 2)" in output
    assert run("check", tmp_path / "corpus")[0] == 0


def test_a_corpus_of_another_challenge_is_left_alone(bodies: Path, tmp_path: Path, here: list[str]) -> None:
    out = tmp_path / "corpus"
    Corpus.create(out, MERC.model_copy(update={"name": "other"}))
    code, output = run("extract", bodies, "--out", out, "--modalities", "kinect", "--challenge", "merc2017")
    assert code == 2
    assert "expected a corpus of 'merc2017', found one of 'other'" in output
    # Without --challenge, the corpus says which one it is.
    assert run("extract", bodies, "--out", out, "--modalities", "kinect")[0] == 0


def test_a_recording_that_stands_in_another_split_is_refused(bodies: Path, tmp_path: Path, here: list[str]) -> None:
    out = tmp_path / "corpus"
    run("extract", bodies, "--out", out, "--modalities", "kinect")
    (bodies / "train").mkdir()
    (bodies / "anna.kinect.csv").rename(bodies / "train" / "anna.kinect.csv")
    code, output = run("extract", bodies, "--out", out, "--modalities", "kinect")
    assert code == 2
    assert "expected anna in train/" in output
    assert "found it in test/" in output


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["--embedding", "vgg16"], "--embedding vgg16 and --weights FILE go together"),
        (["--jobs", "2", "--scheduler", "tcp://127.0.0.1:9"], "--jobs is for this machine"),
        (["--modalities", "kinect,pulse"], r"Received: ['pulse']"),
        (["--challenge", "nothing"], "no challenge named 'nothing'"),
        (["--jobs", "0"], "0 is not in the range"),
    ],
)
def test_wrong_usage_exits_2_and_makes_nothing(bodies: Path, tmp_path: Path, words: list[str], expected: str) -> None:
    code, output = run("extract", bodies, "--out", tmp_path / "corpus", *words)
    assert code == 2
    assert expected in output
    assert not (tmp_path / "corpus").exists()


def test_what_is_in_the_way_is_left_alone(bodies: Path, tmp_path: Path) -> None:
    assert run("extract", bodies, "--out", bodies)[0] == 2
    code, output = run("extract", bodies, "--out", tmp_path)
    assert code == 2
    assert "expected a new or empty folder" in output


def test_components_that_are_none_are_said_at_once(bodies: Path, tmp_path: Path) -> None:
    (tmp_path / "own.npz").write_bytes(b"PK")
    code, output = run("extract", bodies, "--out", tmp_path / "corpus", "--components", tmp_path / "own.npz")
    assert code == 2
    assert "own.npz: expected face components" in output


def test_films_to_train_on_do_not_come_to_components_that_were_fitted_without_any(
    bodies: Path, tmp_path: Path, here: list[str]
) -> None:
    out, films = tmp_path / "corpus", tmp_path / "films"
    run("extract", bodies, "--out", out, "--modalities", "kinect")
    face = Stream(np.arange(50) / 50, np.ones((50, 100), dtype=np.float32))
    write_streams(out / "test", "anna", {"face": face}, MERC, from_pose=False)
    rows = np.random.default_rng(0).normal(size=(200, 512)).astype(np.float32)
    replace(FaceComponents.fit([rows]), fitted_on="all").save(out / COMPONENTS_FILE)
    (films / "train").mkdir(parents=True)
    (films / "train" / "carl.mp4").touch()
    code, output = run("extract", films, "--out", out, "--modalities", "face")
    assert code == 2
    assert "test/face_nn/anna.csv: its columns are of components that were fitted while there was no train" in output
    given = ("--components", out / COMPONENTS_FILE)
    code, output = run("extract", films, "--out", tmp_path / "new", "--modalities", "face", *given)
    assert code == 2
    assert "expected components fitted on train, as there are recordings of it" in output
    assert here == ["anna", "bert"]


def test_a_package_that_is_not_there_is_said_with_what_to_install(
    tmp_path: Path, here: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "av", None)
    (tmp_path / "a.mp4").touch()
    code, output = run("extract", tmp_path / "a.mp4", "--out", tmp_path / "corpus")
    assert code == 2
    assert "needs the package av: pip install -r requirements-features.txt" in output
