"""Whether a file of sound or pictures is what its modality says."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from data_spec.csv_files import CsvFault
from data_spec.media.container import MediaError, films_of, opened
from data_spec.modality import Modality
from data_spec.stream import Times

SPAN_TOLERANCE_SECONDS = 0.5
"""How much longer or shorter than the labels a file may be: codecs pad, and cameras stop late."""

RATE_TOLERANCE = 0.02
"""How far a film's own average may be from its rate, as a share: it is a guess from its length."""


def media_faults(path: Path, modality: Modality, times: Times | None, row_seconds: float | None) -> list[CsvFault]:
    """What is wrong with a file of sound or pictures.

    Args:
        path: of the file.
        modality: says its rate, and the size of its pictures.
        times: when its label rows begin, in seconds, shape (rows,); None where they are not known.
        row_seconds: how long a row lasts; None where rows last as long as they last: then only the modality is checked.

    Raises:
        MissingPackageError: PyAV is not installed.
    """
    try:
        found = [*_form_faults(path, modality)]
        seconds = _seconds(path)
    except MediaError:
        return [CsvFault(path, None, None, f"a file of {modality.form}", "one that cannot be decoded")]
    if not found and times is not None and row_seconds is not None and len(times):
        labelled = float(times[-1]) + row_seconds
        if abs(seconds - labelled) > SPAN_TOLERANCE_SECONDS:
            expected = f"{labelled:g} s, where the labels end, give or take {SPAN_TOLERANCE_SECONDS:g} s"
            found.append(CsvFault(path, None, None, expected, f"{seconds:.2f} s"))
    return found


def _form_faults(path: Path, modality: Modality) -> Iterator[CsvFault]:
    with opened(path) as container:
        if modality.form == "sound":
            sounds = container.streams.audio
            rate = int(sounds[0].rate) if sounds else 0  # a file that only its name calls a sound has a rate of 0
            if rate != modality.rate:
                found = f"{rate}" if rate else "no sound"
                yield CsvFault(path, None, None, f"sound of {modality.rate} samples a second", found)
            return
        films = films_of(container)
        size = (films[0].height, films[0].width) if films else None
        if size != (modality.height, modality.width):
            found = "no pictures" if size is None else f"{size[0]} × {size[1]}"
            yield CsvFault(path, None, None, f"pictures of {modality.height} × {modality.width} pixels", found)
        elif abs(float(films[0].average_rate or 0) / modality.rate - 1) > RATE_TOLERANCE:
            found = f"{float(films[0].average_rate or 0):g}"
            yield CsvFault(path, None, None, f"{modality.rate} pictures a second", found)


def _seconds(path: Path) -> float:
    """How long a file lasts, by its own word."""
    with opened(path) as container:
        return 0.0 if container.duration is None else container.duration / 1_000_000
