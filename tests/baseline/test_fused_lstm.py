"""The fused LSTM layer is Keras' in all but speed."""

import sys

import keras
import numpy as np
import pytest
import tensorflow as tf
from keras import layers

from baseline.fused_lstm import LSTM, Bidirectional

BATCH, FRAMES, FEATURES, UNITS = 5, 23, 7, 6


@pytest.fixture
def calls(monkeypatch):
    """How often TensorFlow's operation was taken, and how often Keras' own way."""
    counted = {"operation": 0, "keras": 0}
    operation, keras_way = tf.raw_ops.BlockLSTMV2, keras.layers.LSTM.inner_loop

    def count_operation(**kwargs):
        counted["operation"] += 1
        return operation(**kwargs)

    def count_keras(self, *args, **kwargs):
        counted["keras"] += 1
        return keras_way(self, *args, **kwargs)

    monkeypatch.setattr(tf.raw_ops, "BlockLSTMV2", count_operation)
    monkeypatch.setattr(keras.layers.LSTM, "inner_loop", count_keras)
    return counted


def frames_of(seed=0, shape=(BATCH, FRAMES, FEATURES)):
    return tf.constant(np.random.default_rng(seed).normal(size=shape), tf.float32)


def with_weights_of(layer, stock):
    """A built layer with weights that are no initial ones: biases too are random."""
    rng = np.random.default_rng(1)
    for one in (stock, layer):
        one.build((None, FRAMES, FEATURES))
    stock.set_weights([rng.normal(size=weight.shape, scale=0.4) for weight in stock.get_weights()])
    layer.set_weights(stock.get_weights())
    return layer, stock


def outputs_and_gradients(layer, frames, weight, **kwargs):
    """Outputs, then the gradients of a weighted sum of them: by the frames, and by each of the layer's weights."""
    with tf.GradientTape() as tape:
        tape.watch(frames)
        outputs = layer(frames, **kwargs)
        loss = tf.reduce_sum(outputs * weight)
    gradients = tape.gradient(loss, [frames, *[one.value for one in layer.trainable_variables]])
    return outputs, gradients


def assert_same(layer, stock, **kwargs):
    frames = frames_of()
    weight = frames_of(seed=2, shape=stock(frames, **kwargs).shape)
    outputs, gradients = outputs_and_gradients(layer, frames, weight, **kwargs)
    expected_outputs, expected_gradients = outputs_and_gradients(stock, frames, weight, **kwargs)
    np.testing.assert_allclose(outputs, expected_outputs, atol=1e-5)
    assert len(gradients) == len(expected_gradients)
    for one, expected in zip(gradients, expected_gradients, strict=True):
        np.testing.assert_allclose(one, expected, rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("return_sequences", [False, True])
@pytest.mark.parametrize("go_backwards", [False, True])
def test_outputs_and_all_gradients_are_those_of_keras(calls, return_sequences, go_backwards):
    chosen = {"return_sequences": return_sequences, "go_backwards": go_backwards}
    assert_same(*with_weights_of(LSTM(UNITS, **chosen), layers.LSTM(UNITS, **chosen)))
    assert calls == {"operation": 1, "keras": 2}


@pytest.mark.parametrize("return_sequences", [False, True])
@pytest.mark.parametrize("both", [layers.Bidirectional, Bidirectional])
def test_both_directions_are_those_of_keras(calls, return_sequences, both):
    fused = both(LSTM(UNITS, return_sequences=return_sequences))
    stock = layers.Bidirectional(layers.LSTM(UNITS, return_sequences=return_sequences))
    assert_same(*with_weights_of(fused, stock))
    assert calls == {"operation": 2, "keras": 4}


@pytest.mark.parametrize(("chosen", "merge_mode"), [({}, "sum"), ({"dropout": 0.5}, "concat")], ids=str)
def test_other_ways_of_both_directions_are_those_of_keras(chosen, merge_mode):
    fused = Bidirectional(LSTM(UNITS, **chosen), merge_mode=merge_mode)
    stock = layers.Bidirectional(layers.LSTM(UNITS, **chosen), merge_mode=merge_mode)
    with_weights_of(fused, stock)
    np.testing.assert_allclose(fused(frames_of()), stock(frames_of()), atol=1e-5)


def test_both_directions_heed_a_mask_and_a_state_as_keras_does():
    fused, stock = with_weights_of(Bidirectional(LSTM(UNITS)), layers.Bidirectional(layers.LSTM(UNITS)))
    mask = np.arange(FRAMES)[None] < np.array([[3], [23], [1], [7], [20]])
    state = [frames_of(seed, (BATCH, UNITS)) for seed in range(3, 7)]
    for chosen in ({"mask": mask}, {"initial_state": state}):
        np.testing.assert_allclose(fused(frames_of(), **chosen), stock(frames_of(), **chosen), atol=1e-5)


def test_it_begins_with_a_state_that_is_given(calls):
    state = [frames_of(seed, (BATCH, UNITS)) for seed in (3, 4)]
    assert_same(*with_weights_of(LSTM(UNITS), layers.LSTM(UNITS)), initial_state=state)
    assert calls["operation"] == 1


def test_the_gradient_by_a_state_that_is_given_is_that_of_keras():
    frames, state = frames_of(), [frames_of(seed, (BATCH, UNITS)) for seed in (3, 4)]
    found = []
    for layer in with_weights_of(LSTM(UNITS), layers.LSTM(UNITS)):
        with tf.GradientTape() as tape:
            tape.watch(state)
            loss = tf.reduce_sum(layer(frames, initial_state=state) ** 2)
        found.append(tape.gradient(loss, state))
    np.testing.assert_allclose(found[0], found[1], rtol=1e-4, atol=1e-4)


def test_a_trained_step_is_that_of_keras():
    """In a graph, with numbers of frames and of examples that are not known beforehand."""
    frames, target = frames_of(), frames_of(seed=5, shape=(BATCH, 2 * UNITS))
    after = []
    for both, kind in ((layers.Bidirectional, layers.LSTM), (Bidirectional, LSTM)):
        keras.utils.set_random_seed(0)
        model = keras.Sequential(
            [
                keras.Input((None, FEATURES)),
                both(kind(UNITS, return_sequences=True)),
                both(kind(UNITS)),
            ]
        )
        model.compile(keras.optimizers.SGD(0.1), loss="mse")
        model.fit(frames, target, batch_size=BATCH, verbose=0)
        after.append(model.get_weights())
    for stock, fused in zip(*after, strict=True):
        np.testing.assert_allclose(fused, stock, atol=1e-5)


@pytest.mark.parametrize(
    "chosen",
    [
        {"dropout": 0.5},
        {"recurrent_dropout": 0.5},
        {"activation": "relu"},
        {"recurrent_activation": "hard_sigmoid"},
        {"use_bias": False},
        {"unroll": True},
        {"return_state": True},
        {"dtype": "float64"},
    ],
    ids=str,
)
def test_what_the_operation_cannot_do_goes_keras_way(calls, chosen):
    layer, stock = with_weights_of(LSTM(UNITS, **chosen), layers.LSTM(UNITS, **chosen))
    outputs, expected = layer(frames_of()), stock(frames_of())
    tf.nest.map_structure(np.testing.assert_array_equal, outputs, expected)
    assert calls == {"operation": 0, "keras": 2}


def test_a_masked_frame_goes_keras_way(calls):
    layer, stock = with_weights_of(LSTM(UNITS), layers.LSTM(UNITS))
    mask = np.arange(FRAMES)[None] < np.array([[3], [23], [1], [7], [20]])
    np.testing.assert_array_equal(layer(frames_of(), mask=mask), stock(frames_of(), mask=mask))
    assert calls == {"operation": 0, "keras": 2}


def test_where_there_is_a_gpu_keras_chooses_cudnn(calls, monkeypatch):
    """A GPU that is listed and not there: Keras' own layer asks for cuDNN, fails to find it, and goes on without."""
    asked = []
    monkeypatch.setattr(tf.config, "list_logical_devices", lambda kind=None: ["/device:GPU:0"])

    def no_device(*args, **kwargs):
        asked.append(args)
        raise tf.errors.NotFoundError(None, None, "no such device")

    # Its package has a function of the same name as this module.
    monkeypatch.setattr(sys.modules["keras.src.backend.tensorflow.rnn"], "_cudnn_lstm", no_device)
    layer, stock = with_weights_of(LSTM(UNITS), layers.LSTM(UNITS))
    np.testing.assert_array_equal(layer(frames_of()), stock(frames_of()))
    assert len(asked) == 2
    assert calls == {"operation": 0, "keras": 2}


def model_of(kind):
    """One direction, then both."""
    inputs = keras.Input((FRAMES, FEATURES))
    both = Bidirectional if kind is LSTM else layers.Bidirectional
    alive = kind(UNITS)
    first = kind(UNITS, return_sequences=True)(inputs)
    return keras.Model(inputs, both(alive)(first))


def test_a_saved_model_comes_back_with_this_layer(tmp_path, calls):
    model = model_of(LSTM)
    model.save(tmp_path / "model.keras")
    again = keras.saving.load_model(tmp_path / "model.keras")
    calls.update(operation=0, keras=0)
    np.testing.assert_array_equal(again(frames_of()), model(frames_of()))
    assert calls == {"operation": 6, "keras": 0}


def test_a_model_that_was_saved_with_keras_own_layer_comes_back_with_it(tmp_path, calls):
    model = model_of(layers.LSTM)
    model.save(tmp_path / "model.keras")
    again = keras.saving.load_model(tmp_path / "model.keras")
    np.testing.assert_array_equal(again(frames_of()), model(frames_of()))
    assert calls["operation"] == 0


@pytest.mark.parametrize(("of", "into"), [(LSTM, layers.LSTM), (layers.LSTM, LSTM)])
def test_a_file_of_weights_fits_either_layer(tmp_path, of, into):
    model, other = model_of(of), model_of(into)
    model.save_weights(tmp_path / "model.weights.h5")
    other.load_weights(tmp_path / "model.weights.h5")
    for one, expected in zip(other.get_weights(), model.get_weights(), strict=True):
        np.testing.assert_array_equal(one, expected)
    np.testing.assert_allclose(other(frames_of()), model(frames_of()), atol=1e-5)


def test_an_example_is_predicted_alike_in_every_batch():
    """To within rounding: which examples share a batch decides nothing."""
    layer, _ = with_weights_of(LSTM(UNITS), layers.LSTM(UNITS))
    frames = frames_of(shape=(64, FRAMES, FEATURES))
    whole = np.asarray(layer(frames))
    for size in (1, 7, 32):
        pieces = [np.asarray(layer(frames[start : start + size])) for start in range(0, 64, size)]
        np.testing.assert_allclose(np.concatenate(pieces), whole, atol=1e-6)
