"""The checks: false alarms on lawful boxes, and detection of planted faults.

    python -m benchmarks.verification [--boxes N] [--seeds 1,2] [--json]

Boxes are a simulated port's of 2026. A lawful box is one in which nothing was planted: declared truly, papers there and
in time, weights and papers agreeing, no clerical fault, and no cover goods of a fraud pattern (these are suspicious on
purpose). `with_discrepancies` are lawful boxes with anything above advisory. Planted are clerical
faults, each named after the check that should see it, and the faults of the port's own habits: missing certificate or
telephone, late filing, another mass or number on the manifest, undeclared goods under cover.
"""

from __future__ import annotations

import argparse
from collections import Counter
from datetime import date
from typing import Any, Final

import numpy as np

from benchmarks.reporting.output import as_json, print_line
from data.definitions.filing import FILED_BEFORE_HOURS
from data.simulator.declaring import HOURS_BEFORE_LOADING, OTHER, WEIGHING_STEP_KG
from data.simulator.goods import fraud_patterns, goods
from data.simulator.oracle_posterior import HONEST
from data.simulator.port import SimulatedPort, simulate
from data.vocabulary import Severity
from features.boxes import boxes_of_frame
from features.checks.stage import check

_START: Final = date(2026, 1, 1)
# Weights that differ by more than this are a practice, not the scale; the check allows 5 %.
_OUTLIER_KG: Final = 500.0


def planted_of(simulated_port: SimulatedPort) -> dict[str, set[str]]:
    """What was planted in each declaration, by the names of the checks; `odd` for what makes a box unlawful besides."""
    hidden, declared = simulated_port.hidden, simulated_port.hidden.declared
    dangerous = goods().dangerous[declared.goods]
    table = (
        simulated_port.declarations.drop_duplicates("declaration_id")
        .set_index("declaration_id")
        .loc[hidden.declaration_id.tolist()]
    )
    export = (table["flow"] == "export").to_numpy()
    late = np.array([hours[1] <= FILED_BEFORE_HOURS for hours in HOURS_BEFORE_LOADING])[declared.hours_step]
    covers = {cover for plan in fraud_patterns() for cover in plan.covers if not goods().dangerous[cover]}
    suspicious = np.array([bool(covers & set(lines)) for lines in hidden.details.line_goods.tolist()])
    off = [
        np.abs(np.nan_to_num(steps)) * WEIGHING_STEP_KG > _OUTLIER_KG
        for steps in (declared.vgm_steps, declared.weighed_steps)
    ]
    weights = off[0] | off[1]
    facts = {
        "filed_late": late & dangerous,
        "emergency_phone": declared.phone_missing & dangerous,
        "certificate_missing": declared.certificate_missing & dangerous & export,
        "number_on_paper": (declared.manifest_un_no == OTHER) & dangerous,
        "mass_on_paper": declared.manifest_mass_differs,
        "odd": weights | suspicious | (declared.state != HONEST),
    }
    found: dict[str, set[str]] = {name: {fault} for name, fault in hidden.planted.items()}
    for fault, boxes in facts.items():
        for name in hidden.declaration_id[boxes]:
            found.setdefault(name, set()).add(fault)
    return found


def measured(seed: int, boxes: int) -> dict[str, Any]:
    """Counts over one port: false alarms on lawful boxes; faults planted, found, and reported without being planted."""
    simulated_port = simulate(boxes=boxes, days=365, seed=seed, start=_START)
    planted = planted_of(simulated_port)
    # What an amendment put right was wrong before, and nobody wrote down which; those boxes are left out.
    amended = set(simulated_port.hidden.declaration_id[simulated_port.hidden.details.amended])
    table = check(
        boxes_of_frame(simulated_port.declarations[~simulated_port.declarations["declaration_id"].isin(amended)])
    )
    with_discrepancies: Counter[str] = Counter()
    lawful = lawful_with_discrepancies = 0
    counts: dict[str, Counter[str]] = {"planted": Counter(), "seen": Counter(), "unasked": Counter()}
    for place, name in enumerate(table.box["declaration_id"].tolist()):
        found = table.checks.discrepancies(place)
        faults = planted.get(name, set())
        reported = {one.code for one in found if one.severity is not Severity.ADVISORY}
        everything = {one.code for one in found}
        if not faults:
            lawful += 1
            lawful_with_discrepancies += bool(reported)
            with_discrepancies.update(reported)
        counts["planted"].update(faults - {"odd"})
        counts["seen"].update(faults & everything)
        if faults <= {"odd"} or len(faults) == 1:
            counts["unasked"].update(everything - faults)
    return {"lawful": lawful, "accused": lawful_with_discrepancies, "accused_of": dict(with_discrepancies), **counts}


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--boxes", type=int, default=40_000)
    parser.add_argument("--seeds", default="1,2")
    parser.add_argument("--json", action="store_true")
    queried = parser.parse_args()
    runs = [measured(int(seed), queried.boxes) for seed in queried.seeds.split(",")]
    total: dict[str, Counter[str]] = {
        name: sum((run[name] for run in runs), Counter()) for name in ("planted", "seen", "unasked")
    }
    lawful, with_discrepancies = sum(run["lawful"] for run in runs), sum(run["accused"] for run in runs)
    reasons: Counter[str] = sum((Counter(run["accused_of"]) for run in runs), Counter())
    checks = {
        code: {
            "planted": count,
            "recall": round(total["seen"][code] / count, 4),
            "precision": round(total["seen"][code] / max(total["seen"][code] + total["unasked"][code], 1), 4),
        }
        for code, count in sorted(total["planted"].items())
    }
    print_line(
        queried.json,
        f"{with_discrepancies:,} of {lawful:,} lawful boxes accused of anything above advisory: {dict(reasons)}",
    )
    for code, figures in checks.items():
        said = (
            f"precision {figures['precision']:6.1%}, recall {figures['recall']:6.1%} of {figures['planted']:,} planted"
        )
        print_line(queried.json, f"{code:28} {said}")
    as_json({"lawful": lawful, "accused": with_discrepancies, "accused_of": dict(reasons), "checks": checks,
             "run": {"boxes": queried.boxes, "seeds": queried.seeds, "data": "simulated port of 2026"}})  # fmt: skip


if __name__ == "__main__":
    main()
