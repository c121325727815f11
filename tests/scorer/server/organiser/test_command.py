"""`python -m scorer organiser`, as a person calls it."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from click.testing import CliRunner, Result
from sqlalchemy.orm import Session

from scorer.__main__ import main
from scorer.server.accounts.models import Account, Role
from scorer.server.accounts.passwords import Passwords
from scorer.server.accounts.service import authenticate
from scorer.server.data_folder import DataFolder

Call = Callable[..., Result]


@pytest.fixture
def call(data: DataFolder, environment: dict[str, str]) -> Call:
    """Calls a command of `organiser` on the data folder."""

    def run(name: str, *arguments: str) -> Result:
        none = {"KIT_DATABASE_URL": None, "KIT_BROKER_URL": None}
        return CliRunner().invoke(main, ["organiser", name, str(data.root), *arguments], env={**none, **environment})

    return run


def test_an_account_is_made_an_organisers_and_taken_back(call: Call, session: Session, ada: Account) -> None:
    result = call("add", "ada@example.org")
    assert result.exit_code == 0, result.output
    assert result.output.startswith("The account “Ada” of ada@example.org, since 2")
    session.rollback()
    session.refresh(ada)
    assert ada.role is Role.ORGANISER
    result = call("remove", "ada@example.org")
    assert (result.exit_code, result.output) == (0, "ada@example.org is no organiser any more.\n")
    session.rollback()
    session.refresh(ada)
    assert ada.role is Role.PARTICIPANT


def test_a_new_account_logs_in_with_the_printed_password(call: Call, session: Session) -> None:
    result = call("add", "grace@example.org")
    found = re.fullmatch(r"organiser grace@example.org, password (\S+) \(shown this once\)\n", result.output)
    assert found is not None
    account = authenticate(session, Passwords(), email="grace@example.org", password=found[1])
    assert account.role is Role.ORGANISER


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("remove", "ada@example.org"), "Expected an organiser's address, found another."),
        (("add", "ada"), "Expected an e-mail address"),
    ],
)
def test_what_cannot_be_done_is_said_in_one_line(
    call: Call, ada: Account, arguments: tuple[str, ...], words: str
) -> None:
    result = call(*arguments)
    assert result.exit_code == 2
    assert words in result.output
    assert "Traceback" not in result.output
