"""A whole stage 2 in a real browser, on the real server with its worker, and code that runs in the real sandbox."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType

import pytest

pytest.importorskip("playwright.sync_api")

from playwright.sync_api import Browser, BrowserContext, Page, expect

from scorer.client import Client
from tests.browser.conftest import Running
from tests.browser.photographs import photograph
from tests.scorer.server import tiny_bundle

pytestmark = [pytest.mark.browser, pytest.mark.slow]

PASSWORD = "correct horse battery"
VERDICT_MS = 60_000
"""The worker has started by then, and has run a small bundle four times, also on a slow machine."""

SLOWLY = """
for number in range(8):
    print("looking at", number, flush=True)
    time.sleep(0.4)
"""
"""Statements of code that takes a while."""

OpenPage = Callable[..., Page]


@pytest.fixture
def open_page(chromium: Browser, server_url: str) -> Iterator[OpenPage]:
    """Opens a browser for one person; what any of them complains of fails the test."""
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def make(*, scripts: bool = True) -> Page:
        contexts.append(chromium.new_context(base_url=server_url, java_script_enabled=scripts))
        page = contexts[-1].new_page()
        page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        return page

    yield make
    for context in contexts:
        context.close()
    assert [text for text in complaints if "Failed to load resource" not in text] == []


def log_in(page: Page, email: str, password: str, target: str) -> None:
    """Log in, and go on to a page."""
    page.goto(f"/login?next={target}")
    page.get_by_label("E-mail address").fill(email)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Log in").click()


def come(url: str, name: str, predictions: bytes, folder: Path) -> None:
    """A team of one registers, and submits to the public test."""
    with Client(url) as client:
        client.register(f"{name.lower()}@example.org", name, PASSWORD)
        token = client.create_token(f"{name.lower()}@example.org", PASSWORD, "test")
    path = folder / "predictions.zip"
    path.write_bytes(predictions)
    with Client(url, token) as client:
        client.create_team(name)
        assert client.wait_for_verdict(client.submit(path, "public")).state == "scored"


def ranks(page: Page) -> list[list[str]]:
    """Rank and name of each team on the leaderboard."""
    page.goto("/leaderboard")
    rows = page.get_by_role("row").filter(has=page.locator("td.rank")).filter(has_not_text="baseline")
    cells = [(row.locator("td.rank").inner_text(), row.get_by_role("rowheader").inner_text()) for row in rows.all()]
    return [[cell.split("\n")[0] for cell in row] for row in cells]


def send_code(page: Page, name: str, content: bytes, folder: Path) -> None:
    """Upload a bundle on the page of the team, and wait until it was tried."""
    log_in(page, f"{name.lower()}@example.org", PASSWORD, "/bundle")
    path = folder / "bundle.zip"
    path.write_bytes(content)
    page.get_by_label("Bundle (zip)").set_input_files(path)
    page.get_by_role("button", name="Upload and try").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("accepted", timeout=VERDICT_MS)


def test_code_is_tried_verified_and_what_does_not_match_leaves_the_ranking(
    open_page: OpenPage, running: Running, tiny: ModuleType, tmp_path: Path
) -> None:
    challenge = tiny.tiny_challenge()
    # The code of the cheats gives something else than they have sent: half of it.
    sent = {"Analysts": 0.8, "Cheats": 1.0, "Bletchley": 0.6}
    for name, right in sent.items():
        come(running.url, name, tiny_bundle.submission_zip(challenge, right=right), tmp_path)
    organiser = open_page()
    log_in(organiser, running.organiser_email, running.organiser_password, "/organiser/stages/private")
    organiser.get_by_role("button", name="Open now").click()
    for name in ("Analysts", "Cheats"):
        organiser.get_by_label("Team", exact=True).select_option(name)
        organiser.get_by_role("button", name="Admit", exact=True).click()
        expect(organiser.get_by_text("The team is admitted.")).to_be_visible()
    visitor = open_page(scripts=False)
    assert ranks(visitor) == [["1", "Cheats"], ["2", "Analysts"], ["3", "Bletchley"]]

    # Who is not admitted is told so; who is sends code, which is tried at once, also seen without scripts.
    stranger = open_page(scripts=False)
    log_in(stranger, "bletchley@example.org", PASSWORD, "/bundle")
    expect(stranger.get_by_text("Expected a team that is admitted to Stage 2")).to_be_visible()
    expect(stranger.get_by_role("button", name="Upload and try")).to_have_count(0)
    analyst = open_page(scripts=False)
    send_code(analyst, "Analysts", tiny_bundle.bundle_zip(0.8, before=SLOWLY), tmp_path)
    expect(analyst.get_by_role("heading", level=2).first).to_have_text("Trial matched", timeout=VERDICT_MS)
    photograph(analyst, "stage-two-trial")

    # A trial that does not match says so to the cheats: they let it be.
    cheat = open_page()
    send_code(cheat, "Cheats", tiny_bundle.bundle_zip(0.5), tmp_path)
    cheat.evaluate("window.sameDocument = true")
    expect(cheat.get_by_role("heading", level=2).first).to_have_text("Trial mismatched", timeout=VERDICT_MS)
    expect(cheat.get_by_text("verified like this, it would not be believed")).to_be_visible()

    # The organiser verifies: the log grows while the code runs, and the verdict comes without a reload.
    organiser.get_by_role("link", name="Verification", exact=True).click()
    organiser.get_by_role("button", name="Verify Analysts").click()
    organiser.evaluate("window.sameDocument = true")
    expect(organiser.get_by_role("log")).to_contain_text("looking at 2", timeout=VERDICT_MS)
    expect(organiser.get_by_role("heading", level=1)).to_contain_text("running")
    photograph(organiser, "stage-two-running")
    expect(organiser.get_by_role("heading", level=1)).to_contain_text("matched", timeout=VERDICT_MS)
    assert organiser.evaluate("window.sameDocument"), "the page was loaded anew"
    residual = organiser.locator(".main-figure dd").first
    expect(residual).to_have_text("0.0000")
    organiser.get_by_text("What it said").click()
    expect(organiser.get_by_role("group", name=re.compile("Log of verification"))).to_contain_text("looking at 7")
    photograph(organiser, "stage-two-matched")
    assert ranks(visitor)[0] == ["1", "Cheats"]

    # The tampered bundle is mismatched: a person disqualifies the team, and those below move up.
    organiser.get_by_role("link", name="Verification", exact=True).click()
    organiser.get_by_role("button", name="Verify Cheats").click()
    expect(organiser.get_by_role("heading", level=1)).to_contain_text("mismatched", timeout=VERDICT_MS)
    expect(organiser.locator(".lede")).to_contain_text("more than 0.01")
    photograph(organiser, "stage-two-mismatched")
    organiser.get_by_role("link", name="Verification", exact=True).click()
    photograph(organiser, "stage-two-candidates")
    organiser.get_by_role("row").filter(has_text="Cheats").get_by_role("link", name="disqualify").click()
    expect(organiser.get_by_label("Reason")).to_have_value(
        re.compile("does not give its score again: public: residual")
    )
    assert ranks(visitor)[0] == ["1", "Cheats"], "nothing happens before a person confirms it"
    organiser.get_by_role("button", name="Disqualify the team").click()
    expect(organiser.get_by_text("The team is disqualified.")).to_be_visible()
    assert ranks(visitor) == [["1", "Analysts"], ["2", "Bletchley"]]
    cheat.goto("/team")
    expect(cheat.get_by_text("does not give its score again")).to_be_visible()

    organiser.get_by_role("link", name="Audit log").click()
    actions = [heading.split()[0] for heading in organiser.locator(".entry h2").all_inner_texts()]
    assert actions.index("team.disqualify") < actions.index("verification.end") < actions.index("verification.ask")


def test_a_verification_that_takes_too_long_is_stopped_by_the_organiser(
    open_page: OpenPage, running: Running, tiny: ModuleType, tmp_path: Path
) -> None:
    come(running.url, "Sleepers", tiny_bundle.submission_zip(tiny.tiny_challenge(), right=0.7), tmp_path)
    organiser = open_page()
    log_in(organiser, running.organiser_email, running.organiser_password, "/organiser/stages/private")
    if organiser.get_by_role("button", name="Open now").count():
        organiser.get_by_role("button", name="Open now").click()
    organiser.get_by_label("Team", exact=True).select_option("Sleepers")
    organiser.get_by_role("button", name="Admit", exact=True).click()
    sleeper = open_page(scripts=False)
    only_when_verified = "if len(list((inputs / 'prediction').iterdir())) == 2: print('zzz', flush=True)"
    send_code(sleeper, "Sleepers", tiny_bundle.bundle_zip(0.7, before=f"{only_when_verified}; time.sleep(3)"), tmp_path)
    organiser.goto("/organiser/verification")
    organiser.get_by_role("button", name="Verify Sleepers").click()
    expect(organiser.get_by_role("log")).to_contain_text("zzz", timeout=VERDICT_MS)
    organiser.get_by_role("button", name="Stop").click()
    expect(organiser.get_by_role("heading", level=1)).to_contain_text("stopped", timeout=VERDICT_MS)
    sleeper.reload()
    expect(sleeper.get_by_role("heading", level=2).first).to_have_text("Verification stopped")
