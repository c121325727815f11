"""What a reference system is to the commands: its variants and settings, what trains it, what it published.

Each file of `baseline/systems/` describes one system as a `System` named `SYSTEM`; `baseline/registry.py` finds it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from numpy.typing import NDArray

from data_spec.challenge import Challenge
from data_spec.corpus import RecordingFolder

if TYPE_CHECKING:
    from baseline.run_folder import RunFolder


class Size(StrEnum):
    """How large a training is."""

    FULL = "full"
    """As published."""
    SMALL = "small"
    """Minutes on two cores."""
    TINY = "tiny"
    """Seconds: that it runs, not how well."""


@dataclass(frozen=True)
class Part:
    """Some recordings of a folder."""

    folder: RecordingFolder
    recordings: tuple[str, ...]


@dataclass(frozen=True)
class TrainingData:
    """What a system may see while it is trained: both parts with their labels.

    Attributes:
        train: is fitted on.
        validation: other recordings; decides when training stops and what is chosen.
    """

    train: Part
    validation: Part

    @property
    def challenge(self) -> Challenge:
        """Whose recordings they are."""
        return self.train.folder.challenge


class Predictor(Protocol):
    """A trained system."""

    def predict(self, folder: RecordingFolder, recordings: Sequence[str]) -> dict[str, NDArray[Any]]:
        """What the challenge's task asks of each recording, shaped as `scorer.scoring.score` takes it.

        Args:
            folder: has templates or labels, which tell the times to predict, and streams.
            recordings: which of its recordings.

        Raises:
            CsvError: a file is broken.
        """

    def save(self, folder: Path) -> None:
        """Write all that `System.load` needs into an existing folder."""


@dataclass(frozen=True)
class Published:
    """A figure that a paper tells of a variant.

    Attributes:
        variant: of the system.
        figure: as `ScoreReport.figure` takes it, such as `macro_f1` or `arousal.concordance_cc`.
        value: what the paper tells; None where the kit's variant has no counterpart in it.
    """

    variant: str
    figure: str
    value: float | None


@dataclass(frozen=True)
class Table:
    """A table of a paper: it is measured by one command.

    Attributes:
        name: on the command line, such as `modalities`.
        title: with the paper's number of it.
        figures: its cells, in its order.
    """

    name: str
    title: str
    figures: tuple[Published, ...]

    @property
    def variants(self) -> tuple[str, ...]:
        """The variants that stand in it, each once, in its order."""
        return tuple(dict.fromkeys(one.variant for one in self.figures))


@dataclass(frozen=True)
class System:
    """A reference system.

    Attributes:
        name: on the command line, and of its file.
        title: in tables and reports.
        source: the paper and its section.
        kinds: the kinds of task that it solves.
        variants: of a challenge, the first one by default; such as architectures, or subsets of the modalities. A
            variant that is not listed may be known too (`train` raises ValueError for one that is not).
        settings: of a size and a variant: a frozen dataclass whose fields `--set NAME=VALUE` changes.
        train: fits a variant: (data, variant, settings, seed, run) → predictor. It writes curves, plots and notes into
            the run. Raises ValueError where the data does not suffice.
        load: reads what `Predictor.save` wrote. Raises ValueError where it is something else.
        tables: what was published.
        challenge: on which challenge it was; on another one nothing is comparable, and nothing published is shown.
            None: on whichever.
        needs_validation: whether it stops or chooses by the validation. For a system that does not, nothing is held out
            of a challenge's training recordings, and the validation may have no recordings.
    """

    name: str
    title: str
    source: str
    kinds: frozenset[str]
    variants: Callable[[Challenge], tuple[str, ...]]
    settings: Callable[[Size, str], Any]
    train: Callable[[TrainingData, str, Any, int, RunFolder], Predictor]
    load: Callable[[Path], Predictor]
    tables: tuple[Table, ...] = ()
    challenge: str | None = None
    needs_validation: bool = True
