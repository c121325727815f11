"""Some frames stand for all: each frame has what the middle of its own piece has."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from baseline.frame_grid import middle_frames, spread


@given(frames=st.integers(0, 500), step=st.integers(1, 60))
def test_every_frame_has_the_value_of_a_frame_less_than_a_step_away(frames, step):
    middle = middle_frames(frames, step)
    given_to = spread(middle, frames, step)
    assert given_to.shape == (frames,)
    assert (np.abs(given_to - np.arange(frames)) <= step // 2).all()
    assert ((middle >= 0) & (middle < max(1, frames))).all()
