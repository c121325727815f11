"""The paper's tables agree with themselves."""

import numpy as np
import pytest

from baseline.published.williams2018 import BIMODAL, CHALLENGE, TRIMODAL, UNIMODAL

EMOTIONS = ("anger", "disgust", "fear", "happy", "sad", "surprise")


def test_the_overall_figures_of_table_5_are_the_means_of_its_columns():
    figures = {one.figure: one.value for one in CHALLENGE.figures}
    assert len(figures) == len(CHALLENGE.figures) == 3 + 6 * 4
    for name in ("mean_absolute_error", "binary_accuracy", "four_class_accuracy"):
        assert np.mean([figures[f"{emotion}.{name}"] for emotion in EMOTIONS]) == pytest.approx(figures[name], abs=5e-4)


def test_tables_2_to_4_have_three_networks_for_each_subset_of_one_two_and_three_modalities():
    assert [len(table.variants) for table in (UNIMODAL, BIMODAL, TRIMODAL)] == [9, 9, 3]


@pytest.mark.parametrize(
    ("table", "variant", "error"),
    [
        (UNIMODAL, "cnn:audio", 0.146),
        (UNIMODAL, "lstm:video", 0.146),
        (UNIMODAL, "blstm:text", 0.157),
        (BIMODAL, "blstm:audio+video", 0.135),
        (BIMODAL, "lstm:audio+text", 0.140),
        (BIMODAL, "blstm:text+video", 0.145),
        (TRIMODAL, "blstm:audio+text+video", 0.132),
    ],
)
def test_cells_stand_where_the_paper_has_them(table, variant, error):
    [found] = [one.value for one in table.figures if one.variant == variant]
    assert found == error


def test_more_modalities_have_smaller_errors_as_the_paper_concludes():
    single, pairs, every = (np.mean([one.value for one in table.figures]) for table in (UNIMODAL, BIMODAL, TRIMODAL))
    assert single > pairs > every
