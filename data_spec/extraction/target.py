"""The corpus that is filled: a new one, or one of the same challenge that is there already."""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from pathlib import Path

from data_spec.challenge import FILE_NAME, Challenge
from data_spec.corpus import COMPONENTS_FILE, Corpus, CorpusError
from data_spec.csv_files import csv_files_in
from data_spec.extraction.components import load_components
from data_spec.extraction.finding import Found
from data_spec.whole_file import whole_file

WORK_FOLDER = ".extraction"
"""In the corpus: the results of every recording, from which its files are written. It may be removed: all of it can
be made again from the recordings."""


def open_target(root: Path, challenge: Challenge) -> Corpus:
    """The corpus to fill. Its `challenge.yaml` is written first, so that an extraction that was stopped can go on.

    Raises:
        CorpusError: in the folder is something else, or a corpus of another challenge.
    """
    if not (root / FILE_NAME).is_file():
        return Corpus.create(root, challenge)
    corpus = Corpus.open(root)
    there = corpus.challenge
    if (there.name, there.modalities, there.task, there.splits, there.submission) != (
        challenge.name,
        challenge.modalities,
        challenge.task,
        challenge.splits,
        challenge.submission,
    ):
        kind = there.name if there.name != challenge.name else f"another {there.name}"
        raise CorpusError(f"{root}: expected a corpus of {challenge.name!r}, found one of {kind!r}")
    return corpus


def require_room(corpus: Corpus, found: Found) -> None:
    """Raise CorpusError where a recording stands in another split of the corpus already."""
    for split in corpus.splits:
        there = set(corpus.folder(split.name).recordings)
        for other, sources in found.sources.items():
            for source in sources:
                if other != split.name and source.recording in there:
                    raise CorpusError(
                        f"{corpus.root}: expected {source.recording} in {corpus.challenge.split(other).folder}/, "
                        f"where {source.files[0]} goes to, found it in {split.folder}/"
                    )


def adopt_components(corpus: Corpus, found: Found, file: Path | None, embedding: str) -> None:
    """Copy another corpus' components into this one, and look whether those that are there fit what is asked.

    Args:
        corpus: the one that is filled.
        found: the recordings that it is filled with.
        file: another's components, or None.
        embedding: what its faces are described with.

    Raises:
        CorpusError: a file is no components, or is of another embedding or of other columns; or the corpus has others;
            or recordings of train come to components that were fitted without any, and these cannot be fitted anew.
    """
    own, columns = corpus.root / COMPONENTS_FILE, corpus.challenge.modality("face").features
    for path in _there(own, file):
        components = load_components(path, columns)
        if components.embedding != embedding:
            expected = f"components of the embedding {embedding!r}, which is asked for"
            raise CorpusError(f"{path}: expected {expected}, found those of {components.embedding!r}")
        has_train = any(source.pictures for source in found.to_train_on(corpus.challenge))
        if components.fitted_on != "train" and has_train:
            if path == file:
                raise CorpusError(f"{path}: expected components fitted on train, as there are recordings of it")
            _require_every_face(corpus, found)
    if file is not None:
        if own.is_file() and own.read_bytes() != file.read_bytes():
            raise CorpusError(f"{own}: expected none or the same components as {file}, found others")
        with whole_file(own) as copy, file.open("rb") as original:
            shutil.copyfileobj(original, copy)


def _require_every_face(corpus: Corpus, found: Found) -> None:
    """Raise CorpusError where a face in the corpus would keep columns of other components than those fitted anew."""
    names = {source.recording for source in found.all_sources}
    folder = corpus.challenge.modality("face").folder
    files = [path for split in corpus.splits for path in csv_files_in(corpus.root / split.folder / folder)]
    if kept := [path for path in files if path.stem not in names]:
        raise CorpusError(
            f"{kept[0]}: its columns are of components that were fitted while there was no train; they are fitted anew "
            f"now that there is. Expected the film of {kept[0].stem!r} among the recordings, found none"
        )


def _there(own: Path, file: Path | None) -> Iterable[Path]:
    return [path for path in (own if own.is_file() else None, file) if path is not None]
