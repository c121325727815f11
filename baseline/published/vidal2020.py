"""Table 3 of Vidal et al. 2020, whose system is speech, face, audiovisual."""

from __future__ import annotations

from baseline.system import Published, Table

PAPER = "Vidal et al. 2020, MSP-Face Corpus: A Natural Audiovisual Emotional Database"

_ROWS = {  # speech-only, face-only, audiovisual
    "arousal.concordance_cc": (0.3794, 0.2065, 0.3961),
    "valence.concordance_cc": (0.2924, 0.2677, 0.3453),
    "dominance.concordance_cc": (0.3390, 0.2085, 0.3430),
    "5_classes.macro_f1": (0.2835, 0.3027, 0.3010),
    "5_classes.micro_f1": (0.3599, 0.3494, 0.3641),
    "macro_f1": (0.1629, 0.1308, 0.1690),
    "micro_f1": (0.2637, 0.3161, 0.2710),
}


def _variant(modality: str, figure: str) -> str:
    """A modality alone has models of the attributes and of all eight classes; five have a model of their own."""
    return f"{modality}:5_classes" if figure.startswith("5_classes.") else modality


TABLE_3 = Table(
    "modalities",
    "Speech-only, face-only and audiovisual models (Table 3)",
    tuple(
        Published(_variant(modality, figure), figure, values[column])
        for column, modality in enumerate(("speech", "face", "audiovisual"))
        for figure, values in _ROWS.items()
    ),
)
