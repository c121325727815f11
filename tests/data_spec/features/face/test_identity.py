from __future__ import annotations

import sys

import numpy as np
import pytest

from data_spec.features.face.identity import IdentityNetwork
from data_spec.features.packages import MissingPackageError, model_file
from tests.data_spec.features.face.astronaut import FIVE, astronaut, face_of, packages_are_there


@packages_are_there
def test_a_face_is_the_128_values_that_dlib_gives_with_its_own_crop() -> None:
    import dlib

    pixels, _ = astronaut()
    five = np.round(FIVE).astype(int).tolist()
    seen = dlib.full_object_detection(dlib.rectangle(178, 69, 273, 177), [dlib.point(x, y) for x, y in five])
    path = model_file("face_recognition_models", "models", "dlib_face_recognition_resnet_model_v1.dat")
    theirs = np.array(dlib.face_recognition_model_v1(str(path)).compute_face_descriptor(pixels, seen))
    network = IdentityNetwork()
    ours = network.embed(pixels, face_of([(x + 0.5, y + 0.5) for x, y in five]))  # dlib counts from pixels' middles
    assert ours.shape == (network.features,) == (128,)
    assert ours.dtype == np.float32
    # Two pictures of one person are up to 0.6 apart.
    assert np.linalg.norm(ours - theirs) < 0.1


def test_without_dlib_it_is_said_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "dlib", None)
    with pytest.raises(MissingPackageError, match=r"telling faces apart needs the package dlib-bin: pip"):
        IdentityNetwork()
