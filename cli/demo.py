"""`hazlane demo`: simulate a port, train, plan a shift and serve the pages, in one command."""

from __future__ import annotations

import json
import secrets
import socket
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from cli.assess import assessed
from cli.ingest import ingested
from cli.ingest_summary import print_summary
from cli.output import Steps, console, print_policies, progress
from data.settings import Settings, settings

if TYPE_CHECKING:
    import pandas as pd

_BOXES: Final = 60_000
_DAYS: Final = 730
# The declarations of the last days are assessed; those before are ingested as historical data.
_WAITING_DAYS: Final = 8
_PORTS_TRIED: Final = 20


@click.command()
@click.option("--boxes", type=click.IntRange(min=5_000), default=_BOXES, show_default=True)
@click.option("--serve/--no-serve", "serving", default=True, help="Start the service at the end, or stop before.")
def demo(boxes: int, serving: bool) -> None:
    """Simulate a port, ingest its tables, train and promote a model, plan a shift, serve pages and API.

    All files are in the var folder; a second run uses the data there and trains again.
    """
    from models.assessor import Assessor

    folder = settings().var / "demo"
    chosen = with_salt(settings(), folder / "selection-salt")
    _simulated(folder, boxes, chosen.seed)
    print_summary(ingested([folder / "declarations.csv", folder / "inspections.csv"]).sources)
    _trained(chosen, folder)
    assessor = Assessor.open(chosen)
    try:
        bodies, _, _ = assessed(assessor, folder / "waiting.csv")
    finally:
        assessor.store.close()
    lanes = [body["lane"] for body in bodies]
    console.print(
        f"Plan of the shift: {len(bodies)} boxes, {lanes.count('red')} to open, "
        f"{lanes.count('amber')} papers to check, {lanes.count('green')} released."
    )
    if serving:
        _served(chosen, folder)


def with_salt(chosen: Settings, kept: Path) -> Settings:
    """The settings with a secret salt: the configured one, or a random one that is kept in a file for later runs."""
    if chosen.selection_salt:
        return chosen
    if not kept.exists() or not kept.read_text(encoding="utf-8").strip():
        kept.parent.mkdir(parents=True, exist_ok=True)
        kept.touch(mode=0o600)
        kept.write_text(secrets.token_hex(16), encoding="utf-8")
    console.print(f"Salt of the random selection: {kept}. Other commands use it with", soft_wrap=True)
    console.print(f'export HAZLANE_SELECTION_SALT="$(cat {kept})"', soft_wrap=True)
    return chosen.model_copy(update={"selection_salt": kept.read_text(encoding="utf-8").strip()})


def _simulated(folder: Path, boxes: int, seed: int) -> None:
    """Write a simulated port: historical tables to ingest, and the declarations of the last days to assess."""
    marker, wanted = folder / "simulated-port.json", {"boxes": boxes, "days": _DAYS, "seed": seed}
    if marker.exists() and json.loads(marker.read_text()) == wanted:
        console.print(f"The simulated port exists already ({folder}).")
        return
    import pandas as pd

    from data.simulator import START, latest_start, simulate

    with progress() as bars:
        steps = Steps(bars)
        steps("simulating a port")
        start = min(START, latest_start(_DAYS, datetime.now(UTC).date()))
        simulated_port = simulate(boxes=boxes, days=_DAYS, seed=seed, start=start)
        steps("writing its tables")
        cut = simulated_port.declarations["declared_at"].max() - pd.Timedelta(days=_WAITING_DAYS)
        waiting = simulated_port.declarations["declared_at"] >= cut
        simulated_port.write(folder)
        simulated_port.declarations[~waiting].to_csv(folder / "declarations.csv", index=False)
        simulated_port.declarations[waiting].to_csv(folder / "waiting.csv", index=False)
        known = simulated_port.inspections["recorded_at"] < cut
        simulated_port.inspections[known].to_csv(folder / "inspections.csv", index=False)
        steps.done()
    (folder / "box.json").write_text(
        json.dumps(_sample(simulated_port.declarations[waiting]), ensure_ascii=False, indent=1)
    )
    marker.write_text(json.dumps(wanted))


def _sample(declarations: pd.DataFrame) -> dict[str, object]:
    """A waiting box as a request body of the API, under a new declaration number."""
    from data.records import BOX_COLUMNS, LINE_COLUMNS

    dangerous = declarations[declarations["un_no"].notna()]
    first = dangerous.iloc[0]
    lines = dangerous[
        (dangerous["declaration_id"] == first["declaration_id"]) & (dangerous["box_no"] == first["box_no"])
    ]
    records = json.loads(lines.to_json(orient="records", date_format="iso", date_unit="s"))

    def filled(record: dict[str, object], names: list[str]) -> dict[str, object]:
        return {name: record[name] for name in names if record[name] is not None}

    box = filled(records[0], [column.name for column in BOX_COLUMNS])
    items = [filled(record, [column.name for column in LINE_COLUMNS]) for record in records]
    return {**box, "declaration_id": "DEMO-0001", "line_items": items}


def _trained(chosen: Settings, folder: Path) -> None:
    from training.train import read_oracle, stored_dataset, train

    with progress() as bars:
        steps = Steps(bars)
        steps("reading the store")
        dataset = stored_dataset(chosen)
        trained = train(chosen, dataset, read_oracle(folder / "oracle" / "oracle.csv"), progress=steps)
        steps.done()
    if trained.evaluation:
        print_policies(trained.evaluation)
    console.print(f"Model {trained.model.version}, registry version {trained.registry_version}, is the champion.")


def _served(chosen: Settings, folder: Path) -> None:
    from serving.run import serve

    port = _free_port(chosen)
    if port != chosen.port:
        console.print(f"Port {chosen.port} is taken; serving on {port}.")

    def ready(address: str) -> None:
        body = folder / "box.json"
        shown = body.relative_to(Path.cwd()) if body.is_relative_to(Path.cwd()) else body
        console.print(f"\nOpen the page:  {address}/worklist", soft_wrap=True)
        console.print(
            f"Call the API:   curl -s {address}/v1/assessments -H 'Content-Type: application/json' -d @{shown}",
            soft_wrap=True,
        )
        console.print("Stop with Ctrl-C.")

    serve(chosen.model_copy(update={"port": port}), ready)


def _free_port(chosen: Settings) -> int:
    """The port of the settings, or the next one that is free."""
    for port in range(chosen.port, chosen.port + _PORTS_TRIED):
        with socket.socket() as probe:
            if probe.connect_ex((chosen.host, port)) != 0:
                return port
    return chosen.port
