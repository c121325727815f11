"""What a bundle is given: the same recordings, readable by anybody, and no label."""

from __future__ import annotations

import stat
from pathlib import Path

import numpy as np

from data_spec.challenge import find_challenge
from data_spec.corpus import RecordingFolder
from scorer.verification.inputs import write_inputs


def files_below(folder: Path) -> dict[str, bytes]:
    return {str(file.relative_to(folder)): file.read_bytes() for file in folder.rglob("*") if file.is_file()}


def test_the_recordings_are_there_byte_for_byte_with_the_challenge(folder: RecordingFolder, tmp_path: Path):
    inputs = write_inputs(folder, tmp_path / "input", ["finch", "wren"], disguised=False)
    found = files_below(tmp_path / "input")
    asked = {name: content for name, content in files_below(folder.path).items() if "tit" not in name}
    assert {name: content for name, content in found.items() if name != "challenge.yaml"} == asked
    assert find_challenge(inputs.folder.path) == folder.challenge
    assert inputs.recordings == {"finch": "finch", "wren": "wren"}


def test_labels_that_lie_beside_the_streams_stay_where_they_are(folder: RecordingFolder, tmp_path: Path):
    (folder.path / "labels").mkdir()
    (folder.path / "labels" / "finch.csv").write_text("secret")
    write_inputs(folder, tmp_path / "input", ["finch"], disguised=False)
    assert not any("labels" in name for name in files_below(tmp_path / "input"))


def test_a_missing_modality_stays_missing(folder: RecordingFolder, tmp_path: Path):
    inputs = write_inputs(folder, tmp_path / "input", ["wren"], disguised=True)
    assert [*inputs.folder.streams("camera")] == []
    assert len([*inputs.folder.streams("microphone")]) == 1


def test_in_disguise_streams_and_templates_move_together_and_values_stay(folder: RecordingFolder, tmp_path: Path):
    inputs = write_inputs(folder, tmp_path / "input", folder.recordings, disguised=True)
    assert set(inputs.recordings.values()) == {"finch", "tit", "wren"}
    assert not set(inputs.recordings) & {"finch", "tit", "wren"}
    for name, recording in inputs.recordings.items():
        shift = inputs.folder.templates[name] - folder.templates[recording]
        assert np.ptp(shift) < 1e-9
        assert round(float(shift[0])) >= 1
        for modality in ("microphone", "camera"):
            seen, known = inputs.folder.stream(modality, name), folder.stream(modality, recording)
            assert (seen is None) == (known is None)
            if seen is not None and known is not None:
                np.testing.assert_array_equal(seen.values, known.values)
                np.testing.assert_allclose(seen.times - known.times, shift[0], atol=1e-9)


def test_predictions_come_back_under_the_true_names(folder: RecordingFolder, tmp_path: Path):
    inputs = write_inputs(folder, tmp_path / "input", ["finch", "tit"], disguised=True)
    given = {name: np.array([number], dtype=np.int8) for number, name in enumerate(inputs.recordings)}
    assert inputs.in_truth(given).keys() == {"finch", "tit"}


def test_anybody_may_read_them_whatever_the_mode_of_their_source(folder: RecordingFolder, tmp_path: Path):
    for file in folder.path.rglob("*.csv"):
        file.chmod(0o600)
    write_inputs(folder, tmp_path / "input", folder.recordings, disguised=False)
    modes = {stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "input").rglob("*")}
    assert modes == {0o644, 0o755}
