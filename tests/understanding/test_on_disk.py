"""Tables in files: their rows are read one by one."""

import numpy as np

from bot.understanding.on_disk import Rows

TABLE = np.arange(12, dtype=np.uint8).reshape(4, 3)


def test_rows_are_read_as_asked_also_when_they_begin_inside_a_file_that_is_closed_meanwhile(tmp_path):
    path = tmp_path / "table"
    path.write_bytes(b"head" + TABLE.tobytes())
    with path.open("rb") as file:
        rows = Rows(file.fileno(), 4, TABLE[0])
    assert rows[np.array([2, 0, 2])].tolist() == [[6, 7, 8], [0, 1, 2], [6, 7, 8]]
