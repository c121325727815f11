"""Variants named by modalities."""

import pytest

from baseline.modality_subsets import all_and_each_alone, modalities_of
from data_spec.challenge import load_challenge


def test_every_listed_variant_is_read_back(merc2017):
    everything, *single = all_and_each_alone(merc2017)
    assert modalities_of(everything, merc2017) == single
    assert [modalities_of(name, merc2017) for name in single] == [[name] for name in single]


def test_modalities_come_in_the_challenges_order_and_once(merc2017):
    assert modalities_of("kinect+audio+kinect", merc2017) == ["audio", "kinect"]


def test_sound_and_pictures_are_in_no_variant():
    recola = load_challenge("recola")
    assert all_and_each_alone(recola) == ("all", "features")
    assert modalities_of("all", recola) == ["features"]
    with pytest.raises(ValueError, match="Received: 'sound'"):
        modalities_of("sound", recola)
