"""Pictures of films: every one, in order, at its time, upright."""

import numpy as np
import pytest

from data_spec.media.container import MediaError, read_facts
from data_spec.media.pictures import read_pictures
from tests.data_spec.films import write_film, write_sound


def brightnesses(number):
    return [np.full((48, 64, 3), 20 + 10 * one, dtype=np.uint8) for one in range(number)]


def test_every_picture_comes_in_order_at_its_own_time_however_uneven(tmp_path):
    times = [0.0, 0.04, 0.1, 0.11, 0.5]
    film = write_film(tmp_path / "film.mp4", brightnesses(5), times)
    pictures = list(read_pictures(film))
    assert np.allclose([picture.seconds for picture in pictures], times, atol=1e-4)
    assert [round(picture.pixels.mean(), -1) for picture in pictures] == [20, 30, 40, 50, 60]
    assert pictures[0].pixels.shape == (48, 64, 3)
    assert pictures[0].pixels.dtype == np.uint8


def test_a_still_picture_is_a_film_of_one(tmp_path):
    from PIL import Image

    pixels = np.zeros((20, 30, 3), dtype=np.uint8)
    pixels[:, 15:] = (255, 0, 0)
    Image.fromarray(pixels).save(tmp_path / "still.png")
    (picture,) = read_pictures(tmp_path / "still.png")
    assert picture.seconds == 0.0
    assert np.array_equal(picture.pixels, pixels)
    assert read_facts(tmp_path / "still.png").seconds == 0.0


def test_a_picture_from_a_phone_held_upright_is_turned_upright(tmp_path):
    import av

    upright = np.zeros((64, 48, 3), dtype=np.uint8)
    upright[:32] = 200  # bright above
    lying = np.ascontiguousarray(np.rot90(upright, -1))
    plain = write_film(tmp_path / "plain.mp4", [lying] * 3, [0.0, 0.1, 0.2])
    turned = tmp_path / "turned.mp4"
    with av.open(str(plain)) as given, av.open(str(turned), "w") as out:
        stream = out.add_stream_from_template(given.streams.video[0])
        for packet in given.demux(given.streams.video[0]):
            if packet.dts is not None:
                packet.stream = stream
                out.mux(packet)
    data = bytearray(turned.read_bytes())
    at = data.index(b"tkhd") + 4 + 40  # of the header's version 0: the matrix, which players turn pictures by
    data[at : at + 36] = b"".join(
        number.to_bytes(4, "big", signed=True) for number in (0, -65536, 0, 65536, 0, 0, 0, 0, 1 << 30)
    )
    turned.write_bytes(data)
    picture = next(iter(read_pictures(turned)))
    assert picture.pixels.shape == (64, 48, 3)
    assert picture.pixels[:24].mean() > 150
    assert picture.pixels[40:].mean() < 50


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (None, "expected a file of sound or pictures, found nothing"),
        (b"", "expected a file of sound or pictures. Received: "),
        (b"no film at all" * 100, "expected a file of sound or pictures. Received: "),
    ],
)
def test_what_is_no_film_is_refused_by_name(tmp_path, content, words):
    path = tmp_path / "film.mp4"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(MediaError, match=f"film.mp4: {words}"):
        list(read_pictures(path))


def test_a_film_that_was_cut_off_is_refused_by_name_or_gives_what_is_whole(tmp_path):
    film = write_film(tmp_path / "film.mp4", brightnesses(8), [one / 10 for one in range(8)])
    film.write_bytes(film.read_bytes()[:-600])
    with pytest.raises(MediaError, match=r"film.mp4: "):
        list(read_pictures(film))


def test_a_file_of_sound_alone_has_no_pictures(tmp_path):
    sound = write_sound(tmp_path / "sound.wav", np.zeros(1600, dtype=np.float32), 16_000)
    facts = read_facts(sound)
    assert (facts.has_pictures, facts.has_sound) == (False, True)
    assert facts.seconds == pytest.approx(0.1)
    with pytest.raises(MediaError, match=r"sound.wav: expected a film, found no pictures in it"):
        list(read_pictures(sound))
