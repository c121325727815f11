"""Attacks that other platforms fell to, each as a function that makes it and sees it fail."""

from __future__ import annotations

import io
import stat
import struct
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any
from urllib.parse import urljoin, urlsplit

from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from data_spec.challenge import Challenge
from scorer.server.accounts.models import Account

ELSEWHERE = (
    *("https://evil.example/", "//evil.example", "///evil.example", "/\\evil.example", "\\\\evil.example"),
    *("/\t/evil.example", "/\n/evil.example", "https:evil.example", "http:///evil.example", "javascript:alert(1)"),
)
"""Where nobody is to be sent after the log-in."""


@dataclass(frozen=True)
class Scene:
    """Where an attack takes place."""

    client: FlaskClient
    browser: Any
    headers: dict[str, str]
    challenge: Challenge
    tiny: ModuleType
    session: Session

    def fault_of(self, content: bytes) -> str:
        """What is said of an uploaded zip, which must be refused."""
        path = "/api/v1/stages/public/submissions"
        answer = self.client.post(path, data=content, headers=self.headers, content_type="application/zip")
        assert (answer.status_code, answer.json["state"]) == (201, "refused")
        return answer.json["faults"][0]["text"]

    def with_entry(self, entry: zipfile.ZipInfo, content: bytes) -> bytes:
        """A good zip with one more entry."""
        zipped = io.BytesIO(self.tiny.prediction_zip(self.challenge))
        with zipfile.ZipFile(zipped, "a") as archive:
            archive.writestr(entry, content)
        return zipped.getvalue()


def symlink(scene: Scene) -> None:
    for kind in (stat.S_IFLNK, stat.S_IFIFO, stat.S_IFCHR):
        link = zipfile.ZipInfo("prediction/labels")
        link.create_system, link.external_attr = 3, (kind | 0o777) << 16
        assert "found a link or a device" in scene.fault_of(scene.with_entry(link, b"/etc/passwd"))


def zip_slip(scene: Scene) -> None:
    for name in ("../../kit.db", "/etc/cron.d/x", "prediction/..\\..\\x.csv", "C:/x"):
        assert "a path inside the zip" in scene.fault_of(scene.with_entry(zipfile.ZipInfo(name), b"x"))


def zip_bomb(scene: Scene) -> None:
    bomb = io.BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        archive.writestr("prediction/id00000001.csv", bytes(30_000_000))
    assert len(bomb.getvalue()) < scene.challenge.submission.max_zip_bytes
    assert "at most 2,000,000 bytes when unpacked, found 30,000,000 bytes" in scene.fault_of(bomb.getvalue())


def zip_bomb_that_lies(scene: Scene) -> None:
    bomb = io.BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        archive.writestr("prediction/id00000001.csv", bytes(30_000_000))
    content = bomb.getvalue().replace(struct.pack("<L", 30_000_000), struct.pack("<L", 1000))
    assert "prediction/id00000002.csv: expected this file" in scene.fault_of(content)


def padded_user_name(scene: Scene) -> None:
    given = {"display_name": "Eve", "password": "correct horse battery"}
    same = (" ada@example.org", "ada@example.org\t", "ADA@example.org", "ａda@example.org", "ada\u200b@example.org")
    for email in same:
        assert scene.browser.send("/register", email=email, **given).status_code == 422, email
    assert len(scene.session.scalars(select(Account)).all()) == 1


def padded_team_name(scene: Scene) -> None:
    scene.browser.send("/register", display_name="Eve", email="eve@example.org", password="correct horse battery")
    for name in (" Analysts", "Analysts ", "analysts", "Ａnalysts", "Anal\u00adysts", "Аnalysts", "\u202estsylanA"):
        assert scene.browser.send("/team", name=name).status_code == 422, name


def open_redirect(scene: Scene) -> None:
    for target in ELSEWHERE:
        page = scene.client.get("/login", query_string={"next": target}).request.full_path
        answer = scene.browser.send(page, email="ada@example.org", password="correct horse battery")
        assert answer.status_code == 303
        read_by_a_browser = answer.location.replace("\\", "/").translate(dict.fromkeys(map(ord, "\t\r\n")))
        assert urlsplit(urljoin("http://localhost/login", read_by_a_browser))[:2] == ("http", "localhost"), target
        scene.browser.send("/team", "/logout")


def ssrf_by_file_url(scene: Scene) -> None:
    scene.browser.log_in("Ada")
    for url in ("file:///etc/passwd", "http://169.254.169.254/latest/meta-data/", "gopher://127.0.0.1:6379/_x"):
        answer = scene.browser.send("/submit", stage="public", file=url, url=url)
        assert (answer.status_code, "Expected a zip file, found nothing." in answer.text) == (422, True)
        assert "expected a zip, found no zip file" in scene.fault_of(url.encode())
        named = scene.fault_of(scene.with_entry(zipfile.ZipInfo(url), b"x"))
        assert "root:" not in named


def pickle_columns(scene: Scene) -> None:
    pickled = b"cposix\nsystem\n(S'touch it_was_run'\ntR."
    for name in ("prediction/id00000001.pkl", "prediction/id00000001.npy", "prediction/id00000001.parquet"):
        assert "expected only prediction/<recording>.csv" in scene.fault_of(
            scene.with_entry(zipfile.ZipInfo(name), pickled)
        )
    files = {f"prediction/{recording}.csv": pickled.decode() for recording in scene.tiny.RECORDINGS["public"]}
    assert "expected the header Time,Anger" in scene.fault_of(scene.tiny.zip_of(files))
    assert not Path("it_was_run").exists()


ATTACKS: tuple[Callable[[Scene], None], ...] = (
    *(symlink, zip_slip, zip_bomb, zip_bomb_that_lies, padded_user_name, padded_team_name),
    *(open_redirect, ssrf_by_file_url, pickle_columns),
)
