"""A submission is accepted with its predictions, or refused with every reason."""

from __future__ import annotations

import io
import shutil
import stat
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data_spec.cache import open_pack
from data_spec.challenge import load_challenge
from data_spec.file_kinds import templates_of
from scorer import submission
from scorer.submission import MAX_FAULTS, Verdict, read
from scorer.verdict import WHOLE_ZIP

CHALLENGE = load_challenge("merc2017")
HEADER = ",".join(CHALLENGE.task.columns)
TEMPLATES = {f"id{number:08x}": number + np.arange(3 + number) / 100 for number in range(4)}
FIRST, SECOND, *_ = TEMPLATES
Files = dict[str, bytes]
"""The files of a zip, in their order."""


def rows_of(times: Sequence[float], label: int = 2) -> list[str]:
    return [f"{time!r},{','.join('1' if label == other else '0' for other in range(6))}" for time in map(float, times)]


def content_of(rows: Sequence[str]) -> bytes:
    return "".join(f"{line}\n" for line in [HEADER, *rows]).encode()


def legal_files() -> Files:
    return {f"prediction/{name}.csv": content_of(rows_of(times)) for name, times in TEMPLATES.items()}


def zipped(files: Mapping[str, bytes] | Sequence[tuple[str | zipfile.ZipInfo, bytes]]) -> io.BytesIO:
    place = io.BytesIO()
    with zipfile.ZipFile(place, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items() if isinstance(files, Mapping) else files:
            archive.writestr(name, content)
    place.seek(0)
    return place


def verdict_on(files: Mapping[str, bytes] | Sequence[tuple[str | zipfile.ZipInfo, bytes]]) -> Verdict:
    return read(zipped(files), TEMPLATES, CHALLENGE)


def places_of(verdict: Verdict) -> list[tuple[str, int | None, str | None]]:
    assert not verdict.accepted
    assert verdict.predictions == {}
    return [(fault.file, fault.row, fault.column) for fault in verdict.faults]


def test_a_legal_submission_is_accepted_with_the_label_of_every_frame():
    verdict = verdict_on(legal_files())
    assert verdict.accepted
    assert verdict.notes == ()
    assert list(verdict.predictions) == list(TEMPLATES)
    assert {name: labels.tolist() for name, labels in verdict.predictions.items()} == {
        name: [2] * len(times) for name, times in TEMPLATES.items()
    }


def test_a_zip_on_disk_is_read_like_an_upload(tmp_path: Path):
    path = tmp_path / "predictions.zip"
    path.write_bytes(zipped(legal_files()).getvalue())
    assert read(path, TEMPLATES, CHALLENGE).accepted


def test_nothing_is_written_beside_the_zip(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)
    verdict_on(legal_files())
    assert list(tmp_path.iterdir()) == []


@given(st.permutations(list(legal_files().items())), st.booleans(), st.sampled_from([0, 8]), st.booleans())
def test_any_order_of_files_with_or_without_the_folder_passes(files, folder: bool, method: int, shuffled_case: bool):
    entries: list[tuple[str | zipfile.ZipInfo, bytes]] = [(zipfile.ZipInfo("prediction/"), b"")] if folder else []
    for name, content in files:
        info = zipfile.ZipInfo(name)
        info.compress_type = method
        info.external_attr = (stat.S_IFREG | 0o644) << 16 if shuffled_case else 0
        entries.append((info, content))
    assert verdict_on(entries).accepted


@pytest.mark.parametrize(
    "name",
    [
        "__MACOSX/",
        "__MACOSX/prediction/._x.csv",
        ".DS_Store",
        "prediction/.DS_Store",
        "Thumbs.db",
        "prediction/desktop.ini",
        f"prediction/._{FIRST}.csv",
        "._prediction",
    ],
)
def test_what_systems_add_unasked_is_ignored_and_said(name: str):
    verdict = verdict_on({**legal_files(), name: b"\0\1"})
    assert verdict.accepted
    assert verdict.notes == (f"ignored: {name}",)


@pytest.mark.parametrize(
    "name",
    [
        "prediction/.pack",
        "prediction/..pack.7-0a1b2c3d",
        f"prediction/.ipynb_checkpoints/{FIRST}.csv",
        ".git/",
        ".gitkeep",
    ],
)
def test_what_is_hidden_is_ignored_and_said(name: str):
    verdict = verdict_on({**legal_files(), name: b"\0\1"})
    assert verdict.accepted
    assert verdict.notes == (f"ignored: {name}",)


def test_a_folder_that_is_zipped_by_hand_passes_with_the_cache_of_its_templates(tmp_path: Path):
    for name, content in legal_files().items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(content)
    templates = open_pack(tmp_path / "prediction", templates_of(CHALLENGE.task))
    assert templates.keys() == TEMPLATES.keys()
    packed = shutil.make_archive(str(tmp_path / "predictions"), "zip", tmp_path, "prediction")
    verdict = read(Path(packed), TEMPLATES, CHALLENGE)
    assert verdict.accepted
    assert verdict.notes == ("ignored: prediction/.pack",)


def test_a_long_list_of_extras_is_cut():
    verdict = verdict_on({**legal_files(), **{f"__MACOSX/{number}": b"" for number in range(8)}})
    assert verdict.notes[0].endswith("__MACOSX/4 and 3 more")


def test_a_missing_recording_is_refused_by_name():
    files = legal_files()
    del files[f"prediction/{SECOND}.csv"]
    verdict = verdict_on(files)
    assert str(*verdict.faults) == f"prediction/{SECOND}.csv: expected this file in the zip, found none"


@pytest.mark.parametrize("name", ["prediction/id99999999.csv", "prediction/readme.txt", "report.pdf", "a/b/c.csv"])
def test_an_unknown_file_is_refused_by_name(name: str):
    assert places_of(verdict_on({**legal_files(), name: b"x"})) == [(name, None, None)]


@pytest.mark.parametrize(
    ("around", "found"),
    [
        ("submission/prediction", "4 of them in submission/prediction/"),
        ("submission", "4 of them in submission/"),
        ("", "4 of them outside any folder"),
        ("Prediction", "4 of them in Prediction/"),
        ("predictions", "4 of them in predictions/"),
        (".", "4 of them in ./"),
        ("prediction/prediction", "4 of them in prediction/prediction/"),
    ],
)
def test_another_folder_is_named_once_with_what_was_expected(around: str, found: str):
    files = {name.replace("prediction", around, 1).removeprefix("/"): text for name, text in legal_files().items()}
    (fault,) = verdict_on(files).faults
    assert fault.expected == "the files in a folder prediction/ at the top of the zip, with no folder around it"
    assert fault.found == found


def test_backslashes_between_folder_and_file_are_named():
    (fault,) = verdict_on({name.replace("/", "\\"): text for name, text in legal_files().items()}).faults
    assert fault.found == "4 of them with backslashes in their names"


def test_another_spelling_of_a_name_is_refused_with_the_right_one():
    files = {name.replace(FIRST, FIRST.upper()): text for name, text in legal_files().items()}
    (fault,) = verdict_on(files).faults
    assert (fault.file, fault.expected) == (f"prediction/{FIRST.upper()}.csv", f"the name prediction/{FIRST}.csv")


def test_names_that_differ_in_case_alone_are_two_files():
    verdict = verdict_on({**legal_files(), f"prediction/{FIRST}.CSV": b""})
    assert places_of(verdict) == [(f"prediction/{FIRST}.CSV", None, None)]


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_two_files_of_the_same_name_are_refused():
    (fault,) = verdict_on([*legal_files().items(), *legal_files().items()][:5]).faults
    assert (fault.file, fault.expected, fault.found) == (f"prediction/{FIRST}.csv", "one file of this name", "2")


@pytest.mark.parametrize(
    "name", ["../x.csv", "prediction/../../x.csv", "/etc/passwd", "C:/x.csv", "..\\x.csv", "__MACOSX/../../x", "\\x"]
)
def test_a_path_that_leads_out_of_the_zip_is_refused(name: str):
    (fault,) = verdict_on({**legal_files(), name: b"x"}).faults
    assert (fault.file, fault.expected) == (name, "a path inside the zip")


@pytest.mark.parametrize("kind", [stat.S_IFLNK, stat.S_IFIFO, stat.S_IFCHR, stat.S_IFBLK, stat.S_IFSOCK, stat.S_IFDIR])
@pytest.mark.parametrize("name", [f"prediction/{FIRST}.csv", "__MACOSX/link"])
def test_a_link_or_a_device_is_refused(kind: int, name: str):
    link = zipfile.ZipInfo(name)
    link.create_system = 3
    link.external_attr = (kind | 0o777) << 16
    (fault,) = verdict_on(
        [*((other, text) for other, text in legal_files().items() if other != name), (link, b"/etc")]
    ).faults
    assert (fault.file, fault.found) == (name, "a link or a device")


def with_flag(content: bytes, flag: int, method: int = zipfile.ZIP_DEFLATED) -> io.BytesIO:
    """The zip with a flag and a method set in every header."""
    for signature, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        first, *parts = content.split(signature)
        changed = [
            part[: at - 4] + bytes([part[at - 4] | flag, part[at - 3]]) + method.to_bytes(2, "little") + part[at:]
            for part in parts
        ]
        content = signature.join([first, *changed])
    return io.BytesIO(content)


def test_an_encrypted_zip_is_refused_with_one_sentence():
    verdict = read(with_flag(zipped(legal_files()).getvalue(), 1), TEMPLATES, CHALLENGE)
    (fault,) = verdict.faults
    assert (fault.expected, fault.found) == ("a file without a password", "an encrypted file (and 3 more of them)")


@pytest.mark.parametrize("method", [1, 6, 9, 12, 14, 93, 99])
def test_an_uncommon_compression_is_refused(method: int):
    verdict = read(with_flag(zipped(legal_files()).getvalue(), 0, method), TEMPLATES, CHALLENGE)
    (fault,) = verdict.faults
    assert fault.expected == "a file that is stored or deflated"


def test_a_broken_zip_is_refused_as_a_whole():
    verdict = read(io.BytesIO(zipped(legal_files()).getvalue()[:-30]), TEMPLATES, CHALLENGE)
    assert places_of(verdict) == [(WHOLE_ZIP, None, None)]


def test_a_broken_file_is_refused_and_the_others_are_still_checked():
    files = legal_files()
    files[f"prediction/{SECOND}.csv"] = content_of(rows_of(TEMPLATES[SECOND])[:-1])
    content = bytearray(zipped(files).getvalue())
    content[content.index(b".csv") + 10] ^= 0xFF
    places = places_of(read(io.BytesIO(content), TEMPLATES, CHALLENGE))
    assert places == [(f"prediction/{FIRST}.csv", None, None), (f"prediction/{SECOND}.csv", 5, None)]


def test_a_file_far_too_large_for_its_frames_is_refused_unread():
    files = legal_files()
    files[f"prediction/{FIRST}.csv"] += b"\n" * 2000
    (fault,) = verdict_on(files).faults
    assert (fault.file, fault.row) == (f"prediction/{FIRST}.csv", None)
    assert fault.expected == "at most 798 bytes for 3 rows"


def test_every_fault_of_every_file_is_named():
    files = legal_files()
    names = list(files)
    files[names[0]] = files[names[0]].replace(b",1,", b",2,")
    files[names[1]] = files[names[1]].replace(HEADER.encode(), b"Time")
    del files[names[2]]
    places = places_of(verdict_on(files))
    assert places == [
        (names[2], None, None),
        *((names[0], row, "Disgust") for row in (2, 3, 4)),
        (names[1], 1, "Anger"),
    ]


def test_very_many_faults_are_cut_with_each_file_named_before_any_is_named_twice():
    templates = {f"id{number:08x}": np.arange(50) / 100 for number in range(40)}
    files = {f"prediction/{name}.csv": content_of(rows_of(times + 1)) for name, times in templates.items()}
    verdict = read(zipped(files), templates, CHALLENGE)
    assert len(verdict.faults) == MAX_FAULTS
    assert len({fault.file for fault in verdict.faults[:40]}) == 40
    assert verdict.notes == ("not listed: 300 further faults", "not listed: 1,600 further rows with faults")


def test_names_with_control_characters_are_shown_escaped_and_cut():
    for fault in verdict_on({**legal_files(), "\x1b[31m\n" + "x" * 5000: b""}).faults:
        assert str(fault).isprintable()
        assert len(str(fault)) < 300


def test_a_fault_is_told_in_one_sentence_and_as_json():
    files = legal_files()
    files[f"prediction/{FIRST}.csv"] = files[f"prediction/{FIRST}.csv"].replace(b"\n0.01,0,", b"\n0.01,nan,")
    (fault,) = verdict_on(files).faults
    assert str(fault) == f"prediction/{FIRST}.csv, row 3, column Anger: expected 0 or 1, found 'nan'"
    assert fault.to_dict() == {
        "file": f"prediction/{FIRST}.csv",
        "row": 3,
        "column": "Anger",
        "expected": "0 or 1",
        "found": "'nan'",
    }


def test_another_challenge_has_its_own_folder_and_limits():
    limits = CHALLENGE.submission.model_copy(update={"folder": "answers", "max_entries": 4, "max_zip_bytes": 5000})
    challenge = CHALLENGE.model_copy(update={"submission": limits})
    files = {name.replace("prediction", "answers"): text for name, text in legal_files().items()}
    assert read(zipped(files), TEMPLATES, challenge).accepted
    assert places_of(read(zipped({**files, "more": b""}), TEMPLATES, challenge)) == [(WHOLE_ZIP, None, None)]


def test_no_templates_are_an_error_of_the_caller():
    with pytest.raises(ValueError, match="at least one recording"):
        submission.read(zipped({}), {}, CHALLENGE)


LEGAL_ZIP = zipped(legal_files()).getvalue()


@given(
    st.lists(st.tuples(st.integers(0, len(LEGAL_ZIP) - 1), st.binary(min_size=1, max_size=6)), min_size=1, max_size=5)
)
@settings(max_examples=400, deadline=None)
def test_a_zip_with_any_bytes_changed_is_judged_and_nothing_is_raised(changes: list[tuple[int, bytes]]):
    content = LEGAL_ZIP
    for at, noise in changes:
        content = content[:at] + noise + content[at + len(noise) :]
    verdict = read(io.BytesIO(content), TEMPLATES, CHALLENGE)
    if verdict.accepted:
        # Bytes that say nothing of the predictions: dates, versions, attributes.
        assert {name: labels.tolist() for name, labels in verdict.predictions.items()} == {
            name: [2] * len(times) for name, times in TEMPLATES.items()
        }


@given(st.binary(max_size=200))
def test_any_bytes_that_are_no_zip_are_refused(content: bytes):
    assert not read(io.BytesIO(content), TEMPLATES, CHALLENGE).accepted


@given(st.data())
@settings(deadline=None)
def test_any_single_change_of_a_row_is_refused_in_this_file_and_row(data: st.DataObject):
    name = data.draw(st.sampled_from(sorted(TEMPLATES)))
    rows = [row.split(",") for row in rows_of(TEMPLATES[name])]
    row, column = data.draw(st.integers(0, len(rows) - 1)), data.draw(st.integers(0, 6))
    change = data.draw(st.sampled_from(["a value", "row left out", "row repeated", "column left out"]))
    if change == "a value":
        rows[row][column] = {"0": "1", "1": "0"}[rows[row][column]] if column else repr(float(rows[row][0]) + 2e-6)
    elif change == "row left out":
        del rows[row]
    elif change == "row repeated":
        rows.insert(row, rows[row])
    else:
        del rows[row][column]
    files = {**legal_files(), f"prediction/{name}.csv": content_of([",".join(fields) for fields in rows])}
    fault = verdict_on(files).faults[0]
    assert (fault.file, fault.row) == (f"prediction/{name}.csv", row + 2 + (change == "row repeated"))
