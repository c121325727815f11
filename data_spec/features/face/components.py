"""Principal components: the many values of a face embedding → the columns of the face stream.

The challenge of 2017 projected VGG16's 4096 values on 100 components. They are fitted on the recordings of train
alone, saved with the corpus, and used for all of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from data_spec.stream import Values
from data_spec.whole_file import whole_file

BLOCK = 1024
"""Rows that are worked on at once: 32 MB in 64 bits where a row has 4096 values."""

_FIELDS = (
    ("embedding", "U", 0),
    ("fitted_on", "U", 0),
    ("mean", "f", 1),
    ("components", "f", 2),
    ("explained_variance", "f", 1),
    ("rows", "i", 0),
)
_KINDS = {"U": "text", "f": "numbers", "i": "a whole number"}


@dataclass(frozen=True)
class FaceComponents:
    """What face embeddings are projected with.

    Attributes:
        embedding: the name of the embedding that the components were fitted on.
        mean: of every value of the embedding, shape (features,)
        components: rows of unit length, at right angles to each other, by falling variance; of two opposite
            directions the one whose largest entry is positive. Rows that the data had too few dimensions for are
            zeros. Shape (columns, features)
        explained_variance: along each component, shape (columns,)
        rows: how many rows they were fitted on.
        fitted_on: `train`, or `all` recordings that there were, where no face was in any of train.
    """

    embedding: str
    mean: NDArray[np.float64]
    components: NDArray[np.float64]
    explained_variance: NDArray[np.float64]
    rows: int
    fitted_on: str = "train"

    @classmethod
    def fit(cls, chunks: Iterable[Values], columns: int = 100, embedding: str = "expression") -> FaceComponents:
        """The components of all rows together, those of zeros (gaps) left out.

        Exact, and independent of how the rows are cut into chunks: one pass gathers the covariance matrix, block by
        block (Chan, Golub & LeVeque 1983, "Algorithms for computing the sample variance", equation 2.1). However
        many rows there are, memory holds one chunk, one block, and features x features numbers a few times over
        (134 MB each where a row has 4096 values).

        Args:
            chunks: such as the face streams of all recordings of train, each of shape (n, features)
            columns: how many components.
            embedding: what the values are of.

        Raises:
            ValueError: chunks of different widths, a value that is not finite, or no row that is not a gap.
        """
        rows, mean, scatter = 0, np.zeros(0), np.zeros((0, 0))
        for block in _blocks(chunks):
            if rows == 0:
                mean, scatter = np.zeros(block.shape[1]), np.zeros((block.shape[1], block.shape[1]))
            block_mean = block.mean(axis=0)
            block -= block_mean
            scatter += block.T @ block
            shift = block_mean - mean
            total = rows + len(block)
            scatter += np.outer(shift, shift * (rows * len(block) / total))
            mean = mean + shift * (len(block) / total)
            rows = total
        if rows == 0:
            raise ValueError("face components: expected rows to fit on. Received: none, or gaps alone")
        directions, variances = _largest(scatter / max(rows - 1, 1), min(columns, rows - 1))
        components, explained = np.zeros((columns, len(mean))), np.zeros(columns)
        components[: len(directions)], explained[: len(variances)] = directions, variances
        return cls(embedding, mean, components, explained, rows)

    def project(self, values: Values) -> Values:
        """The columns of the face stream; rows of zeros (gaps) stay rows of zeros, and no others become such.

        Args:
            values: embeddings, shape (n, features); may be memory-mapped, a block is read at a time.

        Returns:
            shape (n, columns)

        Raises:
            ValueError: not as many features as the components were fitted on.
        """
        if values.ndim != 2 or values.shape[1] != len(self.mean):
            expected = f"values of shape (n, {len(self.mean)}), embeddings {self.embedding!r}"
            raise ValueError(f"face components: expected {expected}. Received: {values.shape}")
        result = np.zeros((len(values), len(self.components)), dtype=np.float32)
        for first in range(0, len(values), BLOCK):
            block = np.asarray(values[first : first + BLOCK], dtype=np.float64)
            present = block.any(axis=1)
            projected = ((block[present] - self.mean) @ self.components.T).astype(np.float32)
            # What lies in the very mean, as the one face of a still picture does, is no gap.
            projected[~projected.any(axis=1), :1] = np.finfo(np.float32).tiny
            result[first : first + BLOCK][present] = projected
        return result

    def save(self, path: Path) -> None:
        """Write them to a `.npz` file."""
        with whole_file(path) as file:
            np.savez(
                file,
                embedding=np.array(self.embedding),
                mean=self.mean,
                components=self.components,
                explained_variance=self.explained_variance,
                rows=np.array(self.rows),
                fitted_on=np.array(self.fitted_on),
            )

    @classmethod
    def load(cls, path: Path) -> FaceComponents:
        """Those that were saved. Nothing in the file is run: pickles are refused.

        Raises:
            ValueError: no such file, or it holds no face components; names the file and what is wrong in it.
        """
        try:
            with path.open("rb") as file, np.load(file, allow_pickle=False) as arrays:
                found = {name: arrays[name] for name in arrays.files}
        except Exception as error:  # a broken zip raises errors of many kinds
            raise ValueError(f"{path}: expected face components (a .npz file), cannot be read: {error}") from error
        for name, kind, dimensions in _FIELDS:
            if name not in found:
                raise ValueError(f"{path}: expected a field {name!r}, found {', '.join(sorted(found)) or 'none'}")
            if found[name].dtype.kind != kind or found[name].ndim != dimensions:
                shown = f"{found[name].dtype} of shape {found[name].shape}"
                raise ValueError(f"{path}: field {name!r}: expected {_KINDS[kind]}, {dimensions} axes, found {shown}")
            if kind == "f" and not np.isfinite(found[name]).all():
                raise ValueError(f"{path}: field {name!r}: expected finite numbers, found NaN or infinity")
        shape = (len(found["explained_variance"]), len(found["mean"]))
        if found["components"].shape != shape:
            shown = found["components"].shape
            raise ValueError(f"{path}: field 'components': expected the shape {shape} of the others, found {shown}")
        if (fitted_on := str(found["fitted_on"])) not in {"train", "all"}:
            raise ValueError(f"{path}: field 'fitted_on': expected 'train' or 'all', found {fitted_on!r}")
        return cls(
            embedding=str(found["embedding"]),
            mean=found["mean"].astype(np.float64),
            components=found["components"].astype(np.float64),
            explained_variance=found["explained_variance"].astype(np.float64),
            rows=int(found["rows"]),
            fitted_on=fitted_on,
        )


def _blocks(chunks: Iterable[Values]) -> Iterator[NDArray[np.float64]]:
    """The rows that are no gaps, `BLOCK` at a time, the last time fewer."""
    waiting: list[NDArray[np.float64]] = []
    width: int | None = None
    for number, chunk in enumerate(chunks):
        if chunk.ndim != 2 or (width is not None and chunk.shape[1] != width):
            expected = f"(n, {'features' if width is None else width})"
            raise ValueError(f"face components, chunk {number}: expected shape {expected}. Received: {chunk.shape}")
        width = chunk.shape[1]
        for first in range(0, len(chunk), BLOCK):
            part = np.asarray(chunk[first : first + BLOCK], dtype=np.float64)
            if not np.isfinite(part).all():
                raise ValueError(f"face components, chunk {number}: expected finite numbers. Received: NaN or infinity")
            waiting.append(part[part.any(axis=1)])
            if sum(map(len, waiting)) >= BLOCK:
                rows = np.concatenate(waiting)
                yield rows[:BLOCK].copy()
                waiting = [rows[BLOCK:]]
    if sum(map(len, waiting)):
        yield np.concatenate(waiting)


def _largest(covariance: NDArray[np.float64], wanted: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The eigenvectors (as rows) of the largest eigenvalues, and these; fewer where the rest is rounding error."""
    # Imported here: who only projects need not wait for it.
    from scipy.linalg import eigh

    features = len(covariance)
    if (wanted := min(wanted, features)) == 0:
        return np.zeros((0, features)), np.zeros(0)
    values, vectors = eigh(covariance, subset_by_index=(features - wanted, features - 1))
    values, vectors = values[::-1], vectors.T[::-1]
    vectors = vectors[values > values[0] * features * np.finfo(np.float64).eps]
    largest = vectors[np.arange(len(vectors)), np.abs(vectors).argmax(axis=1)]
    return vectors * np.sign(largest)[:, None], values[: len(vectors)]
