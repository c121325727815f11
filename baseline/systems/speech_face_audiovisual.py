"""The baseline of MSP-Face: networks of a clip's speech, of its face, and of both, for attributes and for classes.

Vidal et al. 2020, section 5, and Table 2 for the layers (`baseline/clip_networks.py`). Attributes are predicted at
once, with the mean of their 1 − CCC as loss; five and eight classes each by a model of its own, with cross-entropy;
Adam. Of the audiovisual model "we freeze the parameters of the speech-only and face-only models", whose last vectors
are then a "fixed hidden representation": they are computed once, without dropout, and the layers above are trained on
these.

A variant is a modality and a problem, such as `face:5_classes`, or a modality alone: then its models for the attributes
and for all scored labels together fill every column of a prediction. Clips whose annotators tied or chose a label that
is not told apart have no part in the training of classes; no class weighs more for being rare, as in the paper.

The paper tells neither batch nor epochs nor learning rate: those here are the kit's, and training stops early on the
validation loss. Its face features are of networks that were trained anew for each problem; here they are one stream.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from baseline.clip_model import ClipModel, load
from baseline.clip_networks import AUDIOVISUAL, FACE, SPEECH
from baseline.clip_problems import problems_of, problems_of_a_prediction
from baseline.clip_training import ClipTraining, Settings
from baseline.published.vidal2020 import PAPER, TABLE_3
from baseline.runtime import prepare
from baseline.system import Size, System, TrainingData
from data_spec.challenge import Challenge
from data_spec.task import ClipRatings, expect_task

if TYPE_CHECKING:
    from baseline.run_folder import RunFolder


def settings(size: Size, variant: str) -> Settings:
    """The settings of a size, the same for every variant."""
    match size:
        case Size.FULL:
            return Settings()
        case Size.SMALL:
            return Settings(epochs=40, patience=6, batch=64, learning_rate=3e-4, frame_step=5)
        case Size.TINY:
            return Settings(epochs=2, batch=16, frame_step=25)


def variants(challenge: Challenge) -> tuple[str, ...]:
    """The modalities that there are, both together first; then each with each problem."""
    names = [modality.name for modality in challenge.modalities]
    single = [name for name in (SPEECH, FACE) if name in names]
    modalities = [AUDIOVISUAL, *single] if len(single) == 2 else single
    task = expect_task(challenge.task, ClipRatings)
    return (*modalities, *(f"{modality}:{problem}" for modality in modalities for problem in problems_of(task)))


def train(data: TrainingData, variant: str, settings: Settings, seed: int, run: RunFolder) -> ClipModel:
    """Train the models of a variant, those of the single modalities first where it is audiovisual.

    Raises:
        ValueError: no such variant, or too few clips for one of its problems.
        CsvError: a file is broken.
    """
    if variant not in (known := variants(data.challenge)):
        raise ValueError(f"variant: expected one of {', '.join(known)}. Received: {variant!r}")
    task = expect_task(data.challenge.task, ClipRatings)
    modality, _, name = variant.partition(":")
    problems = (problems_of(task)[name],) if name else problems_of_a_prediction(task)
    prepare(seed)
    models = {problem.name: ClipTraining(data, problem, settings, seed, run).model(modality) for problem in problems}
    rated = [data.train.folder.labels[recording].values[0] for recording in data.train.recordings]
    return ClipModel(data.challenge, models, settings.frame_step, tuple(np.mean(rated, axis=0).tolist()))


SYSTEM = System(
    name="speech_face_audiovisual",
    title="Speech, face, audiovisual",
    source=f"{PAPER}, section 5",
    kinds=frozenset({"clip_ratings"}),
    variants=variants,
    settings=settings,
    train=train,
    load=load,
    tables=(TABLE_3,),
    challenge="mspface",
)
