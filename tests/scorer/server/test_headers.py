from __future__ import annotations

import re
from pathlib import Path

import pytest
from flask.testing import FlaskClient

import scorer.server

PAGES = ("/", "/leaderboard", "/register", "/login", "/leaderboard.csv", "/api/v1/leaderboard", "/nothing", "/healthz")


@pytest.mark.parametrize("page", [*PAGES, "/static/style.css"])
def test_every_answer_carries_the_security_headers(client: FlaskClient, page: str) -> None:
    with client.get(page) as answer:
        headers = answer.headers
    policy = headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"


@pytest.mark.parametrize(
    ("base_url", "secure"),
    [
        ("http://127.0.0.1:8000", False),
        ("http://localhost", False),
        ("http://[::1]:8000", False),
        ("https://127.0.0.1", True),
        ("http://challenge.example", True),
        ("https://challenge.example", True),
        ("http://localhost.challenge.example:80", True),
    ],
)
def test_the_cookie_is_secure_except_on_ones_own_machine(client: FlaskClient, base_url: str, secure: bool) -> None:
    cookie = client.get("/login", base_url=base_url).headers["Set-Cookie"]
    assert ("; Secure" in cookie) is secure
    assert "; HttpOnly" in cookie
    assert "; SameSite=Lax" in cookie


def test_over_https_the_browser_is_told_to_stay_there(client: FlaskClient) -> None:
    assert "Strict-Transport-Security" in client.get("/", base_url="https://challenge.example").headers
    assert "Strict-Transport-Security" not in client.get("/").headers


@pytest.mark.parametrize("page", ["/", "/api/v1/leaderboard", "/healthz"])
def test_who_only_looks_gets_no_cookie(client: FlaskClient, page: str) -> None:
    assert "Set-Cookie" not in client.get(page).headers


def test_no_template_holds_a_script_or_a_style_of_its_own() -> None:
    for template in Path(scorer.server.__file__).parent.rglob("*.html"):
        text = template.read_text(encoding="utf-8")
        assert not re.search(r'<script(?! type="module" src=)|<style|\sstyle=|\son\w+=|javascript:|\|\s*safe', text), (
            template
        )


def test_a_page_that_is_not_there_says_so_to_people(client: FlaskClient) -> None:
    answer = client.get("/nothing")
    assert answer.status_code == 404
    assert answer.mimetype == "text/html"
    assert "There is nothing here." in answer.text


def test_the_home_page_is_made_from_the_challenge(client: FlaskClient) -> None:
    page = client.get("/").text
    for words in ("Multimodal Emotion Recognition Challenge 2017", "face_nn/", "0.5250", "python -m baseline predict"):
        assert words in page
    assert "--url http://localhost --token TOKEN" in page


def test_a_page_that_looks_at_an_empty_session_sets_no_cookie_and_varies_by_it(client: FlaskClient) -> None:
    answer = client.get("/")
    assert "Set-Cookie" not in answer.headers
    assert "Cookie" in answer.vary
