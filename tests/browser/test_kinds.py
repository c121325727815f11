"""Pages whose contents follow from the kind of task, of each other kind: accessible, and as wide as the window."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

pytest.importorskip("playwright.sync_api")
pytest.importorskip("axe_playwright_python")

from playwright.sync_api import Browser

from tests.browser.axe import violations
from tests.browser.peopled_site import Site, site_of_kind
from tests.browser.photographs import WIDTHS, photograph
from tests.browser.windows import Windows, widest
from tests.scorer.server.tiny_kinds import KINDS

pytestmark = [pytest.mark.browser, pytest.mark.slow]

PAGES = ("/", "/data", "/rules", "/leaderboard", "/submissions", "/submissions/4")


@pytest.fixture(scope="module", params=sorted(KINDS))
def site(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A site of one kind, instead of the one of 2017."""
    with site_of_kind(tmp_path_factory.mktemp(request.param), KINDS[request.param]()) as running:
        yield running


@pytest.fixture(scope="module")
def windows(chromium: Browser, site: Site) -> Iterator[Windows]:
    opened = Windows(chromium, site)
    yield opened
    opened.close()


@pytest.mark.parametrize("address", PAGES)
def test_its_pages_are_accessible_and_fit_every_width(
    address: str, site: Site, windows: Windows, request: pytest.FixtureRequest
) -> None:
    page = windows.page("ada")
    page.goto(address)
    assert page.url == site.url + address
    assert violations(page) == []
    assert widest(page) == [*WIDTHS]
    if "KIT_SCREENSHOTS" in os.environ:
        name = request.node.callspec.params["site"]
        photograph(page, f"{name}-{address.strip('/').replace('/', '-') or 'home'}")
