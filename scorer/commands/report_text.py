"""A score report as text for the terminal."""

from __future__ import annotations

from scorer.metrics import ScoreReport

CORNER = "shown \\ predicted"


def report_text(report: ScoreReport) -> str:
    """The report as aligned lines; figures as shares from 0 to 1 with 4 decimals."""
    low, high = report.interval
    width = max(len("recording"), *(len(one.recording) for one in report.recordings))
    return "\n".join(
        [
            f"weighted accuracy    {report.weighted_accuracy:.4f}   95 % interval {low:.4f} to {high:.4f}",
            f"unweighted accuracy  {report.unweighted_accuracy:.4f}",
            f"macro F1             {report.macro_f1:.4f}",
            f"frames counted       {report.frames_counted:,} of {report.frames_in_all:,}",
            "",
            *_confusion_lines(report),
            "",
            f"{'recording':<{width}}  accuracy    frames",
            *(
                f"{one.recording:<{width}}  {_share(one.accuracy):>8}{one.frames_counted:>10,}"
                for one in report.recordings
            ),
            "",
        ]
    )


def _confusion_lines(report: ScoreReport) -> list[str]:
    """Recall and confusion matrix: a row for what was shown, a column for what was predicted."""
    labels = list(report.recall)
    first = max(len(CORNER), *map(len, labels))
    widths = [max(len(label), 9) for label in labels]
    header = "  ".join(f"{label:>{width}}" for label, width in zip(labels, widths, strict=True))
    lines = [f"{CORNER:<{first}}  recall  {header}"]
    for (label, recall), row in zip(report.recall.items(), report.confusion, strict=True):
        cells = "  ".join(f"{count:>{width},}" for count, width in zip(row, widths, strict=True))
        lines.append(f"{label:<{first}}  {_share(recall)}  {cells}")
    return lines


def _share(share: float | None) -> str:
    return f"{share:.4f}" if share is not None else "     -"
