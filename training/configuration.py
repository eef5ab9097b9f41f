"""How models are trained: the chosen parameters of each family, written down in a file.

`configuration.json` beside this file is the product's own, chosen by `python -m benchmarks.configure` on simulated
ports that no benchmark reports. `hazlane tune` chooses for a port and writes `training.json` into the var folder;
`hazlane train` uses it from then on.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

from data.errors import InvalidInput
from data.vocabulary import Family

FILE_NAME: Final = "training.json"
# Not up for choice: what makes training repeatable, and exact reasons possible.
ALWAYS: Final[Mapping[str, Any]] = {
    "objective": "binary",
    "min_sum_hessian_in_leaf": 1.0,
    "bagging_freq": 1,
    "max_bin": 127,
    "monotone_constraints_method": "basic",
    "deterministic": True,
    "force_row_wise": True,
    "verbosity": -1,
}


@dataclass(frozen=True)
class Choice:
    """The parameters of one family's boosters, and the power to which trees take what a box stands for (0: each 1)."""

    parameters: Mapping[str, Any]
    weight_power: float


@dataclass(frozen=True)
class Configuration:
    """The choice for each family, and in words where it comes from."""

    families: Mapping[Family, Choice]
    origin: str

    def save(self, path: Path) -> None:
        """Write it as JSON, the same bytes for the same choice."""
        path.parent.mkdir(parents=True, exist_ok=True)
        told = {"origin": self.origin, "families": {family.value: asdict(one) for family, one in self.families.items()}}
        path.write_text(json.dumps(told, indent=1, sort_keys=True, ensure_ascii=False) + "\n", encoding="utf-8")


@cache
def shipped() -> Configuration:
    """The product's own configuration."""
    return read(Path(__file__).with_name("configuration.json"))


def read(path: Path) -> Configuration:
    """The configuration in a file. Raises InvalidInput when it is none."""
    try:
        told = json.loads(path.read_text(encoding="utf-8"))
        families = {family: Choice(**told["families"][family.value]) for family in Family}
        return Configuration(families, str(told["origin"]))
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise InvalidInput(
            f"{path} is no training configuration: {type(error).__name__} {error}.",
            "Run `hazlane tune` to write one, or remove the file to train with the product's own.",
        ) from error


def chosen(var: Path) -> Configuration:
    """What `hazlane tune` chose for this var folder, else the product's own."""
    path = var / FILE_NAME
    return read(path) if path.exists() else shipped()
