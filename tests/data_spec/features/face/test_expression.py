from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from data_spec.features.face.expression import LAST_ACTIVATIONS, ExpressionNetwork, gray_crop
from data_spec.features.networks import Network
from data_spec.features.packages import model_file
from tests.data_spec.features.face.astronaut import FIVE, astronaut, face_of, packages_are_there

pytestmark = packages_are_there
HAPPY = 3


@pytest.fixture(scope="module")
def network() -> ExpressionNetwork:
    return ExpressionNetwork()


def test_a_face_is_512_values_and_the_same_each_time(network: ExpressionNetwork) -> None:
    pixels, face = astronaut()
    values = network.embed(pixels, face)
    assert values.shape == (network.features,) == (512,)
    assert values.dtype == np.float32
    assert values.std() > 0.1
    np.testing.assert_array_equal(network.embed(pixels, face), values)
    np.testing.assert_array_equal(ExpressionNetwork().embed(pixels, face), values)


def test_the_quarters_of_the_face_come_upper_ones_first_and_left_before_right(network: ExpressionNetwork) -> None:
    pixels, face = astronaut()
    (activations,) = Network(model_file("fer", "data", "emotion_model_quantized.tflite"), LAST_ACTIVATIONS)(
        gray_crop(pixels, face)
    )
    values = network.embed(pixels, face)
    for number, (rows, columns) in enumerate([(slice(2), slice(2)), (slice(2), slice(2, 4)), (slice(2, 4), slice(2))]):
        expected = activations[0, rows, columns].mean(axis=(0, 1))
        np.testing.assert_allclose(values[128 * number : 128 * (number + 1)], expected, rtol=1e-5, atol=1e-6)


def test_the_activations_are_what_the_seven_expressions_are_computed_from() -> None:
    """The class convolution, done by hand on the inner tensor, gives what the network answers with its delegates."""
    path = model_file("fer", "data", "emotion_model_quantized.tflite")
    kernel, bias = class_convolution(path)
    pixels, face = astronaut()
    for brightness in (1.0, 0.5, 0.2):
        crop = gray_crop((pixels * brightness).astype(np.uint8), face)
        (activations,) = Network(path, LAST_ACTIVATIONS)(crop)
        padded = np.pad(activations[0], ((1, 1), (1, 1), (0, 0)))
        cells = [
            np.einsum("rci,orci->o", padded[row : row + 3, column : column + 3], kernel) + bias
            for row in range(4)
            for column in range(4)
        ]
        scores = np.mean(cells, axis=0)
        (answer,) = Network(path)(crop)
        # The kernels are stored in 8 bits, and each interpreter also rounds what it multiplies them with.
        np.testing.assert_allclose(np.exp(scores) / np.exp(scores).sum(), answer[0], atol=0.02)


def class_convolution(path: Path) -> tuple[np.ndarray, np.ndarray]:
    """The kernel, shape (7, 3, 3, 128), and the bias of the convolution to the seven expressions."""
    from ai_edge_litert.interpreter import Interpreter, OpResolverType

    plain = OpResolverType.BUILTIN_WITHOUT_DEFAULT_DELEGATES
    interpreter = Interpreter(str(path), experimental_op_resolver_type=plain)
    interpreter.allocate_tensors()
    kernel, bias = None, None
    for one in interpreter.get_tensor_details():
        if tuple(one["shape"]) == (7, 3, 3, 128):
            steps = one["quantization_parameters"]["scales"][:, None, None, None]
            kernel = interpreter.get_tensor(one["index"]) * steps
        elif tuple(one["shape"]) == (7,) and one["name"].startswith("arith"):
            bias = interpreter.get_tensor(one["index"])
    assert kernel is not None
    assert bias is not None
    return kernel, bias


def test_a_smile_is_happy_to_the_network_and_a_wrong_crop_is_less_so() -> None:
    network = Network(model_file("fer", "data", "emotion_model_quantized.tflite"))
    pixels, face = astronaut()
    (answer,) = network(gray_crop(pixels, face))
    assert answer[0].argmax() == HAPPY
    assert answer[0, HAPPY] > 0.95
    (elsewhere,) = network(gray_crop(pixels, face_of([(x + 150, y + 150) for x, y in FIVE])))
    assert elsewhere[0, HAPPY] < 0.9


def test_the_crop_is_gray_from_minus_1_to_1() -> None:
    pixels, face = astronaut()
    for value, expected in ((0, -1.0), (255, 1.0)):
        assert (gray_crop(np.full_like(pixels, value), face) == expected).all()
    assert gray_crop(pixels, face).shape == (64, 64)
