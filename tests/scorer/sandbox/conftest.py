"""Real sandboxes of each kind, programs that attack them, and a look at the machine before and after."""

from __future__ import annotations

import ast
import shutil
import tempfile
import uuid
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from scorer.sandbox.job import BUNDLE, Job, Limits, Outcome, Runner
from scorer.sandbox.launch import interpreter
from tests.scorer.sandbox import kinds
from tests.scorer.sandbox.machine import Machine

collect_ignore = ["attacks"]
"""Programs for the sandbox alone: even to import one for its doctests would be a mistake."""

ATTACKS = Path(__file__).parent / "attacks"

LIMITS = Limits(
    wall_seconds=20,
    cpu_seconds=20,
    memory_bytes=256 * 2**20,
    processes=64,
    output_bytes=8 * 2**20,
    temporary_bytes=64 * 2**20,
    files=500,
    open_files=256,
    log_bytes=100_000,
)
"""Small ones, which attacks reach soon."""


@dataclass
class Attacked:
    """What came of an attack."""

    outcome: Outcome
    said: str

    @property
    def got(self) -> dict[str, object]:
        """What each of its tries got, by the name of the try: it prints them as Python writes a dictionary."""
        assert self.outcome.exit_code == 0, (self.outcome, self.said)
        return dict(ast.literal_eval(self.said.strip().splitlines()[-1]))


Attack = Callable[..., Attacked]


@dataclass
class Workplace:
    """A folder that everybody may enter."""

    path: Path
    marker: str = field(default_factory=lambda: uuid.uuid4().hex)

    def folder(self, name: str, files: Mapping[str, str | bytes]) -> Path:
        """A new folder with files that everybody may read."""
        folder = self.path / name
        folder.mkdir(mode=0o755)
        for file, content in files.items():
            place = folder / file
            place.write_bytes(content.encode() if isinstance(content, str) else content)
            place.chmod(0o644)
        return folder


@pytest.fixture(scope="session", params=kinds.kinds())
def runner(request: pytest.FixtureRequest) -> Iterator[Runner]:
    """A sandbox of each kind."""
    with kinds.opened(request.param) as opened:
        yield opened


@pytest.fixture
def workplace() -> Iterator[Workplace]:
    """Where a test keeps what a job is shown, and what it must not see."""
    folder = Path(tempfile.mkdtemp(prefix="kit-sandbox-test-"))
    folder.chmod(0o755)
    yield Workplace(folder)
    shutil.rmtree(folder)


@pytest.fixture
def attack(runner: Runner, workplace: Workplace) -> Iterator[Attack]:
    """Runs one of the programs in `attacks` as a bundle. In the end, the machine must be as it was before."""
    machine = Machine.now()

    def run(program: str, *arguments: str, limits: Limits = LIMITS, inputs: Path | None = None) -> Attacked:
        files = {"begin.py": ATTACKS / "begin.py", "attack.py": ATTACKS / f"{program}.py"}
        bundle = workplace.folder(f"bundle-{program}", {name: path.read_bytes() for name, path in files.items()})
        said: list[bytes] = []
        job = Job(
            command=[str(interpreter()), "-I", str(BUNDLE / "begin.py"), str(BUNDLE / "attack.py"), *arguments],
            limits=limits,
            bundle=bundle,
            inputs=inputs,
            variables={"KIT_MARKER": workplace.marker},
        )
        outcome = runner.run(job, said.append)
        return Attacked(outcome, b"".join(said).decode(errors="replace"))

    yield run
    machine.must_be_as_before(workplace.marker)
