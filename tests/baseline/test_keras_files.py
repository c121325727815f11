"""A model's file is whole, and what is no model is refused by name."""

import keras
import numpy as np
import pytest

from baseline.keras_files import ModelError, load_model, save_model


def a_model():
    return keras.Sequential([keras.Input((3,)), keras.layers.Dense(2)])


def test_a_saved_model_computes_as_before_and_replaces_an_older_file_whole(tmp_path):
    path, model, inputs = tmp_path / "model.keras", a_model(), np.ones((4, 3), dtype=np.float32)
    path.write_text("an older model")
    save_model(model, path)
    assert list(tmp_path.iterdir()) == [path]
    np.testing.assert_array_equal(np.asarray(load_model(path, keras.Model)(inputs)), np.asarray(model(inputs)))


@pytest.mark.parametrize("content", [b"", b"no model", b"PK\x05\x06" + bytes(18)])
def test_a_file_that_is_no_model_is_refused_by_name(tmp_path, content):
    path = tmp_path / "other.keras"
    path.write_bytes(content)
    with pytest.raises(ModelError, match=r"other\.keras: expected a \.keras file that `baseline train` wrote"):
        load_model(path, keras.Model)


def test_what_is_not_there_and_a_model_of_another_class_are_refused(tmp_path):
    with pytest.raises(ModelError, match="wrote, found nothing"):
        load_model(tmp_path / "none.keras", keras.Model)
    with pytest.raises(ModelError, match="wrote, found a folder"):
        load_model(tmp_path, keras.Model)
    keras.Model(one := keras.Input((3,)), keras.layers.Dense(2)(one)).save(tmp_path / "other.keras")
    with pytest.raises(ModelError, match="found a Functional"):
        load_model(tmp_path / "other.keras", keras.Sequential)
