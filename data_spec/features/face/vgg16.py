"""The embedding of the 2017 challenge: the last hidden layer of VGG16, with weights from a file that the user gives.

VGG16 (Simonyan & Zisserman 2015, configuration D) has thirteen convolutions and three fully connected layers; the
second of these gives 4096 values. No package brings the weights: Keras publishes those for ImageNet's 1000 classes,
the VGG group those for 2622 faces (Parkhi et al. 2015, "Deep Face Recognition").
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from data_spec.features.face.alignment import align
from data_spec.features.face.faces import Face
from data_spec.features.packages import MissingPackageError

SIZE: Final = 224
"""Width and height in pixels of the network's input."""

FACE_CLASSES: Final = 2622
"""The people that VGGFace was trained on: weights with as many outputs are its."""

IMAGENET_MEAN: Final = (103.939, 116.779, 123.68)
"""Blue, green, red; subtracted before the network, as `keras.applications.vgg16.preprocess_input` does."""

FACE_MEAN: Final = (93.5940, 104.7624, 129.1863)
"""The same for VGGFace's weights (keras-vggface, `utils.preprocess_input`, version 1)."""

_CONVOLUTIONS: Final = (64, 64, 128, 128, 256, 256, 256, 512, 512, 512, 512, 512, 512)
_NEEDS: Final = "the face embedding vgg16"


class Vgg16:
    """A face as the 4096 values of VGG16's second fully connected layer, after its ReLU.

    On two cores it takes about half a second a face. It loads TensorFlow: openSMILE cannot run in that process any more
    unless it was loaded first.

    Args:
        weights: HDF5 as Keras 2 wrote it: weights alone, or a whole model, of VGG16 with any number of classes.
            Layers are told by their order, so their names do not matter; fully connected layers may be written as
            convolutions.

    Attributes:
        classes: what the weights were trained to tell apart.

    Raises:
        ValueError: the file is none, or not of VGG16; names it and what was expected.
        MissingPackageError: Keras, TensorFlow, h5py or OpenCV is not installed.
    """

    name: Final = "vgg16"
    features: Final = 4096

    def __init__(self, weights: Path) -> None:
        arrays = read_weights(weights)
        try:
            # Imported here: TensorFlow takes seconds, and only this embedding needs it.
            import keras
        except ImportError as error:
            raise MissingPackageError.named("keras", _NEEDS) from error
        self.classes = len(arrays[-1])
        model = keras.applications.VGG16(weights=None, classes=self.classes)
        model.set_weights(arrays)
        self._network = keras.Model(model.inputs, model.get_layer("fc2").output)
        self._mean = np.array(input_mean(self.classes), dtype=np.float32)

    def embed(self, pixels: NDArray[np.uint8], face: Face) -> NDArray[np.float32]:
        """One face of one picture.

        Args:
            pixels: red, green, blue, shape (height, width, 3)
            face: a face in that picture.

        Returns:
            without unit, 0 or more, shape (4096,)
        """
        blue_first = align(pixels, face, SIZE)[None, :, :, ::-1].astype(np.float32) - self._mean
        return np.asarray(self._network.predict_on_batch(blue_first)[0], dtype=np.float32)


def input_mean(classes: int) -> tuple[float, float, float]:
    """Blue, green and red that are subtracted from the pixels, by what the weights tell apart: faces, or anything else.

    >>> input_mean(1000)
    (103.939, 116.779, 123.68)
    """
    return FACE_MEAN if classes == FACE_CLASSES else IMAGENET_MEAN


def read_weights(path: Path) -> list[NDArray[np.float32]]:
    """The kernel and the bias of each of the sixteen layers, as `keras.applications.VGG16` takes them.

    Raises:
        ValueError: the file is none, or not of VGG16; names it and what was expected.
        MissingPackageError: h5py is not installed.
    """
    try:
        # Imported here: it comes with Keras.
        import h5py
    except ImportError as error:
        raise MissingPackageError.named("h5py", _NEEDS) from error
    try:
        with h5py.File(path) as file:
            arrays = _layers(file.get("model_weights", file))
    except (OSError, KeyError, TypeError, ValueError, RuntimeError, AttributeError) as error:
        raise ValueError(f"{path}: expected the weights of VGG16 (HDF5), cannot be read: {error}") from error
    shapes = [(3, 3, came, gives) for came, gives in zip((3, *_CONVOLUTIONS), _CONVOLUTIONS, strict=False)]
    classes = arrays[-1].size if arrays else 0
    shapes_after = [(7 * 7 * 512, 4096), (4096, 4096), (4096, classes)]
    expected = [shape for kernel in (*shapes, *shapes_after) for shape in (kernel, kernel[-1:])]
    if len(arrays) != len(expected):
        layers = f"{len(expected)} arrays (kernel and bias of 16 layers)"
        raise ValueError(f"{path}: expected the weights of VGG16: {layers}, found {len(arrays)}")
    for number, (array, shape) in enumerate(zip(arrays, expected, strict=True)):
        is_written_as_convolution = array.ndim == 4 and len(shape) == 2
        is_fitting = array.shape[-1:] == shape[-1:] and array.size == np.prod(shape)
        if not is_fitting or (array.shape != shape and not is_written_as_convolution):
            what = f"{'bias' if number % 2 else 'kernel'} of layer {number // 2 + 1}"
            raise ValueError(f"{path}: {what}: expected the shape {shape} of VGG16, found {array.shape}")
        arrays[number] = array.reshape(shape)
    return arrays


def _layers(group: Any) -> list[NDArray[np.float32]]:
    """Every array of a file of weights, in the order of the layers and of the weights in each."""
    if "layer_names" not in group.attrs:
        raise ValueError("no list of layers (attribute 'layer_names') in it; from Keras 3, save the whole model as .h5")
    arrays = []
    for layer in group.attrs["layer_names"]:
        inner = group[layer]
        arrays += [np.asarray(inner[name], dtype=np.float32) for name in inner.attrs["weight_names"]]
    return arrays
