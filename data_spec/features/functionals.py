"""Functionals: a recorded sentence → 6373 numbers, such as the mean of its loudness and the range of its pitch.

The set is ComParE_2016, computed by openSMILE: the successor of the set of the Interspeech 2013 computational
paralinguistics challenge that MSP-Face describes speech with ("a 6,373 dimensional vector per sentence", section 5.1),
with the same number of features. The names and their order are the same too; the values are not: of 48 clips of
RAVDESS, 85 % of them lie within a thousandth of those of 2013.

openSMILE is an optional requirement, and shares no process with TensorFlow: see `smile.py`.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from data_spec.features.smile import checked_samples, require_length, smile_package
from data_spec.stream import Values

FEATURES = 6373
"""How many functionals there are."""


def extract_functionals(samples: NDArray[np.floating], rate: int) -> Values:
    """The functionals of a sound as a whole, in the order of `functional_names`.

    The spectrum is described up to half the rate: sounds of different rates compare only as far as they hold the same
    frequencies.

    Args:
        samples: one channel, -1 to 1, shape (samples,).
        rate: samples per second.

    Returns:
        shape (6373,), finite. Their units are those of the descriptors: some lie within 0 to 1, some reach 1e12.

    Raises:
        MissingPackageError: openSMILE is not installed.
        RuntimeError: TensorFlow was loaded before it.
        TooShortError: too short for one window.
        ValueError: not one channel of finite samples from -1 to 1, or too faint or loud to be described.
    """
    checked = checked_samples(samples)
    require_length(len(checked), rate)
    values = _extractor().process_signal(checked, rate).to_numpy(np.float32)[0]
    if not np.isfinite(values).all():
        name = functional_names()[int(np.argmin(np.isfinite(values)))]
        raise ValueError(f"samples: expected sound whose functionals are numbers. Received: one with no {name}")
    return np.asarray(values, dtype=np.float32)


def functional_names() -> tuple[str, ...]:
    """The names of the functionals as openSMILE has them, such as `F0final_sma_quartile1`. Raises as it does."""
    return tuple(_extractor().feature_names)


@cache
def _extractor() -> Any:
    """The extractor, set up once for a process."""
    opensmile = smile_package()
    return opensmile.Smile(opensmile.FeatureSet.ComParE_2016, opensmile.FeatureLevel.Functionals)
