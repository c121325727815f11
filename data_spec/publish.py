"""Publishing: what each audience of a challenge is given of a corpus, and nothing else.

```
OUT/
  challenge.yaml
  participants/{challenge.yaml, train (streams, labels), test (streams, prediction/)}
  stage2/{challenge.yaml, private_test (streams, prediction/)}
  organisers/{challenge.yaml, recordings.csv, test/labels, private_test/labels}
```

Who is given streams is given the components of their face columns too, where a corpus has some.

What each annotator said, where it is kept, goes where the labels go.

Who gets which split, and whether with labels, stands in the challenge. `recordings.csv` names actors and
splits, so it stays with the organisers.
"""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from data_spec.annotations.references import REFERENCES_FILE
from data_spec.challenge import FILE_NAME, SplitFolder, dump_challenge
from data_spec.corpus import (
    ANNOTATIONS_FOLDER,
    COMPONENTS_FILE,
    LABELS_FOLDER,
    RECORDINGS_FILE,
    Corpus,
    CorpusError,
    RecordingFolder,
)
from data_spec.csv_files import read_labels, write_template
from data_spec.whole_folder import whole_folder

ORGANISERS = "organisers"


@dataclass(frozen=True)
class Step:
    """One file to publish.

    Attributes:
        source: a file of the corpus.
        target: its place in what is published, relative.
        as_template: publish the times of these labels with zeros, instead of a copy.
    """

    source: Path
    target: Path
    as_template: bool = False


def publish(corpus: Corpus, out: Path, progress: Callable[[Sequence[Step]], Iterable[Step]] = iter) -> None:
    """Write what each audience is given into OUT, which is there when all of it is, and not before.

    Files are copies, byte by byte: a change in what was published must never reach the corpus.

    Args:
        corpus: a whole corpus, with labels and the organiser's list.
        out: a new or empty folder.
        progress: wraps the steps; shows a bar, or nothing.

    Raises:
        CorpusError: the corpus is not whole (names what is missing), or something is in the way at `out`.
        CsvError: a file of hidden labels, from which a template is made, cannot be read.
    """
    steps = plan(corpus)
    challenge = corpus.challenge
    with whole_folder(out) as folder:
        for audience in ("", ORGANISERS, *(split.audience for split in challenge.splits.folders)):
            (folder / audience).mkdir(exist_ok=True)
            (folder / audience / FILE_NAME).write_text(dump_challenge(challenge), encoding="utf-8")
        for step in progress(steps):
            target = folder / step.target
            target.parent.mkdir(parents=True, exist_ok=True)
            if step.as_template:
                write_template(target, read_labels(step.source, challenge.task).times, challenge.task)
            else:
                shutil.copyfile(step.source, target)


def plan(corpus: Corpus) -> list[Step]:
    """Every file to publish. Raises CorpusError where the corpus is not whole."""
    recordings = corpus.read_recordings()
    if twice := [name for name, number in Counter(one.name for one in recordings).items() if number > 1]:
        raise CorpusError(f"{corpus.root / RECORDINGS_FILE}: expected every recording once, found {twice[:5]} twice")
    kept = [corpus.root / name for name in (RECORDINGS_FILE, REFERENCES_FILE)]
    steps = [Step(file, Path(ORGANISERS, file.name)) for file in kept if file.is_file()]
    if (components := corpus.root / COMPONENTS_FILE).is_file():
        audiences = {split.audience for split in corpus.challenge.splits.folders}
        steps += [Step(components, Path(audience, COMPONENTS_FILE)) for audience in sorted(audiences)]
    for split in corpus.challenge.splits.folders:
        listed = {one.name for one in recordings if one.split == split.name}
        if not listed and not (corpus.root / split.folder).exists():
            continue
        folder = corpus.folder(split.name)
        # A file that is on no list has no split: it might be anybody's, so nothing is published.
        if stray := set(folder.recordings) ^ listed:
            raise CorpusError(
                f"{folder.path}: expected the {len(listed)} recordings that {RECORDINGS_FILE} lists for "
                f"{split.name!r}, found another set, such as {sorted(stray)[:5]}"
            )
        for recording in sorted(listed):
            steps += _steps_of(folder, split, recording)
    return steps


def _steps_of(folder: RecordingFolder, split: SplitFolder, recording: str) -> list[Step]:
    file_name = f"{recording}.csv"
    labels = folder.path / LABELS_FOLDER / file_name
    if not labels.is_file():
        raise CorpusError(f"{labels}: expected the labels of a whole corpus, found none")
    given, kept = Path(split.audience, split.folder), Path(ORGANISERS, split.folder)
    files = [folder.media(modality.name, recording) for modality in folder.challenge.modalities]
    steps = [Step(file, given / file.parent.name / file.name) for file in files if file is not None]
    if split.labels == "hidden":
        steps.append(Step(labels, given / folder.challenge.submission.folder / file_name, as_template=True))
    # What each annotator said tells the labels: it goes where they go.
    annotations = folder.path / ANNOTATIONS_FOLDER / file_name
    secrets = [labels, annotations] if annotations.is_file() else [labels]
    owner = given if split.labels == "published" else kept
    return [*steps, *(Step(file, owner / file.parent.name / file_name) for file in secrets)]
