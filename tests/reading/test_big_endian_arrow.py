"""Arrow IPC written on a machine of big-endian byte order is read as any other."""

from __future__ import annotations

import io
import struct
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from reading_of import read_all

pa = pytest.importorskip("pyarrow")

TEXTS = ["abc", "한국어 글", "", "x"]
_VTABLE = struct.pack("<4Hi", 8, 8, 0, 4, 8)  # of a schema without its byte order, before a table of eight bytes
_BIG = 8  # where the table is followed by the number of fields, which is 1, as big-endian is


def _big_endian(new: Any, kind: Any, offsets: list[int]) -> bytes:
    """pyarrow writes little-endian alone: a schema's byte order is entered, and the numbers are turned around."""
    table = pa.table({"text": pa.array(TEXTS, kind)})
    held = io.BytesIO()
    with new(held, table.schema) as writer:
        writer.write_table(table)
    data = held.getvalue()
    width = "i4" if kind == pa.string() else "i8"
    ends = np.cumsum([0, *(len(text.encode()) for text in TEXTS)])
    stored = ends.astype(f"<{width}").tobytes()
    assert data.count(stored) == 1
    assert _VTABLE in data
    turned = data.replace(stored, np.array(offsets).astype(f">{width}").tobytes())
    return turned.replace(_VTABLE, struct.pack("<4Hi", 8, 8, _BIG, 4, 8))


@pytest.mark.parametrize("kind", [pa.string(), pa.large_string()])
@pytest.mark.parametrize("new", [pa.ipc.new_stream, pa.ipc.new_file])
def test_its_texts_are_read(tmp_path: Path, new: Any, kind: Any) -> None:
    (tmp_path / "a.arrow").write_bytes(_big_endian(new, kind, [0, 3, 16, 16, 17]))
    documents, (record,) = read_all(tmp_path)
    assert (documents, record.reason, record.damage) == (TEXTS, None, None)


@pytest.mark.parametrize("kind", [pa.string(), pa.large_string()])
@pytest.mark.parametrize("offsets", [[0, 3, 1 << 24, 16, 17], [0, 16, 3, 16, 17], [-1, 3, 16, 16, 17]])
def test_offsets_that_lead_astray_are_damage(tmp_path: Path, kind: Any, offsets: list[int]) -> None:
    (tmp_path / "a.arrow").write_bytes(_big_endian(pa.ipc.new_stream, kind, offsets))
    documents, (record,) = read_all(tmp_path)
    assert documents == []
    assert "damaged" in str(record.reason)
