"""Tables II to VI of Tzirakis et al. 2017, the rows of its own systems ("Proposed"): concordance correlation.

Each of its figures on the test has one on the validation beside it, told here in the titles.
"""

from __future__ import annotations

from baseline.system import Published, Table

PAPER = "Tzirakis et al.: End-to-End Multimodal Emotion Recognition using Deep Neural Networks (2017)"


def _row(variant: str, arousal: float, valence: float) -> tuple[Published, Published]:
    return (
        Published(variant, "arousal.concordance_cc", arousal),
        Published(variant, "valence.concordance_cc", valence),
    )


SEQUENCE_LENGTHS = Table(
    "sequence_lengths",
    "Table II, frames in a sequence; published on the validation",
    (
        *_row("face:75", 0.293, 0.276),
        *_row("face:150", 0.363, 0.488),
        *_row("face:300", 0.193, 0.496),
        *_row("speech:75", 0.727, 0.345),
        *_row("speech:150", 0.744, 0.369),
        *_row("speech:300", 0.685, 0.130),
    ),
)

SPEECH = Table(
    "speech",
    "Table III, loss; on the validation .728 and .312 with the mean squared error, .752 and .406 with the concordance",
    (*_row("speech:mse", 0.684, 0.249), *_row("speech", 0.699, 0.311)),
)

SPEECH_CHALLENGE = Table(
    "speech_challenge",
    "Table IV, published on the 27 people of the AVEC 2016 challenge; on its validation .786 and .428",
    _row("speech", 0.715, 0.369),
)

FACE_CHALLENGE = Table(
    "face_challenge",
    "Table V, published on the 27 people of the AVEC 2016 challenge; on its validation .371 and .637",
    _row("face", 0.435, 0.620),
)

MULTIMODAL = Table("multimodal", "Table VI; on the validation .731 and .502", _row("audiovisual", 0.714, 0.612))

# Of a figure that stands in two of them, the last one is told beside a training: that of all 46 people.
TABLES = (SEQUENCE_LENGTHS, SPEECH_CHALLENGE, FACE_CHALLENGE, SPEECH, MULTIMODAL)
