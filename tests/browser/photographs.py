"""Pictures of pages, at two widths and in both colour schemes."""

from __future__ import annotations

import os
import time
from pathlib import Path

from playwright.sync_api import Page

WIDTHS = (390, 1280)
SCHEMES = ("light", "dark")
SECONDS_TO_LAY_OUT = 5.0


def photograph(page: Page, name: str) -> None:
    """No page scrolls sideways at any width; with KIT_SCREENSHOTS its pictures are kept in that folder."""
    for scheme in SCHEMES:
        page.emulate_media(color_scheme=scheme)
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 900})
            picture = picture_in_window(page, name, width)
            if folder := os.environ.get("KIT_SCREENSHOTS"):
                (Path(folder) / f"{name}-{width}-{scheme}.png").write_bytes(picture)


def picture_in_window(page: Page, name: str, width: int) -> bytes:
    """The page's picture, as wide as the window. A busy browser lays a page out anew a while after it was resized."""
    until = time.monotonic() + SECONDS_TO_LAY_OUT
    while True:
        # Scripts may be off for the page, so its width is read from its picture.
        picture = page.screenshot(full_page=True)
        found = int.from_bytes(picture[16:20], "big")
        if found == width:
            return picture
        assert time.monotonic() < until, f"{name} scrolls sideways at {width} px: it is {found} px wide"
        time.sleep(0.2)
