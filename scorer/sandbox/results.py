"""The tar that a sandbox hands out, read with suspicion: the job may have written every byte of it."""

from __future__ import annotations

import json
import math
import tarfile
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, BinaryIO

from scorer.sandbox.job import BrokenSandbox, Ending, Limits
from scorer.sandbox.launcher import FILES, REPORT

MOST_REPORT_BYTES = 65_536
MOST_NAME_CHARACTERS = 255

BROKEN = (
    tarfile.TarError,
    ArithmeticError,
    AttributeError,
    EOFError,
    LookupError,
    RecursionError,
    TypeError,
    ValueError,
)
"""What Python's own reading of a tar, or of JSON, answers with to bytes that are none."""


class OddOutput(Exception):  # noqa: N818 (what the job left, no fault of ours)
    """Results that are not taken. Carries how that ends the job, and why in words."""

    def __init__(self, ending: Ending, reason: str) -> None:
        super().__init__(reason)
        self.ending = ending
        self.reason = reason


@dataclass(frozen=True)
class Results:
    """What a launcher tells.

    Attributes:
        files: the regular files of the output folder, by their path in it.
        exit_code: of the job; None where it could not be started.
        not_started: why it could not.
        cpu_seconds: of the job and all its children that ended.
        largest_process_bytes: the most memory that one of them held at once.
        out_of_memory: whether it saw that the kernel ended one of them because there was no more.
    """

    files: Mapping[str, bytes]
    exit_code: int | None
    not_started: str | None
    cpu_seconds: float
    largest_process_bytes: int
    out_of_memory: bool


def read_results(source: BinaryIO, limits: Limits) -> Results:
    """Read the tar of `launcher.write_results`. Nothing of it is written anywhere.

    Raises:
        OddOutput: more files or bytes than allowed, or something else than plain files with plain names.
        BrokenSandbox: no tar of a launcher that came to its end.
    """
    files: dict[str, bytes] = {}
    room = limits.output_bytes
    try:
        # `r|`: read once from the beginning to the end, so that nothing can refer back.
        with tarfile.open(fileobj=source, mode="r|") as archive:
            for member in archive:
                if member.type != tarfile.REGTYPE or member.sparse is not None or member.size < 0:
                    raise OddOutput(Ending.OUTPUT, f"something else than a file: {member.name[:80]!r}")
                if member.name == REPORT:
                    return _results(files, _read(archive, member, MOST_REPORT_BYTES), limits)
                name = _checked_name(member.name)
                room -= member.size
                if room < 0:
                    raise OddOutput(Ending.DISK, f"more than {limits.output_bytes:,} bytes of output")
                if len(files) >= limits.files:
                    raise OddOutput(Ending.DISK, f"more than {limits.files:,} files")
                files[name] = _read(archive, member, member.size)
    except BROKEN as error:
        raise BrokenSandbox(f"expected the results of the launcher, found a broken tar ({error})") from error
    raise BrokenSandbox("expected the launcher's report, found none: it was ended before its job was")


def _results(files: Mapping[str, bytes], content: bytes, limits: Limits) -> Results:
    report: dict[str, Any] = json.loads(content)
    if not isinstance(report, dict):
        raise TypeError("a report that is no JSON object")
    if report.get("too_many_files"):
        raise OddOutput(Ending.DISK, f"more than {limits.files:,} files")
    if report.get("too_many_bytes"):
        raise OddOutput(Ending.DISK, f"more than {limits.output_bytes:,} bytes of output")
    if odd := report.get("odd"):
        path, found = (str(part)[:80] for part in odd)
        raise OddOutput(Ending.OUTPUT, f"something else than a file: {path!r} ({found})")
    exit_code, not_started = report.get("exit_code"), report.get("not_started")
    if type(exit_code) is not int and not (exit_code is None and isinstance(not_started, str)):
        raise TypeError("a report without an exit code")
    cpu_seconds, largest = float(report["cpu_seconds"]), int(report["largest_process_bytes"])
    if not (math.isfinite(cpu_seconds) and cpu_seconds >= 0 and largest >= 0):
        raise ValueError("a report with a figure that cannot be")
    not_started = None if exit_code is not None else not_started
    return Results(files, exit_code, not_started, cpu_seconds, largest, report.get("out_of_memory") is True)


def _checked_name(name: str) -> str:
    path = name.removeprefix(FILES)
    parts = path.split("/")
    plain = name.startswith(FILES) and path.isprintable() and len(path) <= MOST_NAME_CHARACTERS
    if not plain or any(part in {"", ".", ".."} for part in parts) or "\\" in path:
        raise OddOutput(Ending.OUTPUT, f"a file with an odd name: {path[:80]!r}")
    return path


def _read(archive: tarfile.TarFile, member: tarfile.TarInfo, most: int) -> bytes:
    if member.size > most:
        raise tarfile.TarError(f"{member.size:,} bytes of report")
    file = archive.extractfile(member)
    assert file is not None
    content = file.read(member.size)
    if len(content) != member.size:
        raise tarfile.TarError("a file that ends too early")
    return content
