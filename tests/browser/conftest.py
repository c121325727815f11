"""A real server on a free port, and Debian's Chromium."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

from tests.scorer.server import tiny_corpus

CHROMIUM = Path("/usr/bin/chromium")
ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def tiny() -> ModuleType:
    """The functions of the server tests' `tiny_corpus.py`."""
    return tiny_corpus


@pytest.fixture(scope="module")
def server_url(tiny: ModuleType, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """`python -m scorer init` and `serve`, as an organiser starts them."""
    folder = tmp_path_factory.mktemp("server")
    tiny.write_published(folder / "published", tiny.tiny_challenge())
    command = [sys.executable, "-m", "scorer"]
    subprocess.run(
        [*command, "init", folder / "data", "--corpus", folder / "published"], cwd=ROOT, check=True, capture_output=True
    )
    with subprocess.Popen(
        [*command, "serve", folder / "data", "--port", "0"],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
    ) as process:
        assert process.stdout is not None
        yield process.stdout.readline().split()[-1]
        process.terminate()
        process.wait(20)


@pytest.fixture(scope="session")
def chromium() -> Iterator[object]:
    """The browser; skipped where Debian's Chromium is not installed."""
    if not CHROMIUM.exists():
        pytest.skip(f"needs {CHROMIUM} (apt-get install chromium)")
    playwright = pytest.importorskip("playwright.sync_api")
    with playwright.sync_playwright() as started:
        browser = started.chromium.launch(
            executable_path=str(CHROMIUM),
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-dev-shm-usage"],
        )
        yield browser
        browser.close()
