from __future__ import annotations

import sys
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from data_spec.features.face.alignment import align
from data_spec.features.face.vgg16 import FACE_CLASSES, FACE_MEAN, Vgg16, input_mean, read_weights
from data_spec.features.packages import MissingPackageError
from tests.data_spec.features.face.astronaut import astronaut, packages_are_there

h5py = pytest.importorskip("h5py")
CONVOLUTIONS = (3, 64, 64, 128, 128, 256, 256, 256, 512, 512, 512, 512, 512, 512)
BLOCKS = 7 * 7 * 3


def write(path: Path, kernels: list[tuple[int, ...]], *, whole_model: bool = False) -> None:
    """A file of weights as Keras 2 wrote it; no kernel of it is filled, so it takes next to no room."""
    with h5py.File(path, "w") as file:
        group = file.create_group("model_weights") if whole_model else file
        # Names that are not in order, and a layer without weights, as in VGGFace's file.
        names = [f"{'zyxwvutsrqponmlkj'[number]}_layer" for number in range(len(kernels))] + ["softmax"]
        group.attrs["layer_names"] = np.array(names, dtype="S")
        group.create_group("softmax").attrs["weight_names"] = np.zeros(0, dtype="S1")
        for name, kernel in zip(names, kernels, strict=False):
            layer = group.create_group(name)
            layer.attrs["weight_names"] = np.array([f"{name}/kernel:0", f"{name}/bias:0"], dtype="S")
            chunk = (1,) * (len(kernel) - 1) + kernel[-1:]
            layer.create_dataset(f"{name}/kernel:0", kernel, "f4", chunks=chunk)
            layer.create_dataset(f"{name}/bias:0", kernel[-1:], "f4")


def vgg16_kernels(classes: int, *, as_convolutions: bool) -> list[tuple[int, ...]]:
    convolutions = [(3, 3, came, gives) for came, gives in pairwise(CONVOLUTIONS)]
    if as_convolutions:
        return [*convolutions, (7, 7, 512, 4096), (1, 1, 4096, 4096), (1, 1, 4096, classes)]
    return [*convolutions, (25088, 4096), (4096, 4096), (4096, classes)]


def write_that_passes_on(path: Path, classes: int, *, as_convolutions: bool) -> None:
    """VGG16's weights with which it gives, for every 32 x 32 pixels, the largest blue, green and red above the mean.

    Each convolution passes on its first three channels. The first fully connected layer brings the 7 x 7 places that
    five poolings leave, three channels each, into its first units; the second hands them on, and 2.5 to its last one.
    """
    write(path, vgg16_kernels(classes, as_convolutions=as_convolutions))
    with h5py.File(path, "r+") as file:
        *convolutions, first, second, _ = (file[layer][layer.decode()] for layer in file.attrs["layer_names"][:-1])
        for layer in convolutions:
            for channel in range(3):
                layer["kernel:0"][1, 1, channel, channel] = 1.0
        for unit in range(BLOCKS):
            row, column, channel = np.unravel_index(unit, (7, 7, 3))
            place = (row, column, channel) if as_convolutions else ((row * 7 + column) * 512 + channel,)
            first["kernel:0"][*place, unit] = 1.0
            second["kernel:0"][*((0, 0) if as_convolutions else ()), unit, unit] = 1.0
        second["bias:0"][-1] = 2.5


@pytest.mark.slow
@packages_are_there
def test_values_are_those_of_the_second_fully_connected_layer(tmp_path: Path) -> None:
    """The real network, with weights whose answer can be worked out by hand."""
    keras = pytest.importorskip("keras")
    write_that_passes_on(tmp_path / "weights.h5", FACE_CLASSES, as_convolutions=True)
    network = Vgg16(tmp_path / "weights.h5")
    assert network.classes == FACE_CLASSES
    pixels, face = astronaut()
    values = network.embed(pixels, face)
    assert values.shape == (network.features,) == (4096,)
    assert values.dtype == np.float32
    crop = align(pixels, face, 224)[:, :, ::-1].astype(np.float64) - FACE_MEAN
    expected = np.maximum(crop, 0).reshape(7, 32, 7, 32, 3).max(axis=(1, 3)).ravel()
    np.testing.assert_allclose(values[:BLOCKS], expected, atol=1e-3)
    assert not values[BLOCKS:-1].any()
    assert values[-1] == 2.5
    keras_own = keras.applications.vgg16.preprocess_input(np.zeros((1, 1, 1, 3), dtype=np.float32))
    np.testing.assert_allclose(-keras_own.ravel(), input_mean(1000))


@pytest.mark.slow
def test_fully_connected_layers_written_as_convolutions_are_the_same_weights(tmp_path: Path) -> None:
    for as_convolutions in (False, True):
        write_that_passes_on(tmp_path / f"{as_convolutions}.h5", 10, as_convolutions=as_convolutions)
    plain, other = read_weights(tmp_path / "False.h5"), read_weights(tmp_path / "True.h5")
    assert [array.shape for array in plain] == [array.shape for array in other]
    for one, another in zip(plain, other, strict=True):
        np.testing.assert_array_equal(one, another)
    assert plain[-6].sum() == BLOCKS


def test_a_file_that_is_absent_or_not_hdf5_is_refused_by_name(tmp_path: Path) -> None:
    (tmp_path / "text.h5").write_text("no weights")
    for name in ("absent.h5", "text.h5"):
        with pytest.raises(ValueError, match=rf"{name}: expected the weights of VGG16 \(HDF5\), cannot be read"):
            read_weights(tmp_path / name)


def test_a_file_without_keras_list_of_layers_is_refused(tmp_path: Path) -> None:
    with h5py.File(tmp_path / "other.h5", "w") as file:
        file["numbers"] = [1, 2, 3]
    with pytest.raises(ValueError, match=r"other\.h5: .*no list of layers"):
        read_weights(tmp_path / "other.h5")


@pytest.mark.parametrize("whole_model", [False, True])
def test_a_network_of_other_layers_is_refused(tmp_path: Path, whole_model: bool) -> None:
    write(tmp_path / "small.h5", [(3, 3, 3, 8), (3, 3, 8, 8), (72, 10)], whole_model=whole_model)
    expected = r"small\.h5: expected the weights of VGG16: 32 arrays \(kernel and bias of 16 layers\), found 6"
    with pytest.raises(ValueError, match=expected):
        read_weights(tmp_path / "small.h5")


def test_a_layer_of_another_shape_is_named(tmp_path: Path) -> None:
    kernels = [(3, 3, 3, 64), (3, 3, 64, 65)] + [(2, 2)] * 14
    write(tmp_path / "wide.h5", kernels)
    expected = r"wide\.h5: kernel of layer 2: expected the shape \(3, 3, 64, 64\) of VGG16, found \(3, 3, 64, 65\)"
    with pytest.raises(ValueError, match=expected):
        read_weights(tmp_path / "wide.h5")


def test_without_h5py_it_is_said_what_to_install(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setitem(sys.modules, "h5py", None)
    with pytest.raises(MissingPackageError, match="the face embedding vgg16 needs the package h5py: pip"):
        Vgg16(tmp_path / "weights.h5")
