from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data_spec.extraction.names import MOST_BYTES, recording_name


@pytest.mark.parametrize("name", ["ida29608d8", "Szene 3", "a.b-c_d", "Łucja, 2", "日本"])
def test_what_can_be_a_name_stays_as_it_is(name: str) -> None:
    assert recording_name(name) == name


@pytest.mark.parametrize(
    ("stem", "name"),
    [
        ("a:b", "a_b"),
        ("a\\b", "a_b"),
        (".hidden", "_hidden"),
        ("bell\a", "bell_"),
        (" a ", "a"),
        ("", "_"),
        ("..", "_."),
        ("x" * 199 + " y", "x" * 199),
    ],
)
def test_what_cannot_be_a_name_everywhere_is_replaced(stem: str, name: str) -> None:
    assert recording_name(stem) == name


def test_letters_whose_accents_stand_apart_are_the_same_letters() -> None:
    assert recording_name(unicodedata.normalize("NFD", "Zoë")) == "Zoë"


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=300))
def test_every_name_can_be_a_files_and_is_its_own_name(stem: str) -> None:
    name = recording_name(stem)
    assert name
    assert name.isprintable()
    assert not name.startswith(".")
    assert not set('/\\:*?"<>|') & set(name)
    assert len(name.encode()) <= MOST_BYTES
    assert recording_name(name) == name
