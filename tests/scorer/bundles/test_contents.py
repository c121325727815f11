"""A hostile zip is refused in words, before anything of it is written."""

from __future__ import annotations

import io
import stat
import struct
import time
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data_spec.competition import ZipLimits
from scorer.archive import Entry
from scorer.bundles import bundle
from scorer.bundles.contents import sort_entries
from tests.scorer.bundles.made_bundles import GOOD, RULES, accepted, faults, read, with_entry, zipped

SMALL = RULES.model_copy(
    update={"bundle": ZipLimits(max_zip_bytes=100_000, max_unpacked_bytes=1_000_000, max_entries=50)}
)


@pytest.mark.parametrize(
    ("name", "expected", "found"),
    [
        ("../x", "a path inside the zip", "a path that leads out of it"),
        ("a/../../x", "a path inside the zip", "a path that leads out of it"),
        ("/etc/cron.d/x", "a path inside the zip", "a path that leads out of it"),
        ("C:/x", "a path inside the zip", "a path that leads out of it"),
        ("..\\x", "a path inside the zip", "a path that leads out of it"),
        ("a\\b", "folders and files with / between them", "a backslash"),
        ("a//b", "a plain path, such as code/model.py", "one with . or with nothing between two /"),
        ("./a", "a plain path, such as code/model.py", "one with . or with nothing between two /"),
        ("a\0b", "a name of printable characters", "one with others"),
        ("a\x1b[2J", "a name of printable characters", "one with others"),
        ("a\u202eb", "a name of printable characters", "one with others"),
        ("é" * 128, "at most 512 bytes of name, 255 of each folder", "more"),
        ("/".join(["abcdefg"] * 80), "at most 512 bytes of name, 255 of each folder", "more"),
    ],
)
def test_a_name_that_could_do_harm_is_a_fault(name: str, expected: str, found: str):
    (fault,) = read(with_entry(name)).faults
    assert (fault.row, fault.column, fault.expected, fault.found) == (None, None, expected, found)
    assert fault.file.isprintable()


@pytest.mark.parametrize("kind", [stat.S_IFLNK, stat.S_IFIFO, stat.S_IFCHR, stat.S_IFBLK, stat.S_IFSOCK])
def test_what_is_no_file_is_a_fault(kind: int):
    assert faults(with_entry("link", kind)) == ["link: expected a file, found a link or a device"]


def test_a_link_in_place_of_a_required_file_is_no_file():
    files = {name: content for name, content in GOOD.items() if name != "REPORT.md"}
    link = zipfile.ZipInfo("REPORT.md")
    link.create_system, link.external_attr = 3, (stat.S_IFLNK | 0o777) << 16
    place = io.BytesIO(zipped(files))
    with zipfile.ZipFile(place, "a") as archive:
        archive.writestr(link, "/etc/passwd")
    assert faults(place.getvalue())[0] == "REPORT.md: expected a file, found a link or a device"


def test_an_executable_file_is_a_file_like_any_other():
    assert accepted(with_entry("run.sh", stat.S_IFREG)).read("run.sh") == b"/etc/passwd"


def test_an_encrypted_file_is_a_fault():
    content = bytearray(zipped({**GOOD, "notes.txt": b"words"}))
    for signature, back in ((b"PK\x03\x04", 24), (b"PK\x01\x02", 38)):
        at = content.index(b"notes.txt", content.rindex(signature)) - back
        content[at] |= 1
    assert "notes.txt: expected a file without a password, found an encrypted file" in faults(bytes(content))


def test_an_odd_compression_is_a_fault():
    place = io.BytesIO(zipped(GOOD))
    with zipfile.ZipFile(place, "a", zipfile.ZIP_BZIP2) as archive:
        archive.writestr("notes.txt", b"words" * 100)
    (fault,) = faults(place.getvalue())
    assert fault == "notes.txt: expected a file that is stored or deflated, found another compression method"


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_two_files_of_one_name_are_a_fault():
    place = io.BytesIO(zipped(GOOD))
    with zipfile.ZipFile(place, "a") as archive:
        archive.writestr("predict.py", "other")
    assert faults(place.getvalue()) == ["predict.py: expected one file of this name, found 2"]


@pytest.mark.parametrize("other", ["Predict.py", "PREDICT.PY"])
def test_names_that_are_one_on_a_mac_are_a_fault(other: str):
    assert faults({**GOOD, other: b""}) == [
        f"{other}: expected a name that differs from predict.py in more than capitals or accents, "
        "found one and the same on other systems"
    ]


def test_letters_that_are_composed_in_two_ways_collide():
    (fault,) = faults({**GOOD, "caf\u00e9": b"", "cafe\u0301": b""})
    assert "in more than capitals or accents" in fault


@pytest.mark.parametrize("inner", ["predict.py/x", "Predict.PY/x/y"])
def test_a_file_where_others_need_a_folder_is_a_fault(inner: str):
    assert faults({**GOOD, inner: b""}) == [f"predict.py: expected a folder, since {inner} is in it, found a file"]


def test_what_computers_leave_is_ignored_with_a_word():
    verdict = read({**GOOD, "__MACOSX/._predict.py": b"", "weights/.DS_Store": b"", "Thumbs.db": b"", "__MACOSX/": b""})
    assert verdict.bundle is not None
    assert verdict.bundle.files.keys() == GOOD.keys()
    assert verdict.notes == ("ignored: __MACOSX/._predict.py, weights/.DS_Store, Thumbs.db, __MACOSX/",)


def test_folders_are_no_files():
    assert accepted({"weights/": b"", **GOOD, "empty/": b""}).files.keys() == GOOD.keys()


def test_more_entries_than_allowed_are_refused_at_once():
    begin = time.perf_counter()
    assert faults(zipped({str(number): b"" for number in range(5_001)})) == [
        "the zip: expected at most 5,000 entries, found 5,001"
    ]
    record = struct.pack("<4s6H3L5H2L", b"PK\x01\x02", 20, 20, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0) + b"x"
    million = 1_000_000
    directory = record * million
    end_64 = struct.pack("<4sQ2H2L4Q", b"PK\x06\x06", 44, 45, 45, 0, 0, million, million, len(directory), 0)
    locator = struct.pack("<4sLQL", b"PK\x06\x07", 0, len(directory), 1)
    end = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 0xFFFF, 0xFFFF, 0xFFFFFFFF, 0xFFFFFFFF, 0)
    assert faults(directory + end_64 + locator + end) == ["the zip: expected at most 5,000 entries, found 1,000,000"]
    assert time.perf_counter() - begin < 10


def test_a_bomb_is_refused_before_it_is_unpacked():
    bomb = zipped({**GOOD, "bomb": bytes(2_000_000)})
    verdict = bundle.read(io.BytesIO(bomb), SMALL)
    assert str(verdict.faults[0]).startswith("the zip: expected at most 1,000,000 bytes when unpacked, found 2,00")
    assert bundle.read(io.BytesIO(zipped({"a": bytes(90_000)}) + bytes(100_000)), SMALL).faults[0].found == "more"


def test_a_bomb_that_lies_about_its_size_is_refused():
    content = bytearray(zipped({**GOOD, "bomb": bytes(2_000_000)}))
    at = content.rindex(b"PK\x01\x02")
    content[at + 24 : at + 28] = (1000).to_bytes(4, "little")
    (fault, *_) = bundle.read(io.BytesIO(bytes(content)), SMALL).faults
    assert fault.file == "bomb"


def test_many_colliding_names_cost_little():
    entries = [Entry("a", 0, False, False, False, True)]
    entries += [Entry("/".join(["a"] * depth), 0, False, False, False, True) for depth in range(2, 256)] * 20
    begin = time.perf_counter()
    assert sort_entries(entries).faults
    assert time.perf_counter() - begin < 10


@given(st.text(max_size=300))
def test_what_is_accepted_as_a_name_can_be_a_file(name: str):
    contents = sort_entries([Entry(name, 0, name.endswith("/"), False, False, True)])
    for accepted_name in contents.files:
        assert accepted_name.isprintable()
        assert all(part not in {"", ".", ".."} and len(part.encode()) <= 255 for part in accepted_name.split("/"))
    assert len(contents.files) + len(contents.faults) + len(contents.notes) + name.endswith("/") >= 1
