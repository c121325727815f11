from __future__ import annotations

from dataclasses import replace

from scorer.server.config import Settings
from scorer.server.storage.creation import create_storage
from scorer.server.storage.local import LocalStorage
from scorer.server.storage.remote import RemoteStorage


def test_without_an_address_uploads_are_in_the_data_folder(settings: Settings) -> None:
    storage = create_storage(settings)
    assert isinstance(storage, LocalStorage)
    assert storage.root == settings.data.root / "submissions"


def test_with_an_address_they_are_there_and_arrive_here(settings: Settings) -> None:
    storage = create_storage(replace(settings, storage_url="s3://bucket/folder"))
    assert isinstance(storage, RemoteStorage)
    assert storage.incoming == settings.data.storage.incoming
