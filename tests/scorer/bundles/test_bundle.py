"""A bundle is read whole, or refused with every reason; nothing in its zip raises."""

from __future__ import annotations

import io
import os
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scorer.bundles import bundle
from scorer.bundles.packing import pack
from tests.scorer.bundles.made_bundles import GOOD, MANIFEST, RULES, accepted, faults, files_in, read, written, zipped

NAMES = st.lists(
    st.text(st.sampled_from("abcdé1_-. "), min_size=1, max_size=12).filter(
        lambda name: name.strip(".") and not name.startswith("._") and not name.endswith("~")
    ),
    min_size=1,
    max_size=3,
)
FURTHER_FILES = st.dictionaries(
    NAMES.map(lambda parts: "/".join(["data", *parts])), st.binary(max_size=300), max_size=6
).filter(lambda files: not any(other.startswith(f"{name}/") for name in files for other in files))

SENTENCES = st.text(st.sampled_from("Wort word 42 *_.,"), max_size=40).map(lambda text: f"x{text}")


@contextmanager
def umask(mask: int) -> Iterator[None]:
    before = os.umask(mask)
    try:
        yield
    finally:
        os.umask(before)


def test_a_good_bundle_is_accepted():
    good = accepted()
    assert good.manifest.command == ("python", "predict.py", "--fast")
    assert good.manifest.seeds == {"model": 7}
    assert (good.requirements_name, good.requirements) == ("requirements.txt", "numpy==2.4.6\n")
    assert good.files == {name: len(content) for name, content in GOOD.items()}
    assert {name: good.read(name) for name in good.files} == GOOD
    with pytest.raises(KeyError):
        good.read("weights")


def test_it_is_unpacked_readable_for_everybody_and_writable_for_its_owner_alone(tmp_path: Path):
    with umask(0o077):
        accepted().unpack(tmp_path / "run" / "bundle")
    assert files_in(tmp_path / "run" / "bundle") == GOOD
    for path in (tmp_path / "run" / "bundle", *(tmp_path / "run" / "bundle").rglob("*")):
        assert stat.S_IMODE(path.lstat().st_mode) == (0o755 if path.is_dir() else 0o644)


def test_it_is_unpacked_into_a_new_folder_only(tmp_path: Path):
    with pytest.raises(FileExistsError):
        accepted().unpack(tmp_path)
    assert not any(tmp_path.iterdir())


def test_what_cannot_be_unpacked_to_its_end_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    def full(*_arguments: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fchmod", full)
    with pytest.raises(OSError, match="No space"):
        accepted().unpack(tmp_path / "bundle")
    assert not any(tmp_path.iterdir())


@settings(max_examples=60, deadline=None)
@given(further=FURTHER_FILES, sentences=st.lists(SENTENCES, min_size=3, max_size=3))
def test_any_folder_that_keeps_the_rules_comes_out_as_it_went_in(further: dict[str, bytes], sentences: list[str]):
    titles = RULES.report_sections
    report = "".join(f"## {title}\n\n{text}\n\n" for title, text in zip(titles, sentences, strict=True))
    files = {**GOOD, **further, "REPORT.md": report.encode()}
    with tempfile.TemporaryDirectory() as place:
        folder = written(files, Path(place, "ours"))
        names = {name.casefold() for name in files}
        pack(folder, Path(place, "bundle.zip"))
        verdict = bundle.read(Path(place, "bundle.zip"), RULES)
        if len(names) < len(files):
            assert not verdict.accepted
            return
        assert verdict.bundle is not None, verdict.faults
        verdict.bundle.unpack(Path(place, "unpacked"))
        assert files_in(Path(place, "unpacked")) == files
        pack(Path(place, "unpacked"), Path(place, "again.zip"))
        assert Path(place, "again.zip").read_bytes() == Path(place, "bundle.zip").read_bytes()


def without(name: str) -> dict[str, bytes]:
    return {other: content for other, content in GOOD.items() if other != name}


@pytest.mark.parametrize(
    ("files", "fault"),
    [
        (without("bundle.yaml"), "bundle.yaml: expected this file in the bundle, found none"),
        (without("REPORT.md"), "REPORT.md: expected this file in the bundle, found none"),
        (
            without("requirements.txt"),
            "requirements.lock or requirements.txt: expected this file in the bundle, found none",
        ),
        (
            without("predict.py"),
            "bundle.yaml, command: expected a program that is in the bundle, found 'predict.py', which is not",
        ),
        (
            without("weights/model.npz"),
            "bundle.yaml, models: expected models that are in the bundle, found 'weights/model.npz', which is not",
        ),
        ({**without("REPORT.md"), "Report.md": b""}, "REPORT.md: expected this file in the bundle, found Report.md"),
        ({**GOOD, "predict.py": b"a = (\n"}, "predict.py, row 1: expected a program of Python 3.11, found"),
        (
            {**GOOD, "predict.py": b"a\n# \xff\n"},
            "predict.py, row 2: expected text in UTF-8, found bytes that are none",
        ),
        ({**GOOD, "REPORT.md": b"\xe9"}, "REPORT.md, row 1: expected text in UTF-8, found bytes that are none"),
        ({**GOOD, "requirements.txt": b"\xe9"}, "requirements.txt, row 1: expected text in UTF-8, found"),
        ({**GOOD, "requirements.lock": b"-e ."}, "requirements.lock, row 1: expected a name and a version"),
        ({**GOOD, "bundle.yaml": b"\xe9"}, "bundle.yaml, row 1: expected text in UTF-8, found bytes that are none"),
        ({**GOOD, "bundle.yaml": b" " * 70_000}, "bundle.yaml: expected at most 65,536 bytes, found 70,000 bytes"),
        ({**GOOD, "REPORT.md": b" " * 1_000_001}, "REPORT.md: expected at most 1,000,000 bytes, found 1,000,001"),
        ({**GOOD, "bundle.yaml": MANIFEST.encode() + b"name: us\n"}, "bundle.yaml, name: expected one of the keys"),
    ],
)
def test_what_is_missing_or_wrong_is_named(files: dict[str, bytes], fault: str):
    (found,) = faults(files)
    assert found.startswith(fault)


@settings(max_examples=80, deadline=None)
@given(data=st.data())
def test_any_one_required_thing_that_is_taken_away_is_named(data: st.DataObject):
    kind = data.draw(st.sampled_from(["file", "section", "key"]))
    if kind == "file":
        name = data.draw(st.sampled_from(sorted(GOOD)))
        (fault,) = faults(without(name))
        assert name in fault
    elif kind == "section":
        gone = data.draw(st.sampled_from(RULES.report_sections))
        report = "".join(f"# {title}\nText.\n" for title in RULES.report_sections if title != gone)
        (fault,) = faults({**GOOD, "REPORT.md": report.encode()})
        assert fault.startswith(f"REPORT.md: expected a heading {gone!r}, found only")
    else:
        gone = data.draw(st.sampled_from(["command", "python"]))
        lines = [line for line in MANIFEST.splitlines() if not line.startswith(gone)]
        (fault,) = faults({**GOOD, "bundle.yaml": "\n".join(lines).encode()})
        assert fault == f"bundle.yaml, {gone}: expected this key, found none"


def test_every_fault_is_told_at_once():
    files = {**GOOD, "bundle.yaml": b"command: [python, x.py]\npython: '2.7'\n", "REPORT.md": b"", "predict.py": b"("}
    assert [fault.partition(": ")[0] for fault in faults(files)] == [
        "bundle.yaml, python",
        "bundle.yaml, command",
        "REPORT.md",
        "REPORT.md",
        "REPORT.md",
    ]


def test_a_lock_is_read_before_requirements():
    files = {**GOOD, "requirements.lock": b"numpy==2.4.6 --hash=sha256:" + b"a" * 64, "requirements.txt": b"-e ."}
    verdict = read(files)
    assert verdict.bundle is not None
    assert verdict.bundle.requirements_name == "requirements.lock"
    assert verdict.notes == ("not read: requirements.txt, since there is a requirements.lock",)


def test_wishes_are_noted():
    wishes = "hardware: {gpu: true, memory_bytes: 64_000_000_000}\n"
    assert read({**GOOD, "bundle.yaml": (MANIFEST + wishes).encode()}).notes == (
        "bundle.yaml, hardware.gpu: a wish; the code must also run where there is none",
        "bundle.yaml, hardware.memory_bytes: a wish; a run is given 4,294,967,296 bytes",
    )


def test_a_program_that_cannot_be_looked_at_is_noted():
    manifest = MANIFEST.replace("[python, predict.py, --fast]", "[Rscript, predict.R]")
    notes = read({**GOOD, "bundle.yaml": manifest.encode()}).notes
    assert notes == ("bundle.yaml, command: starts no Python program of the bundle; not looked at",)


def test_a_model_may_be_a_folder():
    manifest = MANIFEST.replace("weights/model.npz", "weights")
    assert accepted({**GOOD, "bundle.yaml": manifest.encode()}).manifest.models == ("weights",)


def test_a_folder_around_everything_is_the_one_fault():
    assert faults({f"ours/{name}": content for name, content in GOOD.items()}) == [
        "ours/bundle.yaml: expected bundle.yaml at the top of the zip, with no folder around it, found all in ours/"
    ]


def test_a_broken_file_is_named_once():
    content = bytearray(zipped({**GOOD, "notes.txt": b"stored"}))
    place = content.index(b"notes.txt") + len(b"notes.txt")
    content[place : place + 3] = b"\xff\xff\xff"
    (fault,) = faults(bytes(content))
    assert fault.startswith("notes.txt: expected a zip that can be unpacked, found a broken one")


def test_not_more_faults_are_listed_than_anybody_reads():
    verdict = read({**GOOD, **{f"a/{number}": b"" for number in range(150)}, **{f"A/{n}": b"" for n in range(150)}})
    assert len(verdict.faults) == bundle.MAX_FAULTS
    assert verdict.notes[-1] == "not listed: 50 further faults"


@settings(max_examples=150, deadline=None)
@given(name=st.sampled_from(sorted(GOOD)), content=st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
def test_no_content_of_a_file_raises(name: str, content: bytes):
    read({**GOOD, name: content})


@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_no_change_of_a_zip_raises(data: st.DataObject):
    content = bytearray(zipped(GOOD))
    for _ in range(data.draw(st.integers(1, 4))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    read(bytes(content))


def test_a_source_that_is_not_there_is_the_callers_fault(tmp_path: Path):
    with pytest.raises(FileNotFoundError):
        bundle.read(tmp_path / "none.zip", RULES)
    assert not bundle.read(io.BytesIO(b""), RULES).accepted
