from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scorer.server.accounts.names import check_name, comparison_key
from scorer.server.refusals import Refusal


@given(st.text(max_size=30))
def test_a_name_that_is_accepted_is_visible_and_stays_the_same_when_checked_again(text: str) -> None:
    try:
        name = check_name(text, "a name", 60, field="name")
    except Refusal:
        return
    assert name == name.strip() != ""
    assert not any(unicodedata.category(character).startswith("C") for character in name)
    assert check_name(name, "a name", 60, field="name") == name
    assert comparison_key(text) == comparison_key(name) != ""


@given(st.text(max_size=30))
def test_a_comparison_key_is_its_own_key(text: str) -> None:
    assert comparison_key(comparison_key(text)) == comparison_key(text)


@pytest.mark.parametrize("blank", ["\u3164", "\u2800", "\u115f\u1160", "\uffa0", "\u00ad", "\u200d", "\u2066a\u2069"])
def test_characters_that_are_drawn_as_nothing_are_refused(blank: str) -> None:
    with pytest.raises(Refusal, match="visible characters"):
        check_name(blank, "a name", 60, field="name")


def test_letters_of_all_scripts_are_names() -> None:
    for name in ("Ἀκουσταί", "Команда", "团队", "فريق", "Équipe 7 (b)", "🎭 Mimes"):
        assert check_name(name, "a name", 60, field="name") == name
