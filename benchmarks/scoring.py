"""Checking and scoring one zip of predictions.

    python -m benchmarks scoring

A public test of full size: 143 recordings, 572,000 rows, of which the labels and templates are loaded beforehand, and
with them the layouts of templates, as a worker of the server does. Measured is `scorer.submission.read` with
`scorer.scoring.score`: every fault is looked for, and every figure and the interval is computed.

- floor: the zip's bytes inflated by Python's zlib, and nothing more
- peer: a script as other platforms have them. It reads each file with `pandas.read_csv`, compares columns and times,
  checks that values are 0 or 1 and that each row has one 1, takes the names of labels by `idxmax`, and has
  scikit-learn compute accuracy and confusion of the frames that count. Its truth is loaded beforehand as well.
- the same script on the numbers of columns instead of names, which scikit-learn is several times faster with; with
  pandas' pyarrow engine, and with polars, on names
- without layouts: the kit when it reads one zip only, as participants do

The same is done to zips in other dialects, which no layout fits. Scores and confusions are compared each time.

Memory is that of processes of their own, with one, four and sixteen times the recordings. What counts is what
checking and scoring add to a process that has loaded labels and templates: layouts, zip, predictions, report.
"""

from __future__ import annotations

import sys
import tempfile
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

from benchmarks.labelled_corpus import FULL, TINY, write_published
from benchmarks.peers import has_peer
from benchmarks.prediction_zips import write_zips
from benchmarks.report import RATIO, Report
from benchmarks.scoring_memory import score_watched
from benchmarks.scoring_scripts import ScoringScript
from benchmarks.side_by_side import alternate, ratios, timed
from benchmarks.zip_dialects import DIALECTS, repeat, rewrite
from data_spec.challenge import load_challenge
from data_spec.corpus import LABELS_FOLDER, RecordingFolder, open_folder
from data_spec.publish import ORGANISERS
from scorer import scoring, submission
from scorer.score_report import ScoreReport

MEGABYTE = 1e6
MEMORY_LIMIT = 150 * MEGABYTE
LIMIT_IN_WORDS = "150 MB"
MANY = (1, 4, 16)

KIT, FLOOR, SCRIPT = "kit", "inflating alone", "pandas and scikit-learn"


def measure(quick: bool) -> Report:
    """Measure time and memory."""
    report = Report("scoring", "Checking and scoring a zip of predictions")
    challenge = load_challenge("merc2017")
    with tempfile.TemporaryDirectory() as scratch:
        published = Path(scratch, "published")
        write_published(published, challenge, TINY if quick else FULL)
        (path,) = write_zips(Path(scratch, "zips"), published, challenge, 1)
        folder = published / ORGANISERS / challenge.split(challenge.stages[0].split).folder
        opened = open_folder(folder, inner=LABELS_FOLDER)
        _measure_times(report, opened, path, quick)
        for dialect, change in DIALECTS.items():
            _measure_dialect(report, opened, rewrite(path, Path(scratch, "dialect.zip"), change), dialect, quick)
        _measure_memory(report, folder, path, quick)
    return report


def _measure_times(report: Report, opened: RecordingFolder, path: Path, quick: bool) -> None:
    challenge, labels, templates = opened.challenge, opened.labels, opened.templates
    layouts = submission.layouts_of(templates, challenge)
    scripts = {SCRIPT: ScoringScript(challenge, labels)}
    scripts[f"{SCRIPT}, on numbers"] = ScoringScript(challenge, labels, names=False)
    scripts["pandas with pyarrow"] = ScoringScript(challenge, labels, engine="pyarrow")
    if has_peer("polars", quick):
        scripts["polars"] = ScoringScript(challenge, labels, engine="polars")
    kit = {
        KIT: lambda: _score(opened, path, layouts),
        "kit, without layouts": lambda: _score(opened, path, None),
    }
    _check_equal([_as_scripts_do(one()) for one in kit.values()], [script.score(path) for script in scripts.values()])
    ways: dict[str, Callable[[], object]] = {FLOOR: _inflating(path), **kit}
    ways |= {name: (lambda script=script: script.score(path)) for name, script in scripts.items()}
    figures = alternate({name: timed(way) for name, way in ways.items()}, turns=1 if quick else 9)
    measure = "check and score, times as in the template"
    report.add(measure, figures, "s")
    report.want(f"{measure}, beside {FLOOR}", ratios(figures[KIT], figures[FLOOR]), at_most=2.5)
    report.want(f"{measure}, speed beside {SCRIPT}", ratios(figures[SCRIPT], figures[KIT]), at_least=40)
    others = [name for name in figures if name not in (KIT, FLOOR, SCRIPT)]
    beside = {f"{name}, beside the kit": ratios(figures[name], figures[KIT]) for name in others}
    report.add(f"{measure}: seconds of others", beside, RATIO)


def _measure_dialect(report: Report, opened: RecordingFolder, path: Path, dialect: str, quick: bool) -> None:
    layouts = submission.layouts_of(opened.templates, opened.challenge)
    script = ScoringScript(opened.challenge, opened.labels)
    _check_equal([_as_scripts_do(_score(opened, path, layouts))], [script.score(path)])
    figures = alternate(
        {
            KIT: timed(lambda: _score(opened, path, layouts)),
            SCRIPT: timed(lambda: script.score(path)),
        },
        turns=1 if quick else 5,
    )
    report.add(f"check and score, {dialect}", figures, "s")
    ratio = ratios(figures[SCRIPT], figures[KIT])
    report.want(f"check and score, {dialect}, speed beside {SCRIPT}", ratio, at_least=8)


def _measure_memory(report: Report, folder: Path, path: Path, quick: bool) -> None:
    many = MANY[:2] if quick else MANY
    turns = 1 if quick else 3
    zips = {times: repeat(path, path.with_name(f"{times}-times.zip"), times) for times in many}
    took = {times: [score_watched(folder, zips[times], times) for _ in range(turns)] for times in many}
    added = {f"{times} × the recordings": [one.added_bytes / MEGABYTE for one in took[times]] for times in many}
    report.add("memory that checking and scoring add", added, "MB")
    whole = {f"{times} × the recordings": [one.whole_bytes / MEGABYTE for one in took[times]] for times in many}
    report.add("memory of the whole process, with labels and templates", whole, "MB")
    limit = f"memory of the whole process with the recordings of a public test, as a share of {LIMIT_IN_WORDS}"
    report.want(limit, [one.whole_bytes / MEMORY_LIMIT for one in took[many[0]]], at_most=1)
    fewest, most = ([one.added_bytes for one in took[times]] for times in (many[0], many[-1]))
    limit = f"memory added with {many[-1]} × the recordings, as a share of {LIMIT_IN_WORDS}"
    report.want(limit, [one / MEMORY_LIMIT for one in most], at_most=1)
    report.want(f"memory added with {many[-1]} × the recordings, beside 1 ×", ratios(most, fewest), at_most=2)


def _score(opened: RecordingFolder, path: Path, layouts: submission.TemplateLayouts | None) -> ScoreReport:
    verdict = submission.read(path, opened.templates, opened.challenge, layouts)
    return scoring.score(verdict.predictions, opened.labels, opened.challenge.task)


def _as_scripts_do(report: ScoreReport) -> tuple[float, list[list[int]]]:
    return report.score, [list(row) for row in report.confusion]


def _check_equal(ours: list[tuple[float, list[list[int]]]], theirs: list[tuple[float, list[list[int]]]]) -> None:
    if any(one != theirs[0] for one in (*ours, *theirs)):
        sys.exit(f"expected the same score and confusion everywhere, found {ours} and {theirs}")


def _inflating(path: Path) -> Callable[[], object]:
    """Inflate every entry of a zip, of which the bytes are in memory."""
    content = path.read_bytes()
    packed = []
    with zipfile.ZipFile(path) as zip_file:
        for info in zip_file.infolist():
            # Behind 30 bytes of the local header stand the name and the extra fields; 26 and 28 tell how long.
            lengths = [int.from_bytes(content[info.header_offset + at :][:2], "little") for at in (26, 28)]
            start = info.header_offset + 30 + sum(lengths)
            packed.append((content[start : start + info.compress_size], info.file_size))
    return lambda: [zlib.decompress(one, -zlib.MAX_WBITS, size) for one, size in packed]
