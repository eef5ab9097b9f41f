"""`hazlane parties`: firms and their spellings, the evidence, and firms that may have been re-registered."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from cli.output import console, json_option, now, print_json, print_table
from data.errors import NotFound
from data.settings import settings

if TYPE_CHECKING:
    from data.parties.resolving import Entity, Evidence, Resolved


@click.group()
def parties() -> None:
    """Firms and their spellings, matched by evidence. Computed at each call; recorded papers are never changed."""


@parties.command("list")
@click.option("--limit", type=click.IntRange(min=1), default=50, show_default=True)
@json_option
def list_firms(limit: int, as_json: bool) -> None:
    """List the firms with the most boxes, and the number of spellings of each."""
    found = _resolved()
    if as_json:
        reported = {"firms": len(found.entities), "proposals": [_evidence(one) for one in found.proposals]}
        print_json({**reported, "entities": [_entity(one) for one in found.entities[:limit]]})
        return
    rows = [(one.label, str(one.mentions[0]), len(one.mentions), one.boxes) for one in found.entities[:limit]]
    print_table(f"{len(found.entities):,} firms", ("firm", "mostly written", "spellings", "mentions"), rows)
    for pair in found.proposals[:limit]:
        console.print(f"Possibly the same firm: {pair.first} / {pair.second}", markup=False)


@parties.command()
@click.argument("written")
@json_option
def show(written: str, as_json: bool) -> None:
    """Show a firm by identifier or name: all its spellings, and the evidence that they are one firm."""
    found = _resolved().of(written)
    if not found:
        raise NotFound(f"There is no firm {written!r}.", "`hazlane parties list` shows the firms.")
    if as_json:
        print_json({"entities": [_entity(one) for one in found]})
        return
    for entity in found:
        rows = [(str(m), m.phone, m.address, ", ".join(m.roles), m.boxes) for m in entity.mentions]
        print_table(entity.label, ("written", "telephone", "address", "as", "mentions"), rows)
        for one in entity.evidence:
            console.print(f"{one.first} = {one.second}: {one.kind} {one.value}".rstrip(), markup=False)


@parties.command()
@json_option
def links(as_json: bool) -> None:
    """List firms that may continue another that stopped filing: same telephone, address or packer."""
    from data.parties.successors import links as linked

    found = linked(_resolved().entities)
    if as_json:
        reported = [
            {"earlier": one.earlier.label, "later": one.later.label, "ties": dict(one.ties), "strength": one.strength}
            for one in found
        ]
        print_json({"links": reported})
        return
    rows = [
        (
            str(one.earlier.mentions[0]),
            str(one.later.mentions[0]),
            ", ".join(kind for kind, _ in one.ties),
            one.strength,
        )
        for one in found
    ]
    print_table(f"{len(found):,} links", ("firm", "may continue as", "by", "strength"), rows)


@parties.command()
@click.argument("first")
@click.argument("second")
@click.option("--reason", required=True, help="Reason, kept with the decision.")
def same(first: str, second: str, reason: str) -> None:
    """Record that two firms, given by identifier or as written, are the same."""
    _decide(first, second, True, reason)


@parties.command()
@click.argument("first")
@click.argument("second")
@click.option("--reason", required=True, help="Reason, kept with the decision.")
def different(first: str, second: str, reason: str) -> None:
    """Record that two firms, given by identifier or as written, are different."""
    _decide(first, second, False, reason)


def _decide(first: str, second: str, is_same: bool, reason: str) -> None:
    from data.store import Store

    found = _resolved()
    for written in (first, second):
        if not found.of(written):
            raise NotFound(f"There is no firm {written!r}.", "`hazlane parties list` shows the firms.")
    store = Store.open(settings().store_url)
    try:
        store.decide_parties(first, second, is_same, reason, now())
    finally:
        store.close()
    console.print("Recorded. To revoke it, record the opposite.")


def _resolved() -> Resolved:
    from data.parties.mentions import mentions_of
    from data.parties.resolving import Decision, resolve
    from data.store import Store

    store = Store.open(settings().store_url)
    try:
        mentions = mentions_of(store.declarations())
        words = {frozenset((row["first"], row["second"])): row for row in store.party_decisions()}
    finally:
        store.close()
    decisions = [Decision(row["first"], row["second"], row["same"]) for row in words.values()]
    # Decisions that firms are different come first: they must be known before firms are merged.
    return resolve(mentions, sorted(decisions, key=lambda decision: decision.same))


def _entity(entity: Entity) -> dict[str, Any]:
    return {
        "firm": entity.label,
        "mentions": [vars(mention) for mention in entity.mentions],
        "evidence": [_evidence(one) for one in entity.evidence],
        "boxes": entity.boxes,
    }


def _evidence(one: Evidence) -> dict[str, str]:
    return {"kind": one.kind, "value": one.value, "first": str(one.first), "second": str(one.second)}
