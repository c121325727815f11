"""What the columns of extracted streams are called, in the headers of files that have names.

The challenge of 2017 told no names. Those of the body say besides where it was seen: a column that comes from a film's
pose, and not from a Kinect, begins with `pose_`, wherever its file is copied to.
"""

from __future__ import annotations

from typing import Final

from data_spec.features.body.movement import COLUMNS as BODY_COLUMNS

AUDIO_COLUMNS: Final = (
    "Loudness_sma3", "alphaRatio_sma3", "hammarbergIndex_sma3", "slope0-500_sma3", "slope500-1500_sma3",
    "spectralFlux_sma3", "mfcc1_sma3", "mfcc2_sma3", "mfcc3_sma3", "mfcc4_sma3",
    "F0semitoneFrom27.5Hz_sma3nz", "jitterLocal_sma3nz", "shimmerLocaldB_sma3nz", "HNRdBACF_sma3nz",
    "logRelF0-H1-H2_sma3nz", "logRelF0-H1-A3_sma3nz",
    "F1frequency_sma3nz", "F1bandwidth_sma3nz", "F1amplitudeLogRelF0_sma3nz",
    "F2frequency_sma3nz", "F2amplitudeLogRelF0_sma3nz", "F3frequency_sma3nz", "F3amplitudeLogRelF0_sma3nz",
    *(f"mfcc_{number}" for number in (*range(1, 13), 0)),
)  # fmt: skip
"""As openSMILE calls the 23 descriptors of eGeMAPSv01b; then the 13 coefficients of `mfcc.conf`, c0 last."""

POSE: Final = "pose_"


def column_names(modality: str, from_pose: bool = False) -> tuple[str, ...] | None:
    """The names of a modality's columns, or None where they have none.

    Args:
        modality: of the 2017 challenge.
        from_pose: whether a film's pose stands in for the Kinect.

    >>> column_names("kinect")[0], column_names("kinect", from_pose=True)[0], column_names("face")
    ('distance_hands', 'pose_distance_hands', None)
    """
    if modality == "audio":
        return AUDIO_COLUMNS
    if modality == "kinect":
        return tuple(POSE * from_pose + name for name in BODY_COLUMNS)
    return None
