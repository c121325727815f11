"""Which storage a server has."""

from __future__ import annotations

from scorer.server.config import Settings
from scorer.server.storage import Storage
from scorer.server.storage.remote import RemoteStorage


def create_storage(settings: Settings) -> Storage:
    """The storage that the settings name: a folder in the data folder, or one elsewhere. Nothing is connected yet."""
    local = settings.data.storage
    if settings.storage_url is None:
        return local
    return RemoteStorage(settings.storage_url, local.incoming)
