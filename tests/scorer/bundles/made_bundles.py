"""Bundles made for tests: a good one, and zips that no tool would write."""

from __future__ import annotations

import io
import stat
import zipfile
from collections.abc import Mapping
from pathlib import Path

from data_spec.challenge import load_challenge
from scorer.bundles import bundle
from scorer.bundles.bundle import Bundle, BundleVerdict
from scorer.bundles.program import MINOR_VERSION

RULES = load_challenge("merc2017").verification

MANIFEST = f"""\
command: [python, predict.py, --fast]
python: "{MINOR_VERSION}"
seeds: {{model: 7}}
models: [weights/model.npz]
"""

GOOD = {
    "bundle.yaml": MANIFEST.encode(),
    "predict.py": b"import sys\nprint(sys.argv)\n",
    "requirements.txt": b"numpy==2.4.6\n",
    "weights/model.npz": bytes(range(256)),
    "REPORT.md": b"# Model\nA forest.\n## Feature selection\nNone.\n## Missing data\nIs not used.\n",
}


def zipped(files: Mapping[str, bytes]) -> bytes:
    """A zip with these files, in their order."""
    place = io.BytesIO()
    with zipfile.ZipFile(place, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return place.getvalue()


def with_entry(name: str, kind: int = stat.S_IFREG, content: bytes = b"/etc/passwd") -> bytes:
    """The good bundle with one more entry of any kind and name."""
    entry = zipfile.ZipInfo("x" * len(name))
    entry.filename = name  # the name as it is: `ZipInfo` mends what it is made with
    entry.create_system, entry.external_attr = 3, (kind | 0o777) << 16
    place = io.BytesIO(zipped(GOOD))
    with zipfile.ZipFile(place, "a") as archive:
        archive.writestr(entry, content)
    return place.getvalue()


def read(files: Mapping[str, bytes] | bytes) -> BundleVerdict:
    """What the check says of these files, or of a zip."""
    return bundle.read(io.BytesIO(files if isinstance(files, bytes) else zipped(files)), RULES)


def accepted(files: Mapping[str, bytes] | bytes = GOOD) -> Bundle:
    """The bundle of these files, which has no fault."""
    verdict = read(files)
    assert verdict.bundle is not None, verdict.faults
    return verdict.bundle


def faults(files: Mapping[str, bytes] | bytes) -> list[str]:
    """Every fault as text."""
    verdict = read(files)
    assert verdict.accepted != bool(verdict.faults)
    return [str(fault) for fault in verdict.faults]


def written(files: Mapping[str, bytes], folder: Path) -> Path:
    """The files in a new folder."""
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    return folder


def files_in(folder: Path) -> dict[str, bytes]:
    """What lies in a folder, by path."""
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
