"""Names and addresses as people type them: which are accepted, and when two are the same."""

from __future__ import annotations

import re
import unicodedata

from scorer.server.refusals import Refusal

DISPLAY_NAME_LENGTH = 80
TEAM_NAME_LENGTH = 60
TOKEN_NAME_LENGTH = 60
EMAIL_LENGTH = 254
"""RFC 5321, 4.5.3.1.3: a path of 256 octets less its angle brackets."""

_EMAIL_PART = r"[^@\s.\"(),:;<>\[\\\]]+"  # RFC 5322, 3.2.3: what may stand in a header without quotes
_EMAIL = re.compile(rf"{_EMAIL_PART}(\.{_EMAIL_PART})*@{_EMAIL_PART}(\.{_EMAIL_PART})+")
_INVISIBLE_CATEGORIES = {"Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp"}
# Letters, marks and symbols that are drawn as nothing: Hangul fillers, the empty Braille pattern, the grapheme
# joiner, Khmer inherent vowels, Mongolian and other variation selectors.
_INVISIBLE_CHARACTERS = re.compile(
    "[\u115f\u1160\u3164\uffa0\u2800\u034f\u17b4\u17b5\u180b-\u180f\ufe00-\ufe0f\U000e0100-\U000e01ef]"
)

# Letters of the Cyrillic and the Greek alphabet that look like Latin ones.
_LOOK_ALIKES = frozenset("АВЕЅІЈКМНОРСТУХԚԜаеорсухѕіјһԛԝ" + "ΑΒΕΖΗΙΚΜΝΟΡΤΥΧαγικνορυχ")


def comparison_key(text: str) -> str:
    """What two names must differ in to be two: compatibility forms, case and runs of spaces do not count.

    >>> comparison_key("Ｔｅａｍ  ﬁre") == comparison_key("team FIRE")
    True
    """
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    return " ".join(folded.split())


def check_name(text: str, what: str, most: int, *, field: str) -> str:
    """The name in NFKC, or a Refusal: blank, too long, padded, or with characters that cannot be seen.

    >>> check_name("Ａda", "a name", 10, field="name")
    'Ada'
    """
    # First, since normalizing takes time that grows with the square of a run of marks.
    if len(text) > most:
        raise _too_long(len(text), what, most, field)
    name = unicodedata.normalize("NFKC", text)
    if not name.strip():
        raise Refusal(f"Expected {what}, found nothing.", field=field)
    if len(name) > most:
        raise _too_long(len(name), what, most, field)
    if text != text.strip() or name != name.strip():
        raise Refusal(f"Expected {what} without spaces at its ends.", field=field)
    for character in text + name:
        if _INVISIBLE_CHARACTERS.match(character) or unicodedata.category(character) in _INVISIBLE_CATEGORIES:
            raise Refusal(f"Expected {what} of visible characters, found U+{ord(character):04X}.", field=field)
    if re.search(r"\s\s", name):
        raise Refusal(f"Expected {what} without two spaces in a row.", field=field)
    return name


def _too_long(length: int, what: str, most: int, field: str) -> Refusal:
    return Refusal(f"Expected {what} of at most {most} characters, found {length}.", field=field)


def check_team_name(text: str, *, field: str = "name") -> str:
    """The name in NFKC, or a Refusal: what `check_name` says, or letters that pass for those of another alphabet.

    >>> check_team_name("Team Ω"), check_team_name("Команда")
    ('Team Ω', 'Команда')
    """
    name = check_name(text, "a team name", TEAM_NAME_LENGTH, field=field)
    alphabets = {_alphabet(letter) for letter in name} - {None}
    look_alike = next((letter for letter in name if letter in _LOOK_ALIKES), None)
    if look_alike is not None and len(alphabets) > 1:
        raise Refusal(
            f"Expected a team name in one alphabet, found “{look_alike}” "
            f"({unicodedata.name(look_alike).lower()}) among letters of another.",
            field=field,
        )
    return name


def _alphabet(letter: str) -> str | None:
    """Which of the alphabets that have look-alikes a letter belongs to."""
    alphabet = unicodedata.name(letter, "").partition(" ")[0]
    return alphabet if alphabet in ("LATIN", "GREEK", "CYRILLIC") else None


def check_email(text: str, *, field: str = "email") -> str:
    """The address in NFKC, or a Refusal. Whether mail arrives there is another question.

    >>> check_email("ada@example.org")
    'ada@example.org'
    """
    address = check_name(text, "an e-mail address", EMAIL_LENGTH, field=field)
    if not _EMAIL.fullmatch(address):
        raise Refusal("Expected an e-mail address such as ada@example.org.", field=field)
    return address


def email_key(text: str) -> str | None:
    r"""What an address that somebody types is looked up by; None where no account can have it.

    >>> email_key(" ADA@example.org ")
    'ada@example.org'
    >>> email_key("ada\0@example.org") is None
    True
    """
    # To fold a long run of marks takes seconds, and a database cannot be asked for every character.
    address = text.strip()
    return comparison_key(address) if len(address) <= EMAIL_LENGTH and address.isprintable() else None
