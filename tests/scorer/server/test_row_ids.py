"""No number in an address is more than a database can look for."""

from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient

from scorer.server.accounts.models import Account

NO_ROW = ["0", "-1", "999999999", "9999999999", "99999999999999999999", "9" * 4500, "٣", "1.0", "+1", "0x1", "1 "]


@pytest.mark.parametrize("text", NO_ROW)
def test_a_number_that_no_row_can_have_is_not_found(
    client: FlaskClient, browser: Any, ada_token: dict[str, str], text: str
) -> None:
    browser.log_in("Ada")
    assert client.get(f"/submissions/{text}").status_code == 404
    assert client.get(f"/api/v1/submissions/{text}", headers=ada_token).status_code == 404
    assert browser.send("/team", f"/team/tokens/{text}/revoke").status_code == 404


@pytest.mark.parametrize("text", ["", "x", "-1", "0", "99999999999999999999", "٣"])
def test_a_place_in_the_list_that_is_no_number_is_refused_and_never_taken_for_the_beginning(
    client: FlaskClient, browser: Any, ada: Account, ada_token: dict[str, str], text: str
) -> None:
    browser.log_in("Ada")
    assert client.get("/submissions", query_string={"before": text}).status_code == 422
    answer = client.get("/api/v1/submissions", query_string={"before": text}, headers=ada_token)
    assert answer.status_code == 422
    assert answer.get_json(force=True)["field"] == "before"
