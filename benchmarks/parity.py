"""One implementation, to the bit: boxes scored in one replay of a long log, and the same boxes one at a time.

`python -m benchmarks.parity --json [--boxes 1000000] [--scored 20000] [--seed 1]` prints one JSON object on its last
line: `events` replayed, `scored` boxes, `different_features` and `different_scores` (bits, not tolerance), and how
many times as long one at a time takes. A model is trained on the first part of the same port.
"""

from __future__ import annotations

from dataclasses import replace
from time import perf_counter

import click
import numpy as np

from benchmarks.reporting.output import as_json, print_line
from data.settings import settings
from data.simulator import simulate
from features.definitions.catalogue import matrix
from features.definitions.context import FeatureContext
from features.definitions.factors import factors_of
from features.history.counters import DecayedCounters
from features.history.effects import ProbitEffects
from features.history.events import WIDTH
from features.history.state import places_of, replay
from training.dataset import dataset_of
from training.fitting.train_at import train_at

# The model only has to be a model: it learns from the first part of the boxes.
_TRAINED: float = 0.25


@click.command()
@click.option("--json", "json_only", is_flag=True, help="Print only the JSON object.")
@click.option("--boxes", default=1_000_000, show_default=True)
@click.option("--days", default=730, show_default=True)
@click.option("--scored", default=20_000, show_default=True)
@click.option("--seed", default=1, show_default=True)
def main(json_only: bool, boxes: int, days: int, scored: int, seed: int) -> None:
    """Compare a long replay with the same boxes one by one."""
    simulated_port = simulate(boxes=boxes, days=days, seed=seed)
    dataset = dataset_of(simulated_port.declarations, simulated_port.inspections)
    del simulated_port
    print_line(json_only, f"{len(dataset.boxes):,} box versions, {len(dataset.log.events):,} events")
    model = train_at(dataset, int(np.quantile(dataset.boxes.known_at, _TRAINED)), seed, settings().threads)
    order = np.argsort(dataset.boxes.known_at, kind="stable")
    chosen = order[np.sort(np.random.default_rng(seed).choice(len(order), min(scored, len(order)), replace=False))]
    some = dataset.boxes.take(chosen)

    began = perf_counter()
    together = matrix(FeatureContext(some, replay(some, dataset.log)))
    scores = model.log_odds(together)
    in_one = perf_counter() - began

    began = perf_counter()
    log, openings = dataset.log.events, dataset.log.openings
    ledger, effects, at, opening_events = DecayedCounters(), ProbitEffects(), 0, 0
    nothing = np.full((1, WIDTH), np.nan)
    features, odds = np.empty_like(together), np.empty_like(scores)
    places = places_of(some, log)
    for place in np.argsort(places, kind="stable").tolist():
        box = some.take(np.array([place]))
        upto = int(places[place])
        for event in range(at, upto):
            one = slice(event, event + 1)
            ledger.replay(log.times[one], log.keys[one], log.amounts[one], np.full(1, -1))
        at = upto
        known = int(np.searchsorted(openings.times, box.known_at[0], side="left"))
        for opening in range(opening_events, known):
            effects.learn(openings.where(slice(opening, opening + 1)))
        opening_events = known
        sums = ledger.replay(box.known_at, box.keys, nothing, np.zeros(1, np.int64))
        posterior_effects = effects.read(box.known_at, factors_of(box))
        profiles = replace(
            sums, effects=posterior_effects.effects, posterior_variance=posterior_effects.posterior_variance
        )
        features[place] = matrix(FeatureContext(box, profiles))[0]
        odds[place] = model.log_odds(features[place : place + 1])[0]
    one_by_one = perf_counter() - began

    reported = {
        "events": len(log),
        "scored": len(some),
        "different_features": int((together.view(np.int64) != features.view(np.int64)).sum()),
        "different_scores": int((scores.view(np.int64) != odds.view(np.int64)).sum()),
        "one_by_one_to_one_pass": one_by_one / in_one,
        "run": {"boxes": boxes, "days": days, "seed": seed, "model": model.version},
    }
    as_json(reported)


if __name__ == "__main__":
    main()
