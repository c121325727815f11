"""Uploads elsewhere: on fsspec's own file system in memory, and on a server that speaks S3."""

from __future__ import annotations

import hashlib
import io
import uuid
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import Any

import fsspec
import pytest
from flask.testing import FlaskClient

from data_spec.challenge import Challenge
from scorer.server.app import create_app
from scorer.server.config import Settings
from scorer.server.current import server_of
from scorer.server.refusals import TooLarge
from scorer.server.storage.incoming import BrokenOff
from scorer.server.storage.remote import RemoteStorage, StorageAway

CONTENT = b"content"
SHA256 = hashlib.sha256(CONTENT).hexdigest()


@pytest.fixture(scope="module")
def s3_endpoint() -> Iterator[str]:
    """A server on this machine that speaks S3 over HTTP."""
    from moto.server import ThreadedMotoServer

    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def s3_environment(s3_endpoint: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """What an organiser sets for a storage that speaks S3."""
    import s3fs

    monkeypatch.setenv("AWS_ENDPOINT_URL", s3_endpoint)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "somebody")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "something")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    s3fs.S3FileSystem.clear_instance_cache()
    yield
    s3fs.S3FileSystem.clear_instance_cache()


@pytest.fixture(params=["memory", "s3"])
def url(request: pytest.FixtureRequest) -> str:
    """An empty folder elsewhere."""
    bucket = f"kit-{uuid.uuid4().hex}"
    if request.param == "s3":
        request.getfixturevalue("s3_environment")
        fsspec.filesystem("s3").mkdir(bucket)
    return f"{request.param}://{bucket}/uploads"


@pytest.fixture
def storage(url: str, tmp_path: Path) -> RemoteStorage:
    (tmp_path / "incoming").mkdir()
    return RemoteStorage(url, tmp_path / "incoming")


def kept_in(url: str) -> dict[str, bytes]:
    """Everything in the folder elsewhere."""
    filesystem, folder = fsspec.core.url_to_fs(url, use_listings_cache=False)
    return {path.partition("/uploads/")[2]: filesystem.cat_file(path) for path in filesystem.find(folder, refresh=True)}


def test_a_file_is_kept_elsewhere_under_its_hash_and_nothing_stays_here(storage: RemoteStorage, url: str) -> None:
    kept = storage.keep(io.BytesIO(CONTENT), most_bytes=7, announced_bytes=7)
    assert (kept.sha256, kept.size) == (SHA256, 7)
    assert kept_in(url) == {f"{SHA256[:2]}/{SHA256}": CONTENT}
    assert list(storage.incoming.iterdir()) == []


def test_a_reader_gets_a_file_of_this_machine_for_as_long_as_it_reads(storage: RemoteStorage) -> None:
    storage.keep(io.BytesIO(CONTENT), most_bytes=7)
    with storage.local_copy(SHA256) as path:
        assert path.read_bytes() == CONTENT
        assert path.stat().st_mode & 0o777 == 0o600
    assert not path.exists()


def test_what_is_there_already_is_not_sent_again(
    storage: RemoteStorage, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    storage.keep(io.BytesIO(CONTENT), most_bytes=7)
    filesystem = type(fsspec.core.url_to_fs(url)[0])

    def never(*_: object, **__: object) -> None:
        raise AssertionError("sent twice")

    monkeypatch.setattr(filesystem, "put_file", never)
    assert storage.keep(io.BytesIO(CONTENT), most_bytes=7).sha256 == SHA256


def test_half_a_file_that_is_there_is_sent_again(storage: RemoteStorage, url: str) -> None:
    filesystem, folder = fsspec.core.url_to_fs(url)
    filesystem.pipe_file(f"{folder}/{SHA256[:2]}/{SHA256}", CONTENT[:3])
    storage.keep(io.BytesIO(CONTENT), most_bytes=7)
    assert list(kept_in(url).values()) == [CONTENT]


def test_refused_uploads_are_never_sent(storage: RemoteStorage, url: str) -> None:
    with pytest.raises(TooLarge):
        storage.keep(io.BytesIO(b"content!"), most_bytes=7)
    with pytest.raises(BrokenOff):
        storage.keep(io.BytesIO(CONTENT), most_bytes=10, announced_bytes=8)
    assert kept_in(url) == {}
    assert list(storage.incoming.iterdir()) == []


def test_a_file_that_changed_elsewhere_is_not_read(storage: RemoteStorage, url: str) -> None:
    storage.keep(io.BytesIO(CONTENT), most_bytes=7)
    filesystem, folder = fsspec.core.url_to_fs(url)
    filesystem.pipe_file(f"{folder}/{SHA256[:2]}/{SHA256}", b"CONTENT")
    with pytest.raises(StorageAway), storage.local_copy(SHA256):
        pass
    assert list(storage.incoming.iterdir()) == []


def test_a_hash_that_was_never_kept_is_not_found(storage: RemoteStorage) -> None:
    with pytest.raises(FileNotFoundError, match="expected the upload of that hash"), storage.local_copy("0" * 64):
        pass


def test_a_file_that_is_not_there_after_it_was_sent_is_not_received(
    storage: RemoteStorage, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    filesystem = type(fsspec.core.url_to_fs(url)[0])
    monkeypatch.setattr(filesystem, "put_file", lambda *_, **__: None)
    with pytest.raises(StorageAway):
        storage.keep(io.BytesIO(CONTENT), most_bytes=7)
    assert list(storage.incoming.iterdir()) == []


def test_whether_it_can_be_written_is_found_by_writing(storage: RemoteStorage, url: str) -> None:
    storage.check_writable()
    assert kept_in(url) == {"ready": b"ready"}
    assert list(storage.incoming.iterdir()) == []


def test_a_bucket_that_is_not_there_is_said(s3_environment: None, tmp_path: Path) -> None:
    storage = RemoteStorage(f"s3://kit-{uuid.uuid4().hex}/uploads", tmp_path)
    with pytest.raises(StorageAway):
        storage.keep(io.BytesIO(CONTENT), most_bytes=7)
    with pytest.raises(StorageAway):
        storage.check_writable()


def test_the_server_receives_and_judges_what_is_kept_elsewhere(
    url: str,
    settings: Settings,
    ada_token: dict[str, str],
    challenge: Challenge,
    tiny: ModuleType,
) -> None:
    app = create_app(replace(settings, storage_url=url))
    content = tiny.prediction_zip(challenge)
    try:
        answer = app.test_client().post(
            "/api/v1/stages/public/submissions", data=content, headers=ada_token, content_type="application/zip"
        )
        assert answer.status_code in (201, 202), answer.text
        assert list(kept_in(url).values()) == [content]
        sent = app.test_client().get("/api/v1/submissions", headers=ada_token).json
        assert [one["state"] for one in sent["submissions"]] == ["scored"]
    finally:
        server_of(app).sessions.remove()
        server_of(app).engine.dispose()
    assert list(settings.data.storage.root.rglob("*")) == [settings.data.storage.incoming]


def test_a_storage_that_is_down_refuses_uploads_politely_and_nothing_is_half_kept(
    settings: Settings, ada_token: dict[str, str], monkeypatch: pytest.MonkeyPatch, challenge: Challenge, tiny: Any
) -> None:
    from fsspec.implementations.memory import MemoryFileSystem

    def down(*_: object, **__: object) -> None:
        raise ConnectionRefusedError("no route to 10.0.0.1")

    monkeypatch.setattr(MemoryFileSystem, "info", down)
    app = create_app(replace(settings, storage_url="memory://kit/uploads"))
    client: FlaskClient = app.test_client()
    try:
        answer = client.post(
            "/api/v1/stages/public/submissions",
            data=tiny.prediction_zip(challenge),
            headers=ada_token,
            content_type="application/zip",
        )
        assert (answer.status_code, answer.mimetype) == (503, "application/problem+json")
        assert "Try again" in answer.json["detail"]
        assert "10.0.0.1" not in answer.text
        assert client.get("/api/v1/submissions", headers=ada_token).json["submissions"] == []
    finally:
        server_of(app).sessions.remove()
        server_of(app).engine.dispose()
    assert list(settings.data.storage.incoming.iterdir()) == []
