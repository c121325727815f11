"""A file of sound and pictures, open: what is in it, and errors that name it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from data_spec.features.packages import MissingPackageError

if TYPE_CHECKING:
    from av.container import InputContainer
    from av.packet import Packet
    from av.video import VideoStream

PICTURE_SUFFIXES = frozenset(
    {".mp4", ".m4v", ".mov", ".mkv", ".webm", ".avi", ".flv", ".mpg", ".mpeg", ".wmv", ".jpg", ".jpeg", ".png"}
)
"""Names of files that are looked at for pictures (and for sound)."""

SOUND_SUFFIXES = frozenset({".wav", ".flac", ".mp3", ".m4a", ".aac", ".ogg", ".opus"})
"""Names of files that are listened to."""


_FIRST_PACKETS = 500  # among so many there is one of every film and sound that begins with the others


class MediaError(ValueError):
    """A file that cannot be decoded; the message names it."""


@dataclass(frozen=True)
class MediaFacts:
    """What a file says it holds.

    Attributes:
        seconds: how long it is; 0 for a still picture, or where the file does not say.
        has_pictures: whether it has any; the cover of a song is none.
        has_sound: whether it has any.
    """

    seconds: float
    has_pictures: bool
    has_sound: bool


def read_facts(path: Path) -> MediaFacts:
    """What a file says it holds, without decoding it. Raises MediaError, MissingPackageError."""
    with opened(path) as container:
        still = container.format.name in {"image2", "png_pipe", "jpeg_pipe", "mjpeg"}
        return MediaFacts(
            seconds=0.0 if still or container.duration is None else container.duration / 1_000_000,
            has_pictures=bool(films_of(container)),
            has_sound=bool(container.streams.audio),
        )


def films_of(container: InputContainer) -> list[VideoStream]:
    """The films in an open file; the cover of a song is none."""
    from av.stream import Disposition  # `opened` has said so where it is not there

    return [stream for stream in container.streams.video if Disposition.attached_pic not in stream.disposition]


def beginning(path: Path) -> float:
    """When the earliest of a file's films and sounds begins, in seconds on the file's clock.

    Broadcast recordings begin anywhere. What a file says of its own beginning (`start_time`) is a guess that can be
    wrong by the time until its sound begins, so the first packets are asked. An encoder's run-up, which is not decoded,
    does not count: it lies before 0, or is marked as samples to skip (in an MP3, 25 ms of them).

    Raises:
        MediaError: see `opened`.
        MissingPackageError: PyAV is not installed.
    """
    with opened(path) as container:
        first: dict[int, float] = {}
        streams = [*films_of(container), *container.streams.audio]
        for number, packet in enumerate(container.demux(streams) if streams else ()):
            if (seconds := time_of(packet)) is not None:
                first.setdefault(packet.stream.index, seconds + _skipped(packet))
            if len(first) == len(streams) or number >= _FIRST_PACKETS:
                break
        return max(min(first.values(), default=0.0), 0.0)


def time_of(packet: Packet[Any]) -> float | None:
    """When what is in a packet is shown, in seconds on the file's clock; None where the file does not say.

    An AVI says in which order its packets are decoded, one after the other at an even pace, and no more: FFmpeg's guess
    of when each is shown is wrong where pictures are decoded in another order (`pictures.read_pictures`).
    """
    ticks = packet.dts if packet.stream.container.format.name == "avi" else packet.pts
    return None if ticks is None or packet.time_base is None else float(ticks * packet.time_base)


def _skipped(packet: Packet[Any]) -> float:
    """Seconds at the beginning of a packet of sound that are not decoded."""
    if packet.stream.type != "audio" or not packet.has_sidedata("skip_samples"):
        return 0.0
    # FFmpeg's AV_PKT_DATA_SKIP_SAMPLES begins with how many, in 32 bits.
    return int.from_bytes(bytes(packet.get_sidedata("skip_samples"))[:4], "little") / int(packet.stream.rate)


@contextmanager
def opened(path: Path) -> Iterator[InputContainer]:
    """The file, open; whatever the decoder complains of inside is a MediaError that names the file.

    Raises:
        MediaError: no such file, or not one that FFmpeg decodes.
        MissingPackageError: PyAV is not installed.
    """
    try:
        # Imported here: the package is optional.
        import av
    except ImportError as error:
        raise MissingPackageError.named("av", "reading sound and pictures") from error
    if not path.is_file():
        raise MediaError(
            f"{path}: expected a file of sound or pictures, found {'a folder' if path.is_dir() else 'nothing'}"
        )
    try:
        with av.open(str(path), metadata_errors="replace") as container:
            yield container
    except (av.FFmpegError, EOFError) as error:
        why = getattr(error, "strerror", None) or error
        raise MediaError(f"{path}: expected a file of sound or pictures. Received: {why}") from error
