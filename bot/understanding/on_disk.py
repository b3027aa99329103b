"""Large tables that stay in files: only what is looked up is read."""

import logging
import mmap
import os
import tempfile
import weakref
from typing import Any

import numpy as np
import numpy.typing as npt

logger = logging.getLogger(__name__)


def laid_out(table: bytes | memoryview) -> memoryview:
    """Lay bytes out in a file and give them from there; from memory when there is no room for files."""
    try:
        with tempfile.TemporaryFile() as file:
            file.write(table)
            file.flush()
            return memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))
    except OSError as error:
        logger.warning("a table stays in memory, for want of room for files: %s", type(error).__name__)
        return memoryview(table)


class Rows:
    """The rows of a table in an open file, read one by one: mapped files are soon wholly in memory."""

    def __init__(self, number: int, start: int, row: npt.NDArray[Any]) -> None:
        """Read from the file with this number, from byte `start` on; `row` is one row, for its kind and size."""
        self._number, self._start = os.dup(number), start
        self._kind, self._size = row.dtype, row.nbytes
        weakref.finalize(self, os.close, self._number)

    def __getitem__(self, numbers: npt.NDArray[np.int64]) -> npt.NDArray[Any]:
        """Read these rows."""
        places = (self._start + numbers.astype(np.int64) * self._size).tolist()
        read = b"".join([os.pread(self._number, self._size, place) for place in places])
        return np.frombuffer(read, self._kind).reshape(len(places), -1)
