"""A modality of a challenge: one kind of stream of a recording, and the form of its files."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from data_spec.section import FolderName, Name, Section

Form = Literal["table", "sound", "pictures"]

SUFFIXES: dict[Form, str] = {"table": ".csv", "sound": ".flac", "pictures": ".mp4"}
"""How the name of a recording's file ends."""


class Modality(Section):
    """One of the streams of a recording: a table of features, or what features are made of."""

    name: Name
    folder: FolderName
    form: Form = "table"
    """`sound`: samples of one channel. `pictures`: a film."""
    rate: Annotated[int, Field(gt=0)]
    """Frames per second: rows of a table, samples of a sound, pictures of a film."""
    features: Annotated[int, Field(ge=0)] = 0
    """Columns of a table beside the time; 0 for sound and pictures."""
    header: Literal["names", "ignored"] = "names"
    """`names`: a table's first line names the columns. `ignored`: there is a first line, and it says nothing."""
    height: Annotated[int, Field(gt=0)] | None = None
    """Of a picture, in pixels."""
    width: Annotated[int, Field(gt=0)] | None = None
    """Of a picture, in pixels."""

    @property
    def is_table(self) -> bool:
        """Whether its files are CSV files of features."""
        return self.form == "table"

    @property
    def suffix(self) -> str:
        """How the name of a recording's file ends, with its dot."""
        return SUFFIXES[self.form]

    @model_validator(mode="after")
    def _size_goes_with_form(self) -> Self:
        if self.is_table != (self.features > 0):
            expected = "over 0 in a table" if self.is_table else f"none, since the form is {self.form!r}"
            raise ValueError(f"{self.name}.features: expected {expected}. Received: {self.features}")
        has_size = self.height is not None and self.width is not None
        if (self.form == "pictures") != has_size or (self.height is None) != (self.width is None):
            raise ValueError(
                f"{self.name}: expected height and width of pictures, and only of them. "
                f"Received: form {self.form!r}, {self.height} × {self.width}"
            )
        return self
