"""The record of a box from the store, as of an instant."""

from __future__ import annotations

from datetime import datetime

import pandas as pd

from data.errors import NotFound
from data.record.record import Record, record_of
from data.store import Store
from data.vocabulary import Lane


def stored_record(store: Store, declaration_id: str, box_no: str, as_of: datetime) -> Record:
    """The record of a declared box at `as_of`. Raises NotFound when it was not declared by then."""
    own = store.versions(declaration_id, box_no)
    papers = store.statements_of([box_no])
    bookings = {*own["booking_no"].dropna(), *papers["booking_no"].dropna()}
    try:
        return record_of(
            store.declarations_of([box_no]),
            store.statements_of([box_no], bookings),
            store.notices_of([declaration_id]),
            (declaration_id, box_no),
            as_of,
            _selected_at(store, declaration_id, box_no),
        )
    except KeyError:
        raise NotFound(
            f"Box {box_no} of declaration {declaration_id} was not declared by {as_of:%Y-%m-%d %H:%M} UTC.",
            "Ask for a later instant.",
        ) from None


def _selected_at(store: Store, declaration_id: str, box_no: str) -> datetime | None:
    """When the box was first selected for opening or a paper check: by an assessment, or by an inspection."""
    inspections = store.inspections_of([declaration_id])
    inspections = inspections[inspections["box_no"] == box_no]
    instants = [at.to_pydatetime() for at in inspections["inspected_at"].fillna(inspections["recorded_at"])]
    try:
        assessments = store.assessments_of(declaration_id, box_no)
    except NotFound:
        assessments = []
    instants += [
        pd.Timestamp(body["assessed_at"]).to_pydatetime() for body in assessments if body["lane"] != Lane.GREEN
    ]
    return min(instants, default=None)
