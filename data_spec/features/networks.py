"""Small networks in `.tflite` files, run by LiteRT: the interpreter of these files, without TensorFlow."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from data_spec.features.packages import MissingPackageError

Array = NDArray[np.float32]

_STANDARD_ERROR = 2


class Network:
    """One network with one input. One thread each: recordings run side by side, in processes of their own.

    Args:
        path: a `.tflite` file.
        tensor: the name of an inner tensor to give instead of the outputs.

    Attributes:
        input_shape: such as (1, 192, 192, 3).

    Raises:
        MissingPackageError: LiteRT is not installed.
        ValueError: the file is no such network, or has no tensor of that name.
    """

    def __init__(self, path: Path, tensor: str | None = None) -> None:
        try:
            # Imported here: the package is optional.
            from ai_edge_litert.interpreter import Interpreter, OpResolverType
        except ImportError as error:
            raise MissingPackageError.named("ai-edge-litert", "running the networks of faces and bodies") from error
        # An inner tensor keeps its values only where no delegate computes several layers as one.
        resolver = OpResolverType.AUTO if tensor is None else OpResolverType.BUILTIN_WITHOUT_DEFAULT_DELEGATES
        with _without_greeting():
            self._interpreter = Interpreter(
                str(path),
                num_threads=1,
                experimental_op_resolver_type=resolver,
                experimental_preserve_all_tensors=tensor is not None,
            )
            self._interpreter.allocate_tensors()
        (given,) = self._interpreter.get_input_details()
        self.input_shape: tuple[int, ...] = tuple(int(size) for size in given["shape"])
        self._input = given["index"]
        wanted = self._interpreter.get_output_details()
        if tensor is not None:
            wanted = [one for one in self._interpreter.get_tensor_details() if one["name"] == tensor]
            if len(wanted) != 1:
                raise ValueError(f"{path}: expected one tensor named {tensor!r}, found {len(wanted)}")
        self._outputs = [one["index"] for one in wanted]

    def __call__(self, given: Array) -> list[Array]:
        """The outputs for one input, of the shape that the network asks for."""
        self._interpreter.set_tensor(self._input, np.asarray(given, dtype=np.float32).reshape(self.input_shape))
        self._interpreter.invoke()
        return [self._interpreter.get_tensor(index) for index in self._outputs]


@contextmanager
def _without_greeting() -> Iterator[None]:
    """What LiteRT's native code writes to standard error is kept back: a line on its delegate, in every process.

    It has no setting for that. What goes wrong is raised as an exception.
    """
    sys.stderr.flush()
    before = os.dup(_STANDARD_ERROR)
    try:
        with open(os.devnull, "wb") as nowhere:
            os.dup2(nowhere.fileno(), _STANDARD_ERROR)
        yield
    finally:
        os.dup2(before, _STANDARD_ERROR)
        os.close(before)
