"""Large tables in files without a name: only what is looked up takes memory, and the system may take it back."""

import logging
import mmap
import tempfile

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
