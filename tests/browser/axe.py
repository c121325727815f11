"""axe-core, which looks for what keeps people out of a page."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

from playwright.sync_api import Page

TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]


def axe_core() -> Path:
    """The script, inside its package."""
    spec = find_spec("axe_playwright_python")
    assert spec is not None
    assert spec.origin is not None
    return Path(spec.origin).parent / "axe.min.js"


def violations(page: Page) -> list[str]:
    """What axe-core finds, in a line for each element. Only contrast depends on the colour scheme.

    An id that stands twice on a page labels the wrong field; WCAG 2.2 has no rule for it any more, nor has axe-core.
    """
    ids = page.evaluate("[...document.querySelectorAll('[id]')].map(element => element.id)")
    found = [f"the id {one!r} stands twice" for one in set(ids) if ids.count(one) > 1]
    for scheme, run_only in (("light", {"type": "tag", "values": TAGS}), ("dark", ["color-contrast"])):
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        result = page.evaluate("only => axe.run(document, {runOnly: only, resultTypes: ['violations']})", run_only)
        found += [
            f"{scheme}: {violation['id']}: {node['target']}: {node['failureSummary']}"
            for violation in result["violations"]
            for node in violation["nodes"]
        ]
    return found
