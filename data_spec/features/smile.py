"""openSMILE, which describes sound: the package, opened where it can run, and the sound that it is given.

openSMILE is an optional requirement: its licence allows research and education, not commercial use. A process in which
TensorFlow was loaded first dies when openSMILE extracts, so both never share one: where TensorFlow is loaded it is
refused here, and the importers extract in processes of their own.
"""

from __future__ import annotations

import sys
from typing import Any

import numpy as np
from numpy.typing import NDArray

from data_spec.features.packages import MissingPackageError

LEAST_SECONDS = 0.1
"""In less sound there is no window for a pitch."""

LOUDEST = 32767 / 32768
"""openSMILE takes 16-bit numbers: 1.0 would wrap around to -32768."""


class TooShortError(ValueError):
    """Sound in which nothing can be described."""


def smile_package() -> Any:
    """The module `opensmile`.

    Raises:
        MissingPackageError: it is not installed.
        RuntimeError: TensorFlow was loaded before it.
    """
    if "tensorflow" in sys.modules and "opensmile" not in sys.modules:
        raise RuntimeError("openSMILE crashes in a process that has loaded TensorFlow: extract in one of its own")
    try:
        # Imported here: the package is optional, and only what describes sound needs it.
        import opensmile
    except ImportError as error:
        raise MissingPackageError.named(
            "opensmile", "extracting audio features (research and education only)"
        ) from error
    return opensmile


def checked_samples(samples: NDArray[np.floating]) -> NDArray[np.float32]:
    """Sound as openSMILE takes it: one channel, -1 to 1, shape (samples,). Raises ValueError where it is none."""
    samples = np.asarray(samples)
    if samples.ndim != 1 or not np.isfinite(samples).all() or np.abs(samples).max(initial=0.0) > 1.0:
        raise ValueError(
            "samples: expected one channel of numbers from -1 to 1. "
            f"Received: shape {samples.shape}, the largest {np.abs(samples).max(initial=0.0)}"
        )
    return np.asarray(np.minimum(samples, LOUDEST), dtype=np.float32)


def require_length(samples: int, rate: int) -> None:
    """Raise TooShortError where there is less sound than `LEAST_SECONDS`, at `rate` samples per second."""
    if samples < LEAST_SECONDS * rate:
        raise TooShortError(f"samples: expected at least {LEAST_SECONDS} s. Received: {samples / rate:.3f} s")
