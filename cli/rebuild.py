"""`hazlane rebuild`: rebuild the derived data from which a service starts quickly."""

from __future__ import annotations

import click

from cli.output import json_option, print_json, progress
from data.settings import settings


@click.command()
@json_option
def rebuild(as_json: bool) -> None:
    """Check all recorded boxes again, and rebuild their columns and the history from the facts.

    After a change of the checks or of the history code, the next start rebuilds them by itself; this command does it
    before. Running services continue to assess, and load the rebuilt data at their next start.
    """
    from data.store import Store
    from features.history.following import Following

    store = Store.open(settings().store_url)
    try:
        with progress(as_json) as bars:
            task = bars.add_task("rebuilding", total=None)
            store.delete_derived()
            following = Following(store, lambda step: bars.update(task, description=step))
            following.keep_snapshot()
            known = following.watermark
    finally:
        store.close()
    if as_json:
        print_json({"known_events": known.as_dict()})
    else:
        click.echo(f"Rebuilt up to declaration row {known.last['declarations']:,}.")
