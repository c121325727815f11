"""The report on a recording in a real browser: without network and scripts, at any width, for everybody."""

from __future__ import annotations

from pathlib import Path

import pytest

pytest.importorskip("playwright.sync_api")
pytest.importorskip("axe_playwright_python")

from playwright.sync_api import Browser

from baseline.report.page import render
from data_spec.challenge import Challenge
from tests.baseline.report.example_reports import example_report
from tests.browser.axe import axe_core, violations
from tests.browser.photographs import photograph

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def test_it_needs_nothing_but_itself_and_is_accessible(chromium: Browser, tmp_path: Path, merc2017: Challenge) -> None:
    file = tmp_path / "report.html"
    file.write_text(render(example_report(merc2017)), encoding="utf-8")

    alone = chromium.new_context(java_script_enabled=False, offline=True).new_page()
    asked: list[str] = []
    complaints: list[str] = []
    alone.on("request", lambda request: asked.append(request.url))
    alone.on("console", lambda message: complaints.append(message.text))
    alone.goto(file.as_uri())
    photograph(alone, "recording-report")
    assert [url for url in asked if not url.startswith("data:image/")] == [file.as_uri()]
    assert complaints == []

    # axe-core is a script, so for it the page's own rule, which allows none, is put aside.
    looked_at = chromium.new_context(bypass_csp=True)
    looked_at.add_init_script(path=axe_core())
    page = looked_at.new_page()
    page.goto(file.as_uri())
    assert violations(page) == []
    looked_at.close()
    alone.context.close()
