"""Table 5 of the MixedEmotions project's Deliverable 4.6, whose system is context regression."""

from __future__ import annotations

from baseline.system import Published, Table

PAPER = "MixedEmotions, Deliverable 4.6: Emotion Recognition from Video, section 4.5"

TABLE_5 = {  # CCC of each partition "when trained on the other partition": valence train, dev, arousal train, dev
    "video-appearance": (0.368, 0.365, 0.165, 0.395),
    "video-geometric": (0.522, 0.579, 0.516, 0.388),
    "CNN-lm-L4": (0.185, 0.335, 0.485, 0.498),
    "CNN-lm-L5": (0.476, 0.419, 0.495, 0.559),
    "CNN-id-fc6": (0.311, 0.382, 0.457, 0.560),
    "CNN-em-fc5": (0.495, 0.512, 0.510, 0.532),
    "CNN-em-fc6": (0.482, 0.498, 0.533, 0.585),
}

NEAREST = "CNN-em-fc6"
"""Of the paper's features those next to the modality `features` of a challenge such as `recola`.

They are the last hidden layer of a network that names facial expressions.
"""

_, _valence, _, _arousal = TABLE_5[NEAREST]

FEATURES = Table(
    "features",
    f"Features of the face: {NEAREST}, trained on train, measured on the development partition (Table 5)",
    (
        Published("features", "arousal.concordance_cc", _arousal),
        Published("features", "valence.concordance_cc", _valence),
    ),
)
