"""Recorded boxes as columns with their check results: read from stored parts, computed for newer declarations."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from data.record import filled
from data.store import Store
from data.store.snapshots import Part
from features.boxes import Boxes, boxes_of_frame
from features.checks.results import CheckedBoxes, CheckResults, with_results
from features.checks.stage import check
from features.columns import Columns
from features.history.entities import ENTITIES
from features.versions import checks_version, history_version

if TYPE_CHECKING:
    import pyarrow as pa

# Number of declaration events that are computed at once and stored as one part.
EVENTS_A_PART: Final = 25_000
# Below this number of new events, boxes are computed each time and not stored, so that parts stay large.
FEWEST_KEPT: Final = 5_000

Progress = Callable[[str], None]


def version() -> str:
    """Version of the stored columns; columns of another version are computed again."""
    return f"{history_version()}-{checks_version()}"


def parts(store: Store, until: Mapping[str, int], progress: Progress = lambda step: None) -> Iterator[CheckedBoxes]:
    """Yield all box versions up to the events `until` (by table), in order of their first event, a part at a time.

    Stored parts are read; the rest is computed, and stored for the next time. Stored parts are deleted first if line
    items or papers that belong into them were imported since.
    """
    for declaration, statement, last in store.box_columns_until(version()):
        if store.adds_to_known(declaration, known=last) or store.stated_of_known(statement, last):
            store.delete_derived()
            break
    done = 0
    for part in store.box_columns(version()):
        if part.after_event_no < done:
            # Another process stored the same boxes.
            continue
        if part.after_event_no != done or part.last_event_no > until["declarations"]:
            break
        yield _read(part)
        done = part.last_event_no
    last = until["declarations"]
    while done < last:
        end = min(done + EVENTS_A_PART, last)
        boxes = check(enriched(store, store.boxes_between(done, end, last)))
        if end - done >= FEWEST_KEPT:
            store.add_box_columns(_written(boxes, done, end, until))
        progress(f"boxes checked up to event {end:,} of {last:,}")
        yield boxes
        done = end


def recorded_boxes(store: Store, until: Mapping[str, int], progress: Progress = lambda step: None) -> CheckedBoxes:
    """All box versions up to the events `until`, in order of their first event."""
    return joined(list(parts(store, until, progress)))


def enriched(store: Store, lines: pd.DataFrame) -> Boxes:
    """The boxes of declared lines, their empty columns filled from other papers that the port knew before them."""
    return boxes_of_frame(filled_from(store, lines))


def filled_from(store: Store, lines: pd.DataFrame) -> pd.DataFrame:
    """Declared lines with their empty columns filled from other papers that the port knew before them."""
    if lines.empty:
        return lines
    stated_boxes, stated_bookings = store.stated_names()
    if not stated_boxes and not stated_bookings:
        return lines
    box_nos = list(set(lines["box_no"].dropna()) & set(stated_boxes))
    bookings = list(set(lines["booking_no"].dropna()) & set(stated_bookings))
    if not box_nos and not bookings:
        return lines
    papers = store.statements_of(box_nos, bookings)
    # Other papers of a box may name a booking that its declaration does not name.
    further = set(papers["booking_no"].dropna()) - set(bookings)
    if further:
        bookings = [*bookings, *sorted(further)]
        papers = store.statements_of(box_nos, bookings)
    return filled(lines, papers, store.declarations_of(list(set(papers["box_no"].dropna()) | set(box_nos)), bookings))


def joined(some: Sequence[CheckedBoxes]) -> CheckedBoxes:
    """Concatenate the boxes of several parts."""
    if not some:
        return check(boxes_of_frame(_no_lines()))
    if len(some) == 1:
        return some[0]
    ends = np.cumsum([len(one.line["line_no"]) for one in some])
    offsets = np.concatenate([[0], ends[:-1]])
    boxes = Boxes(
        {name: np.concatenate([one.box[name] for one in some]) for name in some[0].box},
        {name: np.concatenate([one.line[name] for one in some]) for name in some[0].line},
        np.concatenate([one.start + offset for one, offset in zip(some, offsets, strict=True)]),
        np.concatenate([one.most_hazardous_line + offset for one, offset in zip(some, offsets, strict=True)]),
        np.concatenate([one.keys for one in some]),
    )
    return with_results(boxes, CheckResults.joined([one.checks for one in some]))


def _no_lines() -> pd.DataFrame:
    from data.frames import frame
    from data.records import DECLARATION_COLUMNS

    return frame(DECLARATION_COLUMNS, {})


def _written(boxes: CheckedBoxes, after: int, last: int, until: Mapping[str, int]) -> Part:
    box = {f"box.{name}": values for name, values in boxes.box.items()}
    box |= {f"key.{entity}": boxes.keys[:, place] for place, entity in enumerate(ENTITIES)}
    box |= {f"check.{name}": values for name, values in boxes.checks.to_columns().items()}
    box |= {
        "lines": np.diff(np.append(boxes.start, len(boxes.line["line_no"]))),
        "most_hazardous_line": boxes.most_hazardous_line - boxes.start,
    }
    return Part(
        version(), after, last, until["declarations"], until["statements"], len(boxes), _parquet(box),
        _parquet(boxes.line),
    )  # fmt: skip


def _read(part: Part) -> CheckedBoxes:
    columns, line = _columns(part.box_content), _columns(part.line_content)

    def named(prefix: str) -> Columns:
        return {name.removeprefix(prefix): values for name, values in columns.items() if name.startswith(prefix)}

    counts = columns["lines"]
    start = np.cumsum(counts) - counts
    keys = named("key.")
    boxes = Boxes(
        named("box."), line, start, columns["most_hazardous_line"] + start,
        np.stack([keys[entity] for entity in ENTITIES], axis=1),
    )  # fmt: skip
    return with_results(boxes, CheckResults.from_columns(named("check.")))


def _parquet(columns: Columns) -> bytes:
    import pyarrow as pa
    import pyarrow.parquet as pq

    arrays = {
        name: pa.array(values, pa.string() if values.dtype == object else None, from_pandas=False)
        for name, values in columns.items()
    }
    sink = io.BytesIO()
    pq.write_table(pa.table(arrays), sink, compression="zstd")
    return sink.getvalue()


def _columns(content: bytes) -> Columns:
    import pyarrow as pa
    import pyarrow.parquet as pq

    file = pq.ParquetFile(io.BytesIO(content))
    texts = [field.name for field in file.schema_arrow if pa.types.is_string(field.type)]
    table = pq.read_table(io.BytesIO(content), read_dictionary=texts)
    return {name: _numpy(table.column(name)) for name in table.column_names}


def _numpy(column: pa.ChunkedArray) -> NDArray[Any]:
    import pyarrow as pa

    whole = column.combine_chunks()
    if isinstance(whole, pa.ChunkedArray):
        whole = whole.chunk(0)
    if not pa.types.is_dictionary(whole.type):
        return np.array(whole.to_numpy(zero_copy_only=False))
    values: NDArray[np.object_] = np.empty(len(whole.dictionary) + 1, dtype=object)
    values[:-1] = whole.dictionary.to_pylist()
    places: NDArray[np.int32] = whole.indices.fill_null(len(whole.dictionary)).to_numpy(zero_copy_only=False)
    return values[places]
