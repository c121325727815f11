"""All recordings of a corpus as one folder: a cross-validation divides them anew."""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path

from data_spec.corpus import Corpus, CorpusError, RecordingFolder
from data_spec.stream import Labels, Stream, Times


class PooledFolder(RecordingFolder):
    """The folders of all splits of a corpus, read as one. Nothing is copied, and each keeps its cache.

    Its `path` is that of no folder on the disk; the corpus is the one above it, as of every folder of recordings.

    Raises:
        CorpusError: a recording is in two splits.
    """

    def __init__(self, corpus: Corpus) -> None:
        super().__init__(corpus.root / "all splits", corpus.challenge)
        self._folders = tuple(corpus.folder(split.name) for split in corpus.splits)
        self._folder_of: dict[str, RecordingFolder] = {}
        for folder in self._folders:
            for name in folder.recordings:
                if name in self._folder_of:
                    places = [str(self._folder_of[name].path), str(folder.path)]
                    raise CorpusError(f"{corpus.root}: expected {name} in one split, found it in {places}")
                self._folder_of[name] = folder

    @cached_property
    def recordings(self) -> tuple[str, ...]:
        """The names of all recordings, sorted."""
        return tuple(sorted(self._folder_of))

    def streams(self, modality_name: str) -> Mapping[str, Stream]:  # type: ignore[override] # of several packs
        """All streams of a modality, by recording, as `RecordingFolder.streams` gives them."""
        return ChainMap(*(dict(folder.streams(modality_name)) for folder in self._folders))

    def stream(self, modality_name: str, recording: str) -> Stream | None:
        """One stream read from its own file, or None where the recording lacks the modality."""
        folder = self._folder_of.get(recording)
        return folder.stream(modality_name, recording) if folder is not None else None

    def media(self, modality_name: str, recording: str) -> Path | None:
        """The file of sound or pictures of one recording, or None where the recording lacks the modality."""
        folder = self._folder_of.get(recording)
        return folder.media(modality_name, recording) if folder is not None else None

    @cached_property
    def labels(self) -> Mapping[str, Labels]:
        """The labels of every recording that has some. Raises CsvError."""
        return {name: labels for folder in self._folders for name, labels in folder.labels.items()}

    @cached_property
    def templates(self) -> Mapping[str, Times]:
        """The times to predict, by recording: from the templates, else from the labels. Raises CsvError."""
        return {name: times for folder in self._folders for name, times in folder.templates.items()}
