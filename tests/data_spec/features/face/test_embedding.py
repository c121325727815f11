from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from data_spec.features.face.embedding import EMBEDDINGS, open_embedding
from tests.data_spec.features.face.astronaut import astronaut, packages_are_there


@packages_are_there
@pytest.mark.parametrize("name", [name for name in EMBEDDINGS if name != "vgg16"])
def test_an_embedding_that_brings_its_weights_is_opened_by_name(name: str) -> None:
    embedding = open_embedding(name)
    assert embedding.name == name
    values = embedding.embed(*astronaut())
    assert values.shape == (embedding.features,)
    assert values.dtype == np.float32
    assert np.isfinite(values).all()


def test_the_default_is_the_first_name() -> None:
    assert EMBEDDINGS == ("expression", "identity", "vgg16")


def test_an_unknown_name_is_answered_with_those_there_are() -> None:
    with pytest.raises(ValueError, match=r"expected one of expression, identity, vgg16. Received: 'facenet'"):
        open_embedding("facenet")


def test_vgg16_without_weights_says_which_file_it_wants() -> None:
    with pytest.raises(ValueError, match=r"vgg16: expected a file of weights, such as Keras' vgg16_weights_tf_dim_"):
        open_embedding("vgg16")


@pytest.mark.parametrize("name", ["expression", "identity"])
def test_weights_for_an_embedding_that_brings_its_own_are_refused(name: str) -> None:
    with pytest.raises(ValueError, match=rf"embedding {name}: expected no file of weights.* Received: mine\.h5"):
        open_embedding(name, Path("mine.h5"))


def test_weights_of_vgg16_that_are_not_there_are_named(tmp_path: Path) -> None:
    pytest.importorskip("h5py")
    with pytest.raises(ValueError, match=r"absent\.h5: expected the weights of VGG16"):
        open_embedding("vgg16", tmp_path / "absent.h5")
