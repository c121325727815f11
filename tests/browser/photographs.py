"""Pictures of pages, at two widths and in both colour schemes."""

from __future__ import annotations

import os
from pathlib import Path

from playwright.sync_api import Page

WIDTHS = (390, 1280)
SCHEMES = ("light", "dark")


def photograph(page: Page, name: str) -> None:
    """No page scrolls sideways at any width; with KIT_SCREENSHOTS its pictures are kept in that folder."""
    for scheme in SCHEMES:
        page.emulate_media(color_scheme=scheme)
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 900})
            # Scripts may be off for the page, so its width is read from its picture.
            picture = page.screenshot(full_page=True)
            assert int.from_bytes(picture[16:20], "big") == width, f"{name} scrolls sideways at {width} px"
            if folder := os.environ.get("KIT_SCREENSHOTS"):
                (Path(folder) / f"{name}-{width}-{scheme}.png").write_bytes(picture)
