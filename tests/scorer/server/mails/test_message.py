from __future__ import annotations

from datetime import UTC, datetime

import pytest

from scorer.server.mails.message import Letter, compose

MOMENT = datetime(2017, 9, 1, 12, 30, tzinfo=UTC)


def letter(**changes: str) -> Letter:
    values = {"to": "ada@example.org", "subject": "Zugang für Ádá", "text": "Grüße\n"} | changes
    return Letter(number=7, written_at=MOMENT, **values)


def test_a_message_says_from_whom_to_whom_and_when_and_that_a_program_wrote_it() -> None:
    message = compose(letter(), "kit@example.org")
    assert message["From"] == "kit@example.org"
    assert message["To"] == "ada@example.org"
    assert message["Subject"] == "Zugang für Ádá"
    assert message["Date"] == "Fri, 01 Sep 2017 12:30:00 +0000"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message.get_content() == "Grüße\n"
    assert message.get_content_charset() == "utf-8"
    message.as_bytes().decode("ascii")


def test_the_same_mail_has_the_same_message_id_at_each_try() -> None:
    first, second = (compose(letter(), "kit@example.org")["Message-ID"] for _ in range(2))
    assert first == second == "<kit.7.1504269000@example.org>"


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
def test_no_header_can_be_put_into_another(ending: str) -> None:
    injected = f"x{ending}Bcc: eve@example.org"
    for changes in ({"subject": injected}, {"to": f"{injected}@example.org"}, {"to": f"ada@{injected}"}):
        with pytest.raises(ValueError):
            compose(letter(**changes), "kit@example.org")


@pytest.mark.parametrize("address", ["ada,eve@example.org", "ada<eve>@example.org", "a b@example.org"])
def test_an_address_is_never_read_as_two(address: str) -> None:
    addresses = compose(letter(to=address), "kit@example.org")["To"].addresses
    assert [one.username for one in addresses] == [address.partition("@")[0]]


def test_a_letter_that_is_shown_in_a_log_shows_neither_address_nor_text() -> None:
    assert "ada@" not in repr(letter())
    assert "Grüße" not in repr(letter())
