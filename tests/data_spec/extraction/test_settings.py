from __future__ import annotations

from pathlib import Path

import pytest

from data_spec.challenge import Challenge, load_challenge
from data_spec.corpus import CorpusError
from data_spec.extraction.settings import Settings, modalities_for
from tests.data_spec.extraction.raw import touch_later


def with_modality(name: str, **changes: int) -> Challenge:
    merc = load_challenge("merc2017")
    modalities = [one.model_copy(update=changes if one.name == name else {}) for one in merc.modalities]
    return merc.model_copy(update={"modalities": tuple(modalities)})


def test_all_that_the_challenge_has_is_extracted_unless_less_is_asked() -> None:
    merc = load_challenge("merc2017")
    assert modalities_for(merc) == ("audio", "face", "eyes", "kinect")
    assert modalities_for(merc, ("kinect", "audio")) == ("audio", "kinect")


def test_a_modality_that_the_challenge_has_not_is_named() -> None:
    with pytest.raises(CorpusError, match=r"some of \['audio', 'face', 'eyes', 'kinect'\].* Received: \['pulse'\]"):
        modalities_for(load_challenge("merc2017"), ("audio", "pulse"))


def test_a_challenge_of_other_columns_or_rates_is_refused() -> None:
    with pytest.raises(CorpusError, match="'eyes' of 'merc2017' has 8 columns at 50 frames/s; what is extracted has 6"):
        modalities_for(with_modality("eyes", features=8))
    with pytest.raises(CorpusError, match=r"'face' of 'merc2017' has 100 columns at 25 frames/s; .* has 100 at 50"):
        modalities_for(with_modality("face", rate=25))


def test_a_face_has_as_many_columns_as_the_challenge_asks_for() -> None:
    assert "face" in modalities_for(with_modality("face", features=64))


def test_other_weights_under_the_same_name_are_other_settings(tmp_path: Path) -> None:
    weights = tmp_path / "weights.h5"
    weights.write_bytes(b"1")
    settings = Settings(("face",), "vgg16", weights)
    before = settings.as_json()
    touch_later(weights)
    assert settings.as_json() != before


def test_the_order_of_modalities_and_an_embedding_that_is_not_asked_for_make_no_difference() -> None:
    assert Settings(("eyes", "audio")).as_json() == Settings(("audio", "eyes"), "identity").as_json()
    assert Settings(("face",)).as_json() != Settings(("face",), "identity").as_json()
