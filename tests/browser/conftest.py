"""A real server on a free port, and Debian's Chromium."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

import pytest

from tests.browser.peopled_site import Site, peopled_site
from tests.scorer.server import tiny_corpus

EXPECTED_MS = 20_000
"""How long a page may take to show what is expected of it: on a busy machine a server of four processes is slow."""

CHROMIUM = Path("/usr/bin/chromium")
ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def tiny() -> ModuleType:
    """The functions of the server tests' `tiny_corpus.py`."""
    return tiny_corpus


@dataclass(frozen=True)
class Running:
    """A server that runs, and the account of its organiser."""

    url: str
    organiser_email: str
    organiser_password: str


@pytest.fixture(scope="module")
def running(tiny: ModuleType, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """`python -m scorer init` and `serve`, as an organiser starts them."""
    folder = tmp_path_factory.mktemp("server")
    tiny.write_published(folder / "published", tiny.tiny_challenge())
    command = [sys.executable, "-m", "scorer"]
    email = "organiser@example.org"
    said = subprocess.run(
        [*command, "init", folder / "data", "--corpus", folder / "published", "--admin", email],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    password = said.partition("password ")[2].split()[0]
    with subprocess.Popen(
        [*command, "serve", folder / "data", "--port", "0"],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
    ) as process:
        assert process.stdout is not None
        yield Running(process.stdout.readline().split()[-1], email, password)
        process.terminate()
        process.wait(20)


@pytest.fixture(scope="module")
def server_url(running: Running) -> str:
    """Where the server is."""
    return running.url


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A server of this process, with people and submissions in every state. Tests add to it and remove nothing."""
    with peopled_site(tmp_path_factory.mktemp("site")) as running:
        yield running


@pytest.fixture(scope="session")
def chromium() -> Iterator[object]:
    """The browser; skipped where Debian's Chromium is not installed."""
    if not CHROMIUM.exists():
        pytest.skip(f"needs {CHROMIUM} (apt-get install chromium)")
    playwright = pytest.importorskip("playwright.sync_api")
    playwright.expect.set_options(timeout=EXPECTED_MS)
    with playwright.sync_playwright() as started:
        browser = started.chromium.launch(
            executable_path=str(CHROMIUM),
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-dev-shm-usage"],
        )
        yield browser
        browser.close()
