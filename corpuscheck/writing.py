"""Write several files that belong together: all of them or none."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from corpuscheck.errors import CorpuscheckError
from corpuscheck.printable import printable


def write_together(folder: str, files: Mapping[str, bytes], what: str) -> None:
    """Write the files into the folder, which is made if need be.

    All are written beside their places first and renamed when the last is on disk: where there is no room, what was
    there stays as it was. Raises CorpuscheckError, which names `what` was to be saved.
    """
    place = Path(folder)
    made = [parent for parent in (place, *place.parents) if not parent.exists()]
    try:
        place.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=place, prefix=".", ignore_cleanup_errors=True) as beside:
            for name, data in files.items():
                _write(Path(beside) / name, data)
            for name in files:
                os.replace(Path(beside) / name, place / name)
    except OSError as error:
        with suppress(OSError):
            for parent in made:
                parent.rmdir()
        raise CorpuscheckError(f"{printable(folder)}: {what} cannot be saved there ({error.strerror})") from None


def _write(path: Path, data: bytes) -> None:
    with path.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
