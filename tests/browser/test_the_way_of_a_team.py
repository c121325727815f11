"""A team's whole way through the pages, in a real browser on the real server."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

pytest.importorskip("playwright.sync_api")

from playwright.sync_api import Browser, Page, expect

from scorer.client import Client
from tests.browser.photographs import photograph

pytestmark = [pytest.mark.browser, pytest.mark.slow]

PASSWORD = "correct horse battery"
VERDICT_MS = 30_000
"""The worker has started by then, also on a slow machine; meanwhile the page loads itself anew."""


@pytest.fixture
def page(chromium: Browser, server_url: str) -> Iterator[Page]:
    """A page in a fresh browser profile, without JavaScript; what the browser complains of fails the test."""
    context = chromium.new_context(base_url=server_url, java_script_enabled=False)
    page = context.new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    yield page
    context.close()
    # A browser reports every answer over 399 as an error of the console; the rest is ours.
    assert [text for text in complaints if "status of 4" not in text] == []


def test_register_team_a_bad_zip_the_reason_a_good_zip_the_rank(
    page: Page, server_url: str, tiny: ModuleType, tmp_path: Path
) -> None:
    challenge = tiny.tiny_challenge()
    other_teams(server_url, tiny, tmp_path)

    page.goto("/")
    photograph(page, "home")
    page.goto("/login")
    photograph(page, "login")
    page.get_by_role("link", name="Take part").or_(page.get_by_role("link", name="Register")).first.click()
    page.get_by_label("Your name").fill("Ada Lovelace")
    page.get_by_label("E-mail address").fill("ada@example.org")
    page.get_by_label("Password").fill("short")
    page.get_by_role("button", name="Create account").click()
    expect(page.get_by_text("Expected a password of at least 10 characters, found 5.")).to_be_visible()
    photograph(page, "register")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Create account").click()

    photograph(page, "team-new")
    page.get_by_label("Team name").fill("Difference Engine")
    page.get_by_role("button", name="Create team").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Difference Engine")
    page.get_by_label("Name of the token").fill("laptop")
    page.get_by_role("button", name="Create token").click()
    expect(page.get_by_text(re.compile("^kit_.{50}"))).to_be_visible()
    photograph(page, "team")

    page.get_by_role("navigation", name="Main").get_by_role("link", name="Submit").click()
    photograph(page, "submit")
    bad = tmp_path / "bad.zip"
    bad.write_bytes(tiny.zip_of({"prediction/id00000001.csv": "Time,Anger\n3.00,1\n"}))
    page.get_by_label("Predictions (zip)").set_input_files(bad)
    page.get_by_role("button", name="Upload and score").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("refused", timeout=VERDICT_MS)
    expect(page.get_by_text("prediction/id00000002.csv: expected this file in the zip, found none")).to_be_visible()
    photograph(page, "submission-refused")

    page.get_by_role("navigation", name="Main").get_by_role("link", name="Submit").click()
    expect(page.locator(".quota")).to_contain_text("5 of 5 left today")
    good = tmp_path / "good.zip"
    good.write_bytes(tiny.prediction_zip(challenge, right=0.6, spread=0.05, extra={"__MACOSX/._id": "x"}))
    page.get_by_label("Predictions (zip)").set_input_files(good)
    page.get_by_role("button", name="Upload and score").click()
    expect(page.locator(".main-figure")).to_contain_text("0.6000", timeout=VERDICT_MS)
    photograph(page, "submission-scored")

    page.get_by_role("navigation", name="Main").get_by_role("link", name="My submissions").click()
    expect(page.get_by_role("row")).to_have_count(3)
    photograph(page, "submissions")

    page.get_by_role("navigation", name="Main").get_by_role("link", name="Leaderboard").click()
    own = page.get_by_role("row").filter(has_text="your team")
    expect(own.locator(".rank")).to_have_text("2")
    expect(own).to_contain_text("Difference Engine")
    photograph(page, "leaderboard")

    page.goto("/submissions/999")
    expect(page.get_by_role("heading", level=1)).to_have_text("Not Found")
    photograph(page, "not-found")
    page.get_by_role("button", name="Log out").click()
    expect(page.get_by_text("You are logged out.")).to_be_visible()


def other_teams(server_url: str, tiny: ModuleType, folder: Path) -> None:
    """Teams that were there before, so that a rank means something."""
    challenge = tiny.tiny_challenge()
    teams = {
        "Bletchley": 0.64,
        "Hut 6 & Friends of the Considerably Longer Team Name": 0.55,
        "Ἀκουσταί": 0.5,
        "Last": 0.0,
    }
    for number, (team, right) in enumerate(teams.items()):
        email = f"team{number}@example.org"
        with Client(server_url) as client:
            client.register(email, "Alan", PASSWORD)
            token = client.create_token(email, PASSWORD, "test")
        path = folder / f"{number}.zip"
        path.write_bytes(tiny.prediction_zip(challenge, right=right, spread=min(right, 0.04)))
        with Client(server_url, token) as client:
            client.create_team(team)
            client.wait_for_verdict(client.submit(path, "public"))
