"""The naive baseline is the one that the overview describes."""

import keras
import numpy as np
import pytest

from baseline.fused_lstm import LSTM
from baseline.systems import decision_fusion
from baseline.systems.decision_fusion import MODALITIES, SYSTEM, DecisionFusion

ALL = ["audio", "face", "eyes", "kinect"]


@pytest.fixture(scope="module")
def model(merc2017):
    keras.utils.set_random_seed(0)
    return DecisionFusion(merc2017, ALL)


def test_each_branch_takes_4_seconds_and_gives_a_vector_of_200(model):
    frames = {"audio": (400, 36), "face": (200, 100), "eyes": (200, 6), "kinect": (60, 27)}
    for name, shape in frames.items():
        assert model.input[name].shape == (None, *shape)
        assert model.get_layer(f"{name}_lstm_1").output.shape == (None, shape[0], 200)
        assert model.get_layer(f"{name}_lstm_2").output.shape == (None, 200)


def test_four_vectors_are_concatenated_and_two_dense_layers_give_six_probabilities(model):
    assert model.get_layer("dense").input.shape == (None, 800)
    assert model.get_layer("dense").output.shape == (None, 100)
    assert model.output.shape == (None, 6)
    assert model.get_layer("label").activation is keras.activations.softmax


def test_parameters_are_those_of_two_bidirectional_lstms_a_branch(model):
    def bidirectional(inputs, units=100):
        return 2 * 4 * units * (inputs + units + 1)

    branches = sum(bidirectional(features) + bidirectional(200) + 2 * features for features in (36, 100, 6, 27))
    assert model.count_params() == branches + (800 * 100 + 100) + (100 * 6 + 6)


def test_a_single_modality_needs_no_concatenation(merc2017):
    model = DecisionFusion(merc2017, ["eyes"])
    assert model.get_layer("dense").input.shape == (None, 200)


def test_a_saved_model_carries_its_challenge_and_predicts_the_same(tmp_path, merc2017):
    model = DecisionFusion(merc2017, ["kinect", "eyes"], units=4, dense_units=5)
    rng = np.random.default_rng(0)
    inputs = {"kinect": rng.normal(size=(3, 60, 27)), "eyes": rng.normal(size=(3, 200, 6))}
    model.get_layer("kinect_standardized").adapt(inputs["kinect"])
    model.save(tmp_path / "model.keras")
    again = keras.saving.load_model(tmp_path / "model.keras")
    assert again.modalities == ("kinect", "eyes")
    assert again.challenge == merc2017.model_copy(update={"synthetic": None})
    np.testing.assert_array_equal(np.asarray(again(inputs)), np.asarray(model(inputs)))


def test_a_model_that_was_saved_with_keras_own_layers_predicts_the_same(tmp_path, merc2017, monkeypatch):
    """As all were before the layers were fused: the configuration names none of them, and the weights fit."""
    with monkeypatch.context() as before:
        for name, stock in [("LSTM", "LSTM"), ("Bidirectional", "Bidirectional"), ("JoinedBranches", "Concatenate")]:
            before.setattr(decision_fusion, name, getattr(keras.layers, stock))
        model = DecisionFusion(merc2017, ["kinect", "eyes"], units=4, dense_units=5)
    model.save(tmp_path / "model.keras")
    again = keras.saving.load_model(tmp_path / "model.keras")
    assert type(again.get_layer("kinect_lstm_1").forward_layer) is LSTM
    rng = np.random.default_rng(0)
    inputs = {"kinect": rng.normal(size=(3, 60, 27)), "eyes": rng.normal(size=(3, 200, 6))}
    np.testing.assert_allclose(np.asarray(again(inputs)), np.asarray(model(inputs)), atol=1e-5)


@pytest.mark.slow
def test_a_saved_model_loads_every_time(tmp_path, merc2017):
    """Keras confused layers in one load of fifteen, when memory of a layer was given to a later one."""
    DecisionFusion(merc2017, ALL, units=2, dense_units=2).save(tmp_path / "model.keras")
    for _ in range(30):
        keras.saving.load_model(tmp_path / "model.keras")


def test_its_variants_are_all_modalities_and_each_alone(merc2017):
    assert SYSTEM.variants(merc2017) == ("all", *ALL)


def test_its_table_has_the_figures_of_the_overview(merc2017):
    published = {"all": merc2017.baseline.score, **merc2017.baseline.single_modalities}
    assert {one.variant: one.value for one in MODALITIES.figures} == published
    assert SYSTEM.challenge == merc2017.name
