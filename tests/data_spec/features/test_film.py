"""A film from beginning to end: one person's face, eyes and body, and gaps where nobody is seen."""

import numpy as np
import pytest
from skimage.data import astronaut

from data_spec.features.body.pose import Pose, PoseFinder
from data_spec.features.face.embedding import open_embedding
from data_spec.features.film import extract_film
from tests.data_spec.films import write_film

GRAY = np.full((240, 320, 3), 128, dtype=np.uint8)


@pytest.fixture(scope="module")
def embedding():
    return open_embedding("expression", None)


@pytest.fixture(scope="module")
def person():
    """Somebody from the chest up, 240 x 320."""
    return np.ascontiguousarray(astronaut()[0:240, 60:380])


def test_where_nobody_is_seen_there_is_a_gap_in_face_and_eyes(tmp_path, embedding, person):
    times = [one / 25 for one in range(50)]
    film = write_film(tmp_path / "film.mp4", [person if time < 1 else GRAY for time in times], times)
    (scratch := tmp_path / "scratch").mkdir()
    seen = extract_film(film, ["face", "eyes"], embedding, scratch)
    assert seen.seconds == pytest.approx(2.0, abs=1e-6)
    assert (seen.pictures, seen.faces) == (50, 25)
    assert set(seen.streams) == {"face", "eyes"}
    assert seen.streams["face"].values.shape == (100, embedding.features)
    for stream in seen.streams.values():
        assert stream.present[:49].all()
        assert not stream.present[54:].any()


@pytest.mark.parametrize("times", [[0, 0.5, 1, 1.5], [0, 0.04, 0.08, 1.6, 1.64]], ids=["two a second", "a freeze"])
def test_however_slow_a_film_is_there_is_no_gap_between_pictures_that_show_the_face(tmp_path, embedding, person, times):
    film = write_film(tmp_path / "film.mp4", [person] * len(times), times)
    (scratch := tmp_path / "scratch").mkdir()
    seen = extract_film(film, ["face", "eyes"], embedding, scratch)
    assert seen.notes == ()
    for stream in seen.streams.values():
        assert stream.present[: round(times[-1] * 50)].all()


def test_a_film_without_a_face_is_a_stream_of_zeros_and_says_so(tmp_path, embedding):
    film = write_film(tmp_path / "film.mp4", [GRAY] * 10, [one / 10 for one in range(10)])
    (scratch := tmp_path / "scratch").mkdir()
    seen = extract_film(film, ["face", "eyes"], embedding, scratch)
    assert seen.streams["face"].values.shape == (50, embedding.features)
    assert not seen.streams["face"].values.any()
    assert not seen.streams["eyes"].values.any()
    assert seen.notes == ("face: none in any picture",)


def test_of_two_people_the_larger_one_is_followed_and_it_is_said(tmp_path, embedding, person):
    import cv2

    small = cv2.resize(person, (160, 120))
    both = np.concatenate([person, np.pad(small[:, ::-1], ((60, 60), (0, 0), (0, 0)), mode="edge")], axis=1)
    times = [one / 10 for one in range(8)]
    (scratch := tmp_path / "scratch").mkdir()
    seen = extract_film(write_film(tmp_path / "both.mp4", [both] * 8, times), ["face"], embedding, scratch)
    (alone := tmp_path / "alone").mkdir()
    one = extract_film(write_film(tmp_path / "one.mp4", [person] * 8, times), ["face"], embedding, alone)
    assert seen.notes == ("face: the largest of 2 people is followed",)
    assert seen.faces == 8
    followed, expected = (film.streams["face"].values.mean(axis=0) for film in (seen, one))
    assert np.corrcoef(followed, expected)[0, 1] > 0.9


def test_a_pose_that_is_another_person_s_is_left_out(tmp_path, embedding, person, monkeypatch):
    find = PoseFinder.find_pose

    def elsewhere(self, picture):
        """What the finder says, but of somebody who stands where no face is."""
        pose = find(self, picture)
        pose.landmarks[:, 0] += 1000
        return pose

    times = [one / 15 for one in range(15)]
    film = write_film(tmp_path / "film.mp4", [person] * 15, times)
    (own := tmp_path / "own").mkdir()
    assert extract_film(film, ["face", "kinect"], embedding, own).streams["kinect"].present.any()
    (others := tmp_path / "others").mkdir()
    monkeypatch.setattr(PoseFinder, "find_pose", elsewhere)
    seen = extract_film(film, ["face", "kinect"], embedding, others)
    assert not seen.streams["kinect"].present.any()
    assert "kinect: left out where the pose was not the followed person's (100% of poses)" in seen.notes


def test_the_pose_of_a_film_stands_in_for_a_kinect_and_it_is_said(tmp_path, embedding, person):
    film = write_film(tmp_path / "film.mp4", [person] * 10, [one / 10 for one in range(10)])
    (scratch := tmp_path / "scratch").mkdir()
    seen = extract_film(film, ["kinect", "audio"], embedding, scratch)
    assert set(seen.streams) == {"kinect"}
    assert seen.streams["kinect"].values.shape == (15, 27)
    assert any("stands in from the film's pose" in note for note in seen.notes)


def test_the_pose_is_looked_for_15_times_a_second_and_a_body_without_a_face_is_said(tmp_path, embedding, monkeypatch):
    looked = []

    class Guessing:
        """Sees a body in pictures of nothing."""

        def find_pose(self, picture):
            looked.append(picture.seconds)
            world = np.random.default_rng(0).normal(0, 0.3, (33, 3)).astype(np.float32)
            return Pose(np.zeros((35, 2), dtype=np.float32), world, np.ones(33, dtype=np.float32), 1.0)

    monkeypatch.setattr("data_spec.features.film.PoseFinder", Guessing)
    film = write_film(tmp_path / "film.mp4", [GRAY] * 50, [one / 25 for one in range(50)])
    (scratch := tmp_path / "scratch").mkdir()
    seen = extract_film(film, ["face", "kinect"], embedding, scratch)
    assert 28 <= len(looked) <= 30
    assert seen.streams["kinect"].present.all()
    assert "kinect: without a face in any picture, the body may be nobody's" in seen.notes


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "pictures", "faces", "people"),
    [
        ("ravdess-01-01-01-01-01-01-01.mp4", 98, 98, 1),
        ("single_face.mp4", 72, 72, 1),
        ("no_face.mp4", 95, 0, 0),
        ("multi_face.jpg", 1, 1, 5),
    ],
)
def test_real_films_show_the_faces_that_are_in_them(tmp_path, embedding, shared_data, name, pictures, faces, people):
    seen = extract_film(shared_data("face-video") / name, ["face", "eyes"], embedding, tmp_path)
    assert (seen.pictures, seen.faces) == (pictures, faces)
    for stream in seen.streams.values():
        assert stream.present.mean() == pytest.approx(faces / pictures, abs=0.01)
    assert any("largest of" in note for note in seen.notes) == (people > 1)
