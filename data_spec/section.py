"""What all parts of a challenge file have in common."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

Share = Annotated[float, Field(ge=0.0, le=1.0)]
Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
FolderName = Annotated[str, Field(pattern=r"^[A-Za-z0-9_][A-Za-z0-9_-]*$")]
ColumnName = Annotated[str, Field(pattern=r'^[^\s,"]([^,"\r\n]*[^\s,"])?$')]
"""Can stand in the header of a CSV file without quotes."""


class Section(BaseModel):
    """A part of the file: read once, never changed, and no key in it goes unread."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)
