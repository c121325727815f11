from __future__ import annotations

import itertools
import random

from scorer.server.submissions.strip_plot import HEIGHT, WIDTH, strip_plot


def test_the_order_of_the_recordings_changes_nothing() -> None:
    accuracies = [0.1 + number / 200 for number in range(143)]
    shuffled = random.Random(3).sample(accuracies, k=len(accuracies))
    assert strip_plot(shuffled) == strip_plot(accuracies)


def test_every_dot_lies_inside() -> None:
    plot = strip_plot([0.0, 1.0, *(number / 50 for number in range(50))])
    assert plot is not None
    assert all(0 < dot.x < WIDTH and 0 < dot.y < HEIGHT for dot in plot.dots)


def test_equal_recordings_do_not_hide_each_other() -> None:
    plot = strip_plot([0.5] * 8)
    assert plot is not None
    heights = sorted(dot.y for dot in plot.dots)
    assert min(after - before for before, after in itertools.pairwise(heights)) > 2


def test_recordings_without_a_counted_frame_are_left_out() -> None:
    plot = strip_plot([None, 0.25, None])
    assert plot is not None
    assert (len(plot.dots), plot.least, plot.median, plot.most) == (1, 0.25, 0.25, 0.25)
    assert strip_plot([None]) is None
    assert strip_plot([]) is None
