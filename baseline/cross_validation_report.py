"""What a cross-validation found, to be read by people and by programs."""

from __future__ import annotations

from collections.abc import Iterator

from baseline.cross_validation import CrossValidation, Estimate
from baseline.figures import as_text
from baseline.training import Training
from data_spec.challenge import Challenge
from scorer.score_report import figure_title


def lines_of(found: CrossValidation) -> Iterator[str]:
    """One line for each figure that has intervals, and what these mean."""
    for one in found.estimates:
        recordings, actors = _as_texts(one)
        yield f"{one.figure} {as_text(one.value)}; 95 % over recordings: {recordings}; over actors: {actors}"
    yield f"recordings of an actor are alike: how others would do is told by the interval over {found.actors} actors"


def as_markdown(found: CrossValidation, training: Training, challenge: Challenge) -> str:
    """A report: figures with their intervals, labels or attributes, folds."""
    report = found.report
    lines = [
        f"# {training.system.title}, {training.variant}: {len(found.folds)} folds with actors left out",
        "",
        f"{challenge.title}: {report.counted:,} of {report.rows:,} rows count, in {len(report.recordings):,} "
        f"recordings of {found.actors} actors. Every recording was predicted by a system that was trained and stopped "
        "on other actors; the figures are of all predictions together. "
        f"Size {training.size}, seed {training.seed}.",
        "",
        "| figure | value | 95 % over recordings | 95 % over actors |",
        "|---|---|---|---|",
    ]
    lines += [
        f"| {figure_title(one.figure)} | {as_text(one.value)} | {' | '.join(_as_texts(one))} |"
        for one in found.estimates
    ]
    others = [name for name in report.figures if name not in {one.figure for one in found.estimates}]
    lines += [f"| {figure_title(name)} | {as_text(report.figures[name])} | | |" for name in others]
    lines += [
        "",
        "Recordings of an actor are alike, so an interval over recordings is too narrow for what the system does with "
        f"other actors. The one over actors draws them whole, but there are {found.actors}: it is rough itself.",
    ]
    figures = list(dict.fromkeys(figure for part in report.parts.values() for figure in part))
    if figures:
        lines += ["", f"| | {' | '.join(map(figure_title, figures))} |", "|---|" + "---|" * len(figures)]
        for name, part in report.parts.items():
            lines.append(f"| {name} | {' | '.join(as_text(part.get(figure)) for figure in figures)} |")
    lines += ["", f"| fold | left out | recordings | {figure_title(report.metric)} |", "|---|---|---|---|"]
    for number, (fold, value) in enumerate(zip(found.folds, found.of_folds, strict=True), start=1):
        lines.append(f"| {number} | {', '.join(fold.actors)} | {len(fold.test)} | {as_text(value)} |")
    if found.left_out:
        lines += ["", f"{found.left_out} recordings have no labels and took no part."]
    return "\n".join(lines) + "\n"


def summary(found: CrossValidation) -> dict[str, object]:
    """The figures and the folds as JSON knows them; the score report stands beside it."""
    return {
        "estimates": [
            {
                "figure": one.figure,
                "value": one.value,
                "over_recordings": list(one.over_recordings),
                "over_actors": list(one.over_actors),
            }
            for one in found.estimates
        ],
        "folds": [
            {"actors": list(fold.actors), "recordings": len(fold.test), found.report.metric: value}
            for fold, value in zip(found.folds, found.of_folds, strict=True)
        ],
        "recordings_without_labels": found.left_out,
    }


def _as_texts(one: Estimate) -> tuple[str, str]:
    recordings, actors = (f"{as_text(low)} to {as_text(high)}" for low, high in (one.over_recordings, one.over_actors))
    return recordings, actors
