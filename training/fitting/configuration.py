"""Training configuration: the parameters of each family, read from a file.

`configuration.json` beside this file is the default, selected on simulated ports that no benchmark reports; its
`origin` states how. `python -m benchmarks.configure` selects it again. `hazlane tune` selects parameters for one port
and writes `training.json` to the var folder, which `hazlane train` then uses.
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
# Fixed parameters: they make training repeatable and reasons exact.
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


# Parameters that a configuration may set, with bounds. Others could override the fixed ones above.
BOUNDS: Final[Mapping[str, tuple[float, float]]] = {
    "learning_rate": (0.001, 1.0),
    "num_leaves": (2, 1024),
    "min_data_in_leaf": (1, 100_000),
    "lambda_l2": (0.0, 10_000.0),
    "feature_fraction": (0.01, 1.0),
    "bagging_fraction": (0.01, 1.0),
    "weight_exponent": (0.0, 1.0),
}
_WHOLE: Final = ("num_leaves", "min_data_in_leaf")


@dataclass(frozen=True)
class Choice:
    """Parameters of one family's boosters, and the exponent of sample weights in the trees (0: every row counts 1)."""

    parameters: Mapping[str, Any]
    weight_exponent: float


@dataclass(frozen=True)
class Configuration:
    """The parameters of each family, and a text that states where they come from."""

    families: Mapping[Family, Choice]
    origin: str

    def save(self, path: Path) -> None:
        """Write it as JSON, the same bytes for the same configuration."""
        path.parent.mkdir(parents=True, exist_ok=True)
        reported = {
            "origin": self.origin,
            "families": {family.value: asdict(one) for family, one in self.families.items()},
        }
        path.write_text(json.dumps(reported, indent=1, sort_keys=True, ensure_ascii=False) + "\n", encoding="utf-8")


@cache
def shipped() -> Configuration:
    """The default configuration."""
    return read(Path(__file__).with_name("configuration.json"))


def read(path: Path) -> Configuration:
    """Read a configuration from a file. Raises InvalidInput if it is not valid."""
    try:
        reported = json.loads(path.read_text(encoding="utf-8"))
        families = {family: _choice(**reported["families"][family.value]) for family in Family}
        return Configuration(families, str(reported["origin"]))
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise InvalidInput(
            f"{path} is not a valid training configuration: {type(error).__name__}: {error}.",
            "Run `hazlane tune` to write one, or remove the file to train with the default.",
        ) from error


def _choice(parameters: dict[str, Any], weight_exponent: float) -> Choice:
    """Parameters of a file. Raises ValueError for unknown parameters and values out of bounds."""
    if "weight_exponent" in parameters:
        raise ValueError("weight_exponent belongs beside the parameters, not among them")
    for name, value in {**parameters, "weight_exponent": weight_exponent}.items():
        if name not in BOUNDS:
            raise ValueError(f"unknown parameter {name}; known: {', '.join(BOUNDS)}")
        low, high = BOUNDS[name]
        if type(value) not in ((int,) if name in _WHOLE else (int, float)) or not low <= value <= high:
            raise ValueError(f"{name} is {value!r}, not a {'whole ' * (name in _WHOLE)}number from {low:g} to {high:g}")
    return Choice(parameters, weight_exponent)


def chosen(var: Path) -> Configuration:
    """The configuration that `hazlane tune` wrote to this var folder, otherwise the default."""
    path = var / FILE_NAME
    return read(path) if path.exists() else shipped()
