"""`python -m baseline show`: a film and a model → a page."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner, Result

from baseline.__main__ import main
from baseline.keras_files import save_model
from baseline.systems.decision_fusion import DecisionFusion
from data_spec.challenge import Challenge, load_challenge
from data_spec.csv_files import write_labels
from data_spec.features.face.components import FaceComponents
from data_spec.stream import Labels
from tests.data_spec.films import write_film, write_sound

SHARED_DATA = Path(os.environ.get("KIT_SHARED_DATA") or Path(__file__).parents[2].parent / "shared" / "data")
REAL = SHARED_DATA / "face-video" / "ravdess-01-01-01-01-01-01-01.mp4"

extraction_is_there = pytest.mark.skipif(
    any(find_spec(package) is None for package in ("av", "opensmile", "ai_edge_litert")),
    reason="needs the optional packages of requirements-features.txt",
)

RATE = 16_000


def run(*arguments: object) -> Result:
    return CliRunner().invoke(main, [str(argument) for argument in arguments])


def model_of(path: Path, challenge: Challenge, modalities: list[str]) -> Path:
    """A small model that has learnt nothing."""
    save_model(DecisionFusion(challenge, modalities, units=2, dense_units=4), path)
    return path


def components_of(path: Path, columns: int) -> Path:
    """Components of the default embedding, fitted on chance."""
    FaceComponents.fit([np.random.default_rng(0).normal(size=(200, 512)).astype(np.float32)], columns).save(path)
    return path


def voice(seconds: float) -> np.ndarray:
    """A buzz of 150 Hz with its harmonics, silent for the last second."""
    time = np.arange(round(seconds * RATE)) / RATE
    buzz = 0.2 * sum(np.sin(2 * np.pi * 150 * harmonic * time) / harmonic for harmonic in range(1, 9))
    return np.where(time < seconds - 1, buzz, 0.0).astype(np.float32)


@pytest.fixture(scope="module")
def ravdess() -> Challenge:
    return load_challenge("ravdess")


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory, ravdess: Challenge) -> Path:
    return model_of(tmp_path_factory.mktemp("model") / "audio.keras", ravdess, ["audio"])


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two and a half seconds of grey with a voice; nobody is seen."""
    pictures = [np.full((64, 64, 3), 128, dtype=np.uint8)] * 25
    times = [number / 10 for number in range(25)]
    return write_film(tmp_path_factory.mktemp("film") / "a <voice>.mkv", pictures, times, voice(2.5))


@pytest.fixture(scope="module")
def labels(tmp_path_factory: pytest.TempPathFactory, ravdess: Challenge) -> Callable[[float], Path]:
    """Files of labels, all of one emotion, from a time on."""

    def write(begin: float) -> Path:
        times = begin + np.arange(200) / 100
        truth = Labels(times, np.full(200, 3, dtype=np.int8), np.ones(200))
        path = tmp_path_factory.mktemp("labels") / "labels.csv"
        write_labels(path, truth, ravdess.task)
        return path

    return write


@extraction_is_there
@pytest.mark.slow
def test_a_film_and_its_labels_become_a_page(
    tmp_path: Path, model: Path, film: Path, labels: Callable[[float], Path]
) -> None:
    out = tmp_path / "folders" / "that are made" / "report.html"
    (tmp_path / "run" / "model").mkdir(parents=True)
    shutil.copy(model, tmp_path / "run" / "model" / "model.keras")
    result = run("show", tmp_path / "run", film, "--out", out, "--labels", labels(0.25))
    assert result.exit_code == 0, result.output
    assert f"{out}: 200 frames of a <voice>.mkv" in result.output
    page = out.read_text(encoding="utf-8")
    assert "<h1>a &lt;voice&gt;.mkv</h1>" in page
    assert 'aria-label="Labelled by people: Happy from 0.25 s to 2.25 s"' in page
    assert "10 a second<small>25 of 64 × 64</small>" in page
    assert "16 kHz" in page
    assert page.count("<img ") == 10
    assert 'aria-label="audio: 36 columns over 2.5 s; gaps: 1.5' in page
    assert 'aria-label="face: 100 columns over 2.5 s; gaps: 0 s to 2.5 s"' in page
    assert "given with <code>--components</code>" in page
    assert list(out.parent.iterdir()) == [out]


@pytest.mark.skipif(not REAL.is_file(), reason="needs the real data face-video (KIT_SHARED_DATA)")
@extraction_is_there
@pytest.mark.slow
def test_a_real_film_shows_a_face_where_its_components_are_given(tmp_path: Path, ravdess: Challenge) -> None:
    model = model_of(tmp_path / "face.keras", ravdess, ["face"])
    components = components_of(tmp_path / "components.npz", columns=100)
    result = run("show", model, REAL, "--out", tmp_path / "report.html", "--components", components)
    assert result.exit_code == 0, result.output
    page = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert "29.97 a second<small>98 of 1280 × 720</small>" in page
    assert "48 kHz" in page
    assert "seen for 99 %" in page
    assert page.count("stands in from the film&#39;s pose") == 2  # beside its strip, and among the notes
    assert page.count("data:image/png") == 4
    assert "it saw nothing but gaps" not in page


@extraction_is_there
@pytest.mark.slow
def test_a_recording_without_what_the_model_reads_is_refused(tmp_path: Path, ravdess: Challenge) -> None:
    sound = write_sound(tmp_path / "voice.wav", voice(1.5), RATE)
    model = model_of(tmp_path / "eyes.keras", ravdess, ["eyes"])
    result = run("show", model, sound, "--out", tmp_path / "report.html")
    assert result.exit_code == 2
    assert "expected some of eyes, which the model reads. eyes: the recording has no pictures" in result.output
    assert not (tmp_path / "report.html").exists()


@extraction_is_there
@pytest.mark.slow
def test_a_recording_whose_name_is_no_text_has_a_page_too(tmp_path: Path, model: Path) -> None:
    try:
        sound = write_sound(tmp_path / os.fsdecode(b"caf\xe9.wav"), voice(1.5), RATE)
    except OSError:
        pytest.skip("this disk has no such names")
    result = run("show", model, sound, "--out", tmp_path / "report.html")
    assert result.exit_code == 0, result.output
    assert "frames of caf\N{REPLACEMENT CHARACTER}.wav" in result.output
    assert "<h1>caf?.wav</h1>" in (tmp_path / "report.html").read_text(encoding="utf-8")


@extraction_is_there
@pytest.mark.slow
def test_a_challenge_of_faces_alone_needs_components(tmp_path: Path, film: Path, ravdess: Challenge) -> None:
    faces = ravdess.model_copy(update={"modalities": (ravdess.modality("face"),)})
    model = model_of(tmp_path / "face.keras", faces, ["face"])
    result = run("show", model, film, "--out", tmp_path / "report.html")
    assert result.exit_code == 2
    assert "which the model reads. face: left out, since its columns are principal components" in result.output


@extraction_is_there
@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["{tmp}/none.keras", "{film}"], "expected a .keras file that `baseline train` wrote, found nothing"),
        (["{model}", "{tmp}/none.mp4"], "none.mp4: expected a file of sound or pictures, found nothing"),
        (["{model}", "{tmp}/text.mp4"], "text.mp4: expected a file of sound or pictures"),
        (
            ["{model}", "{film}", "--kinect", "{tmp}/none.csv"],
            "none.csv: expected a file of Kinect joints, found nothing",
        ),
        (["{model}", "{film}", "--labels", "{tmp}/none.csv"], "none.csv: expected a readable file"),
        (["{model}", "{film}", "--labels", "{tmp}/text.mp4"], "text.mp4, line 1"),
        (["{model}", "{film}", "--components", "{tmp}/text.mp4"], "text.mp4: expected face components"),
        (["{model}", "{film}", "--components", "{tmp}/few.npz"], "expected components of 100 columns, found 50"),
    ],
)
def test_what_cannot_be_shown_is_said_in_a_line_with_exit_code_2(
    tmp_path: Path, model: Path, film: Path, arguments: list[str], words: str
) -> None:
    (tmp_path / "text.mp4").write_text("no film\n")
    components_of(tmp_path / "few.npz", columns=50)
    places = {"tmp": tmp_path, "model": model, "film": film}
    given = [argument.format(**places) for argument in arguments]
    result = run("show", *given, "--out", tmp_path / "report.html")
    assert result.exit_code == 2
    assert words in " ".join(result.output.split())
    assert "Traceback" not in result.output
    assert not (tmp_path / "report.html").exists()


def test_a_page_that_cannot_be_written_is_said_before_anything_is_read(tmp_path: Path) -> None:
    result = run("show", "none.keras", "none.mp4", "--out", tmp_path)
    assert result.exit_code == 2
    assert "expected the name of a file, found the folder" in " ".join(result.output.split())


@extraction_is_there
def test_labels_of_another_time_than_the_recording_are_refused(
    tmp_path: Path, model: Path, labels: Callable[[float], Path]
) -> None:
    sound = write_sound(tmp_path / "voice.wav", voice(2.5), RATE)
    result = run("show", model, sound, "--out", tmp_path / "report.html", "--labels", labels(22.0))
    assert result.exit_code == 2
    assert "expected labels of times from 0 to 2.50 s" in " ".join(result.output.split())


@extraction_is_there
def test_a_challenge_with_streams_of_other_rates_is_refused(tmp_path: Path, film: Path, ravdess: Challenge) -> None:
    content = ravdess.model_dump(mode="json", exclude_none=True)
    content["modalities"][0]["rate"] = 50
    model = model_of(tmp_path / "other.keras", Challenge.model_validate(content), ["audio"])
    result = run("show", model, film, "--out", tmp_path / "report.html")
    assert result.exit_code == 2
    assert "36 columns at 50 frames/s; what is extracted has 36 at 100" in " ".join(result.output.split())


def test_the_command_explains_itself_with_an_example() -> None:
    result = run("show", "--help")
    assert result.exit_code == 0
    assert "python -m baseline show run film.mp4 --out report.html" in result.output
