"""End to end: from raw sound and pictures of the face to arousal and valence, each 40 ms, in one network.

Tzirakis, Trigeorgis, Nicolaou, Schuller, Zafeiriou: End-to-End Multimodal Emotion Recognition using Deep Neural
Networks (2017), sections III and V. A speech network and a face network are trained alone, each with recurrent layers
of its own. Then these layers are discarded, the features of both networks are concatenated, and new recurrent layers
are trained on them together with the networks below. The loss is one minus the concordance correlation coefficient.

Not told by the paper, and chosen here: ResNet-50 ends in 2048 values and the paper has 640, so a dense layer with a
rectifier lies between them; one crop, brightness and saturation holds for all pictures of a sequence; pictures that are
not trained on are cropped in the middle; the epoch with the best coefficient on the validation is kept. Dropout lies
over the features of each network, as section III-B has it; section V has it "for all layers except the recurrent ones".

The paper counts about 1.1 million parameters of the speech network and 1.5 million with its recurrent layers. Its
description gives others: 3.2 million in the filters (20 × 4000 × 40 of them in those of 500 ms), and 2.1 million in two
LSTM layers of 256 cells on 1280 features (the first alone has 1.57 million).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from pathlib import Path
from tempfile import TemporaryDirectory

import keras
import tensorflow as tf
from keras import layers, ops

from baseline.fused_lstm import LSTM
from baseline.keras_training import fit_keras
from baseline.long_convolution import LongConvolution
from baseline.losses import Concordance, concordance_loss
from baseline.media_sequences import SequenceForm, Sequences
from baseline.published.tzirakis2017 import PAPER, TABLES
from baseline.run_folder import RunFolder
from baseline.runtime import prepare
from baseline.sequence_predictor import SequencePredictor, choose_post_processing, load_predictor
from baseline.system import Size, System, TrainingData
from data_spec.challenge import Challenge
from data_spec.modality import Form
from data_spec.task import ContinuousAttributes, expect_task

FORMS: Mapping[str, tuple[Form, ...]] = {
    "speech": ("sound",),
    "face": ("pictures",),
    "audiovisual": ("sound", "pictures"),
}
"""By the networks that a variant trains, the form of the modalities that they take; also the names of the inputs."""
ALONE = {form: name for name, (form, *others) in FORMS.items() if not others}


@dataclass(frozen=True)
class Settings:
    """The paper's, where it tells them."""

    loss: str = "concordance"
    """Or `mse`: the mean squared error, as others train."""
    frames: int = 150
    """Label frames of a sequence: 6 s."""
    sound_rate: int = 16000
    """Samples per second; sound is resampled to it."""
    fine_filters: int = 20
    fine_seconds: float = 0.005
    long_filters: int = 40
    long_seconds: float = 0.5
    channels_pooled: int = 10
    """Of so many of the long filters the greatest is kept."""
    dropout: float = 0.5
    face_side: int = 96
    """Pixels in height and width."""
    face_side_uncropped: int = 110
    frames_per_picture: int = 1
    """So many label frames have one picture."""
    brightness: float = 0.125
    """How far it is changed at random, as a share of the range (ours)."""
    saturation: float = 0.5
    """How far it is changed at random, as a share of itself (ours)."""
    face_convolutions: int = 0
    """0: ResNet-50. Else a plain network of so many convolutions of 16, 32 … filters, for small trainings."""
    face_features: int = 640
    resnet_weights: str = ""
    """File of ResNet-50's ImageNet weights without its top, as keras.applications has them; random without it."""
    units: int = 256
    """Of each of two LSTM layers."""
    epochs: int = 60
    """At most, for each network alone and then for both together."""
    patience: int = 15
    """Epochs without a better coefficient on the validation after which training stops (ours)."""
    learning_rate: float = 1e-4
    batch_speech: int = 25
    """Sequences in a step."""
    batch_face: int = 2
    batch_audiovisual: int = 2

    def sequence(self, rate: int) -> SequenceForm:
        """The form of sequences where `rate` label frames are a second."""
        return SequenceForm(
            self.frames, rate, self.sound_rate, self.frames_per_picture,
            self.face_side, self.face_side_uncropped, self.brightness, self.saturation,
        )  # fmt: skip

    def check(self, rate: int) -> None:
        """Raise ValueError where the numbers do not fit each other and `rate` label frames per second."""
        for field in fields(self):
            if field.type == "int" and field.name != "face_convolutions" and getattr(self, field.name) < 1:
                raise ValueError(f"{field.name}: expected 1 or more. Received: {getattr(self, field.name)}")
        for name, fits, expected in (
            ("loss", self.loss in ("concordance", "mse"), "concordance or mse"),
            ("sound_rate", self.sound_rate % (2 * rate) == 0, f"a multiple of {2 * rate}, twice the frames per second"),
            ("frames", self.frames % self.frames_per_picture == 0, f"a multiple of {self.frames_per_picture}"),
            ("long_filters", self.long_filters % self.channels_pooled == 0, f"a multiple of {self.channels_pooled}"),
            ("face_side", self.face_side <= self.face_side_uncropped, f"at most {self.face_side_uncropped}"),
            ("face_side", self.face_convolutions > 0 or self.face_side >= 32, "32 or more for ResNet-50"),
            ("face_convolutions", self.face_convolutions >= 0, "0 or more"),
            ("fine_seconds", self.fine_seconds * self.sound_rate >= 1, "a sample or more"),
            ("long_seconds", self.long_seconds * self.sound_rate >= 2, "two samples or more"),
            ("brightness", 0 <= self.brightness <= 1, "a share from 0 to 1"),
            ("saturation", 0 <= self.saturation <= 1, "a share from 0 to 1"),
            ("learning_rate", self.learning_rate > 0, "more than 0"),
            ("dropout", 0 <= self.dropout < 1, "a share from 0 to below 1"),
        ):
            if not fits:
                raise ValueError(f"{name}: expected {expected}. Received: {getattr(self, name)!r}")


SMALL = Settings(
    sound_rate=4000, fine_filters=10, long_filters=20, long_seconds=0.1, channels_pooled=5, dropout=0.2,
    face_side=48, face_side_uncropped=55, frames_per_picture=5, face_convolutions=3, face_features=64,
    units=64, epochs=12, patience=4, learning_rate=2e-3, batch_speech=16, batch_face=16, batch_audiovisual=16,
)  # fmt: skip
TINY = replace(
    SMALL, frames=25, sound_rate=800, fine_filters=4, long_filters=4, long_seconds=0.05, channels_pooled=2,
    face_side=16, face_side_uncropped=18, face_convolutions=1, face_features=4, units=4, epochs=1,
)  # fmt: skip


def settings(size: Size, variant: str) -> Settings:
    """The settings of a size and a variant, which may name a loss and a sequence's frames: `speech:mse`, `face:75`."""
    chosen = {Size.FULL: Settings(), Size.SMALL: SMALL, Size.TINY: TINY}[size]
    for word in variant.split(":")[1:]:
        chosen = replace(chosen, frames=int(word)) if word.isdecimal() else replace(chosen, loss=word)
    return chosen


def variants(challenge: Challenge) -> tuple[str, ...]:
    """The networks for which the challenge has modalities, the whole first, and speech with the other loss."""
    forms = {modality.form for modality in challenge.modalities}
    names = [name for name in ("audiovisual", "speech", "face") if forms.issuperset(FORMS[name])]
    return (*names, *(["speech:mse"] if "speech" in names else []))


# --- the network ---------------------------------------------------------------------------------------------


def speech_network(chosen: Settings, rate: int) -> keras.Model:
    """Raw sound, shape (batch, samples) → features of each label frame, shape (batch, frames, features)."""
    samples = chosen.sequence(rate).samples
    inputs = keras.Input((samples,), name="sound")
    x = layers.Reshape((samples, 1))(inputs)  # (batch, samples, 1)
    taps = round(chosen.fine_seconds * chosen.sound_rate)
    x = layers.Conv1D(chosen.fine_filters, taps, padding="same", name="fine_filters")(x)  # (batch, samples, filters)
    x = layers.ReLU(name="half_wave_rectifier")(x)
    x = layers.MaxPooling1D(2)(x)  # (batch, samples / 2, fine filters)
    taps = round(chosen.long_seconds * chosen.sound_rate / 2)
    x = LongConvolution(chosen.long_filters, taps, name="long_filters")(x)  # (batch, samples / 2, long filters)
    channels = chosen.long_filters // chosen.channels_pooled
    x = layers.Reshape((samples // 2, channels, chosen.channels_pooled))(x)
    x = ops.max(x, axis=-1)  # (batch, samples / 2, channels)
    # The samples of a label frame, of all channels, are its features.
    x = layers.Reshape((chosen.frames, samples // 2 // chosen.frames * channels))(x)  # (batch, frames, features)
    return keras.Model(inputs, layers.Dropout(chosen.dropout)(x), name="speech")


def face_network(chosen: Settings, rate: int) -> keras.Model:
    """Pictures, 0 to 255, shape (batch, pictures, side, side, 3) → features, shape (batch, frames, features)."""
    shape = (chosen.face_side, chosen.face_side, 3)
    pictures = chosen.sequence(rate).pictures
    inputs = keras.Input((pictures, *shape), name="pictures")
    x = ops.reshape(inputs, (-1, *shape))  # (batch × pictures, side, side, 3)
    if chosen.face_convolutions:
        x = layers.Rescaling(1 / 127.5, -1.0)(x)
        for number in range(chosen.face_convolutions):
            x = layers.Conv2D(16 * 2**number, 3, strides=2, padding="same", activation="relu")(x)
        x = layers.Flatten()(x)  # (batch × pictures, values)
    else:
        x = keras.applications.resnet.preprocess_input(x)
        x = _resnet(shape, chosen.resnet_weights)(x)  # (batch × pictures, 2048)
    x = layers.Dense(chosen.face_features, activation="relu", name="projection")(x)  # (batch × pictures, features)
    x = layers.Dropout(chosen.dropout)(x)
    x = ops.reshape(x, (-1, pictures, chosen.face_features))  # (batch, pictures, features)
    if chosen.frames_per_picture > 1:
        x = layers.UpSampling1D(chosen.frames_per_picture)(x)  # (batch, frames, features)
    return keras.Model(inputs, x, name="face")


def _resnet(shape: tuple[int, int, int], weights: str) -> keras.Model:
    """ResNet-50 without its top, averaged over the picture. Raises ValueError where the weights are not its."""
    try:
        return keras.applications.ResNet50(
            include_top=False, weights=weights or None, input_shape=shape, pooling="avg", name="resnet50"
        )
    except (ValueError, OSError, KeyError) as error:
        reason = str(error).splitlines()[0]
        raise ValueError(f"resnet_weights: expected ResNet-50's without its top in {weights}: {reason}") from error


def network(below: Sequence[keras.Model], chosen: Settings, attributes: int) -> keras.Model:
    """Networks side by side, two LSTM layers over their features, then attributes, (batch, frames, attributes)."""
    inputs = {one.input.name: keras.Input(one.input_shape[1:], name=one.input.name) for one in below}
    features = [one(inputs[one.input.name]) for one in below]
    x = layers.Concatenate()(features) if len(features) > 1 else features[0]  # (batch, frames, features)
    for number in (1, 2):
        x = LSTM(chosen.units, return_sequences=True, name=f"lstm_{number}")(x)  # (batch, frames, units)
    return keras.Model(inputs, layers.Dense(attributes, name="attributes")(x))


BUILDERS = {"sound": speech_network, "pictures": face_network}
"""By the form of a modality, the network that takes it."""


# --- training ------------------------------------------------------------------------------------------------


def train(
    data: TrainingData, variant: str, chosen: Settings, seed: int, run: RunFolder | None = None
) -> SequencePredictor:
    """Fit a variant: each network alone, then both together, then the post-processing on the validation.

    Raises:
        ValueError: no such variant, settings that do not fit each other, or no recording as long as a sequence.
        CsvError: a file is broken.
        MediaError: a sound or a film is broken.
    """
    task = expect_task(data.challenge.task, ContinuousAttributes)
    name = variant.partition(":")[0]
    if name not in variants(data.challenge):
        raise ValueError(f"variant: expected one of {', '.join(variants(data.challenge))}. Received: {variant!r}")
    chosen.check(task.rate)
    prepare(seed)
    form = chosen.sequence(task.rate)
    # Before anything is decoded: weights that the user gives may be refused.
    below = {one: BUILDERS[one](chosen, task.rate) for one in FORMS[name]}
    with TemporaryDirectory() as scratch:
        train_sequences, validation_sequences = (
            Sequences(part.folder, part.recordings, FORMS[name], form, Path(scratch) / split)
            for split, part in (("train", data.train), ("validation", data.validation))
        )
        # Each network alone, then all: where there is one, once.
        for trained in dict.fromkeys([*(ALONE[one] for one in below), name]):
            size = getattr(chosen, f"batch_{trained}")
            model = network([below[one] for one in FORMS[trained]], chosen, len(task.attributes))
            fit(
                model,
                train_sequences.batches(FORMS[trained], size, shuffle_seed=seed),
                validation_sequences.batches(FORMS[trained], size),
                chosen,
                run,
                trained,
            )
        raw = SequencePredictor(model, form, ()).raw(validation_sequences)
    chains = choose_post_processing(raw, data.validation.folder.labels, task, run)
    if run is not None and "pictures" in below:
        run.write_note(about_faces(chosen))
    return SequencePredictor(model, form, chains)


def fit(
    model: keras.Model,
    batches: tf.data.Dataset,
    validation: tf.data.Dataset,
    chosen: Settings,
    run: RunFolder | None = None,
    name: str = "training",
) -> None:
    """Train a network; the weights with the highest coefficient over all frames of the validation are kept."""
    concordance = Concordance(model.output_shape[-1])
    loss = concordance_loss if chosen.loss == "concordance" else "mean_squared_error"
    model.compile(keras.optimizers.Adam(chosen.learning_rate), loss=loss, metrics=[concordance])
    best = keras.callbacks.EarlyStopping(
        f"val_{concordance.name}", mode="max", patience=chosen.patience, restore_best_weights=True
    )
    fit_keras(model, batches, validation, epochs=chosen.epochs, run=run, name=name, callbacks=[best])


def about_faces(chosen: Settings) -> str:
    """What the reader of a run must know of its face network."""
    if chosen.face_convolutions:
        return f"Faces go through a plain network of {chosen.face_convolutions} convolutions, not through ResNet-50."
    if chosen.resnet_weights:
        return f"ResNet-50 began with the weights in {chosen.resnet_weights}."
    return "ResNet-50 began with random weights: `resnet_weights` was not given. The paper began with ImageNet's."


SYSTEM = System(
    name="end_to_end",
    title="End to end",
    source=f"{PAPER}, sections III and V",
    kinds=frozenset({"continuous_attributes"}),
    variants=variants,
    settings=settings,
    train=train,
    load=load_predictor,
    tables=TABLES,
    challenge="recola",
)
