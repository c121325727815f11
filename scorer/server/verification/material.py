"""What a verification needs from the server: the team's scored submissions, and the test sets they are for."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from data_spec.challenge import Challenge
from data_spec.stream import Labels
from scorer.server.data_folder import DataFolder
from scorer.server.leaderboard.models import Standing
from scorer.server.stages.models import Stage
from scorer.server.storage import Storage
from scorer.server.submissions.models import Score, Submission
from scorer.server.verification.unpacked_inputs import unpack_inputs
from scorer.verification.test_set import TestSet


@dataclass(frozen=True)
class Counting:
    """The submission of a team that counts in a stage."""

    stage: str
    split: str
    data_version: str
    sha256: str
    score: float | None
    """The live one, exactly, while the ladder may show a rounded one."""


def list_counting(session: Session, team_id: int) -> list[Counting]:
    """What counts of a team, in the order of the stages."""
    live = and_(
        Score.submission_id == Submission.id,
        Score.scorer_version == Stage.scorer_version,
        Score.data_version == Stage.data_version,
    )
    query = (
        select(Stage.name, Stage.split, Stage.data_version, Submission.sha256, Score.score)
        .join(Standing, Standing.stage_id == Stage.id)
        .join(Submission, Submission.id == Standing.submission_id)
        .outerjoin(Score, live)
        .where(Standing.team_id == team_id)
        .order_by(Stage.position)
    )
    return [Counting(*row) for row in session.execute(query)]


def list_submitted(session: Session, team_id: int) -> list[tuple[int, str]]:
    """Number and hash of every submission of a team."""
    query = select(Submission.id, Submission.sha256).where(Submission.team_id == team_id).order_by(Submission.id)
    return [(number, sha256) for number, sha256 in session.execute(query)]


class Material:
    """Opens what is needed. Copies of uploads stay as long as the context lasts.

    Args:
        data: the server's folder.
        challenge: its challenge.
        storage: its uploads.
        work: an existing folder of this verification, in the data folder.
        tick: called now and then: to fetch and unpack takes minutes. What it raises is passed on.
    """

    def __init__(
        self, data: DataFolder, challenge: Challenge, storage: Storage, work: Path, tick: Callable[[], None]
    ) -> None:
        self._data = data
        self._challenge = challenge
        self._storage = storage
        self._work = work
        self._tick = tick
        self._copies = ExitStack()

    def __enter__(self) -> Material:
        return self

    def __exit__(self, *_error: object) -> None:
        self._copies.close()

    def upload(self, sha256: str) -> Path:
        """A copy of an upload. Raises FileNotFoundError or StorageAway."""
        self._tick()
        return self._copies.enter_context(self._storage.local_copy(sha256))

    def test_set(self, counting: Counting, *, with_labels: bool) -> TestSet:
        """The test set of a stage with what the team sent for it.

        Its hash is the SHA-256 of the line `<SHA-256 of the published zip> <version of the labels>`; without
        labels it is that of the zip.

        Raises:
            DataFolderError: the streams or the labels are not there.
            FileNotFoundError, StorageAway: the submission cannot be read.
        """
        inputs = unpack_inputs(self._data, self._challenge, counting.split, self._work, self._tick)
        labels: Mapping[str, Labels] | None = None
        data_sha256 = inputs.version
        if with_labels:
            labels = self._data.recordings(self._challenge, counting.split, counting.data_version).labels
            data_sha256 = hashlib.sha256(f"{inputs.version} {counting.data_version}".encode("ascii")).hexdigest()
        return TestSet(
            stage=counting.stage,
            split=counting.split,
            folder=inputs.folder,
            labels=labels,
            submitted=self.upload(counting.sha256),
            data_sha256=data_sha256,
            leaderboard_score=counting.score if with_labels else None,
        )

    def submitted(self, submissions: list[tuple[int, str]]) -> Iterator[tuple[str, Path]]:
        """What each submission is called, and a copy of it for as long as nobody asks for the next one."""
        for number, sha256 in submissions:
            self._tick()
            with self._storage.local_copy(sha256) as path:
                yield f"submission {number}", path
