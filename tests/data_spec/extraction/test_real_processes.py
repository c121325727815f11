"""The command with processes of its own: real films, and Ctrl-C."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest

from data_spec.challenge import load_challenge
from data_spec.csv_files import read_stream
from data_spec.extraction.target import WORK_FOLDER
from tests.data_spec.extraction.raw import is_there, put_labels, run, write_body

features_are_there = pytest.mark.skipif(
    any(find_spec(name) is None for name in ("av", "opensmile", "ai_edge_litert", "dlib", "mediapipe", "fer")),
    reason="needs the optional packages of requirements-features.txt",
)
FACE = load_challenge("merc2017").modality("face")


@pytest.mark.slow
@features_are_there
def test_films_become_a_corpus_and_its_components_project_those_of_another(tmp_path: Path) -> None:
    from skimage import data

    from tests.data_spec.films import write_film

    sound = (0.3 * np.sin(np.arange(8_000) / 12)).astype(np.float32)
    picture = np.ascontiguousarray(data.astronaut()[:400])
    raw = tmp_path / "raw"
    for split, name in (("train", "anna"), ("test", "bert")):
        (raw / split).mkdir(parents=True)
        brighter = [np.clip(picture.astype(int) + 4 * step, 0, 255).astype(np.uint8) for step in range(5)]
        write_film(raw / split / f"{name}.mp4", brighter, np.arange(5) / 10, sound)
    put_labels(raw / "train" / "labels" / "anna.csv", 0.0, 0.5)
    (raw / "test" / "broken.mp4").write_bytes(b"no film")
    code, output = run("extract", raw, "--out", tmp_path / "corpus", "--jobs", "1")
    assert code == 1
    assert "left out: broken: " in output
    assert "streams: audio 2, face 2, eyes 2, kinect 2" in output
    assert "fitted on all" not in output
    assert run("check", tmp_path / "corpus")[0] == 0
    face = read_stream(tmp_path / "corpus" / "test" / "face_nn" / "bert.csv", FACE)
    assert face.present.all()

    other = ("extract", raw / "test" / "bert.mp4", "--out", tmp_path / "other", "--modalities", "face")
    code, output = run(*other, "--components", tmp_path / "corpus" / "face_components.npz")
    assert code == 0
    assert "fitted on all" not in output
    again = read_stream(tmp_path / "other" / "test" / "face_nn" / "bert.csv", FACE)
    np.testing.assert_array_equal(again.values[:20], face.values[:20])
    code, output = run(*other, "--embedding", "identity")
    assert code == 2
    assert "expected components of the embedding 'identity', which is asked for, found those of 'expression'" in output


def heed_ctrl_c() -> None:
    signal.signal(signal.SIGINT, signal.SIG_DFL)


@pytest.mark.slow
def test_ctrl_c_ends_the_processes_without_a_traceback(tmp_path: Path) -> None:
    raw, out = tmp_path / "raw", tmp_path / "corpus"
    first = write_body(raw / "body0.kinect.csv", 120.0)
    for number in range(1, 300):  # so many that they never end by themselves, however late this process looks
        (raw / f"body{number}.kinect.csv").hardlink_to(first)
    words = [sys.executable, "-m", "data_spec", "extract", raw, "--out", out, "--modalities", "kinect", "--jobs", "2"]
    # Where this process was begun in the background, it was told to ignore Ctrl-C, and would hand that on.
    with subprocess.Popen(
        words, stderr=subprocess.PIPE, text=True, start_new_session=True, preexec_fn=heed_ctrl_c
    ) as process:
        try:
            done: list[Path] = []
            while len(done) < 2 and process.poll() is None:
                time.sleep(0.02)
                done = list(out.glob(f"{WORK_FOLDER}/body*/report.json"))
            # As a terminal does: to the command and all its processes.
            os.killpg(process.pid, signal.SIGINT)
            _, errors = process.communicate(timeout=120)
        finally:
            process.kill()
    assert process.returncode == 130
    assert "Traceback" not in errors
    assert "stopped; what is finished is kept" in errors
    assert not is_there(process.pid)
    assert 2 <= len(list(out.glob(f"{WORK_FOLDER}/body*/report.json"))) < 300


@pytest.mark.slow
@features_are_there
def test_real_films_become_a_corpus_that_passes_its_check(tmp_path: Path, shared_data: Callable[[str], Path]) -> None:
    raw = tmp_path / "raw"
    raw.mkdir()
    for name in ("single_face.mp4", "no_face.mp4", "multi_face.jpg"):
        (raw / name).symlink_to(shared_data("face-video") / name)
    code, output = run("extract", raw, "--out", tmp_path / "corpus", "--modalities", "face,eyes")
    assert code == 0
    assert "face: none in any picture (no_face)" in output
    assert "is followed (multi_face)" in output
    assert run("check", tmp_path / "corpus")[0] == 0
    faces = {name: read_stream(path, FACE) for name, path in faces_of(tmp_path / "corpus")}
    assert faces["single_face"].present.mean() > 0.95
    assert not faces["no_face"].present.any()


def faces_of(corpus: Path) -> list[tuple[str, Path]]:
    return [(path.stem, path) for path in sorted((corpus / "test" / "face_nn").glob("*.csv"))]
