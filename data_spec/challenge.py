"""A challenge, read from its YAML file: what differs between challenges stands there, not in code."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Literal, Self, TypeVar

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from data_spec.synthetic.settings import Synthetic

CHALLENGES = Path(__file__).parent / "challenges"
FILE_NAME = "challenge.yaml"
"""The copy of its challenge that every corpus and every published folder carries."""

Share = Annotated[float, Field(ge=0.0, le=1.0)]
Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
FolderName = Annotated[str, Field(pattern=r"^[A-Za-z0-9_][A-Za-z0-9_-]*$")]


class ChallengeError(ValueError):
    """A challenge file that cannot be used; the message names the file and the key."""


class _Section(BaseModel):
    """A part of the file: read once, never changed, and no key in it goes unread."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Modality(_Section):
    """One of the feature streams of a recording."""

    name: Name
    folder: FolderName
    rate: Annotated[int, Field(gt=0)]
    """Frames per second."""
    features: Annotated[int, Field(gt=0)]
    """Columns beside the time."""
    header: Literal["names", "ignored"]
    """`names`: the first line names the columns. `ignored`: there is a first line, and it says nothing."""


class FramewiseOneHot(_Section):
    """Name one label for every frame of a recording."""

    kind: Literal["framewise_one_hot"]
    labels: Annotated[tuple[str, ...], Field(min_length=2)]
    rate: Annotated[int, Field(gt=0)]
    """Labels per second."""
    window_seconds: Annotated[float, Field(gt=0)]
    agreement_column: str
    agreement_threshold: Share
    metric: Literal["weighted_accuracy"]

    @property
    def columns(self) -> tuple[str, ...]:
        """The header of a prediction file."""
        return ("Time", *self.labels)

    @property
    def window_frames(self) -> int:
        """Label frames in one window."""
        return round(self.window_seconds * self.rate)

    @model_validator(mode="after")
    def _labels_are_distinct(self) -> Self:
        if len(set(self.columns)) != len(self.columns):
            raise ValueError(f"labels: every label once, and none is 'Time'. Received: {list(self.labels)}")
        return self


class Annotation(_Section):
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


class SplitFolder(_Section):
    """One part of the corpus and who is given it."""

    name: Name
    folder: FolderName
    audience: Literal["participants", "stage2"]
    labels: Literal["published", "hidden"]


class Stratum(_Section):
    """Sessions that are divided over the splits in the same proportions."""

    sessions: Annotated[tuple[int, ...], Field(min_length=1)]
    proportions: dict[str, Annotated[float, Field(ge=0)]]


class Splits(_Section):
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
        return self


class Admission(_Section):
    """Who is admitted to the next stage."""

    top: Annotated[int, Field(gt=0)]
    over_baseline: bool


class Stage(_Section):
    """A part of the competition: predictions for one split, within limits."""

    name: Name
    title: str
    split: Name
    submissions_per_day: Annotated[int, Field(gt=0)]
    submissions_in_total: Annotated[int, Field(gt=0)]
    admits: Admission | None = None

    @model_validator(mode="after")
    def _limits_agree(self) -> Self:
        if self.submissions_per_day > self.submissions_in_total:
            raise ValueError(
                f"submissions_per_day: expected at most submissions_in_total ({self.submissions_in_total}). "
                f"Received: {self.submissions_per_day}"
            )
        return self


class SubmissionLimits(_Section):
    """What a submitted zip may be."""

    folder: FolderName
    time_tolerance_seconds: Annotated[float, Field(gt=0)]
    max_zip_bytes: Annotated[int, Field(gt=0)]
    max_unpacked_bytes: Annotated[int, Field(gt=0)]
    max_entries: Annotated[int, Field(gt=0)]


class Team(_Section):
    """Who enters together, and in which zone its days are counted."""

    max_members: Annotated[int, Field(gt=0)]
    time_zone: str


class Baseline(_Section):
    """The published figures of the organisers' baseline."""

    name: str
    score: Share
    single_modalities: dict[str, Share] = Field(default_factory=dict)


class Verification(_Section):
    """When a team's code is believed."""

    max_residual: Annotated[float, Field(gt=0)]


class Missing(_Section):
    """How streams lose data, beside the silence of an actor who listens."""

    share_in_all: Share
    absent_files: dict[str, Share]
    zeroed_files: Share
    zeroed_seconds_mean: Annotated[float, Field(gt=0)]


class Challenge(_Section):
    """All about one challenge. See `challenges/merc2017.yaml` for every key, explained."""

    name: Name
    title: str
    description: str
    modalities: Annotated[tuple[Modality, ...], Field(min_length=1)]
    task: FramewiseOneHot
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
        reserved = {"labels", self.submission.folder}
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
        if unknown := set(self.baseline.single_modalities) - set(names):
            raise ValueError(f"baseline.single_modalities: expected some of {names}. Received: {sorted(unknown)}")
        if self.missing is not None and set(self.missing.absent_files) != set(names):
            raise ValueError(
                f"missing.absent_files: expected each of {names}. Received: {sorted(self.missing.absent_files)}"
            )
        if self.synthetic is not None and set(self.synthetic.modalities) != set(names):
            raise ValueError(
                f"synthetic.modalities: expected each of {names}. Received: {[*self.synthetic.modalities]}"
            )
        if self.synthetic is not None and tuple(self.synthetic.label_shares) != self.task.labels:
            raise ValueError(
                f"synthetic.label_shares: expected {[*self.task.labels]} in this order. "
                f"Received: {[*self.synthetic.label_shares]}"
            )
        return self

    def modality(self, name: str) -> Modality:
        """The modality of that name. Raises KeyError that lists the names there are."""
        return _by_name(self.modalities, name, "modality")

    def split(self, name: str) -> SplitFolder:
        """The split of that name. Raises KeyError that lists the names there are."""
        return _by_name(self.splits.folders, name, "split")

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
    except (OSError, UnicodeDecodeError) as error:
        raise ChallengeError(f"{path}: cannot be read: {error}") from error
    return parse_challenge(text, str(path))


def parse_challenge(text: str, source: str) -> Challenge:
    """The challenge in a YAML text; `source` names the text in errors. Raises ChallengeError."""
    try:
        content: Any = yaml.load(text, Loader=_UniqueKeyLoader)  # noqa: S506 (a SafeLoader)
    except yaml.YAMLError as error:
        raise ChallengeError(f"{source}: not readable as YAML: {error}") from error
    try:
        return Challenge.model_validate(content)
    except ValidationError as error:
        faults = "; ".join(
            f"{'.'.join(map(str, fault['loc'])) or 'challenge'}: {fault['msg']}" for fault in error.errors()
        )
        raise ChallengeError(f"{source}: {faults}") from error


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


class _UniqueKeyLoader(yaml.SafeLoader):
    """YAML lets a later key overwrite an earlier one without a word; here that is an error."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        seen: set[Any] = set()
        for key_node, _ in node.value:
            key = self.construct_object(key_node, deep=deep)
            if key in seen:
                raise yaml.constructor.ConstructorError(None, None, f"key {key!r} stands twice", key_node.start_mark)
            seen.add(key)
        return super().construct_mapping(node, deep)
