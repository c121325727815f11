"""A large file over a connection that breaks."""

from __future__ import annotations

import hashlib
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest

from scorer import connection
from scorer.client import Client
from scorer.client_answers import Download
from scorer.connection import Problem, ServerUnreachable
from scorer.download import OtherBytes, fetch
from tests.scorer.scripted_server import Answer, hangs_up, running, says

CONTENT = bytes(range(256)) * 4000
SHA256 = hashlib.sha256(CONTENT).hexdigest()
FILE = Download(name="participants", size=len(CONTENT), sha256=SHA256, why_not=None)


@pytest.fixture(autouse=True)
def no_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "BACK_OFF_SECONDS", 0)


def serves(end: int | None = None) -> Answer:
    """The file from where it was asked for; where there is an `end`, the connection breaks there."""

    def answer(handler: BaseHTTPRequestHandler) -> None:
        start = int(handler.headers.get("Range", "bytes=0-").removeprefix("bytes=").rstrip("-"))
        length = str(len(CONTENT) - start)
        says(206 if start else 200, CONTENT[start:end], Content_Length=length)(handler)

    return answer


def test_a_file_is_there_when_all_of_it_has_arrived(tmp_path: Path) -> None:
    out, seen = tmp_path / "new" / "a.zip", []
    with running(serves()) as script, Client(script.url) as client:
        fetch(client, FILE, out, seen.append)
    assert out.read_bytes() == CONTENT
    assert sum(seen) == len(CONTENT)
    assert [path.name for path in out.parent.iterdir()] == ["a.zip"]
    assert "Range" not in script.headers[0]


def test_a_download_goes_on_where_it_broke_off(tmp_path: Path) -> None:
    out, seen = tmp_path / "a.zip", []
    with running(serves(300_000), serves(700_000), serves()) as script, Client(script.url) as client:
        fetch(client, FILE, out, seen.append)
    assert out.read_bytes() == CONTENT
    assert sum(seen) == len(CONTENT)
    first, *rest = [headers.get("Range") for headers in script.headers]
    assert first is None
    assert [int(asked[6:-1]) // 250_000 for asked in rest] == [1, 2], "what had arrived is not sent again"
    assert script.headers[1]["If-Range"] == f'"{SHA256}"'


def test_a_later_call_goes_on_too(tmp_path: Path) -> None:
    out = tmp_path / "a.zip"
    out.write_bytes(b"an older one")
    with (
        running(serves(300_000), *[hangs_up] * connection.TRIES) as script,
        Client(script.url) as client,
        pytest.raises(ServerUnreachable),
    ):
        fetch(client, FILE, out)
    assert out.read_bytes() == b"an older one", "until there is a whole one"
    assert 200_000 < (tmp_path / "a.zip.part").stat().st_size <= 300_000
    with running(serves()) as script, Client(script.url) as client:
        fetch(client, FILE, out)
    assert out.read_bytes() == CONTENT


def test_a_part_of_another_file_is_thrown_away(tmp_path: Path) -> None:
    (tmp_path / "a.zip.part").write_bytes(b"another file")
    with running(says(200, CONTENT)) as script, Client(script.url) as client:  # the server knows by If-Range
        fetch(client, FILE, tmp_path / "a.zip")
    assert (tmp_path / "a.zip").read_bytes() == CONTENT


def test_a_part_that_is_all_of_it_needs_no_question(tmp_path: Path) -> None:
    (tmp_path / "a.zip.part").write_bytes(CONTENT)
    with running() as script, Client(script.url) as client:
        fetch(client, FILE, tmp_path / "a.zip")
    assert script.asked == []


def test_other_bytes_are_not_taken(tmp_path: Path) -> None:
    with (
        running(says(200, bytes(len(CONTENT)))) as script,
        Client(script.url) as client,
        pytest.raises(OtherBytes, match=f"expected a file of the SHA-256 {SHA256}"),
    ):
        fetch(client, FILE, tmp_path / "a.zip")
    assert list(tmp_path.iterdir()) == []


def test_without_a_hash_the_size_must_be_right(tmp_path: Path) -> None:
    unknown = FILE.model_copy(update={"sha256": None})
    with (
        running(says(200, b"short")) as script,
        Client(script.url) as client,
        pytest.raises(OtherBytes, match="bytes, found 5"),
    ):
        fetch(client, unknown, tmp_path / "a.zip")
    assert not (tmp_path / "a.zip").exists()


def test_a_no_ends_it(tmp_path: Path) -> None:
    with (
        running(says(404, {"detail": "There is no such file."})) as script,
        Client(script.url) as client,
        pytest.raises(Problem, match="There is no such file"),
    ):
        fetch(client, FILE, tmp_path / "a.zip")
