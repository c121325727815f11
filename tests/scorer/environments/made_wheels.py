"""Wheels written by hand: small ones, and ones that no builder of wheels would make."""

from __future__ import annotations

import stat
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path

Files = Mapping[str, str]


def write_wheel(
    house: Path,
    name: str,
    version: str = "1.0",
    *,
    files: Files | None = None,
    requires: Sequence[str] = (),
    scripts: Files | None = None,
    links: Files | None = None,
    without_record: bool = False,
) -> Path:
    """Write a wheel into a folder.

    Args:
        house: the folder.
        name: of the project; its module has the same.
        version: of the project; the module says it as `VERSION`.
        files: what is in it, by path, instead of the one module.
        requires: lines of its metadata.
        scripts: what each console script calls, by its name.
        links: where each link that the zip claims to hold leads, by path.
        without_record: leave out the list of its files.
    """
    info = f"{name}-{version}.dist-info"
    content = {
        **({f"{name}.py": f"VERSION = {version!r}\n"} if files is None else files),
        f"{info}/METADATA": "\n".join(
            [
                "Metadata-Version: 2.1",
                f"Name: {name}",
                f"Version: {version}",
                *(f"Requires-Dist: {x}" for x in requires),
            ]
        )
        + "\n",
        f"{info}/WHEEL": "Wheel-Version: 1.0\nGenerator: hand\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    if scripts is not None:
        lines = [f"{script} = {called}" for script, called in scripts.items()]
        content[f"{info}/entry_points.txt"] = "\n".join(["[console_scripts]", *lines]) + "\n"
    if not without_record:
        content[f"{info}/RECORD"] = "".join(f"{path},,\n" for path in [*content, f"{info}/RECORD"])
    house.mkdir(exist_ok=True)
    path = house / f"{name}-{version}-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as archive:
        for file, text in content.items():
            archive.writestr(file, text)
        for file, target in (links or {}).items():
            entry = zipfile.ZipInfo(file)
            entry.create_system = 3
            entry.external_attr = (stat.S_IFLNK | 0o777) << 16
            archive.writestr(entry, target)
    return path
