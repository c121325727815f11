from __future__ import annotations

import io
import sys

import pytest

from data_spec.extraction.progress import media_bar


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize("kind", [Terminal, io.StringIO])
def test_a_terminal_is_shown_the_seconds_of_media_and_nothing_else_is(
    kind: type[io.StringIO], monkeypatch: pytest.MonkeyPatch
) -> None:
    stderr = kind()
    monkeypatch.setattr(sys, "stderr", stderr)
    monkeypatch.setattr("tqdm.std.tqdm.monitor_interval", 0)
    with media_bar("Extracting") as progress:
        progress(0.0, 20.4)
        progress(4.6, 20.4)
        progress(20.4, 20.4)
    assert ("Extracting: 100%" in stderr.getvalue()) == (kind is Terminal)
    assert ("20 of 20 s of media" in stderr.getvalue()) == (kind is Terminal)
    assert bool(stderr.getvalue()) == (kind is Terminal)
