from __future__ import annotations

import pytest

from data_spec.challenge import Challenge
from scorer.server.data_folder import DataFolder, DataFolderError, labels_version


def test_labels_that_were_changed_in_their_place_are_not_scored_with(data: DataFolder, challenge: Challenge) -> None:
    folder = data.recordings(challenge, "public").path
    version = labels_version(folder)
    assert data.recordings(challenge, "public", version).path == folder
    file = folder / "labels" / "id00000001.csv"
    file.write_text(file.read_text().replace(",1,", ",1.0,", 1))
    with pytest.raises(DataFolderError, match=f"expected labels of version {version}, found"):
        data.recordings(challenge, "public", version)


def test_what_macos_leaves_beside_labels_is_no_label(data: DataFolder, challenge: Challenge) -> None:
    folder = data.recordings(challenge, "public").path
    version = labels_version(folder)
    (folder / "labels" / "._id00000001.csv").write_bytes(b"\x00")
    assert labels_version(folder) == version
