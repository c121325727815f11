"""References: the recordings that raters are tracked by, and where they stand among the items of a rater.

`references.csv` in the corpus lists them, one a line under the header `recording`. What is known of a reference is what
the others said of it: its annotations are in its file as those of any recording. It has more of them than others,
since every rater meets some ("MSP-Face", section 3.2).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from pathlib import Path

import numpy as np

from data_spec.annotations.table import check_header, read_table, texts, write_table
from data_spec.csv_files import CsvError, CsvFault

REFERENCES_FILE = "references.csv"
_HEADER = ("recording",)

BLOCK = 4
"""Items of a block, one of which is a reference."""

MOST_ITEMS = 100
"""Items that a rater is given at most, references among them: those of one HIT."""


def read_references(corpus_root: Path) -> frozenset[str]:
    """The recordings that raters are tracked by; none where the corpus has no list of them. Raises CsvError."""
    path = corpus_root / REFERENCES_FILE
    if not path.exists():
        return frozenset()
    header, rows = read_table(path)
    check_header(path, _HEADER, header)
    return frozenset(name for _, name in texts(path, rows, 0, _HEADER[0]))


def reference_faults(corpus_root: Path, listed: Collection[str] | None) -> list[CsvFault]:
    """What is wrong with a corpus's list of references; nothing where it has none.

    Args:
        corpus_root: of the corpus.
        listed: the recordings of the organisers' list; None where the corpus has no such list, as those have it who
            take part: nobody else may know the references.
    """
    path = corpus_root / REFERENCES_FILE
    if path.exists() and listed is None:
        return [CsvFault(path, None, None, "none: only the organisers know what raters are tracked by", "a list")]
    try:
        unknown = sorted(read_references(corpus_root) - set(listed or ()))
    except CsvError as error:
        return [error.fault]
    return [CsvFault(path, None, _HEADER[0], "recordings of recordings.csv", repr(unknown[0]))] if unknown else []


def write_references(corpus_root: Path, recordings: Iterable[str]) -> None:
    """Write the list of the recordings that raters are tracked by. Raises OSError."""
    write_table(corpus_root / REFERENCES_FILE, _HEADER, [[name] for name in sorted(recordings)])


def plan_blocks(items: Sequence[str], references: Sequence[str], rng: np.random.Generator) -> Iterator[tuple[str, ...]]:
    """What a rater is given, block by block: three items and, at a random place among them, a reference.

    Args:
        items: recordings to be rated, in the order in which they are wanted.
        references: recordings that are known; none comes twice.
        rng: chance: which reference, and where it stands.

    Yields:
        Blocks of `BLOCK` recordings, up to `MOST_ITEMS` recordings in all, as long as there are items for a whole block
        and references that the rater has not met.

    Raises:
        ValueError: an item is a reference.

    >>> blocks = plan_blocks(["a", "b", "c", "d", "e", "f"], ["known", "sure"], np.random.default_rng(0))
    >>> [sum(name in ("known", "sure") for name in block) for block in blocks]
    [1, 1]
    """
    if both := set(items) & set(references):
        raise ValueError(f"items: expected none that is a reference. Received: {sorted(both)[:5]}")
    unmet = iter([references[place] for place in rng.permutation(len(references))])
    blocks = min(len(items) // (BLOCK - 1), len(references), MOST_ITEMS // BLOCK)
    for block in range(blocks):
        chosen = list(items[block * (BLOCK - 1) : (block + 1) * (BLOCK - 1)])
        chosen.insert(int(rng.integers(BLOCK)), next(unmet))
        yield tuple(chosen)
