"""An organiser's whole day on the pages, in a real browser on the real server, without JavaScript."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import ModuleType

import pytest

pytest.importorskip("playwright.sync_api")

from playwright.sync_api import Browser, Page, expect

from scorer.client import Client
from tests.browser.conftest import Running
from tests.browser.photographs import photograph

pytestmark = [pytest.mark.browser, pytest.mark.slow]

PASSWORD = "correct horse battery"


@pytest.fixture
def page(chromium: Browser, server_url: str) -> Iterator[Page]:
    """The organiser's browser."""
    context = chromium.new_context(base_url=server_url, java_script_enabled=False)
    yield context.new_page()
    context.close()


@pytest.fixture
def visitor(chromium: Browser, server_url: str) -> Iterator[Page]:
    """Somebody else's browser."""
    context = chromium.new_context(base_url=server_url, java_script_enabled=False)
    yield context.new_page()
    context.close()


class Teams:
    """Teams whose programs speak to the API."""

    def __init__(self, url: str, tiny: ModuleType, folder: Path) -> None:
        self._url, self._tiny, self._folder = url, tiny, folder
        self._tokens: dict[str, str] = {}

    def come(self, name: str) -> None:
        """A team of one registers."""
        email = f"team{len(self._tokens)}@example.org"
        with Client(self._url) as client:
            client.register(email, name, PASSWORD)
            self._tokens[name] = client.create_token(email, PASSWORD, "test")
        with Client(self._url, self._tokens[name]) as client:
            client.create_team(name)

    def submit(self, name: str, stage: str, right: float) -> None:
        """Send predictions, and wait for the verdict."""
        path = self._folder / "predictions.zip"
        path.write_bytes(self._tiny.prediction_zip(self._tiny.tiny_challenge(), stage, right=right))
        with Client(self._url, self._tokens[name]) as client:
            client.wait_for_verdict(client.submit(path, stage))


def follow(page: Page, *links: str) -> None:
    """Go from link to link."""
    for link in links:
        page.get_by_role("link", name=link, exact=True).first.click()


def press(page: Page, button: str) -> None:
    """Press a button."""
    page.get_by_role("button", name=button, exact=True).click()


def message(page: Page) -> str:
    """What the page says has been done."""
    return page.locator(".message").inner_text()


def test_the_day_of_an_organiser(page: Page, visitor: Page, running: Running, tiny: ModuleType, tmp_path: Path) -> None:
    titles = {stage.name: stage.title for stage in tiny.tiny_challenge().stages}
    teams = Teams(running.url, tiny, tmp_path)
    for name, right in (("Analysts", 0.8), ("Bletchley", 0.7), ("Cheats", 0.9), ("Dormant", 0.2)):
        teams.come(name)
        teams.submit(name, "public", right)

    page.goto("/organiser")
    page.get_by_label("E-mail address").fill(running.organiser_email)
    page.get_by_label("Password").fill(running.organiser_password)
    press(page, "Log in")
    expect(page.get_by_role("heading", level=1)).to_have_text("Overview")
    expect(page.get_by_role("figure")).to_contain_text("4 in all")
    photograph(page, "organiser-overview")

    follow(page, "Announcements")
    page.get_by_label("Title").fill("Welcome")
    page.get_by_label("Text").fill("Dear all,\n\nthe rules are at https://rules.example/2017.")
    page.get_by_label("Also mail it").check()
    press(page, "Publish")
    photograph(page, "organiser-announcements")
    visitor.goto("/")
    expect(visitor.get_by_role("link", name="https://rules.example/2017", exact=True)).to_be_visible()
    photograph(visitor, "home-announcement")

    follow(page, "Stages", titles["public"])
    tomorrow = datetime.now(UTC) + timedelta(days=1)
    page.get_by_label("Closes at (UTC)").fill(f"{tomorrow:%Y-%m-%dT%H:%M}")
    page.get_by_label("Submissions a day").fill("4")
    press(page, "Save")
    assert message(page) == "Saved."
    expect(page.locator(".lede")).to_contain_text(f"until {tomorrow:%Y-%m-%d %H:%M} UTC")
    photograph(page, "organiser-stage")

    follow(page, "Teams")
    page.get_by_label("Name of a team or a member").fill("cheat")
    press(page, "Search")
    photograph(page, "organiser-teams")
    follow(page, "Cheats")
    page.get_by_label("Reason").fill("The labels were made by hand.")
    press(page, "Disqualify the team")
    assert message(page) == "The team is disqualified."
    photograph(page, "organiser-team")
    visitor.goto("/leaderboard")
    expect(visitor.get_by_text("Analysts")).to_be_visible()
    expect(visitor.get_by_text("Cheats")).to_have_count(0)

    follow(page, "Stages", titles["public"], "Close now …")
    expect(page.get_by_role("row").filter(has_text="Analysts")).to_contain_text("1")
    expect(page.get_by_role("row").filter(has_text="Bletchley")).to_contain_text("2")
    expect(page.get_by_text("Dormant")).to_have_count(0)  # under the baseline
    photograph(page, "organiser-close")
    press(page, "Close the stage")
    assert "Teams admitted to the next stage: 2." in message(page)
    follow(page, "Stages", titles["private"])
    expect(page.get_by_role("listitem").filter(has_text="rank")).to_have_count(2)
    photograph(page, "organiser-admitted")
    press(page, "Open now")
    assert message(page) == f"{titles['private']} is open."

    teams.submit("Analysts", "private", 0.6123)
    teams.submit("Bletchley", "private", 0.6456)
    follow(page, "Submissions")
    page.get_by_label("Stage").select_option(titles["private"])
    press(page, "Show")
    expect(page.get_by_role("row")).to_have_count(3)
    photograph(page, "organiser-submissions")
    page.get_by_role("table").get_by_role("link").first.click()
    expect(page.locator(".lede")).to_contain_text("Scores of this stage are sealed")
    photograph(page, "organiser-submission")

    follow(page, "Stages", titles["private"], "Close now …")
    press(page, "Close the stage")
    visitor.goto("/leaderboard?stage=private")
    expect(visitor.get_by_role("heading", level=1)).to_have_text("Not Found")
    follow(page, "Release the final leaderboard …")
    photograph(page, "organiser-release")
    press(page, "Release the final leaderboard")
    visitor.goto("/leaderboard?stage=private")
    ranked = visitor.get_by_role("row").filter(has=visitor.locator(".rank"))
    expect(ranked.filter(has_text="Bletchley").locator(".rank")).to_have_text("1")
    expect(ranked.filter(has_text="Analysts").locator(".rank")).to_have_text("2")

    follow(page, "Audit log")
    expect(page.locator(".lede")).to_contain_text("holds")
    photograph(page, "organiser-audit")
    actions = [heading.split()[0] for heading in page.locator(".entry h2").all_inner_texts()]
    assert actions[::-1] == [
        "server.init",
        "organiser.add",
        "announcement.publish",
        "stage.change",
        "team.disqualify",
        "stage.close",
        "stage.open",
        "stage.close",
        "stage.release",
    ]
