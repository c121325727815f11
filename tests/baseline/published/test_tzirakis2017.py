"""The tables of the end-to-end paper are told as they are printed, and each of their variants has settings."""

from __future__ import annotations

from baseline.published.tzirakis2017 import TABLES
from baseline.system import Size
from baseline.systems.end_to_end import SYSTEM


def test_figures_are_the_papers() -> None:
    figures = {
        (table.name, one.variant, one.figure.removesuffix(".concordance_cc")): one.value
        for table in TABLES
        for one in table.figures
    }

    assert len(figures) == 2 * (6 + 2 + 1 + 1 + 1)
    assert figures["sequence_lengths", "speech:150", "arousal"] == 0.744
    assert figures["sequence_lengths", "face:300", "valence"] == 0.496
    assert figures["speech", "speech:mse", "valence"] == 0.249
    assert figures["speech", "speech", "arousal"] == 0.699
    assert figures["speech_challenge", "speech", "arousal"] == 0.715
    assert figures["face_challenge", "face", "valence"] == 0.620
    assert figures["multimodal", "audiovisual", "arousal"] == 0.714


def test_every_variant_has_settings_that_fit_each_other() -> None:
    for size in Size:
        for table in TABLES:
            for variant in table.variants:
                SYSTEM.settings(size, variant).check(rate=25)
