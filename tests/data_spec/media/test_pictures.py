"""Pictures of films: every one, in order, at its time, upright."""

from fractions import Fraction

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


def noise(seed):
    """A picture that takes as many bytes in a film as any other."""
    return np.random.default_rng(seed).integers(0, 256, (48, 64, 3), dtype=np.uint8)


@pytest.mark.parametrize("codec", ["mpeg4", "libx264"])
def test_pictures_of_an_avi_that_are_decoded_in_another_order_come_in_theirs_one_at_each_time(tmp_path, codec):
    import av

    with av.open(str(tmp_path / "film.avi"), "w") as container:
        film = container.add_stream(codec, rate=25, options={"bf": "2"})
        film.width, film.height, film.pix_fmt = 64, 48, "yuv420p"
        for number, picture in enumerate(brightnesses(12)):
            frame = av.VideoFrame.from_ndarray(picture, format="rgb24")
            frame.pts, frame.time_base = number, Fraction(1, 25)
            container.mux(film.encode(frame))
        container.mux(film.encode(None))
    pictures = list(read_pictures(tmp_path / "film.avi"))
    assert np.allclose([picture.seconds for picture in pictures], np.arange(12) / 25)
    assert np.allclose([picture.pixels.mean() for picture in pictures], 20 + 10 * np.arange(12), atol=6)


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


@pytest.mark.parametrize("orientation", [1, 3, 6, 8])
def test_a_photograph_is_turned_as_its_exif_says(tmp_path, orientation):
    from PIL import Image, ImageOps

    pixels = np.zeros((32, 48, 3), dtype=np.uint8)
    pixels[:16, :32] = 200
    photograph = Image.fromarray(pixels)
    exif = photograph.getexif()
    exif[0x0112] = orientation
    photograph.save(tmp_path / "photograph.jpg", exif=exif)
    (picture,) = read_pictures(tmp_path / "photograph.jpg")
    shown = np.asarray(ImageOps.exif_transpose(Image.open(tmp_path / "photograph.jpg")))
    assert picture.pixels.shape == shown.shape
    assert np.abs(picture.pixels.astype(int) - shown).mean() < 3


def test_a_film_whose_pixels_are_wider_than_high_is_as_wide_as_it_is_shown(tmp_path):
    import av

    with av.open(str(tmp_path / "wide.mp4"), "w") as container:
        film = container.add_stream("libx264", rate=25)
        film.width, film.height, film.pix_fmt = 90, 64, "yuv420p"
        film.codec_context.sample_aspect_ratio = Fraction(64, 45)
        container.mux(film.encode(av.VideoFrame.from_ndarray(np.zeros((64, 90, 3), dtype=np.uint8), format="rgb24")))
        container.mux(film.encode(None))
    (picture,) = read_pictures(tmp_path / "wide.mp4")
    assert picture.pixels.shape == (64, 128, 3)


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
    times = [one / 10 for one in range(8)]
    film = write_film(tmp_path / "film.mp4", brightnesses(8), times)
    film.write_bytes(film.read_bytes()[:-600])
    with pytest.raises(MediaError, match=r"film.mp4: "):
        list(read_pictures(film))
    streamed = write_film(tmp_path / "film.mkv", [noise(one) for one in range(8)], times)
    streamed.write_bytes(streamed.read_bytes()[: streamed.stat().st_size // 2])
    seen = [picture.seconds for picture in read_pictures(streamed)]
    assert 2 <= len(seen) <= 6
    assert np.allclose(seen, times[: len(seen)])


def test_a_file_of_sound_alone_has_no_pictures(tmp_path):
    sound = write_sound(tmp_path / "sound.wav", np.zeros(1600, dtype=np.float32), 16_000)
    facts = read_facts(sound)
    assert (facts.has_pictures, facts.has_sound) == (False, True)
    assert facts.seconds == pytest.approx(0.1)
    with pytest.raises(MediaError, match=r"sound.wav: expected a film, found no pictures in it"):
        list(read_pictures(sound))
