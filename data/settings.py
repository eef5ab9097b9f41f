"""Settings, read once from environment variables with prefix HAZLANE_; docs/settings.md lists them."""

from __future__ import annotations

import os
from difflib import get_close_matches
from functools import cache
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

from pydantic import Field, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from data.errors import InvalidInput

_PREFIX: Final = "HAZLANE_"
# Old names of settings; they are refused, and the error states the new name.
_RENAMED: Final = {
    "PROMISED_RATE": "TARGET_RATE",
    "PROMISE_CONFIDENCE": "GUARANTEE_CONFIDENCE",
    "MOST_USELESS": "MAX_USELESS_SHARE",
    "BURDEN_LIMITS": "INSPECTION_LIMITS_FILE",
}
PUBLIC_SALT: Final = "hazlane"
"""Salt of the random selection where none is set. It is public, so the draws can be predicted."""


class Settings(BaseSettings):
    """Frozen settings. Each field's description is its row in docs/settings.md."""

    model_config = SettingsConfigDict(env_prefix=_PREFIX, frozen=True, extra="ignore")

    var: Path = Field(Path("var"), description="Folder for databases, runs and models. Created when missing; movable.")
    database_url: str = Field(
        "",
        description="SQLAlchemy URL of the store, for example postgresql+psycopg://user@host/name. "
        "Empty: SQLite in the var folder.",
    )
    host: str = Field("127.0.0.1", description="Address that `hazlane serve` listens on.")
    port: int = Field(8640, ge=1, le=65535, description="Port that `hazlane serve` listens on.")
    language: str = Field(
        "en", pattern="^(en|zh)$", description="Language of the pages until the reader chooses: en or zh."
    )
    capacity_share: float = Field(
        0.05, ge=0, le=1, description="Share of the boxes planned together at a terminal that can be opened."
    )
    random_share: float = Field(
        0.01, ge=0, le=1, description="Share of the boxes below the cut that is opened at random, within capacity."
    )
    random_share_new: float = Field(
        0.02, ge=0, le=1, description="The same for boxes of shippers new to the port (docs/policy.md)."
    )
    max_useless_share: float = Field(
        1.0, ge=0, le=1,
        description="Largest expected share of useless openings among those by score; on quiet days fewer boxes are "
        "opened than could be. 1: no limit.",
    )  # fmt: skip
    target_rate: float = Field(
        0.05,
        gt=0,
        lt=1,
        description="Release guarantee: the largest share of violations among the declarations in the release lane.",
    )
    guarantee_confidence: float = Field(
        0.95, gt=0, lt=1, description="Confidence of the release guarantee over a year of weekly evaluations."
    )
    recording_delay_days: int = Field(
        28, ge=0, le=365, description="Days until the opening of a sampled box is concluded and recorded; the guarantee "  # noqa: E501
        "covers older declarations only.",
    )  # fmt: skip
    teams_file: str = Field(
        "", description="CSV of the teams' shifts that `hazlane plan` fills. Empty: a share of each terminal's boxes."
    )
    time_zone: str = Field(
        "Asia/Shanghai",
        description="Time zone of the port, by its IANA name. Its local time is used for the teams' file, "
        "dates of papers, and features of hour, weekday and season: train again after a change.",
    )
    inspection_limits_file: str = Field(
        "", description="CSV of limits on how often a group of boxes is opened by a plan. Empty: no limits."
    )
    papers_share: float = Field(
        0.10, ge=0, le=1, description="Share of the boxes planned together at a terminal whose papers can be checked."
    )
    selection_salt: str = Field(
        "",
        description="Secret salt of the random selection, for example of `openssl rand -hex 16`; keep it for audits. "
        "Empty: anyone can predict which boxes are drawn, the service warns, and no release guarantee is given. "
        "`hazlane demo` makes its own.",
    )
    threads: int = Field(
        2, ge=1, le=64, description="Threads for training and batch scoring; no more than the free cores."
    )
    seed: int = Field(2026, description="Seed of the simulator and of training.")

    @field_validator("time_zone")
    @classmethod
    def _known_zone(cls, name: str) -> str:
        try:
            ZoneInfo(name)
        except (ValueError, OSError, KeyError) as error:
            raise ValueError("no such time zone is known; write its IANA name, for example Asia/Shanghai") from error
        return name

    @property
    def drawing_salt(self) -> str:
        """Salt of the random selection: the one set, or the public one."""
        return self.selection_salt or PUBLIC_SALT

    @property
    def warnings(self) -> list[str]:
        """Texts about settings that a port should change before productive use."""
        if self.drawing_salt != PUBLIC_SALT:
            return []
        return [
            "HAZLANE_SELECTION_SALT is not set to a secret, so anyone can predict which declarations are opened at "
            "random, and no release guarantee is given. Set a salt of your own and keep it for audits."
        ]

    @property
    def store_url(self) -> str:
        """URL of the store: the one set, or SQLite in the var folder."""
        return self.database_url or f"sqlite:///{self.var.resolve() / 'hazlane.db'}"


@cache
def settings() -> Settings:
    """The settings of this process, read once. Tests build their own `Settings(...)`.

    Raises InvalidInput for a value that is not allowed, and for an unknown or renamed setting.
    """
    known = [name.upper() for name in Settings.model_fields]
    for name in sorted(os.environ):
        own = name.upper().removeprefix(_PREFIX)
        if own in _RENAMED and own != name.upper():
            raise InvalidInput(
                f"The setting {name} is now called {_PREFIX}{_RENAMED[own]}.",
                f"Set {_PREFIX}{_RENAMED[own]} to the same value; docs/settings.md lists all.",
            )
        if own != name.upper() and own not in known:
            meant = "".join(f"Did you mean {_PREFIX}{near}? " for near in get_close_matches(own, known, 1))
            raise InvalidInput(f"Unknown setting: {name}.", f"{meant}docs/settings.md lists all.")
    try:
        return Settings()
    except ValidationError as error:
        wrong = "; ".join(f"{_PREFIX}{str(e['loc'][0]).upper()} is {e['input']!r}: {e['msg']}" for e in error.errors())
        raise InvalidInput(f"Settings cannot be used. {wrong}.", "docs/settings.md lists what is allowed.") from error


def documented() -> str:
    """docs/settings.md: one row for each field of `Settings`."""
    lines = [
        "# Settings",
        "",
        "Read once from the environment; an unknown name that begins with `HAZLANE_` is refused. "
        "Generated by `make docs` from `data/settings.py`; a test compares.",
        "",
        "| variable | default | meaning |",
        "|---|---|---|",
    ]
    for name, field in Settings.model_fields.items():
        default = f"`{field.default}`" if str(field.default) else "empty"
        lines.append(f"| `HAZLANE_{name.upper()}` | {default} | {field.description} |")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    print(documented(), end="")
