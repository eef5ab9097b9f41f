"""`hazlane quarantine`: list, show and read again the rows and messages that were refused."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from cli.output import json_option, now, print_json, print_table, progress
from data.errors import InvalidInput
from data.settings import settings

if TYPE_CHECKING:
    from data.store import Store


@click.group()
def quarantine() -> None:
    """Rows and messages that were refused, kept unchanged with the reasons."""


@quarantine.command("list")
@click.option("--all", "settled", is_flag=True, help="Include entries that were accepted since.")
@click.option("--limit", type=click.IntRange(min=1), default=50, show_default=True)
@click.option("--offset", type=click.IntRange(min=0), default=0)
@json_option
def list_entries(settled: bool, limit: int, offset: int, as_json: bool) -> None:
    """List the waiting entries, latest first."""
    with _store() as store:
        entries = store.quarantined(settled, limit, offset)
        waiting = len(store.open_quarantine_entries())
    if as_json:
        print_json({"waiting": waiting, "entries": entries})
        return
    rows = [(entry["quarantine_id"], _place(entry), entry["bytes"], _reason(entry, settled)) for entry in entries]
    print_table(f"{waiting:,} entries in quarantine", ("id", "place", "bytes", "reason"), rows)


@quarantine.command()
@click.argument("quarantine_id", type=int)
@click.option("--raw", type=click.Path(dir_okay=False, path_type=Path), help="Write the original bytes to a file.")
@json_option
def show(quarantine_id: int, raw: Path | None, as_json: bool) -> None:
    """Show one entry: its content, each reason with its remedy, and the attempts made."""
    from data.sources.encoding import decode
    from data.sources.problems import encodable

    with _store() as store:
        entry = store.quarantine_entry(quarantine_id)
    content: bytes = entry.pop("raw")
    if raw is not None:
        if raw.exists():
            raise InvalidInput(f"{raw} exists already.", "Give a new file name with --raw.")
        raw.write_bytes(content)
    text = decode(content)
    if as_json:
        print_json({**entry, "raw": encodable(text)})
        return
    click.echo(f"{_place(entry)}, received {entry['ingested_at']:%Y-%m-%d %H:%M} UTC")
    for problem in entry["problems"]:
        for language in ("en", "zh"):
            click.echo(f"  {_reported(problem, language)}")
    for attempt in entry["retries"]:
        became = "; ".join(_reported(problem, "en") for problem in attempt["problems"]) or "accepted"
        click.echo(f"  retried {attempt['retried_at']:%Y-%m-%d %H:%M} UTC: {became}")
    click.echo(encodable(text))


@quarantine.command()
@click.argument("quarantine_ids", nargs=-1, type=int)
@click.option("--all", "every", is_flag=True, help="All waiting entries.")
@click.option("--mapping", type=click.Path(exists=True, dir_okay=False, path_type=Path),
              help="A mapping file (TOML), for tables whose headings were not recognised.")  # fmt: skip
@json_option
@click.pass_context
def retry(
    context: click.Context, quarantine_ids: tuple[int, ...], every: bool, mapping: Path | None, as_json: bool
) -> None:
    """Read entries again, and store what is now accepted. Exit code 1 when an entry is still refused."""
    from data.retry import retry as read_again

    if bool(quarantine_ids) == every:
        raise click.UsageError("Give entry numbers, or --all, not both.")
    with _store() as store, progress(as_json) as bars:
        wanted = store.open_quarantine_entries() if every else list(quarantine_ids)
        done = [read_again(store, one, now(), mapping) for one in bars.track(wanted, description="reading again")]
    if as_json:
        print_json({"entries": [{**vars(one), "settled": one.resolved} for one in done]})
    else:
        rows = [(one.quarantine_id, one.accepted, "settled" if one.resolved else one.reasons[0]) for one in done]
        print_table("Read again", ("id", "rows stored", "result"), rows)
    if not all(one.resolved for one in done):
        context.exit(1)


@contextmanager
def _store() -> Iterator[Store]:
    from data.store import Store

    store = Store.open(settings().store_url)
    try:
        yield store
    finally:
        store.close()


def _place(entry: dict[str, Any]) -> str:
    if entry["message"]:
        return f"{entry['source']}, message {entry['message']}, segment {entry['row_no']}"
    return f"{entry['source']}, row {entry['row_no']}" if entry["row_no"] else str(entry["source"])


def _reason(entry: dict[str, Any], resolved: bool) -> str:
    first = _reported(entry["problems"][0], "en") if entry["problems"] else ""
    return f"settled; {first}" if resolved and entry["settled"] else first


def _reported(problem: dict[str, Any], language: str) -> str:
    column = f"{problem['column']}: " if problem["column"] else ""
    return f"{column}{problem['message'][language]} {problem['remedy'][language]}"
