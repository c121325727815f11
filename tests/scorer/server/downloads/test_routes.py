from __future__ import annotations

import io
import re
import shutil
import zipfile
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from werkzeug.datastructures import Headers

from scorer.server import clock
from scorer.server.accounts.models import Account
from scorer.server.data_folder import DataFolder
from scorer.server.stages.models import Stage


def test_a_zip_is_sent_whole_under_a_name_of_the_challenge(
    client: FlaskClient, browser: Any, ada: Account, data: DataFolder
) -> None:
    browser.log_in("Ada")
    with client.get("/downloads/participants.zip") as answer:
        assert answer.status_code == 200
        assert answer.mimetype == "application/zip"
        assert answer.headers["Content-Disposition"] == "attachment; filename=merc2017-participants.zip"
        assert answer.data == (data.downloads / "participants.zip").read_bytes()
        assert zipfile.ZipFile(io.BytesIO(answer.data)).testzip() is None


def test_nobody_on_the_way_keeps_a_zip(client: FlaskClient, browser: Any, ada: Account) -> None:
    browser.log_in("Ada")
    with client.get("/downloads/participants.zip") as answer:
        assert answer.cache_control.private
        assert answer.cache_control.no_cache


def test_a_download_that_broke_off_is_taken_up_again(
    client: FlaskClient, browser: Any, ada: Account, data: DataFolder
) -> None:
    browser.log_in("Ada")
    whole = (data.downloads / "participants.zip").read_bytes()

    def ask(**headers: str) -> tuple[int, bytes, Headers]:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        with client.get("/downloads/participants.zip", headers=named) as answer:
            return answer.status_code, answer.data, answer.headers

    status, begin, told = ask(Range="bytes=0-99")
    assert (status, len(begin)) == (206, 100)
    status, rest, ranges = ask(Range="bytes=100-", If_Range=told["ETag"])
    assert (status, begin + rest) == (206, whole)
    assert ranges["Content-Range"] == f"bytes 100-{len(whole) - 1}/{len(whole)}"
    assert ask(If_None_Match=told["ETag"])[:2] == (304, b"")
    assert ask(Range="bytes=100-", If_Range='"another"')[:2] == (200, whole)


def test_a_zip_that_is_not_ones_own_looks_like_one_that_never_was(
    client: FlaskClient, browser: Any, session: Session, private: Stage, admitted: Account, eve: Account, set_clock: Any
) -> None:
    def pages() -> set[tuple[int, str]]:
        answers = [client.get(f"/downloads/{name}.zip") for name in ("stage2", "nothing", "organisers", "kit.db")]
        # The token of the form to log out has the second in it.
        return {
            (answer.status_code, re.sub(r'(name="csrf_token") value="[^"]+"', r"\1", answer.text)) for answer in answers
        }

    visitors = pages()
    browser.log_in("Ada")
    set_clock.forward(hours=1, microseconds=-1)
    too_early = pages()
    set_clock.forward(microseconds=1)
    with client.get("/downloads/stage2.zip") as answer:
        assert answer.status_code == 200
    assert admitted.team is not None
    admitted.team.disqualified_at = clock.utc_now()
    session.commit()
    disqualified = pages()
    browser.send("/", to="/logout")
    browser.log_in("Eve")
    for seen in (visitors, too_early, disqualified, pages()):
        assert [status for status, _ in seen] == [404]


def test_visitors_are_given_nothing_and_are_asked_to_log_in_for_the_list(client: FlaskClient) -> None:
    assert client.get("/downloads/participants.zip").status_code == 404
    assert client.get("/downloads").headers["Location"].startswith("/login")


def test_the_list_has_a_link_to_what_is_there_and_the_reason_for_the_rest(
    client: FlaskClient, browser: Any, private: Stage, admitted: Account, set_clock: Any
) -> None:
    browser.log_in("Ada")
    page = client.get("/downloads").text
    assert 'href="/downloads/participants.zip"' in page
    assert 'href="/downloads/stage2.zip"' not in page
    assert "From the moment in which the stage opens." in page
    assert f"{private.opens_at:%Y-%m-%d %H:%M} UTC" in page
    set_clock.forward(hours=1)
    assert 'href="/downloads/stage2.zip"' in client.get("/downloads").text


def test_where_nothing_was_packed_the_list_says_so(
    client: FlaskClient, browser: Any, ada: Account, data: DataFolder
) -> None:
    shutil.rmtree(data.downloads)
    browser.log_in("Ada")
    assert "Nothing can be downloaded here." in client.get("/downloads").text


@pytest.mark.parametrize("method", ["post", "put", "delete"])
def test_downloads_are_only_read(client: FlaskClient, method: str) -> None:
    assert getattr(client, method)("/downloads/participants.zip").status_code in (400, 405)
