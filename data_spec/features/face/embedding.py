"""Embeddings: the networks that a face can be described with, by name."""

from __future__ import annotations

from pathlib import Path
from typing import Final, Protocol

import numpy as np
from numpy.typing import NDArray

from data_spec.features.face.expression import ExpressionNetwork
from data_spec.features.face.faces import Face
from data_spec.features.face.identity import IdentityNetwork
from data_spec.features.face.vgg16 import Vgg16

EMBEDDINGS: Final = ("expression", "identity", "vgg16")
"""The names of all, the default first."""


class Embedding(Protocol):
    """A network that describes a face by a row of numbers."""

    @property
    def name(self) -> str:
        """One of `EMBEDDINGS`."""
        ...

    @property
    def features(self) -> int:
        """How many numbers."""
        ...

    def embed(self, pixels: NDArray[np.uint8], face: Face) -> NDArray[np.float32]:
        """One face of one picture.

        Args:
            pixels: red, green, blue, shape (height, width, 3)
            face: a face in that picture.

        Returns:
            shape (features,)
        """
        ...


def open_embedding(name: str, weights: Path | None = None) -> Embedding:
    """An embedding with its network loaded.

    Args:
        name: one of `EMBEDDINGS`.
        weights: the file of VGG16's weights, which no package brings; none for the others, whose weights lie inside
            packages.

    Raises:
        ValueError: no such embedding, weights lack or are not asked for, or they do not fit.
        MissingPackageError: a package that it needs is not installed.
    """
    if name not in EMBEDDINGS:
        raise ValueError(f"embedding: expected one of {', '.join(EMBEDDINGS)}. Received: {name!r}")
    if name == "vgg16":
        if weights is None:
            raise ValueError(
                "embedding vgg16: expected a file of weights, such as Keras' "
                "vgg16_weights_tf_dim_ordering_tf_kernels.h5 or VGGFace's rcmalli_vggface_tf_vgg16.h5. Received: none"
            )
        return Vgg16(weights)
    if weights is not None:
        raise ValueError(f"embedding {name}: expected no file of weights, it brings its own. Received: {weights}")
    return ExpressionNetwork() if name == "expression" else IdentityNetwork()
