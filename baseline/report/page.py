"""A report as one HTML file that needs no other file, no network and no JavaScript."""

from __future__ import annotations

import base64
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from baseline.report.colours import DARK, LIGHT, label_class, style_rules
from baseline.report.contents import RecordingReport, ShownStream, Thumbnail
from baseline.report.emotions import predicted_band, probability_row, truth_band
from baseline.report.heat_strip import heat_strip
from baseline.report.names import shortest
from baseline.report.summary import by_second, summarize
from baseline.report.texts import clock, gap_text, whole_percent, with_code
from baseline.report.time_scale import TimeScale

_FOLDER = Path(__file__).parent


def render(report: RecordingReport) -> str:
    """The whole page. The same report gives the same bytes."""
    environment = Environment(
        loader=FileSystemLoader(_FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters |= {
        "clock": clock,
        "percent": whole_percent,
        "data_uri": data_uri,
        "gap_text": gap_text,
        "label_class": label_class,
        "with_code": with_code,
    }
    scale = TimeScale(report.seconds)
    labels = report.model.challenge.task.labels
    rows = summarize(report)
    return environment.get_template("page.html").render(
        report=report,
        challenge=report.model.challenge,
        task=report.model.challenge.task,
        style=_style(),
        axis=scale.axis,
        strips=[(shown, heat_strip(shown, scale)) for shown in report.streams],
        streams=[(shown, frames_of(shown), shown.gaps(report.seconds)) for shown in report.streams],
        rows=[(row, probability_row(report, row.number, scale)) for row in rows],
        most=max(rows, key=lambda row: row.share),
        predicted=predicted_band(report, scale),
        truth=truth_band(report, scale) if report.truth is not None else None,
        seconds=by_second(report),
        letters=shortest(labels),
    )


def data_uri(thumbnail: Thumbnail) -> str:
    """A picture as an address that holds it."""
    return f"data:image/jpeg;base64,{base64.b64encode(thumbnail.jpeg).decode()}"


def frames_of(shown: ShownStream) -> int:
    """How many frames a stream has."""
    return len(shown.stream.times) if shown.stream is not None else 0


def _style() -> Markup:
    sheet = (_FOLDER / "style.css").read_text(encoding="utf-8")
    dark = f"@media (prefers-color-scheme: dark) {{\n{style_rules(DARK)}\n}}"
    # It is the kit's own text, with no part of the recording in it.
    return Markup(f"{sheet}\n{style_rules(LIGHT)}\n{dark}\n")  # noqa: S704
