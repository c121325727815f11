"""A score report as text for the terminal."""

from __future__ import annotations

from collections.abc import Sequence

from scorer.score_report import PartTable, RecordingScore, ScoreReport, figure_title

CORNER = "shown \\ predicted"


def report_text(report: ScoreReport) -> str:
    """The report as aligned lines; figures with 4 decimals, the one that ranks first."""
    low, high = report.interval
    titles = {name: _in_a_line(name) for name in report.figures}
    width = max(*map(len, titles.values()), len("rows counted")) + 2
    ranks = f"{titles[report.metric]:<{width}}{report.score:.4f}   95 % interval {low:.4f} to {high:.4f}"
    others = {titles[name]: value for name, value in report.figures.items() if name != report.metric}
    sections: list[Sequence[str]] = [
        [
            ranks,
            *(f"{title:<{width}}{_number(value)}" for title, value in others.items()),
            f"{'rows counted':<{width}}{report.counted:,} of {report.rows:,}",
        ],
        *(_part_lines(table) for table in report.part_tables()),
    ]
    if report.labels:
        sections.append(_confusion_lines(report))
    sections.append(_recording_lines(report.recordings))
    return "\n\n".join("\n".join(lines) for lines in sections if lines) + "\n"


def _part_lines(table: PartTable) -> list[str]:
    titles = [_in_a_line(name) for name in table.figures]
    first = max(len(name) for name, _ in table.rows)
    widths = [max(len(title), 7) for title in titles]
    header = "  ".join(f"{title:>{width}}" for title, width in zip(titles, widths, strict=True))
    lines = [f"{'':<{first}}  {header}"]
    for name, values in table.rows:
        cells = "  ".join(f"{_number(value):>{width}}" for value, width in zip(values, widths, strict=True))
        lines.append(f"{name:<{first}}  {cells}")
    return lines


def _confusion_lines(report: ScoreReport) -> list[str]:
    """A row for what was shown, a column for what was predicted."""
    first = max(len(CORNER), *map(len, report.labels))
    widths = [max(len(label), 9) for label in report.labels]
    header = "  ".join(f"{label:>{width}}" for label, width in zip(report.labels, widths, strict=True))
    lines = [f"{CORNER:<{first}}  {header}"]
    for label, row in zip(report.labels, report.confusion, strict=True):
        cells = "  ".join(f"{count:>{width},}" for count, width in zip(row, widths, strict=True))
        lines.append(f"{label:<{first}}  {cells}")
    return lines


def _recording_lines(recordings: Sequence[RecordingScore]) -> list[str]:
    """Nothing where a recording alone has no score."""
    if all(one.score is None for one in recordings):
        return []
    width = max(len("recording"), *(len(one.recording) for one in recordings))
    return [
        f"{'recording':<{width}}     score      rows",
        *(f"{one.recording:<{width}}  {_number(one.score):>8}{one.counted:>10,}" for one in recordings),
    ]


def _in_a_line(figure: str) -> str:
    """What people call a figure, as within a sentence: "macro F1", "concordance (CCC)"."""
    return " ".join(word if word.isupper() else word.lower() for word in figure_title(figure).split(" "))


def _number(value: float | None) -> str:
    return f"{value:.4f}" if value is not None else "-"
