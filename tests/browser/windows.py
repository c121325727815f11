"""Windows of a browser in which people of a site are logged in."""

from __future__ import annotations

from playwright.sync_api import Browser, Page

from tests.browser.axe import axe_core
from tests.browser.peopled_site import PASSWORD, Site
from tests.browser.photographs import WIDTHS


class Windows:
    """A browser window for everybody, logged in. It obeys no content security policy, so that axe-core runs."""

    def __init__(self, chromium: Browser, site: Site) -> None:
        self._chromium = chromium
        self._site = site
        self._windows: dict[str | None, Page] = {}

    def page(self, who: str | None) -> Page:
        """The window of that person."""
        if who not in self._windows:
            context = self._chromium.new_context(base_url=self._site.url, bypass_csp=True)
            context.add_init_script(path=axe_core())
            self._windows[who] = context.new_page()
            if who is not None:
                self._log_in(self._windows[who], who)
        return self._windows[who]

    def close(self) -> None:
        """Close every window."""
        for window in self._windows.values():
            window.context.close()

    @staticmethod
    def _log_in(page: Page, who: str) -> None:
        page.goto("/login")
        page.get_by_label("E-mail address").fill(f"{who}@example.org")
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Log in").click()
        page.wait_for_url("**/submissions")


def widest(page: Page) -> list[int]:
    """How wide the page is at each of the widths."""
    widths = []
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        widths.append(page.evaluate("document.documentElement.scrollWidth"))
    return widths
