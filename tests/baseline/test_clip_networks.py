"""The networks of Vidal et al. 2020, Table 2."""

import keras
import numpy as np
import pytest
from keras import layers

from baseline.clip_networks import ShownFrames, audiovisual_head, face_branch, joined, speech_branch, with_output
from baseline.clip_problems import Problem

ATTRIBUTES = Problem("attributes", (), (8, 9, 10))
CLASSES = Problem("5_classes", ("happiness", "anger", "neutral", "disgust", "sadness"), (2, 0, 7, 5, 1))
NOTHING = np.zeros(3)


def described(model):
    """Each layer of Table 2: dense layers with their size and activation, dropouts with their rate."""
    rows = []
    for layer in model.layers:
        if isinstance(layer, layers.Dense):
            rows.append((layer.units, layer.activation.__name__))
        elif isinstance(layer, layers.Dropout):
            rows.append(layer.rate)
        elif isinstance(layer, layers.LSTM):
            rows.append(("lstm", layer.units, layer.activation.__name__))
    return rows


def test_speech_has_the_layers_of_table_2():
    branch = speech_branch(6373)
    assert branch.input_shape == (None, 6373)
    assert described(branch) == [(256, "linear"), 0.3, (256, "relu"), 0.3, (256, "relu")]
    trained = sum(int(np.prod(weight.shape)) for weight in branch.trainable_weights)
    assert trained == (6373 + 1) * 256 + 2 * (256 + 1) * 256


def test_face_has_the_layers_of_table_2():
    branch = face_branch(1024)
    assert branch.input_shape == (None, None, 1024)
    assert described(branch) == [(512, "relu"), 0.5, (256, "relu"), 0.5, (128, "relu"), 0.5, ("lstm", 512, "tanh")]
    assert branch.output_shape == (None, 512)


def test_audiovisual_has_the_layers_of_table_2():
    head = audiovisual_head(256, 512)
    assert head.get_layer(index=2).output.shape == (None, 256 + 512)
    assert described(head) == [(256, "relu"), (256, "relu")]


def test_attributes_have_one_linear_output_each_and_classes_a_softmax():
    attributes = with_output(speech_branch(10), ATTRIBUTES, np.array([4.0, 3.0, 5.0]), np.array([1.0, 2.0, 0.5]))
    assert described(attributes) == [(3, "linear")]
    classes = with_output(speech_branch(10), CLASSES, NOTHING, NOTHING)
    assert described(classes) == [(5, "softmax")]
    assert classes.output_shape == (None, 5)


def test_attributes_are_told_in_their_own_unit():
    mean, deviation = np.array([4.0, 3.0, 5.0]), np.array([1.0, 2.0, 0.5])
    model = with_output(speech_branch(10), ATTRIBUTES, mean, deviation)
    functionals = {"speech": np.ones((2, 10), dtype=np.float32)}
    linear = keras.Model(model.inputs, model.get_layer("output").output)
    raw = np.asarray(linear([functionals["speech"]]))
    np.testing.assert_allclose(np.asarray(model(functionals)), raw * deviation + mean, rtol=1e-5)


def test_padding_at_the_end_changes_nothing():
    branch = face_branch(6, lstm_units=5)
    frames = np.random.default_rng(0).uniform(0.1, 1.0, (2, 7, 6)).astype(np.float32)
    frames[1, 4:] = 0.0
    longer = np.pad(frames, ((0, 0), (0, 3), (0, 0)))
    expected = np.asarray(branch(frames))
    np.testing.assert_allclose(np.asarray(branch(longer)), expected, rtol=1e-5)
    np.testing.assert_allclose(np.asarray(branch(frames[1:, :4])), expected[1:], rtol=1e-5)


def test_a_clip_without_a_face_is_shown_one_frame():
    frames = np.zeros((2, 3, 4), dtype=np.float32)
    frames[1, 1] = 1.0
    assert np.asarray(ShownFrames()(frames)).tolist() == [[True, False, False], [True, True, False]]
    assert np.isfinite(np.asarray(face_branch(4, lstm_units=3)(frames))).all()


@pytest.fixture(scope="module")
def audiovisual():
    keras.utils.set_random_seed(0)
    branches = {"speech": speech_branch(8, units=6), "face": face_branch(5, lstm_units=4)}
    head = with_output(audiovisual_head(6, 4, units=7), ATTRIBUTES, NOTHING, np.ones(3))
    return joined(branches, head), branches, head


INPUTS = {
    "speech": np.random.default_rng(0).normal(size=(6, 8)).astype(np.float32),
    "face": np.random.default_rng(1).normal(size=(6, 3, 5)).astype(np.float32),
}


def test_the_joined_model_is_the_head_upon_the_branches(audiovisual):
    model, branches, head = audiovisual
    vectors = {name: np.asarray(branch(INPUTS[name], training=False)) for name, branch in branches.items()}
    np.testing.assert_allclose(np.asarray(model(INPUTS)), np.asarray(head(vectors)), rtol=1e-5, atol=1e-6)


def test_in_training_the_branches_of_the_joined_model_do_not_change(audiovisual):
    model, branches, head = audiovisual
    before = {name: branch.get_weights() for name, branch in branches.items()}
    of_head = head.get_weights()
    model.compile(keras.optimizers.SGD(0.1), loss="mean_squared_error", run_eagerly=True)
    model.fit(INPUTS, np.ones((6, 3), dtype=np.float32), epochs=1, verbose=0)
    for name, weights in before.items():
        for one, other in zip(branches[name].get_weights(), weights, strict=True):
            np.testing.assert_array_equal(one, other)
    assert any((one != other).any() for one, other in zip(head.get_weights(), of_head, strict=True))
    assert {id(weight) for weight in model.trainable_variables} == {id(weight) for weight in head.trainable_variables}


def test_a_saved_joined_model_says_the_same(audiovisual, tmp_path):
    model, _, _ = audiovisual
    model.save(tmp_path / "model.keras")
    again = keras.saving.load_model(tmp_path / "model.keras")
    np.testing.assert_array_equal(np.asarray(again(INPUTS)), np.asarray(model(INPUTS)))
