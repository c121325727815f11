"""Tables 1 to 5 of Williams et al. 2018, whose system is early fusion. Accuracies as shares, errors of 0 to 3."""

from __future__ import annotations

from baseline.architecture_variants import variant_name
from baseline.system import Published, Table

PAPER = "Williams et al. 2018, Recognizing Emotions in Video Using Multimodal DNN Feature Fusion"

_RANDOM = {  # Table 1: mean absolute error of random predictions
    "anger": 0.70,
    "disgust": 0.68,
    "fear": 0.62,
    "happy": 0.80,
    "sad": 0.72,
    # A slip. Whatever the truth, such predictions expect an error of .67 or more
    # (`baseline.systems.random_intensities.expected_error` is least at a truth of 0), and the mean over 1100 segments
    # lies within some hundredths of that. The table's overall .60 is the mean of its six figures, the slip among them:
    # that of the other five is .70.
    "surprise": 0.05,
}
_RANDOM_OVERALL = 0.60

_BY_ARCHITECTURE = {  # Tables 2 to 4: mean absolute error by modalities, of LSTM, BLSTM, CNN
    "audio": (0.150, 0.150, 0.146),
    "video": (0.146, 0.147, 0.149),
    "text": (0.156, 0.157, 0.158),
    "audio+video": (0.137, 0.135, 0.138),
    "audio+text": (0.140, 0.142, 0.146),
    "text+video": (0.149, 0.145, 0.149),
    "audio+text+video": (0.133, 0.132, 0.134),
}

_OVERALL = {  # Table 5; its binary accuracy is the mean of the column, the abstract has "90%" of it
    "mean_absolute_error": 0.126,
    "binary_accuracy": 0.906,
    "four_class_accuracy": 0.892,
}
_BY_EMOTION = {  # Table 5: mean absolute error, binary accuracy, 4-class accuracy, correlation
    "anger": (0.101, 0.926, 0.926, 0.082),
    "disgust": (0.051, 0.963, 0.963, 0.064),
    "fear": (0.051, 0.957, 0.957, 0.011),
    "happy": (0.404, 0.705, 0.620, 0.551),
    "sad": (0.111, 0.910, 0.910, -0.062),
    "surprise": (0.038, 0.977, 0.977, -0.030),
}
_CHALLENGE_VARIANT = variant_name("blstm", ["audio", "text", "video"])


def _ablation(name: str, title: str, modalities: int) -> Table:
    return Table(
        name,
        title,
        tuple(
            Published(f"{architecture}:{subset}", "mean_absolute_error", error)
            for subset, errors in _BY_ARCHITECTURE.items()
            if len(subset.split("+")) == modalities
            for architecture, error in zip(("lstm", "blstm", "cnn"), errors, strict=True)
        ),
    )


RANDOM = Table(
    "random",
    "Random predictions (Table 1)",
    (
        Published("random", "mean_absolute_error", _RANDOM_OVERALL),
        *(Published("random", f"{emotion}.mean_absolute_error", error) for emotion, error in _RANDOM.items()),
    ),
)
UNIMODAL = _ablation("unimodal", "One modality (Table 2)", 1)
BIMODAL = _ablation("bimodal", "Two modalities (Table 3)", 2)
TRIMODAL = _ablation("trimodal", "Three modalities (Table 4)", 3)
CHALLENGE = Table(
    "challenge",
    "The official test (Table 5)",
    (
        *(Published(_CHALLENGE_VARIANT, figure, value) for figure, value in _OVERALL.items()),
        *(
            Published(_CHALLENGE_VARIANT, f"{emotion}.{figure}", value)
            for emotion, values in _BY_EMOTION.items()
            for figure, value in zip((*_OVERALL, "pearson_cc"), values, strict=True)
        ),
    ),
)
