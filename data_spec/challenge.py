"""A challenge, read from its YAML file: what differs between challenges stands there, not in code."""

from __future__ import annotations

import reprlib
from pathlib import Path
from typing import Annotated, Literal, Self, TypeVar

import yaml
from pydantic import Field, ValidationError, model_validator
from pydantic_core import ErrorDetails

from data_spec.competition import Baseline, Stage, Team, Verification, ZipLimits, check_order
from data_spec.modality import Modality
from data_spec.section import FolderName, Name, Section, Share
from data_spec.strict_yaml import parse_yaml
from data_spec.synthetic.story import Synthetic, check_story
from data_spec.task import KINDS, Task

CHALLENGES = Path(__file__).parent / "challenges"
FILE_NAME = "challenge.yaml"
"""The copy of its challenge that every corpus and every published folder carries."""


class ChallengeError(ValueError):
    """A challenge file that cannot be used; the message names the file and the key."""


class Annotation(Section):
    """Who labelled the recordings."""

    annotators: Annotated[int, Field(gt=0)]
    per_recording: tuple[int, int]
    """The least and the most annotators of one recording."""

    @model_validator(mode="after")
    def _range_fits(self) -> Self:
        least, most = self.per_recording
        if not 1 <= least <= most <= self.annotators:
            raise ValueError(
                f"per_recording: expected 1 <= least <= most <= {self.annotators} annotators. Received: {[least, most]}"
            )
        return self


class SplitFolder(Section):
    """One part of the corpus and who is given it."""

    name: Name
    folder: FolderName
    audience: Literal["participants", "stage2"]
    labels: Literal["published", "hidden"]

    @property
    def is_everybodys(self) -> bool:
        """Whether everybody who takes part is given it, at any time."""
        return self.audience == "participants"


class Stratum(Section):
    """Sessions that are divided over the splits in the same proportions."""

    sessions: Annotated[tuple[int, ...], Field(min_length=1)]
    proportions: dict[str, Annotated[float, Field(ge=0)]]


class Splits(Section):
    """How the recordings are divided. With `counts` these win, and `proportions` of 0 still exclude."""

    unit: Literal["recording", "actor"]
    """`actor`: all recordings of an actor go to the same split."""
    folders: Annotated[tuple[SplitFolder, ...], Field(min_length=1)]
    strata: Annotated[tuple[Stratum, ...], Field(min_length=1)]
    counts: dict[str, Annotated[int, Field(ge=0)]] | None = None

    @model_validator(mode="after")
    def _splits_are_known(self) -> Self:
        names = [folder.name for folder in self.folders]
        folders = [folder.folder for folder in self.folders]
        if len(set(names)) != len(names) or len(set(folders)) != len(folders):
            raise ValueError(f"folders: every name and every folder once. Received: {names}, {folders}")
        if self.counts is not None and set(self.counts) != set(names):
            raise ValueError(f"counts: expected the splits {names}. Received: {sorted(self.counts)}")
        if self.counts is not None and self.unit == "actor":
            raise ValueError("counts: counts of recordings cannot be kept when unit is 'actor'. Use proportions.")
        sessions = [session for stratum in self.strata for session in stratum.sessions]
        if len(set(sessions)) != len(sessions):
            raise ValueError(f"strata: a session stands in two strata. Received: {sessions}")
        for stratum in self.strata:
            if set(stratum.proportions) != set(names):
                raise ValueError(f"strata: expected proportions of {names}. Received: {sorted(stratum.proportions)}")
            if not any(stratum.proportions.values()):
                raise ValueError(f"strata: sessions {list(stratum.sessions)} go to no split")
        for name, count in (self.counts or {}).items():
            if count and not any(stratum.proportions[name] for stratum in self.strata):
                raise ValueError(
                    f"counts.{name}: expected 0, since no stratum gives {name!r} a part. Received: {count}"
                )
        if self.counts is not None and not any(self.counts.values()):
            raise ValueError("counts: expected at least one over 0. Received: 0 for every split")
        return self


class SubmissionLimits(ZipLimits):
    """What a submitted zip may be."""

    folder: FolderName
    time_tolerance_seconds: Annotated[float, Field(gt=0)]


class Missing(Section):
    """How streams lose data, beside the silence of an actor who listens."""

    share_in_all: Share
    absent_files: dict[str, Share]
    zeroed_files: Share
    zeroed_seconds_mean: Annotated[float, Field(gt=0)]


class Challenge(Section):
    """All about one challenge. See `challenges/merc2017.yaml` for every key, explained."""

    name: Name
    title: str
    description: str
    modalities: Annotated[tuple[Modality, ...], Field(min_length=1)]
    task: Task
    annotation: Annotation
    splits: Splits
    stages: Annotated[tuple[Stage, ...], Field(min_length=1)]
    submission: SubmissionLimits
    team: Team
    baseline: Baseline
    verification: Verification
    missing: Missing | None = None
    synthetic: Synthetic | None = None

    @model_validator(mode="after")
    def _names_meet(self) -> Self:
        names = [modality.name for modality in self.modalities]
        if len(set(names)) != len(names):
            raise ValueError(f"modalities: every name once. Received: {names}")
        reserved = {"labels", "annotations", self.submission.folder}
        folders = [modality.folder for modality in self.modalities]
        if len(set(folders)) != len(folders) or reserved & set(folders):
            raise ValueError(f"modalities: every folder once, and none of {sorted(reserved)}. Received: {folders}")
        splits = [folder.name for folder in self.splits.folders]
        stages = [stage.name for stage in self.stages]
        if len(set(stages)) != len(stages):
            raise ValueError(f"stages: every name once. Received: {stages}")
        for stage in self.stages:
            if stage.split not in splits:
                raise ValueError(f"stages.{stage.name}.split: expected one of {splits}. Received: {stage.split!r}")
            if self.split(stage.split).labels == "published":
                raise ValueError(f"stages.{stage.name}.split: the labels of {stage.split!r} are published")
        check_order(self.stages)
        if self.verification.stage not in {None, *stages}:
            raise ValueError(f"verification.stage: expected one of {stages}. Received: {self.verification.stage!r}")
        if self.task.rate is not None and not self.submission.time_tolerance_seconds < 0.5 / self.task.rate:
            raise ValueError(
                f"submission.time_tolerance_seconds: expected less than half a frame ({0.5 / self.task.rate:g} s). "
                f"Received: {self.submission.time_tolerance_seconds:g}"
            )
        if unknown := set(self.baseline.single_modalities) - set(names):
            raise ValueError(f"baseline.single_modalities: expected some of {names}. Received: {sorted(unknown)}")
        tables = [modality.name for modality in self.modalities if modality.is_table]
        if self.missing is not None and set(self.missing.absent_files) != set(tables):
            raise ValueError(
                f"missing.absent_files: expected each of {tables}. Received: {sorted(self.missing.absent_files)}"
            )
        return self

    @model_validator(mode="after")
    def _synthetic_fits(self) -> Self:
        if self.synthetic is not None:
            check_story(self.synthetic, self.task, self.modalities)
        return self

    def modality(self, name: str) -> Modality:
        """The modality of that name. Raises KeyError that lists the names there are."""
        return _by_name(self.modalities, name, "modality")

    def split(self, name: str) -> SplitFolder:
        """The split of that name. Raises KeyError that lists the names there are."""
        return _by_name(self.splits.folders, name, "split")

    @property
    def published_splits(self) -> frozenset[str]:
        """The splits whose labels are published: what is fitted on a corpus is fitted on these."""
        return frozenset(split.name for split in self.splits.folders if split.labels == "published")

    @property
    def bundle_stage(self) -> Stage:
        """The stage in which teams send their code."""
        return self.stage(self.verification.stage) if self.verification.stage is not None else self.stages[-1]

    def stage(self, name: str) -> Stage:
        """The stage of that name. Raises KeyError that lists the names there are."""
        return _by_name(self.stages, name, "stage")


def load_challenge(name_or_path: str | Path) -> Challenge:
    """Read a challenge that comes with the kit (by name) or a YAML file (by path).

    Raises:
        ChallengeError: no such challenge, broken YAML, an unknown key, or values that contradict each
            other. The message names the file and the key.

    >>> load_challenge("merc2017").task.labels
    ('Anger', 'Sad', 'Disgust', 'Happy', 'Scared', 'Neutral')
    """
    path = Path(name_or_path)
    if path.suffix not in {".yaml", ".yml"}:
        path = CHALLENGES / f"{name_or_path}.yaml"
        if not path.is_file():
            known = sorted(file.stem for file in CHALLENGES.glob("*.yaml"))
            raise ChallengeError(f"no challenge named {str(name_or_path)!r}; expected one of {known} or a .yaml file")
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, ValueError) as error:
        raise ChallengeError(f"{path}: cannot be read: {error}") from error
    return parse_challenge(text, str(path))


def parse_challenge(text: str, source: str) -> Challenge:
    """The challenge in a YAML text; `source` names the text in errors. Raises ChallengeError."""
    try:
        # Strict: the text "100" is no number, and neither are `true` and 100.0 a number of frames.
        return Challenge.model_validate(parse_yaml(text), strict=True)
    except ValidationError as error:
        raise ChallengeError(f"{source}: {'; '.join(map(_fault_text, error.errors()))}") from error
    except ValueError as error:
        raise ChallengeError(f"{source}: {error}") from error


def dump_challenge(challenge: Challenge) -> str:
    """The challenge as YAML text; `parse_challenge` reads it back.

    >>> merc = load_challenge("merc2017")
    >>> parse_challenge(dump_challenge(merc), "copy") == merc
    True
    """
    return yaml.safe_dump(challenge.model_dump(mode="json", exclude_none=True), sort_keys=False, allow_unicode=True)


def find_challenge(folder: Path) -> Challenge:
    """The challenge of a corpus, a published folder or a folder inside one: its nearest `challenge.yaml`.

    Raises:
        ChallengeError: neither the folder nor one above it has a `challenge.yaml`.
    """
    for place in (folder.resolve(), *folder.resolve().parents):
        if (place / FILE_NAME).is_file():
            return load_challenge(place / FILE_NAME)
    raise ChallengeError(f"{folder}: no {FILE_NAME} in it or above it; is this a corpus or a published folder?")


Named = TypeVar("Named", Modality, SplitFolder, Stage)


def _by_name(sections: tuple[Named, ...], name: str, what: str) -> Named:
    for section in sections:
        if section.name == name:
            return section
    raise KeyError(f"no {what} {name!r}; expected one of {[section.name for section in sections]}")


def _fault_text(fault: ErrorDetails) -> str:
    # A kind of task stands in the place of a fault, and not in the file.
    key = ".".join(str(part) for part in fault["loc"] if part not in KINDS) or "challenge"
    message = fault["msg"].removeprefix("Value error, ")
    # These either say it themselves, or what they received is the whole section around the key.
    received = "" if fault["type"] in {"value_error", "missing"} else f". Received: {reprlib.repr(fault['input'])}"
    return f"{key}: {message}{received}"
