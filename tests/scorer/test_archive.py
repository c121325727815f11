"""A hostile zip is refused in words, quickly and before it costs memory."""

from __future__ import annotations

import io
import os
import struct
import subprocess
import time
import tracemalloc
import zipfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data_spec.challenge import SubmissionLimits
from scorer.archive import ArchiveError, archive_in, open_archive

LIMITS = SubmissionLimits(
    folder="prediction",
    time_tolerance_seconds=1e-6,
    max_zip_bytes=10_000_000,
    max_unpacked_bytes=1_000_000,
    max_entries=20,
)
FILES = {"a.csv": b"a" * 1000, "b.csv": bytes(range(256)) * 4, "c.csv": b""}
END_BYTES = 22


def zipped(files: dict[str, bytes] = FILES, method: int = zipfile.ZIP_DEFLATED, comment: bytes = b"") -> bytes:
    place = io.BytesIO()
    with zipfile.ZipFile(place, "w", method) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
        archive.comment = comment
    return place.getvalue()


def unpacked(content: bytes) -> dict[str, bytes]:
    archive = open_archive(io.BytesIO(content), LIMITS)
    return {entry.name: archive.read(position) for position, entry in enumerate(archive.entries)}


def patched(content: bytes, at: int, value: bytes) -> bytes:
    return content[:at] + value + content[at + len(value) :]


def directory_entry(content: bytes, number: int = 0) -> int:
    """Where the entry of that number begins in the directory."""
    at = -1
    for _ in range(number + 1):
        at = content.index(b"PK\x01\x02", at + 1)
    return at


def with_zip64_end(content: bytes, entries: int, size: int, offset: int, directory_bytes: bytes | None = None) -> bytes:
    """The zip with a zip64 end record that says these numbers."""
    body = content[:-END_BYTES] if directory_bytes is None else directory_bytes
    record = struct.pack("<4sQ2H2L4Q", b"PK\x06\x06", 44, 45, 45, 0, 0, entries, entries, size, offset)
    locator = struct.pack("<4sLQL", b"PK\x06\x07", 0, len(body), 1)
    end = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 0xFFFF, 0xFFFF, 0xFFFFFFFF, 0xFFFFFFFF, 0)
    return body + record + locator + end


@contextmanager
def cheap() -> Iterator[None]:
    """What runs within takes well under a second and few megabytes."""
    tracemalloc.start()
    begin = time.perf_counter()
    try:
        yield
        assert time.perf_counter() - begin < 1.0
        assert tracemalloc.get_traced_memory()[1] < 60_000_000
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
@pytest.mark.parametrize("comment", [b"", b"made by hand", b"x" * 65_535, b"PK\x05\x06"])
def test_files_come_out_as_they_went_in(method: int, comment: bytes):
    assert unpacked(zipped(method=method, comment=comment)) == FILES


def test_a_second_end_record_in_the_comment_is_refused():
    with pytest.raises(ArchiveError, match="not where its end record says"):
        unpacked(zipped(comment=b"PK\x05\x06" + bytes(18)))


def test_a_path_and_an_open_file_are_read_alike(tmp_path: Path):
    path = tmp_path / "some.zip"
    path.write_bytes(zipped())
    with path.open("rb") as file:
        assert open_archive(path, LIMITS).entries == open_archive(file, LIMITS).entries


def test_of_a_zip_on_disk_no_more_is_in_memory_than_one_entry(tmp_path: Path):
    files = {f"{number}.csv": os.urandom(45_000) for number in range(20)}
    path = tmp_path / "some.zip"
    path.write_bytes(zipped(files, zipfile.ZIP_STORED))
    tracemalloc.start()
    try:
        with archive_in(path, LIMITS) as archive:
            assert all(archive.read(number) == content for number, content in enumerate(files.values()))
        assert tracemalloc.get_traced_memory()[1] < 300_000
    finally:
        tracemalloc.stop()


def test_a_zip_that_comes_through_a_pipe_is_read_like_one_on_disk(tmp_path: Path):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with ThreadPoolExecutor() as pool:
        written = pool.submit(pipe.write_bytes, zipped())
        with archive_in(pipe, LIMITS) as archive:
            assert [archive.read(number) for number in range(3)] == list(FILES.values())
        written.result()


def test_a_zip_on_disk_that_is_changed_meanwhile_is_refused_or_read_as_it_was(tmp_path: Path):
    path = tmp_path / "some.zip"
    path.write_bytes(zipped())
    with archive_in(path, LIMITS) as archive:
        path.write_bytes(zipped({"other": bytes(500_000)}))
        for position in range(3):
            with pytest.raises(ArchiveError):
                archive.read(position)


def test_a_small_zip64_is_read_like_any_other():
    content = zipped()
    at = directory_entry(content)
    assert unpacked(with_zip64_end(content, 3, len(content) - END_BYTES - at, at)) == FILES


def test_a_zip64_of_a_common_tool_is_read(tmp_path: Path):
    try:
        # The program writes zip64 whenever it reads from a pipe.
        content = subprocess.run(["zip", "-q", "-", "-"], input=b"text", capture_output=True, check=True).stdout
    except FileNotFoundError:
        pytest.skip("the program zip is not installed")
    assert unpacked(content) == {"-": b"text"}


@pytest.mark.parametrize(
    ("content", "found"),
    [
        (b"", "an empty file"),
        (b"Time,Anger\n", "no zip file"),
        (b"7z\xbc\xaf\x27\x1c" + bytes(50), "a 7z file"),
        (b"Rar!\x1a\x07", "a RAR file"),
        (b"\x1f\x8b" + bytes(50), "a gzip file"),
        (zipped()[:-1], "cut off"),
        (zipped()[:100], "cut off"),
        (zipped() + b"\n", "other bytes behind its end"),
        (b"#!/bin/sh\n" + zipped(), "not where its end record says"),
    ],
    # Not made of the bytes: a zip holds the time at which it was made.
    ids=["empty", "CSV", "7z", "RAR", "gzip", "one byte less", "100 bytes", "more behind", "more before"],
)
def test_what_is_no_whole_zip_is_refused_and_named(content: bytes, found: str):
    with pytest.raises(ArchiveError) as error:
        unpacked(content)
    assert found in error.value.found


def test_a_zip_over_the_limit_is_refused_without_being_read_further():
    class Endless(io.RawIOBase):
        given = 0

        def read(self, size: int = -1) -> bytes:
            assert size >= 0
            self.given += size
            return bytes(size)

    source = Endless()
    with pytest.raises(ArchiveError, match="at most 10,000,000 bytes"):
        open_archive(source, LIMITS)  # type: ignore[arg-type]
    assert source.given == LIMITS.max_zip_bytes + 1


def test_more_entries_than_allowed_are_refused():
    with pytest.raises(ArchiveError, match="at most 20 entries, found 21"):
        unpacked(zipped({f"{number}.csv": b"" for number in range(21)}))


def million_entries(declared: int) -> bytes:
    entry = struct.pack("<4s6H3L5H2L", b"PK\x01\x02", 20, 20, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)
    directory = entry * 200_000
    return directory + struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, declared, declared, len(directory), 0, 0)


@pytest.mark.parametrize("declared", [0xFFFF, 1])
def test_a_directory_of_very_many_entries_is_refused_before_it_is_parsed(declared: int):
    with cheap(), pytest.raises(ArchiveError, match="at most"):
        unpacked(million_entries(declared))


def test_a_zip64_end_record_cannot_hide_a_large_directory():
    content = million_entries(1)
    with cheap(), pytest.raises(ArchiveError, match="bytes of directory"):
        unpacked(with_zip64_end(content, 1, len(content) - END_BYTES, 0))


def test_a_zip64_end_record_inside_the_last_comment_is_not_believed():
    """`zipfile` would take the hidden record's numbers once the real one is gone."""
    content = zipped()
    at = directory_entry(content)
    hidden = struct.pack("<4sQ2H2L4Q", b"PK\x06\x06", 44, 45, 45, 0, 0, 3, 3, 2**62, 0)
    hidden += struct.pack("<4sLQL", b"PK\x06\x07", 0, 0, 1)
    last = directory_entry(content, 2)
    body = patched(content[:-END_BYTES], last + 32, struct.pack("<H", len(hidden))) + hidden
    with cheap(), pytest.raises(ArchiveError, match="second zip64"):
        unpacked(with_zip64_end(content, 3, len(body) - at, at, directory_bytes=body))
    plain_end = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 3, 3, len(body) - at, at, 0)
    with cheap(), pytest.raises(ArchiveError, match="zip64"):
        unpacked(body + plain_end)


@pytest.mark.parametrize("size", [2**63, 2**64 - 1, 10**9])
def test_a_zip64_end_record_that_lies_is_refused(size: int):
    with cheap(), pytest.raises(ArchiveError):
        unpacked(with_zip64_end(zipped(), 3, size, 0))
    with cheap(), pytest.raises(ArchiveError):
        unpacked(with_zip64_end(zipped(), size, 10, 0))
    with cheap(), pytest.raises(ArchiveError):
        unpacked(with_zip64_end(zipped(), 3, 10, size))


def test_a_zip_bomb_is_refused_by_what_it_declares_before_anything_is_inflated():
    with pytest.raises(ArchiveError, match="at most 1,000,000 bytes when unpacked, found 1,000,001 bytes"):
        unpacked(zipped({"a.csv": bytes(500_000), "b.csv": bytes(500_001)}))


def test_a_file_that_inflates_to_more_than_it_declares_ends_at_what_it_declares():
    content = zipped({"a.csv": bytes(9_000_000)})
    lying = patched(content, directory_entry(content) + 24, struct.pack("<L", 1000))
    with cheap(), pytest.raises(ArchiveError, match="CRC"):
        unpacked(lying)


def test_a_file_that_inflates_to_less_than_it_declares_is_refused():
    content = zipped({"a.csv": b"abc"})
    with pytest.raises(ArchiveError, match="4 bytes, as the zip declares, found 3 bytes"):
        unpacked(patched(content, directory_entry(content) + 24, struct.pack("<L", 4)))


def test_a_wrong_checksum_is_refused():
    content = zipped({"a.csv": b"abc"}, zipfile.ZIP_STORED)
    with pytest.raises(ArchiveError, match="CRC"):
        unpacked(content.replace(b"abc", b"abd"))


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_other_methods_are_refused_unread_since_their_inflating_has_no_bound(method: int):
    with pytest.raises(ArchiveError, match="stored or deflated, found another compression method"):
        unpacked(zipped({"a.csv": b"abc"}, method))


def test_entries_that_only_zipfile_can_read_cost_no_more_memory_than_one_of_them(tmp_path: Path):
    """The whole zip and its directory are not read anew for each."""
    content = zipped({f"{number}.csv": os.urandom(50_000) for number in range(20)}, zipfile.ZIP_STORED)
    for number in range(20):
        at = directory_entry(content, number) + 8
        content = patched(content, at, b"\x10")  # a flag that means nothing
    path = tmp_path / "some.zip"
    path.write_bytes(content)
    with archive_in(path, LIMITS) as archive:
        tracemalloc.start()
        try:
            begin = time.perf_counter()
            for position in range(20):
                assert archive.read(position) in content
            assert time.perf_counter() - begin < 1.0
            assert tracemalloc.get_traced_memory()[1] < 300_000
        finally:
            tracemalloc.stop()


def test_the_directory_is_parsed_once(monkeypatch: pytest.MonkeyPatch):
    content = zipped({"a.csv": b"abc", "b.csv": b"def"}, zipfile.ZIP_STORED)
    for number in range(2):
        content = patched(content, directory_entry(content, number) + 8, b"\x10")
    archive = open_archive(io.BytesIO(content), LIMITS)
    monkeypatch.setattr(zipfile, "ZipFile", None)
    assert [archive.read(0), archive.read(1), archive.read(0)] == [b"abc", b"def", b"abc"]


def test_entries_that_overlap_are_refused():
    content = zipped({"a.csv": b"abc" * 100, "b.csv": b"abc" * 100}, zipfile.ZIP_STORED)
    same_place = patched(content, directory_entry(content, 1) + 42, struct.pack("<L", 0))
    with pytest.raises(ArchiveError, match="overlap"):
        unpacked(same_place)
    reaching_over = patched(content, directory_entry(content, 0) + 20, struct.pack("<L", 400))
    with pytest.raises(ArchiveError, match="overlap"):
        unpacked(reaching_over)


def test_an_entry_whose_two_names_differ_is_refused():
    content = zipped()
    with pytest.raises(ArchiveError, match="differ"):
        unpacked(content.replace(b"a.csv", b"x.csv", 1))


def test_the_name_of_an_entry_is_all_of_it():
    content = zipped({"aXb.csv": b""}).replace(b"aXb.csv", b"a\0b.csv")
    (entry,) = open_archive(io.BytesIO(content), LIMITS).entries
    assert entry.name == "a\0b.csv"


def test_long_extra_fields_cannot_make_parsing_slow():
    extra = struct.pack("<HH", 0xCAFE, 0) * 16_000
    entry = struct.pack("<4s6H3L5H2L", b"PK\x01\x02", 20, 20, 0, 0, 0, 0, 0, 0, 0, 0, len(extra), 0, 0, 0, 0, 0) + extra
    content = entry * 20
    end = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 20, 20, len(content), 0, 0)
    with cheap(), pytest.raises(ArchiveError, match="bytes of directory"):
        unpacked(content + end)


mutations: dict[str, Callable[[bytes, int, bytes], bytes]] = {
    "overwritten": lambda content, at, noise: patched(content, at, noise),
    "inserted": lambda content, at, noise: content[:at] + noise + content[at:],
    "cut off": lambda content, at, _: content[:at],
    "cut out": lambda content, at, noise: content[:at] + content[at + len(noise) :],
    "cut off in front": lambda content, at, _: content[at:],
}


@given(
    st.sampled_from([zipped(), zipped(method=zipfile.ZIP_STORED, comment=b"comment")]),
    st.lists(st.tuples(st.sampled_from(sorted(mutations)), st.integers(0, 1500), st.binary(max_size=8)), max_size=4),
)
@settings(max_examples=400, deadline=None)
def test_any_bytes_are_read_or_refused_and_nothing_else_is_raised(base: bytes, changes: list[tuple[str, int, bytes]]):
    for kind, at, noise in changes:
        base = mutations[kind](base, at % (len(base) + 1), noise)
    try:
        archive = open_archive(io.BytesIO(base), LIMITS)
    except ArchiveError:
        return
    for position, entry in enumerate(archive.entries):
        with suppress(ArchiveError):
            assert len(archive.read(position)) == entry.size
