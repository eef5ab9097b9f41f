"""`hazlane record`: show what all papers state about one declared box."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from cli.output import INSTANT, console, json_option, now, print_json, print_table
from data.settings import settings

if TYPE_CHECKING:
    from data.record import Record


@click.command()
@click.argument("declaration_id")
@click.argument("box_no")
@click.option("--as-of", type=INSTANT, help="UTC; default: now.")
@json_option
def record(declaration_id: str, box_no: str, as_of: datetime | None, as_json: bool) -> None:
    """Show what declarations, bookings, manifests, certificates and weighings state about a box.

    Each field with its source and instant, the disagreements between papers, and the events in order.
    """
    from data.record.stored import stored_record
    from data.store import Store

    store = Store.open(settings().store_url)
    try:
        found = stored_record(store, declaration_id, box_no, as_of.replace(tzinfo=UTC) if as_of else now())
    finally:
        store.close()
    if as_json:
        print_json(found.as_dict())
    else:
        _print_report(found)


def _print_report(found: Record) -> None:
    console.print(f"Box {found.box_no} of declaration {found.declaration_id}: {found.state}", markup=False)
    rows = [
        (name, stated.value, f"{stated.source} {stated.document_no}", f"{stated.stated_at:%Y-%m-%d %H:%M}")
        for name, stated in found.fields.items()
    ]
    print_table("Fields", ("field", "value", "source", "stated at (UTC)"), rows)
    for line in found.lines:
        console.print("line " + ", ".join(f"{name} {value}" for name, value in line.items()), markup=False)
    disagreements = [
        (one.field, "; ".join(f"{stated.value} ({stated.source} {stated.document_no})" for stated in one.stated))
        for one in found.disagreements
    ]
    if disagreements:
        print_table("Disagreements", ("field", "stated values"), disagreements)
    events = [
        (f"{event.at:%Y-%m-%d %H:%M}", event.kind, f"{event.source} {event.document_no}", ", ".join(event.changed))
        for event in found.events
    ]
    print_table("Events", ("at (UTC)", "event", "source", "changed"), events)
