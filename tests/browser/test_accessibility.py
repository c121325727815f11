"""Every page, for everybody who may see it, in both colour schemes: axe-core finds no WCAG 2.1 AA violation."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

pytest.importorskip("playwright.sync_api")
pytest.importorskip("axe_playwright_python")

from playwright.sync_api import Browser

from tests.browser.axe import violations
from tests.browser.peopled_site import Site
from tests.browser.photographs import WIDTHS, photograph
from tests.browser.windows import Windows, widest

pytestmark = [pytest.mark.browser, pytest.mark.slow]

VISITOR, NEWCOMER, MEMBER, ORGANISER = None, "newcomer", "ada", "grace"
"""Who looks: somebody who is not logged in, somebody without a team, a captain, an organiser."""

PAGES = {
    "home.index": [(VISITOR, "/"), (MEMBER, "/")],
    "guide.data": [(VISITOR, "/data")],
    "guide.rules": [(VISITOR, "/rules")],
    "downloads.index": [(MEMBER, "/downloads")],
    "announcements.index": [(VISITOR, "/announcements")],
    "leaderboard.table": [(VISITOR, "/leaderboard"), (MEMBER, "/leaderboard")],
    "accounts.register": [(VISITOR, "/register")],
    "accounts.login": [(VISITOR, "/login")],
    "accounts.forgotten": [(VISITOR, "/forgotten")],
    "accounts.confirm": [(VISITOR, "/confirm/{confirmation}")],
    "accounts.reset": [(VISITOR, "/reset/{reset}"), (VISITOR, "/reset/void")],
    "accounts.invitation": [(VISITOR, "/join/{invitation}"), (NEWCOMER, "/join/{invitation}")],
    "accounts.account": [(MEMBER, "/account")],
    "accounts.team": [(NEWCOMER, "/team"), (MEMBER, "/team")],
    "submissions.submit": [(NEWCOMER, "/submit"), (MEMBER, "/submit")],
    "submissions.index": [(NEWCOMER, "/submissions"), (MEMBER, "/submissions")],
    "submissions.show": [(MEMBER, f"/submissions/{number}") for number in range(5, 11)],
    "bundles.index": [(NEWCOMER, "/bundle"), (MEMBER, "/bundle")],
    "bundles.show": [(MEMBER, f"/bundles/{number}") for number in range(1, 5)],
    "organiser.index": [(ORGANISER, "/organiser"), (MEMBER, "/organiser")],
    "organiser.audit_log": [(ORGANISER, "/organiser/audit")],
    "organiser.announcements.manage": [(ORGANISER, "/organiser/announcements")],
    "organiser.stages.index": [(ORGANISER, "/organiser/stages")],
    "organiser.stages.show": [(ORGANISER, "/organiser/stages/public"), (ORGANISER, "/organiser/stages/private")],
    "organiser.stages.confirm_close": [(ORGANISER, "/organiser/stages/private/close")],
    "organiser.stages.confirm_release": [(ORGANISER, "/organiser/stages/private/release")],
    "organiser.submissions.index": [(ORGANISER, "/organiser/submissions")],
    "organiser.submissions.show": [(ORGANISER, f"/organiser/submissions/{number}") for number in (6, 7, 8)],
    "organiser.teams.index": [(ORGANISER, "/organiser/teams")],
    "organiser.teams.show": [(ORGANISER, "/organiser/teams/1"), (ORGANISER, "/organiser/teams/5")],
    "organiser.verification.index": [(ORGANISER, "/organiser/verification")],
    "organiser.verification.show": [
        (ORGANISER, f"/organiser/verifications/{number}") for number in (2, 3, 4, 5, 10, 11, 12, 13, 14)
    ],
}
"""Who is shown what by each GET route that is a page; the words in braces are secrets of the site."""

NO_PAGES = {
    "static",
    "openapi.spec",
    "health.healthz",
    "health.readyz",
    "health.metrics",
    "downloads.zip_file",
    "leaderboard.csv_file",
    "submissions.state",
    "bundles.state",
    "organiser.verification.state",
    "organiser.verification.log_file",
}
"""GET routes that answer with something else, beside the API's."""


@dataclass(frozen=True)
class Place:
    """A page as somebody sees it."""

    who: str | None
    address: str

    def __str__(self) -> str:
        address = self.address.replace("{", "").replace("}", "").strip("/").replace("/", "-")
        return f"{address or 'home'}-as-{self.who or 'visitor'}"


PLACES = [Place(who, address) for shown in PAGES.values() for who, address in shown]
PLACES.append(Place(VISITOR, "/nothing-is-here"))


@pytest.fixture(scope="module")
def windows(chromium: Browser, site: Site) -> Iterator[Windows]:
    opened = Windows(chromium, site)
    yield opened
    # A page of a verification that runs would ask the site how far it is until the last test.
    opened.close()


def test_every_get_route_is_looked_at_or_is_no_page(site: Site) -> None:
    routes = {rule.endpoint for rule in site.app.url_map.iter_rules() if "GET" in (rule.methods or ())}
    of_the_api = {endpoint for endpoint in routes if endpoint.startswith("api.")}
    assert routes - of_the_api == PAGES.keys() | NO_PAGES


@pytest.mark.parametrize("place", PLACES, ids=str)
def test_the_page_is_accessible_and_fits_every_width(place: Place, site: Site, windows: Windows) -> None:
    address = place.address.format(**site.secrets)
    page = windows.page(place.who)
    page.goto(address)
    assert page.url == site.url + address
    assert violations(page) == []
    assert widest(page) == [*WIDTHS]
    if "KIT_SCREENSHOTS" in os.environ:
        photograph(page, str(place))


def test_every_form_that_says_what_is_wrong_is_accessible(site: Site, windows: Windows) -> None:
    seen = set()
    for place in PLACES:
        page = windows.page(place.who)
        address = place.address.format(**site.secrets)
        page.goto(address)
        for number in range(page.locator("form[novalidate]").count()):
            form = page.locator("form[novalidate]").nth(number)
            action = form.get_attribute("action") or address
            if (place.who, action) in seen:
                continue
            seen.add((place.who, action))
            form.evaluate(
                "form => form.querySelectorAll('input:not([type=hidden], [type=submit]), textarea').forEach("
                "input => { input.value = ''; input.checked = false })"
            )
            with page.expect_navigation() as answer:
                form.evaluate("form => form.requestSubmit()")
            if answer.value.status >= 400:
                assert page.locator("main .fault, main .faults").count() > 0, action
                assert violations(page) == [], action
                assert widest(page) == [*WIDTHS], action
                if "KIT_SCREENSHOTS" in os.environ:
                    photograph(page, f"fault-{action.strip('/').replace('/', '-')[:40]}")
            page.goto(address)
    assert len(seen) > 10
