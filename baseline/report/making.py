"""A model and a recording → what the report on it shows."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from baseline.report.contents import ModelFacts, RecordingReport, ShownStream
from baseline.report.extraction import RECORDING, RawRecording, extract_for
from baseline.report.media import look_at_film, sound_rate
from baseline.systems.decision_fusion import DecisionFusion, TrainedDecisionFusion
from data_spec.agreement import is_agreed
from data_spec.corpus import CorpusError
from data_spec.media.container import read_facts
from data_spec.stream import NO_LABEL, Labels
from data_spec.task import FramewiseOneHot, expect_task
from scorer.scoring import score


def make_report(
    model: DecisionFusion, model_name: str, raw: RawRecording, truth: Labels | None, scratch: Path
) -> RecordingReport:
    """Extract a recording, predict every frame of it, and look at its pictures.

    Args:
        model: from `load_model`.
        model_name: of its file.
        raw: the recording.
        truth: its labels, where they are known; then their frames are the ones that are predicted.
        scratch: an empty folder. Nothing of the report is in it.

    Raises:
        CorpusError, MediaError: a file that cannot be used, or a recording without anything that the model reads.
        MissingPackageError: a package that extraction needs is not installed.
    """
    challenge = model.challenge
    facts = read_facts(raw.path)
    extracted = extract_for(challenge, raw, truth, scratch)
    if not set(model.modalities) & extracted.streams.keys():
        reasons = "; ".join(f"{name}: {extracted.absent[name]}" for name in model.modalities).replace("`", "")
        raise CorpusError(
            f"{raw.path}: expected some of {', '.join(model.modalities)}, which the model reads. {reasons}"
        )
    probabilities = TrainedDecisionFusion(model).predict_probabilities(extracted.folder, [RECORDING])[RECORDING]
    streams = []
    for modality in challenge.modalities:
        # Read again: as the model saw them, and not from the scratch folder later on.
        stream = extracted.folder.stream(modality.name, RECORDING)
        why = extracted.absent.get(modality.name, "")
        streams.append(ShownStream(modality, stream, why, modality.name in model.modalities))
    return RecordingReport(
        file=raw.path.name,
        seconds=extracted.seconds,
        model=ModelFacts(model_name, challenge, model.modalities, model.count_params()),
        film=look_at_film(raw.path, extracted.seconds) if facts.has_pictures else None,
        sound_rate=sound_rate(raw.path),
        streams=tuple(streams),
        notes=extracted.notes,
        times=extracted.folder.templates[RECORDING],
        probabilities=probabilities,
        truth=truth,
        accuracy=None if truth is None else _accuracy(probabilities.argmax(axis=1).astype(np.int8), truth, model),
    )


def _accuracy(index: np.ndarray, truth: Labels, model: DecisionFusion) -> float | None:
    """The weighted accuracy, by the scorer's own rule; None where no frame counts."""
    task = expect_task(model.challenge.task, FramewiseOneHot)
    if not (is_agreed(truth.agreement, task.agreement_threshold) & (truth.index != NO_LABEL)).any():
        return None
    return score({RECORDING: index}, {RECORDING: truth}, task, resamples=1).score
