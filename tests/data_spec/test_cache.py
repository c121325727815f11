from __future__ import annotations

import errno
import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import BinaryIO, NoReturn

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from data_spec import cache
from data_spec.cache import FILE_NAME, FileKind, Pack, open_pack
from data_spec.csv_files import CsvError, read_stream, write_stream
from data_spec.file_kinds import streams_of
from data_spec.modality import Modality
from data_spec.stream import Stream
from data_spec.whole_file import whole_file

BODY = Modality(name="body", folder="body", rate=50, features=3, header="names")


def kind_of(read: Callable[[Path], Stream], modality: Modality = BODY) -> FileKind[Stream]:
    """Streams of a modality that are read in a way of the test's own."""
    return replace(streams_of(modality), read=read)


class Reader:
    """Reads a stream, and notes which files were read."""

    def __init__(self) -> None:
        self.read_files: list[str] = []

    def __call__(self, path: Path) -> Stream:
        self.read_files.append(path.stem)
        return read_stream(path, BODY)

    def read_since(self) -> list[str]:
        """The files read since the last call, sorted."""
        files, self.read_files = sorted(self.read_files), []
        return files


def stream_of(number: int, frames: int = 5, features: int = 3) -> Stream:
    """An odd number of frames and of columns, so that the next stream lies at no multiple of 8 by itself."""
    return Stream(number + np.arange(frames) / 50, np.full((frames, features), number, dtype=np.float32))


def write(folder: Path, name: str, number: int, frames: int = 5) -> Path:
    """Write a recording whose values all are `number`, with a modification time of its own."""
    path = folder / f"{name}.csv"
    write_stream(path, stream_of(number, frames), BODY)
    os.utime(path, ns=(0, 1_000_000_000 * number + frames))
    return path


def content(pack: Pack[Stream]) -> dict[str, tuple[list[float], list[list[float]]]]:
    """All numbers of a pack."""
    return {name: (stream.times.tolist(), stream.values.tolist()) for name, stream in pack.items()}


def expected(**numbers: int) -> dict[str, tuple[list[float], list[list[float]]]]:
    """The content of a pack of recordings with these numbers."""
    return {
        name: (stream_of(number).times.tolist(), stream_of(number).values.tolist()) for name, number in numbers.items()
    }


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Three recordings."""
    for number, name in enumerate(["id1", "id2", "id3"], start=1):
        write(tmp_path / "body", name, number)
    return tmp_path / "body"


@pytest.fixture
def reader() -> Reader:
    """One that has read nothing yet."""
    return Reader()


def pack_file(folder: Path) -> Path:
    """The one file of the cache: the only one in the folder that is no recording."""
    (path,) = (path for path in folder.iterdir() if path.suffix != ".csv")
    return path


def test_a_second_read_parses_nothing_and_gives_the_same_numbers(folder: Path, reader: Reader) -> None:
    first = open_pack(folder, kind_of(reader))
    assert reader.read_since() == ["id1", "id2", "id3"]
    second = open_pack(folder, kind_of(reader))
    assert reader.read_since() == []
    assert content(first) == content(second) == expected(id1=1, id2=2, id3=3)
    assert [*second] == ["id1", "id2", "id3"]
    assert (second["id1"].times.dtype, second["id1"].values.dtype) == (np.float64, np.float32)


def test_the_arrays_of_a_pack_cannot_be_changed_by_accident(folder: Path, reader: Reader) -> None:
    for _ in range(2):
        pack = open_pack(folder, kind_of(reader))
        with pytest.raises(ValueError, match="read-only"):
            pack["id1"].values[0] = 1.0
        with pytest.raises(ValueError, match="read-only"):
            pack["id1"].times[0] = 1.0


def test_the_arrays_of_a_pack_lie_where_a_processor_reads_them_fast(folder: Path, reader: Reader) -> None:
    for stream in open_pack(folder, kind_of(reader)).values():
        assert stream.times.flags.aligned
        assert stream.values.flags.aligned
        assert stream.values.flags.c_contiguous


def test_recordings_are_in_the_order_of_their_names_and_not_of_their_files(folder: Path, reader: Reader) -> None:
    write(folder, "id1-2", 4)
    for _ in range(2):
        assert [*open_pack(folder, kind_of(reader))] == ["id1", "id1-2", "id2", "id3"]


def test_a_recording_that_is_not_there_is_a_key_error(folder: Path, reader: Reader) -> None:
    pack = open_pack(folder, kind_of(reader))
    assert pack.get("id4") is None
    with pytest.raises(KeyError, match="id4"):
        pack["id4"]


@pytest.mark.parametrize("frames", [5, 7])
def test_a_changed_file_is_parsed_again_alone(folder: Path, reader: Reader, frames: int) -> None:
    open_pack(folder, kind_of(reader))
    reader.read_since()
    write(folder, "id2", 8, frames)
    changed = content(open_pack(folder, kind_of(reader)))
    assert reader.read_since() == ["id2"]
    assert changed["id2"] == (stream_of(8, frames).times.tolist(), stream_of(8, frames).values.tolist())
    assert {**changed, "id2": None} == {**expected(id1=1, id3=3), "id2": None}
    assert content(open_pack(folder, kind_of(reader))) == changed
    assert reader.read_since() == []


def test_a_file_of_another_time_and_the_same_size_is_parsed_again(folder: Path, reader: Reader) -> None:
    open_pack(folder, kind_of(reader))
    reader.read_since()
    os.utime(folder / "id2.csv", ns=(0, 77))
    open_pack(folder, kind_of(reader))
    assert reader.read_since() == ["id2"]


def test_a_file_of_other_bytes_and_the_same_time_and_size_is_parsed_again(folder: Path, reader: Reader) -> None:
    open_pack(folder, kind_of(reader))
    reader.read_since()
    path = folder / "id2.csv"
    before = path.stat()
    path.write_bytes(path.read_bytes().replace(b",2,2,2", b",8,8,8"))
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert path.stat().st_size == before.st_size
    assert open_pack(folder, kind_of(reader))["id2"].values.tolist() == [[8, 8, 8]] * 5
    assert reader.read_since() == ["id2"]


def test_an_added_file_is_parsed_alone(folder: Path, reader: Reader) -> None:
    open_pack(folder, kind_of(reader))
    reader.read_since()
    write(folder, "id0", 9)
    assert content(open_pack(folder, kind_of(reader))) == expected(id0=9, id1=1, id2=2, id3=3)
    assert reader.read_since() == ["id0"]


def test_a_removed_file_is_gone_and_nothing_is_parsed(folder: Path, reader: Reader) -> None:
    open_pack(folder, kind_of(reader))
    reader.read_since()
    (folder / "id2.csv").unlink()
    assert content(open_pack(folder, kind_of(reader))) == expected(id1=1, id3=3)
    assert reader.read_since() == []


def test_a_renamed_file_has_its_new_name(folder: Path, reader: Reader) -> None:
    open_pack(folder, kind_of(reader))
    (folder / "id2.csv").rename(folder / "id4.csv")
    assert content(open_pack(folder, kind_of(reader))) == expected(id1=1, id3=3, id4=2)


def test_a_folder_that_was_emptied_or_is_not_there_has_no_streams(folder: Path, reader: Reader) -> None:
    open_pack(folder, kind_of(reader))
    for file in folder.glob("*.csv"):
        file.unlink()
    assert content(open_pack(folder, kind_of(reader))) == {}
    assert content(open_pack(folder, kind_of(reader))) == {}
    assert content(open_pack(folder.parent / "nothing", kind_of(reader))) == {}
    assert not (folder.parent / "nothing").exists()


def test_streams_without_frames_or_features_are_kept(folder: Path) -> None:
    nothing = Stream(np.empty(0), np.empty((0, 3), dtype=np.float32))
    for _ in range(2):
        pack = open_pack(folder, kind_of(lambda path: nothing if path.stem == "id2" else read_stream(path, BODY)))
        assert content(pack) == {**expected(id1=1, id3=3), "id2": ([], [])}
        assert pack["id2"].values.shape == (0, 3)


def test_hidden_files_are_not_read(folder: Path, reader: Reader) -> None:
    (folder / "._id1.csv").write_bytes(b"\x00\x05\x16\x07")
    assert content(open_pack(folder, kind_of(reader))) == expected(id1=1, id2=2, id3=3)


def test_a_fault_is_passed_on_and_the_cache_stays_as_it_was(folder: Path, reader: Reader) -> None:
    open_pack(folder, kind_of(reader))
    before = pack_file(folder).read_bytes()
    (folder / "id2.csv").write_text("no stream\n")
    with pytest.raises(CsvError, match=r"id2\.csv, line 1"):
        open_pack(folder, kind_of(reader))
    assert pack_file(folder).read_bytes() == before
    write(folder, "id2", 2)
    reader.read_since()
    assert content(open_pack(folder, kind_of(reader))) == expected(id1=1, id2=2, id3=3)
    assert reader.read_since() == ["id2"]


def test_a_link_to_nothing_is_a_fault_with_its_name(folder: Path, reader: Reader) -> None:
    (folder / "id4.csv").symlink_to("nowhere.csv")
    with pytest.raises(CsvError, match=r"id4\.csv: expected a readable file"):
        open_pack(folder, kind_of(reader))


# A cache that cannot be trusted


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=60)
@given(data=st.data())
def test_a_cache_that_was_cut_off_anywhere_is_built_again(folder: Path, data: st.DataObject) -> None:
    reader = Reader()
    open_pack(folder, kind_of(reader))
    path = pack_file(folder)
    whole = path.read_bytes()
    path.write_bytes(whole[: data.draw(st.integers(0, len(whole) - 1))])
    reader.read_since()
    assert content(open_pack(folder, kind_of(reader))) == expected(id1=1, id2=2, id3=3)
    assert reader.read_since() == ["id1", "id2", "id3"]
    assert path.read_bytes() == whole


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=60)
@given(data=st.data())
def test_a_cache_whose_index_was_damaged_is_built_again(folder: Path, data: st.DataObject) -> None:
    reader = Reader()
    open_pack(folder, kind_of(reader))
    path = pack_file(folder)
    whole = path.read_bytes()
    place = data.draw(st.integers(whole.index(b'{"form"'), len(whole) - 1))
    path.write_bytes(whole[:place] + bytes([whole[place] ^ data.draw(st.integers(1, 255))]) + whole[place + 1 :])
    assert content(open_pack(folder, kind_of(reader))) == expected(id1=1, id2=2, id3=3)
    assert path.read_bytes() == whole


@pytest.mark.parametrize("foreign", [b"", b"\x00", b"{}", b"\x93NUMPY" + bytes(100), bytes(5000), cache.MAGIC * 9])
def test_a_foreign_file_in_the_place_of_the_cache_is_replaced(folder: Path, reader: Reader, foreign: bytes) -> None:
    open_pack(folder, kind_of(reader))
    pack_file(folder).write_bytes(foreign)
    assert content(open_pack(folder, kind_of(reader))) == expected(id1=1, id2=2, id3=3)
    reader.read_since()
    open_pack(folder, kind_of(reader))
    assert reader.read_since() == []


@pytest.mark.parametrize("changed", [{"features": 2}, {"header": "ignored"}])
def test_a_cache_of_a_modality_of_another_form_is_not_used(
    folder: Path, reader: Reader, changed: dict[str, object]
) -> None:
    open_pack(folder, kind_of(reader))
    reader.read_since()
    other = BODY.model_copy(update=changed)
    pack = open_pack(folder, replace(streams_of(other), read=lambda path: stream_of(1, features=other.features)))
    open_pack(folder, kind_of(reader))
    assert reader.read_since() == ["id1", "id2", "id3"]
    assert {stream.values.shape for stream in pack.values()} == {(5, other.features)}


# Who may read it


@pytest.mark.parametrize(("mode", "expected"), [(0o644, 0o644), (0o600, 0o600), (0o640, 0o600), (0o444, 0o644)])
def test_a_cache_is_read_by_those_alone_who_may_read_all_files(
    folder: Path, reader: Reader, mode: int, expected: int
) -> None:
    open_pack(folder, kind_of(reader))
    (folder / "id2.csv").chmod(mode)
    open_pack(folder, kind_of(reader))
    assert pack_file(folder).stat().st_mode & 0o777 == expected


def test_a_cache_of_links_is_its_owners_alone_since_folders_may_guard_what_they_lead_to(
    folder: Path, reader: Reader
) -> None:
    (folder / "id2.csv").rename(folder.parent / "id2.csv")
    (folder / "id2.csv").symlink_to("../id2.csv")
    assert content(open_pack(folder, kind_of(reader))) == expected(id1=1, id2=2, id3=3)
    assert pack_file(folder).stat().st_mode & 0o777 == 0o600


# Where no cache can be written


def test_a_corpus_that_cannot_be_written_is_read_into_memory(
    folder: Path, reader: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    def read_only_disk(path: Path, buffering: int) -> NoReturn:
        raise OSError(errno.EROFS, os.strerror(errno.EROFS))

    monkeypatch.setattr(cache, "whole_file", read_only_disk)
    for _ in range(2):
        pack = open_pack(folder, kind_of(reader))
        assert content(pack) == expected(id1=1, id2=2, id3=3)
        assert reader.read_since() == ["id1", "id2", "id3"]
    with pytest.raises(ValueError, match="read-only"):
        pack["id1"].values[0] = 1.0


def test_something_odd_in_the_place_of_the_cache_stays_there(folder: Path, reader: Reader) -> None:
    (folder / FILE_NAME).mkdir()
    for _ in range(2):
        assert content(open_pack(folder, kind_of(reader))) == expected(id1=1, id2=2, id3=3)
    assert (folder / FILE_NAME).is_dir()


def test_a_disk_that_fills_up_leaves_the_old_cache_and_nothing_else(
    folder: Path, reader: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    open_pack(folder, kind_of(reader))
    before = pack_file(folder).read_bytes()
    write(folder, "id2", 8)

    @contextmanager
    def full_disk(path: Path, buffering: int) -> Iterator[BinaryIO]:
        with whole_file(path, buffering) as file:
            file.write(b"a little")
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            yield file

    monkeypatch.setattr(cache, "whole_file", full_disk)
    assert content(open_pack(folder, kind_of(reader))) == expected(id1=1, id2=8, id3=3)
    assert pack_file(folder).read_bytes() == before


# Several at once


def test_one_who_builds_while_another_builds_gets_the_right_streams(folder: Path, reader: Reader) -> None:
    inner: list[Pack[Stream]] = []

    def read(path: Path) -> Stream:
        if path.stem == "id2" and not inner:
            inner.append(open_pack(folder, kind_of(reader)))
        return read_stream(path, BODY)

    outer = open_pack(folder, kind_of(read))
    assert content(outer) == content(inner[0]) == expected(id1=1, id2=2, id3=3)
    assert pack_file(folder).is_file()


def test_a_file_that_changes_while_it_is_read_is_read_again_next_time(folder: Path, reader: Reader) -> None:
    def read(path: Path) -> Stream:
        stream = read_stream(path, BODY)
        if path.stem == "id2":
            write(folder, "id2", 8)
        return stream

    assert content(open_pack(folder, kind_of(read))) == expected(id1=1, id2=2, id3=3)
    assert content(open_pack(folder, kind_of(reader))) == expected(id1=1, id2=8, id3=3)
    assert reader.read_since() == ["id2"]


def test_a_file_that_changes_twice_within_a_tick_of_the_clock_of_its_disk_is_never_shown_as_it_was(
    folder: Path, reader: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    exact = cache._state

    def by_long_ticks(entry: os.DirEntry[str]) -> list[int]:
        size, _, changed_ns = exact(entry)
        return [size, 0, changed_ns // 200_000_000 * 200_000_000]

    monkeypatch.setattr(cache, "_state", by_long_ticks)
    monkeypatch.setattr(cache, "_TICK", 0.25)
    for number in [2, 8, 2, 8]:
        write(folder, "id2", number)
        assert content(open_pack(folder, kind_of(reader)))["id2"] == expected(id2=number)["id2"]


def test_streams_stay_as_they_are_when_the_cache_is_built_anew_or_deleted(folder: Path, reader: Reader) -> None:
    pack = open_pack(folder, kind_of(reader))
    early = pack["id1"]
    write(folder, "id1", 8)
    open_pack(folder, kind_of(reader))
    pack_file(folder).unlink()
    assert early.values.tolist() == expected(id1=1)["id1"][1]
    assert content(pack) == expected(id1=1, id2=2, id3=3)


def test_many_who_read_while_the_cache_comes_and_goes_all_get_the_right_streams(folder: Path) -> None:
    def read_and_delete(number: int) -> bool:
        pack = open_pack(folder, streams_of(BODY))
        if number % 3 == 0:
            (folder / FILE_NAME).unlink(missing_ok=True)
        return content(pack) == expected(id1=1, id2=2, id3=3)

    with ThreadPoolExecutor(6) as pool:
        assert all(pool.map(read_and_delete, range(60)))
    assert {path.name for path in folder.iterdir()} - {FILE_NAME} == {"id1.csv", "id2.csv", "id3.csv"}
