"""Snapshots of the history as arrays, and boxes as columns: derived from the facts, for a fast start.

A snapshot is written part by part in short transactions, between those of others; it is used once it is complete.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pyarrow as pa
import sqlalchemy as sa
from numpy.typing import NDArray

from data.store.connected import Connected
from data.store.schema import box_columns, snapshot_parts, snapshots

# Bytes of one part before compression, written in one transaction.
_PART_BYTES: Final = 8 * 2**20
_CODEC: Final = "zstd"


@dataclass(frozen=True)
class Part:
    """Boxes whose first event is after `after_event_no` and up to `last_event_no`, and their lines, as Parquet: with
    the lines up to event `until_declaration`, filled from statements up to `until_statement`."""

    version: str
    after_event_no: int
    last_event_no: int
    until_declaration: int
    until_statement: int
    boxes: int
    box_content: bytes
    line_content: bytes


class Snapshots(Connected):
    """The part of the store with derived data, all of which can be made again from the facts."""

    def keep_snapshot(self, version: str, watermark: Mapping[str, int], arrays: Mapping[str, NDArray[Any]]) -> None:
        """Store arrays made from all events up to `watermark` (by table), and delete older snapshots."""
        row = {"version": version, "watermark": dict(watermark), "complete": False}
        with self._writing() as connection:
            number: int = connection.scalars(sa.insert(snapshots).returning(snapshots.c.snapshot_no), [row]).one()
        for part_no, part in enumerate(_parts(arrays)):
            with self._writing() as connection:
                connection.execute(sa.insert(snapshot_parts), {"snapshot_no": number, "part_no": part_no, **part})
        with self._writing() as connection:
            own = snapshots.c.snapshot_no == number
            if connection.execute(sa.update(snapshots).where(own).values(complete=True)).rowcount == 0:
                # Meanwhile another process saved a newer snapshot, or deleted all derived data.
                connection.execute(sa.delete(snapshot_parts).where(snapshot_parts.c.snapshot_no == number))
                return
            connection.execute(sa.delete(snapshot_parts).where(snapshot_parts.c.snapshot_no < number))
            connection.execute(sa.delete(snapshots).where(snapshots.c.snapshot_no < number))

    def snapshot(self, version: str) -> tuple[dict[str, int], dict[str, NDArray[Any]]] | None:
        """The watermark and the arrays of the last complete snapshot of a version; None where there is none."""
        query = sa.select(snapshots.c.snapshot_no, snapshots.c.watermark).where(
            snapshots.c.version == version, snapshots.c.complete
        )
        with self._reading() as connection:
            found = connection.execute(query.order_by(snapshots.c.snapshot_no.desc()).limit(1)).one_or_none()
            if found is None:
                return None
            number, watermark = found
            parts = sa.select(snapshot_parts).where(snapshot_parts.c.snapshot_no == number)
            arrays: dict[str, NDArray[Any]] = {}
            rows = connection.execution_options(yield_per=1).execute(parts.order_by(snapshot_parts.c.part_no))
            for row in rows.mappings():
                if row["name"] not in arrays:
                    arrays[row["name"]] = np.empty(row["shape"], dtype=row["dtype"])
                flat = arrays[row["name"]].reshape(-1)
                end = min(row["begins"] + _PART_BYTES // flat.itemsize, len(flat))
                content = pa.decompress(
                    row["content"], (end - row["begins"]) * flat.itemsize, codec=_CODEC, asbytes=True
                )
                flat[row["begins"] : end] = np.frombuffer(content, dtype=flat.dtype)
            # PostgreSQL shows a statement what was committed before it: the parts may be gone since the first one.
            still = connection.scalar(sa.select(sa.func.count()).where(snapshots.c.snapshot_no == number))
        return (dict(watermark), arrays) if still else self.snapshot(version)

    def snapshot_watermark(self, version: str) -> dict[str, int] | None:
        """The watermark of the last complete snapshot of a version; None where there is none."""
        query = sa.select(snapshots.c.watermark).where(snapshots.c.version == version, snapshots.c.complete)
        with self._reading() as connection:
            found = connection.scalar(query.order_by(snapshots.c.snapshot_no.desc()).limit(1))
        return None if found is None else dict(found)

    def add_box_columns(self, part: Part) -> None:
        """Store boxes as columns unless the same range is stored, and delete those of other versions."""
        same = sa.and_(box_columns.c.version == part.version, box_columns.c.after_event_no == part.after_event_no)
        with self._writing() as connection:
            connection.execute(sa.delete(box_columns).where(box_columns.c.version != part.version))
            if connection.scalar(sa.select(sa.func.count()).where(same)) == 0:
                connection.execute(sa.insert(box_columns), [vars(part)])

    def box_columns_until(self, version: str) -> list[tuple[int, int, int]]:
        """Up to which declaration and statement the stored boxes of a version were made, and the last of their events;
        one entry for each pair of the two."""
        columns = box_columns.c
        until = (columns.until_declaration, columns.until_statement)
        query = sa.select(*until, sa.func.max(columns.last_event_no)).group_by(*until)
        with self._reading() as connection:
            return [tuple(row) for row in connection.execute(query.where(columns.version == version))]

    def box_columns(self, version: str) -> Iterator[Part]:
        """The stored boxes of a version, in order."""
        query = sa.select(box_columns.c.part_no).where(box_columns.c.version == version)
        with self._reading() as connection:
            numbers = list(connection.scalars(query.order_by(box_columns.c.last_event_no)))
        columns = [box_columns.c[name] for name in Part.__dataclass_fields__]
        for number in numbers:
            with self._reading() as connection:
                row = connection.execute(sa.select(*columns).where(box_columns.c.part_no == number)).one_or_none()
            if row is not None:
                yield Part(**row._mapping)

    def delete_derived(self) -> None:
        """Delete all snapshots and boxes as columns, so that they are made again."""
        with self._writing() as connection:
            for table in (snapshot_parts, snapshots, box_columns):
                connection.execute(sa.delete(table))


def _parts(arrays: Mapping[str, NDArray[Any]]) -> Iterator[dict[str, Any]]:
    for name, held in arrays.items():
        flat = np.ascontiguousarray(held).reshape(-1)
        step = _PART_BYTES // flat.itemsize
        for begin in range(0, max(len(flat), 1), step):
            content = pa.compress(flat[begin : begin + step].tobytes(), codec=_CODEC, asbytes=True)
            shape = list(held.shape)
            yield {"name": name, "dtype": flat.dtype.str, "shape": shape, "begins": begin, "content": content}
