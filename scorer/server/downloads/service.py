"""The rules for downloads: who is given which audience's zip, from when on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy.orm import Session

from data_spec.challenge import Challenge, SplitFolder
from scorer.server import clock
from scorer.server.accounts.models import Account
from scorer.server.data_folder import DataFolder
from scorer.server.refusals import NotFound
from scorer.server.stages.admission import is_admitted
from scorer.server.stages.models import Stage
from scorer.server.stages.service import list_stages


@dataclass(frozen=True)
class Download:
    """One audience's zip, as one person may or may not have it.

    Attributes:
        name: of the audience, in the address of the file.
        title: what it is for.
        splits: what is in it.
        size: in bytes.
        sha256: of the zip, in hexadecimal digits; None where nobody wrote it down.
        available_from: when the first of its stages opens; None for what is everybody's, or is not known yet.
        why_not: why this person may not have it now; None: it is available.
        path: where it is on the server.
    """

    name: str
    title: str
    splits: tuple[SplitFolder, ...]
    size: int
    sha256: str | None
    available_from: datetime | None
    why_not: str | None
    path: Path

    @property
    def available(self) -> bool:
        """Whether this person may have it now."""
        return self.why_not is None


def list_downloads(session: Session, challenge: Challenge, account: Account, data: DataFolder) -> list[Download]:
    """Every zip of the challenge, what is everybody's first, with what it takes to get it.

    A data folder that was made before there were downloads has none.
    """
    stages = list_stages(session)
    audiences = dict.fromkeys(split.audience for split in challenge.splits.folders)
    found = []
    for audience in audiences:
        path = data.downloads / f"{audience}.zip"
        if not path.is_file():
            continue
        splits = tuple(split for split in challenge.splits.folders if split.audience == audience)
        everybodys = all(split.is_everybodys for split in splits)
        names = {split.name for split in splits}
        own = [] if everybodys else [stage for stage in stages if stage.split in names]
        found.append(
            Download(
                name=audience,
                title="For everybody" if everybodys else " and ".join(stage.title for stage in own),
                splits=splits,
                size=path.stat().st_size,
                sha256=_read_sha256(path),
                available_from=min((stage.opens_at for stage in own if stage.opens_at is not None), default=None),
                why_not=None if everybodys else _why_not(session, own, account),
                path=path,
            )
        )
    return sorted(found, key=lambda one: not one.splits[0].is_everybodys)


def find_download(
    session: Session, challenge: Challenge, account: Account | None, data: DataFolder, name: str
) -> Download:
    """The zip of that name, for somebody who may have it now.

    Raises:
        NotFound: there is none, or it is not this person's, or not yet: they look alike.
    """
    if account is not None:
        for download in list_downloads(session, challenge, account, data):
            if download.name == name and download.available:
                return download
    raise NotFound("There is no such file.")


def _why_not(session: Session, stages: list[Stage], account: Account) -> str | None:
    """Why none of the stages gives its data to this person now; None where one does."""
    if not stages:
        return "No stage uses it."
    team = account.team
    own = [stage for stage in stages if team is not None and is_admitted(session, stage, team)]
    if not own:
        return "For teams that are admitted to this stage."
    now = clock.utc_now()
    if any(stage.opens_at is not None and stage.opens_at <= now for stage in own):
        return None
    return "From the moment in which the stage opens."


def _read_sha256(path: Path) -> str | None:
    file = path.with_name(f"{path.name}.sha256")
    return file.read_text(encoding="ascii").split()[0] if file.is_file() else None
