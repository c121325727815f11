"""What a modality may say of its files."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from data_spec.modality import Modality


def test_a_table_has_columns_and_csv_files():
    modality = Modality(name="audio", folder="audio", rate=100, features=36)
    assert modality.is_table
    assert modality.suffix == ".csv"


@pytest.mark.parametrize(
    ("form", "more", "suffix"),
    [("sound", {}, ".flac"), ("pictures", {"height": 96, "width": 96}, ".mp4")],
)
def test_sound_and_pictures_have_files_of_their_own(form: Any, more: dict[str, int], suffix: str):
    modality = Modality(name="raw", folder="raw", rate=25, form=form, **more)
    assert not modality.is_table
    assert modality.suffix == suffix


@pytest.mark.parametrize(
    "wrong",
    [
        {"features": 0},
        {"features": 3, "form": "sound"},
        {"form": "pictures"},
        {"form": "pictures", "height": 96},
        {"features": 3, "height": 96, "width": 96},
        {"form": "sound", "height": 96, "width": 96},
    ],
)
def test_columns_go_with_tables_and_sizes_with_pictures(wrong: dict[str, Any]):
    with pytest.raises(ValidationError, match="raw"):
        Modality(name="raw", folder="raw", rate=25, **wrong)
