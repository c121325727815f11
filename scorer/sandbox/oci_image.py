"""The image that a container begins from: nothing but the launcher, and what the machine's own folders are shown on."""

from __future__ import annotations

import functools
import hashlib
import io
import tarfile

from scorer.sandbox.launch import LAUNCHER, launcher_source
from scorer.sandbox.view import FILES, system_links

FOLDERS = ("bundle", "dev", "etc", "input", "proc", "sys", "usr")
WRITABLE_FOLDERS = ("output", "tmp")  # memory is laid over them, for which some engines take their modes

REPOSITORY = "localhost/kit-sandbox"


@functools.cache
def image() -> tuple[str, bytes]:
    """The image's name, which holds the hash of its content, and the content as a tar."""
    content = io.BytesIO()
    with tarfile.open(fileobj=content, mode="w", format=tarfile.USTAR_FORMAT) as archive:
        for folder in (*FOLDERS, *WRITABLE_FOLDERS):
            info = tarfile.TarInfo(folder)
            info.type, info.mode = tarfile.DIRTYPE, 0o1777 if folder in WRITABLE_FOLDERS else 0o755
            archive.addfile(info)
        for link, target in system_links().items():
            info = tarfile.TarInfo(link.lstrip("/"))
            info.type, info.linkname = tarfile.SYMTYPE, target
            archive.addfile(info)
        for path, data in {**FILES, LAUNCHER: launcher_source()}.items():
            info = tarfile.TarInfo(path.lstrip("/"))
            info.mode, info.size = 0o644, len(data)
            archive.addfile(info, io.BytesIO(data))
    return f"{REPOSITORY}:{hashlib.sha256(content.getvalue()).hexdigest()[:32]}", content.getvalue()
