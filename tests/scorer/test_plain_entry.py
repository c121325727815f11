"""An entry is read at once only where `zipfile` would read the same, and nothing is taken that zlib calls broken."""

from __future__ import annotations

import io
import zipfile
import zlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scorer import plain_entry
from scorer.plain_entry import inflate, read_plain_entry

TEXT = b"".join(b"%d.%02d,0,1,0\n" % divmod(number, 100) for number in range(400))


def by_hand(letters: int, end: str) -> bytes:
    """A deflated stream: lengths of the codes of the letters, of those of distances, and the text `AB`."""
    return bytes.fromhex("05e10190244992244902") + bytes(32) + bytes([letters]) + bytes(94) + bytes.fromhex(end)


COMPLETE = by_hand(0x12, "10a206")
"""Its codes use up every pattern of bits."""
INCOMPLETE_LETTERS, INCOMPLETE_DISTANCES = by_hand(0x11, "102206"), by_hand(0x12, "109106")
"""Some patterns mean nothing. They do not occur."""


def zipped(name: str = "prediction/a.csv", content: bytes = TEXT, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    place = io.BytesIO()
    with zipfile.ZipFile(place, "w", method) as archive:
        archive.writestr(name, content)
    return place.getvalue()


def by_zipfile(content: bytes) -> bytes | None:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        try:
            return archive.read(archive.infolist()[0])
        except (zipfile.BadZipFile, zlib.error, RuntimeError, ValueError, EOFError):
            return None


def at_once(content: bytes) -> bytes | None:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        info, end = archive.infolist()[0], archive.start_dir
    return read_plain_entry(io.BytesIO(content), info, end)


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
@pytest.mark.parametrize("name", ["a.csv", "é.csv", "prediction/日本.csv"])
@pytest.mark.parametrize("content", [b"", b"a", TEXT])
def test_what_tools_write_is_read_at_once(method: int, name: str, content: bytes) -> None:
    assert at_once(zipped(name, content, method)) == content


def test_what_was_written_to_a_pipe_is_read_at_once() -> None:
    class Pipe(io.BytesIO):
        def seekable(self) -> bool:
            return False

    place = Pipe()
    with zipfile.ZipFile(place, "w", zipfile.ZIP_DEFLATED) as archive:  # sizes stand behind the entry
        archive.writestr("a.csv", TEXT)
    assert at_once(place.getvalue()) == TEXT


BASE = zipped()
DIRECTORY = BASE.index(b"PK\x01\x02")


@given(st.lists(st.tuples(st.integers(0, DIRECTORY - 1), st.binary(min_size=1, max_size=4)), min_size=1, max_size=3))
@settings(max_examples=400, deadline=None)
def test_of_a_changed_entry_nothing_else_is_read_than_zipfile_reads(changes: list[tuple[int, bytes]]) -> None:
    content = BASE
    for at, noise in changes:
        end = min(at + len(noise), DIRECTORY)
        content = content[:at] + noise[: end - at] + content[end:]
    found = at_once(content)
    assert found is None or found == by_zipfile(content)


@pytest.mark.parametrize(("at", "value"), [(8, 0x20), (8, 0x40), (8, 0x1), (10, 12), (10, 14), (16, 1), (24, 1)])
def test_what_is_out_of_the_ordinary_is_left_to_zipfile(at: int, value: int) -> None:
    """Flags, methods, a checksum and a size."""
    content = bytearray(BASE)
    content[DIRECTORY + at] ^= value
    assert at_once(bytes(content)) is None


def test_an_entry_that_reaches_into_the_next_is_not_read_at_once() -> None:
    with zipfile.ZipFile(io.BytesIO(BASE)) as archive:
        info = archive.infolist()[0]
    assert read_plain_entry(io.BytesIO(BASE), info, DIRECTORY) == TEXT
    assert read_plain_entry(io.BytesIO(BASE), info, DIRECTORY - 1) is None


def deflated(content: bytes, level: int, strategy: int) -> bytes:
    deflater = zlib.compressobj(level, wbits=-15, strategy=strategy)
    return deflater.compress(content) + deflater.flush()


streams = st.builds(
    deflated,
    st.binary(max_size=300) | st.integers(0, 400).map(lambda rows: TEXT[:rows]),
    st.sampled_from([1, 6, 9]),
    st.sampled_from([zlib.Z_DEFAULT_STRATEGY, zlib.Z_FIXED, zlib.Z_HUFFMAN_ONLY]),
)


def by_zlib(packed: bytes, size: int) -> bytes | None:
    inflater = zlib.decompressobj(-15)
    try:
        content = inflater.decompress(packed, size + 1)
    except zlib.error:
        return None
    return content if inflater.eof and len(content) == size and not inflater.unused_data else None


@given(streams, st.lists(st.tuples(st.integers(0, 400), st.integers(0, 255)), max_size=3), st.integers(-1, 1))
@settings(max_examples=600, deadline=None)
def test_zlib_inflates_the_same_or_refuses_too(packed: bytes, changes: list[tuple[int, int]], more: int) -> None:
    try:
        size = max(0, len(zlib.decompress(packed, -15)) + more)
    except zlib.error:
        size = 10
    broken = bytearray(packed)
    for at, value in changes:
        broken[at % len(broken)] = value
    assert inflate(bytes(broken), size) == by_zlib(bytes(broken), size)


@pytest.mark.parametrize("stream", [INCOMPLETE_LETTERS, INCOMPLETE_DISTANCES])
def test_codes_that_zlib_calls_incomplete_are_refused(stream: bytes) -> None:
    """ISA-L takes both."""
    assert inflate(COMPLETE, 2) == b"AB"
    with pytest.raises(zlib.error, match=r"invalid (distances|literal/lengths) set"):
        zlib.decompress(stream, -15)
    assert inflate(stream, 2) is None


@pytest.mark.parametrize(("packed", "size"), [(b"", 0), (b"\x03", 0), (zlib.compress(b"abc", wbits=-15) + b"x", 3)])
def test_a_stream_that_is_cut_off_or_has_more_behind_it_is_not_read_at_once(packed: bytes, size: int) -> None:
    assert inflate(packed, size) is None


def test_no_more_is_inflated_than_is_declared() -> None:
    bomb = zlib.compress(bytes(50_000_000), wbits=-15)
    asked: list[int] = []

    class Watched:
        def __init__(self, wbits: int) -> None:
            self._inflater = zlib.decompressobj(wbits)

        def decompress(self, packed: bytes, most: int) -> bytes:
            content = self._inflater.decompress(packed, most)
            asked.append(len(content))
            return content

        eof = False

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(plain_entry, "decompressobj", Watched)
        assert inflate(bomb, 1000) is None
    assert asked == [1001]
