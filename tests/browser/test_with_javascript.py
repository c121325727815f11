"""What scripts add to the pages, in a browser whose viewer lives in Tokyo."""

from __future__ import annotations

import base64
import io
import random
import re
from collections.abc import Iterator
from types import ModuleType

import pytest

pytest.importorskip("playwright.sync_api")

from playwright.sync_api import Browser, JSHandle, Page, expect

from scorer.client import Client
from scorer.server.accounts.service import find_account
from scorer.server.current import server_of
from scorer.server.stages.service import find_stage
from scorer.server.submissions.service import receive
from tests.browser.peopled_site import PASSWORD, Site
from tests.browser.photographs import photograph

pytestmark = [pytest.mark.browser, pytest.mark.slow]

VERDICT_MS = 30_000
"""The worker has started by then, also on a slow machine."""


@pytest.fixture(scope="module")
def team(server_url: str) -> None:
    """Ada and her team."""
    with Client(server_url) as client:
        client.register("ada@example.org", "Ada", PASSWORD)
        token = client.create_token("ada@example.org", PASSWORD, "test")
    with Client(server_url, token) as client:
        client.create_team("Analysts")


@pytest.fixture
def page(chromium: Browser, server_url: str, team: None) -> Iterator[Page]:
    """The page for uploads, Ada logged in; what the browser complains of fails the test."""
    context = chromium.new_context(base_url=server_url, timezone_id="Asia/Tokyo", locale="en-GB")
    page = context.new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    log_in(page, "/submit")
    expect(page.get_by_text("Or drop the zip here.")).to_be_visible()
    yield page
    context.close()
    # What the server refuses, or what never reached it, is an error of the console too; the rest is ours.
    assert [text for text in complaints if "Failed to load resource" not in text] == []


def log_in(page: Page, target: str) -> None:
    """Log in as Ada, and go on to a page."""
    page.goto(f"/login?next={target}")
    page.get_by_label("E-mail address").fill("ada@example.org")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()


def carried(page: Page, *contents: bytes) -> JSHandle:
    """Files on their way from the desktop to the page."""
    return page.evaluate_handle(
        """contents => {
            const carried = new DataTransfer();
            for (const [number, content] of contents.entries()) {
                const bytes = Uint8Array.from(atob(content), letter => letter.charCodeAt(0));
                carried.items.add(new File([bytes], `predictions${number}.zip`, {type: "application/zip"}));
            }
            return carried;
        }""",
        [base64.b64encode(content).decode() for content in contents],
    )


def drop(page: Page, *contents: bytes) -> None:
    """Drop files onto the form."""
    files = carried(page, *contents)
    form = page.locator("form[data-upload]")
    form.dispatch_event("dragenter", {"dataTransfer": files})
    expect(form).to_have_class(re.compile("over"))
    form.dispatch_event("drop", {"dataTransfer": files})
    expect(form).not_to_have_class(re.compile("over"))


def watch_progress(page: Page) -> JSHandle:
    """A list that grows with every share of an upload that is shown."""
    return page.evaluate_handle(
        """() => {
            const shares = [];
            const bar = document.querySelector("form[data-upload] progress");
            new MutationObserver(() => shares.push(bar.value)).observe(bar, {attributes: true});
            window.addEventListener("pagehide", () => sessionStorage.setItem("shares", JSON.stringify(shares)));
            return shares;
        }"""
    )


def test_a_zip_is_dropped_its_upload_shows_progress_and_its_verdict_comes_without_reload(
    page: Page, tiny: ModuleType
) -> None:
    # So large that it takes a while on a slow line; what does not shrink is in a file that is ignored.
    ballast = {"__MACOSX/._id": random.Random(2017).randbytes(45_000).hex()}
    watch_progress(page)
    slow_line = page.context.new_cdp_session(page)
    slow_line.send("Network.enable")
    slow_line.send(
        "Network.emulateNetworkConditions",
        {"offline": False, "latency": 0, "downloadThroughput": -1, "uploadThroughput": 60_000},
    )
    drop(page, tiny.prediction_zip(tiny.tiny_challenge(), right=0.6, spread=0.05, extra=ballast))
    expect(page.get_by_text("predictions0.zip is chosen.")).to_be_attached()
    page.get_by_role("button", name="Upload and score").click()
    expect(page.get_by_role("progressbar", name="Upload")).to_be_visible()
    expect(page.get_by_role("button", name="Upload and score")).to_be_disabled()
    photograph(page, "submit-uploading")

    page.wait_for_url("**/submissions/*")
    shares = page.evaluate("JSON.parse(sessionStorage.getItem('shares'))")
    assert shares == sorted(shares)
    assert any(0 < share < 1 for share in shares)
    assert shares[-1] == 1

    page.evaluate("window.sameDocument = true")
    expect(page.locator(".main-figure")).to_contain_text("0.6000", timeout=VERDICT_MS)
    assert page.evaluate("window.sameDocument"), "the page was loaded anew"


def test_whoever_waits_for_a_verdict_is_told_it_without_reload(chromium: Browser, site: Site, tiny: ModuleType) -> None:
    server = server_of(site.app)
    with server.sessions.session_factory() as session:
        ada = find_account(session, "ada@example.org")
        assert ada is not None
        content = io.BytesIO(tiny.prediction_zip(server.challenge, right=0.7, spread=0.01))
        stage = find_stage(session, "public")
        submission = receive(session, server.storage, server.challenge, account=ada, stage=stage, source=content).id
    context = chromium.new_context(base_url=site.url, timezone_id="Asia/Tokyo", locale="en-GB")
    page = context.new_page()
    log_in(page, f"/submissions/{submission}")
    expect(page.get_by_role("heading", level=1)).to_have_text(f"Submission {submission} received")
    page.evaluate("window.sameDocument = true")
    with server.sessions.session_factory() as session:
        server.judge.judge(session, submission)
    expect(page.locator(".main-figure")).to_contain_text("0.7000")
    expect(page.get_by_role("status")).to_have_text(f"Submission {submission} scored")
    expect(page.locator("dl time").first).to_contain_text("GMT+9")
    assert page.evaluate("window.sameDocument"), "the page was loaded anew"
    context.close()


def test_moments_are_shown_in_the_viewers_zone_with_utc_beside(page: Page) -> None:
    moment = page.locator(".quota time").first
    expect(moment).to_contain_text(re.compile(r"^\d{4}-\d\d-\d\d 09:00 GMT\+9 \(00:00 UTC\)$"))
    expect(moment).to_have_attribute("title", re.compile(r"^\d{4}-\d\d-\d\d 00:00 UTC$"))
    expect(page.get_by_text("Times are in your zone, Asia/Tokyo, with UTC beside them.")).to_be_visible()
    page.goto("/rules")
    photograph(page, "rules-in-tokyo")


def test_what_the_server_refuses_is_shown_without_leaving_the_page(page: Page, tiny: ModuleType) -> None:
    page.evaluate("document.querySelector('[name=stage]').value = 'no such stage'")
    drop(page, tiny.zip_of({"a.csv": "x"}))
    page.evaluate("window.sameDocument = true")
    page.get_by_role("button", name="Upload and score").click()
    expect(page.get_by_text("found 'no such stage'")).to_be_visible()
    assert page.evaluate("window.sameDocument")
    # The form that came with the answer works as the first did.
    drop(page, tiny.zip_of({"a.csv": "x"}))
    page.get_by_role("button", name="Upload and score").click()
    page.wait_for_url("**/submissions/*")


def test_a_zip_that_is_too_large_is_refused_before_it_is_sent(page: Page) -> None:
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.method))
    drop(page, bytes(200_001))
    page.get_by_role("button", name="Upload and score").click()
    expect(page.get_by_role("alert")).to_have_text("Expected a zip of at most 200 kB, found a larger one.")
    drop(page, b"a", b"b")
    expect(page.get_by_role("alert")).to_have_text("Expected one zip, found 2 files.")
    assert "POST" not in sent


def test_an_upload_that_breaks_off_is_told(page: Page, tiny: ModuleType) -> None:
    page.route("**/submit", lambda route: route.abort())
    drop(page, tiny.zip_of({"a.csv": "x"}))
    page.get_by_role("button", name="Upload and score").click()
    expect(page.get_by_role("alert")).to_contain_text("The connection broke off.")
    expect(page.get_by_role("button", name="Upload and score")).to_be_enabled()


def test_the_form_without_a_file_is_answered_as_ever(page: Page) -> None:
    page.get_by_role("button", name="Upload and score").click()
    expect(page.get_by_text("Expected a zip file, found nothing.")).to_be_visible()
