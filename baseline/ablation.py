"""What a system reaches on a split whose labels are known, by the scorer's own metrics."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import matplotlib as mpl
from matplotlib.figure import Figure

from baseline.prediction import predict
from baseline.training import Settings, train
from data_spec.challenge import Challenge
from data_spec.corpus import Corpus
from data_spec.whole_file import whole_file
from scorer.metrics import ScoreReport, score

ALL = "all"


@dataclass(frozen=True)
class Measured:
    """The score of one set of modalities, beside the published one where there is one."""

    modalities: str
    published: float | None
    report: ScoreReport

    @property
    def difference(self) -> float | None:
        """Measured less published weighted accuracy."""
        return None if self.published is None else self.report.weighted_accuracy - self.published


def ablate(
    corpus: Corpus, settings: Settings, split: str = "public", tell: Callable[[str], object] = print
) -> list[Measured]:
    """Train on each modality alone and on all together, and score each on a split.

    Args:
        corpus: holds the training recordings and, with its labels, the split.
        settings: the same for every model.
        split: which to score on.
        tell: is called with the name of what is trained next.

    Raises:
        CorpusError: the corpus lacks one of the splits.
        ValueError: its labels are missing.
    """
    challenge = corpus.challenge
    training, test = corpus.folder("train"), corpus.folder(split)
    if set(test.labels) != set(test.recordings):
        raise ValueError(f"{test.path}: expected the labels of all {len(test.recordings)} recordings")
    names = [modality.name for modality in challenge.modalities]
    published = {ALL: challenge.baseline.score, **challenge.baseline.single_modalities}
    results = []
    for label, modalities in [(ALL, names), *((name, [name]) for name in names)]:
        tell(label)
        model = train(training, modalities, settings)
        report = score(predict(model, test), test.labels, challenge.task)
        results.append(Measured(label, published.get(label), report))
    return results


def write_report(out: Path, results: Sequence[Measured], challenge: Challenge, settings: Settings) -> None:
    """Write `ablation.csv`, `ablation.md` and `ablation.png` into the folder `out`."""
    header = ["modalities", "published", "measured", "low", "high", "difference", "seed"]
    rows = [",".join([*_cells(one), str(settings.seed)]) for one in results]
    with whole_file(out / "ablation.csv") as file:
        file.write("".join(f"{row}\n" for row in [",".join(header), *rows]).encode())
    with whole_file(out / "ablation.md") as file:
        file.write(as_markdown(results).encode())
    with whole_file(out / "ablation.png") as file:
        draw(results, challenge).savefig(file, format="png", dpi=150)


def as_markdown(results: Sequence[Measured]) -> str:
    """The table of an ablation in Markdown."""
    lines = ["| modalities | published | measured | 95 % interval | difference |", "|---|---|---|---|---|"]
    for one in results:
        name, published, measured, low, high, difference = _cells(one)
        lines.append(f"| {name} | {published} | {measured} | {low} to {high} | {difference} |")
    return "\n".join(lines) + "\n"


def draw(results: Sequence[Measured], challenge: Challenge) -> Figure:
    """Bars for what was measured, with intervals, and marks for what was published."""
    with mpl.rc_context({"font.size": 10}):
        figure = Figure(figsize=(6.4, 3.6), layout="constrained")
        axes = figure.subplots()
        ordered = sorted(results, key=lambda one: one.report.weighted_accuracy, reverse=True)
        places = range(len(ordered))
        values = [one.report.weighted_accuracy for one in ordered]
        below = [one.report.weighted_accuracy - one.report.interval[0] for one in ordered]
        above = [one.report.interval[1] - one.report.weighted_accuracy for one in ordered]
        axes.bar(places, values, yerr=[below, above], color="#7aa6c2", ecolor="#35586e", capsize=4, label="measured")
        marked = [
            (place, one.published) for place, one in zip(places, ordered, strict=True) if one.published is not None
        ]
        if marked:
            axes.scatter(*zip(*marked, strict=True), marker="D", color="#b4452f", zorder=3, label="published")
        chance = 1 / len(challenge.task.labels)
        axes.axhline(chance, color="#777777", linestyle=":", label=f"chance ({chance:.2f})")
        axes.set_xticks(places, [one.modalities for one in ordered])
        axes.set_ylabel("weighted accuracy")
        axes.set_ylim(0.0, 1.05 * max(*(one.report.interval[1] for one in ordered), *(y for _, y in marked), 0.6))
        axes.spines[["top", "right"]].set_visible(False)
        axes.legend(frameon=False)
    return figure


def _cells(one: Measured) -> tuple[str, str, str, str, str, str]:
    low, high = one.report.interval
    return (
        one.modalities,
        "" if one.published is None else f"{one.published:.3f}",
        f"{one.report.weighted_accuracy:.3f}",
        f"{low:.3f}",
        f"{high:.3f}",
        "" if one.difference is None else f"{one.difference:+.3f}",
    )
