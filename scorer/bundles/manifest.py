"""`bundle.yaml`: how a bundle is run."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, Field

from data_spec.section import Section

MANIFEST = "bundle.yaml"


def _printable(text: str) -> str:
    """Nothing in it ends a word for the kernel, or moves a terminal's cursor."""
    if not text or not text.isprintable():
        raise ValueError("expected printable characters, at least one")
    return text


Word = Annotated[str, AfterValidator(_printable)]


class Hardware(Section):
    """What the code wishes for. The organisers say what it gets."""

    cpus: Annotated[int, Field(gt=0, le=1024)] = 1
    memory_bytes: Annotated[int, Field(gt=0, le=2**50)] | None = None
    gpu: bool = False


class Manifest(Section):
    """What a team says of its bundle."""

    command: Annotated[tuple[Word, ...], Field(min_length=1)]
    """The program and its arguments; two more are added: the folder with the test set, the folder for the results."""
    python: Annotated[str, Field(pattern=r"^[0-9]{1,3}\.[0-9]{1,3}(\.[0-9]{1,3})?$")]
    """The version it was written for, such as 3.11."""
    hardware: Hardware = Hardware()
    seeds: dict[Word, Annotated[int, Field(ge=-(2**63), lt=2**64)]] = Field(default_factory=dict)
    """Every seed that the code sets, by what it is for."""
    models: tuple[Word, ...] = ()
    """Trained models that must be in the bundle, as paths in it: files, or folders with files in them."""
