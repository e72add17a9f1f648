"""Files mapped into memory."""

from __future__ import annotations

import mmap
import os


def map_file(path: str | bytes | os.PathLike[str] | os.PathLike[bytes]) -> memoryview:
    """The content of a file as a read-only view; pages are read when they are touched.

    The file must stay as it is while the view is in use.

    Raises:
        ValueError: the file cannot be opened or is empty.
    """
    name = os.fsdecode(path)
    try:
        with open(name, "rb") as file:
            if os.fstat(file.fileno()).st_size == 0:
                raise ValueError(f"'{name}' is empty. The model allocation is null/empty")
            return memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))
    except OSError as error:
        reason = error.strerror or str(error)
        raise ValueError(f"Could not open '{name}': {reason}. The model allocation is null/empty") from error
