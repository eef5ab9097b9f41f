"""`hazlane rebuild`: make again what is kept beside the facts to start quickly."""

from __future__ import annotations

import click

from cli.output import json_option, print_json, progress
from data.settings import settings


@click.command()
@json_option
def rebuild(as_json: bool) -> None:
    """Check all boxes on record again, and make their columns and the history anew from the facts.

    A new version of the checks, or of the history, does so by itself at the next start; this is to have it done before.
    Services that run go on answering, and load what was made when they start next.
    """
    from data.store import Store
    from features.history.following import Following

    store = Store.open(settings().store_url)
    try:
        with progress(as_json) as bars:
            task = bars.add_task("rebuilding", total=None)
            store.forget_derived()
            known = Following(store, lambda step: bars.update(task, description=step)).watermark
    finally:
        store.close()
    if as_json:
        print_json({"known_events": known.as_dict()})
    else:
        click.echo(f"Made again, up to declaration row {known.last['declarations']:,}.")
