"""A published corpus small enough to write by hand: two recordings of 5 s for each test."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from pathlib import Path

import numpy as np

from data_spec.challenge import FILE_NAME, Challenge, dump_challenge, load_challenge
from data_spec.csv_files import write_labels, write_template
from data_spec.stream import Labels

SECONDS = 5
FIRST_TIME = 3.0
RECORDINGS = {"public": ("id00000001", "id00000002"), "private": ("id0000000a", "id0000000b")}


def truth(recording: str, challenge: Challenge) -> Labels:
    """Labels that go through all emotions, all annotators agreeing."""
    frames = SECONDS * challenge.task.rate
    shift = int(recording[-1], 16)
    index = (np.arange(frames) // 50 + shift) % len(challenge.task.labels)
    return Labels(
        times=FIRST_TIME + np.arange(frames) / challenge.task.rate,
        index=index.astype(np.int8),
        agreement=np.ones(frames),
    )


def tiny_challenge(**changes: object) -> Challenge:
    """merc2017 with smaller limits; `changes` replace what stands in its stages."""
    challenge = load_challenge("merc2017")
    stages = [stage.model_copy(update=changes) for stage in challenge.stages]
    limits = challenge.submission.model_copy(update={"max_zip_bytes": 200_000, "max_unpacked_bytes": 2_000_000})
    return challenge.model_copy(update={"stages": tuple(stages), "submission": limits})


def write_published(out: Path, challenge: Challenge) -> Path:
    """What `data_spec publish` writes, as far as a server reads it."""
    for name, recordings in RECORDINGS.items():
        split = challenge.split(name)
        for recording in recordings:
            labels = truth(recording, challenge)
            write_labels(out / "organisers" / split.folder / "labels" / f"{recording}.csv", labels, challenge.task)
            template = out / split.audience / split.folder / challenge.submission.folder / f"{recording}.csv"
            write_template(template, labels.times, challenge.task)
    for audience in ("organisers", "participants", "stage2"):
        (out / audience / FILE_NAME).write_text(dump_challenge(challenge), encoding="utf-8")
    return out


def prediction_zip(
    challenge: Challenge,
    split: str = "public",
    *,
    right: float = 1.0,
    spread: float = 0.0,
    extra: Mapping[str, str] | None = None,
) -> bytes:
    """A legal submission in which the first `right` of all frames are right, by `spread` more in one recording."""
    files = dict(extra or {})
    for recording, more in zip(RECORDINGS[split], (spread, -spread), strict=True):
        labels = truth(recording, challenge)
        frames = len(labels.index)
        given = np.where(np.arange(frames) < round((right + more) * frames), labels.index, (labels.index + 1) % 6)
        rows = [",".join(challenge.task.columns)]
        for time, index in zip(labels.times.tolist(), given.tolist(), strict=True):
            rows.append(",".join([f"{time:.2f}", *("1" if label == index else "0" for label in range(6))]))
        files[f"prediction/{recording}.csv"] = "\n".join(rows) + "\n"
    return zip_of(files)


def zip_of(files: Mapping[str, str]) -> bytes:
    """A zip with these files."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return content.getvalue()
