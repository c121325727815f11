"""Verdicts as they come of bundles of 2017: figures of a real size, for pages that are looked at."""

from __future__ import annotations

import random

from scorer import SCORER_VERSION
from scorer.verification.verdict import Comparison, Decision, Flag, Hashes, RecordingDifference, RunRecord, Verdict

RECORDINGS = 143
HASHES = Hashes(
    bundle="5f0c3c9b1f2e4a6d8b7a90c1d2e3f4051627384950617283940a1b2c3d4e5f60",
    data={
        "public": "b1946ac92492d2347c6235b4d2611184f1a2b3c4d5e6f708192a3b4c5d6e7f80",
        "private": "591785b794601e212b260e25925636fd0f1e2d3c4b5a69788796a5b4c3d2e1f0",
    },
    environment="e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    scorer=SCORER_VERSION,
)
SANDBOX = "bubblewrap 0.11.0, memory by cgroup v2"
ENVIRONMENT = "Python 3.11.2, the kit's own environment: it satisfies all 7 requirements"

RANDOM = "public: run twice, it predicted another label for 214 of 72,642 frames."

LOG = """\
--- environment: the kit's own environment
--- public: 143 recordings
loading model.keras
  143/143 recordings, 70 599 frames
--- public: done in 48.2 s
--- public, disguised: 143 recordings
loading model.keras
  143/143 recordings, 70 599 frames
--- public, disguised: done in 47.9 s
"""


def comparison(
    stage: str,
    leaderboard: str | None,
    run: str | None,
    residual: str | None,
    *,
    differing: int,
    most: int,
    **other: object,
) -> Comparison:
    """A comparison in which some recordings differ, each in up to so many frames."""
    chance = random.Random(f"{stage} {differing}")
    frames = [chance.randint(300, 700) for _ in range(RECORDINGS)]
    differ = [
        min(one, round(most * chance.betavariate(1, 3))) if at < differing else 0 for at, one in enumerate(frames)
    ]
    recordings = tuple(
        RecordingDifference(f"id{chance.getrandbits(32):08x}", *counts) for counts in zip(frames, differ, strict=True)
    )
    given: dict[str, object] = {
        "repeat_differ": None,
        "disguised_differ": 0,
        "disguised_residual": residual,
        "depends_on_names": False,
        "within": residual is None or float(residual) <= 0.01,
        **other,
    }
    return Comparison(
        stage=stage,
        split=stage,
        leaderboard_score=leaderboard,
        run_score=run,
        residual=residual,
        tolerance="0.01",
        frames=sum(frames),
        differ=sum(differ),
        recordings=recordings,
        **given,  # type: ignore[arg-type]
    )


def run(name: str, seconds: float, **other: object) -> RunRecord:
    """A run that came to its end, unless something else is said."""
    given = {"ending": "done", "reason": "it ended by itself", "exit_code": 0, **other}
    return RunRecord(
        name=name,
        wall_seconds=seconds,
        cpu_seconds=round(1.86 * seconds, 3),
        peak_memory_bytes=int(812_000_000 + 1_000_000 * seconds),
        **given,  # type: ignore[arg-type]
    )


def _verdict(decision: Decision, reason: str, comparisons: tuple[Comparison, ...], **other: object) -> Verdict:
    given = {
        "runs": tuple(run(f"{one.split}{how}", 48.213) for one in comparisons for how in ("", ", disguised")),
        "flags": (),
        **other,
    }
    return Verdict(
        decision=decision,
        reason=reason,
        comparisons=comparisons,
        hashes=HASHES,
        sandbox=SANDBOX,
        environment=ENVIRONMENT,
        **given,  # type: ignore[arg-type]
    )


def matched() -> Verdict:
    """The code of a team that is believed: a few frames differ, as they do on another machine."""
    return _verdict(
        Decision.MATCHED,
        "public: residual at most 0.01; private: residual at most 0.01",
        (
            comparison("public", "0.594812", "0.594512", "0.0003", differing=9, most=40),
            comparison("private", "0.602145", "0.602845", "0.0007", differing=14, most=40),
        ),
    )


def mismatched() -> Verdict:
    """The code of a team that is not: it gives other predictions, and leaves some to chance."""
    return _verdict(
        Decision.MISMATCHED,
        "public: residual more than 0.01",
        (
            comparison(
                "public",
                "0.641337",
                "0.610137",
                "0.0312",
                differing=118,
                most=160,
                repeat_differ=214,
                disguised_differ=198,
                disguised_residual="0.0308",
            ),
            comparison("private", "0.590812", "0.588712", "0.0021", differing=60, most=60),
        ),
        flags=(
            Flag("random", f"{RANDOM} Set every seed that it draws from."),
            Flag("copied", "cache/answers.csv is the file prediction/id3f8a21c4.csv of submission 12"),
        ),
    )


def failed() -> Verdict:
    """Code that needs more memory than there is."""
    ended = run("public", 31.4, ending="memory", reason="it used more than 4.3 GB of memory", exit_code=None)
    return _verdict(Decision.FAILED, f"public: {ended.reason}", (), runs=(ended,))


def refused_predictions() -> Verdict:
    """Code that came to its end, and left no submission."""
    faults = (
        "prediction/id00000001.csv, row 4, column Sad: expected 0 or 1, found '0.73'",
        "prediction/id00000002.csv: expected this file in the zip, found none",
    )
    ended = run("public", 2.1, ending="format", reason=f"its predictions are refused: {faults[0]}", faults=faults)
    return _verdict(Decision.FAILED, f"public: {ended.reason}", (), runs=(ended,))


def trial() -> Verdict:
    """A trial on two recordings, in which every frame is the same."""
    found = comparison("public", None, None, None, differing=0, most=0)
    few = found.recordings[:2]
    two = Comparison(**{**vars(found), "recordings": few, "frames": sum(one.frames for one in few)})
    return _verdict(Decision.MATCHED, "public: 0.000000 of the rows differ, at most 0.01", (two,))
