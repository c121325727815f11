from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scorer.server.accounts import names
from scorer.server.accounts.names import check_name, check_team_name, comparison_key, email_key
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


LETTERS = ["\u3164", "\u2800", "\u115f\u1160", "\uffa0", "\u00ad", "\u200d", "\u2066a\u2069"]
MARKS = ["\u034f", "\u17b4", "\u180b", "\u180f", "\ufe00", "\ufe0f", "\U000e0100", "\U000e01ef"]


@pytest.mark.parametrize("blank", [*LETTERS, *(f"Team{mark}" for mark in MARKS)])
def test_characters_that_are_drawn_as_nothing_are_refused(blank: str) -> None:
    with pytest.raises(Refusal, match="visible characters"):
        check_name(blank, "a name", 60, field="name")


def test_letters_of_all_scripts_are_names() -> None:
    for name in ("Ἀκουσταί", "Команда", "团队", "فريق", "Équipe 7 (b)", "🎭 Mimes"):
        assert check_name(name, "a name", 60, field="name") == name


def test_a_name_that_is_too_long_is_not_folded_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(names, "unicodedata", None)  # to fold a long run of marks takes seconds
    with pytest.raises(Refusal, match="at most 60 characters, found 30001"):
        check_name("a" + "\u0300\u0327" * 15_000, "a name", 60, field="name")


@pytest.mark.parametrize(
    "name", ["\u0410nalysts", "Analyst\u0455", "Te\u0430m", "\u039fmega", "\u041a\u043e\u043c\u0430n\u0434\u0430"]
)
def test_a_team_name_with_a_letter_that_passes_for_another_alphabets_is_refused(name: str) -> None:
    with pytest.raises(Refusal, match="one alphabet") as refused:
        check_team_name(name)
    assert "(cyrillic " in refused.value.message or "(greek " in refused.value.message


def test_team_names_of_one_alphabet_or_with_letters_that_pass_for_no_other_are_accepted() -> None:
    for name in ("Команда", "Ἀκουσταί", "Team Ω", "团队 Team", "Équipe 7 (b)", "Σ-Algebra", "СССР"):
        assert check_team_name(name) == name


@given(st.text(max_size=300))
def test_what_is_looked_up_can_be_asked_of_any_database(text: str) -> None:
    key = email_key(text)
    if key is not None:
        assert "\0" not in key
        key.encode()
