"""Table 3 of Vidal et al. 2020."""

import numpy as np

from baseline.published.vidal2020 import TABLE_3
from data_spec.challenge import load_challenge
from data_spec.stream import Labels
from scorer.scoring import score


def test_all_of_table_3_is_one_table():
    assert len(TABLE_3.figures) == 7 * 3
    modalities = {"speech", "face", "audiovisual"}
    assert set(TABLE_3.variants) == modalities | {f"{modality}:5_classes" for modality in modalities}
    told = {(one.variant, one.figure): one.value for one in TABLE_3.figures}
    assert told["audiovisual", "valence.concordance_cc"] == 0.3453
    assert told["face:5_classes", "5_classes.micro_f1"] == 0.3494
    assert told["speech", "macro_f1"] == 0.1629


def test_the_scorer_tells_every_figure_of_it():
    task = load_challenge("mspface").task
    labels = {
        f"clip_{label}": Labels(
            np.zeros(1), np.array([label], dtype=np.int8), np.ones(1), np.full((1, 3), 1.0 + label % 6)
        )
        for label in range(8)
    }
    predictions = {name: np.ones((1, len(task.columns) - 1)) for name in labels}
    report = score(predictions, labels, task, resamples=2)
    assert all(report.figure(one.figure) is not None for one in TABLE_3.figures)
