"""Every knob of hazlane, read once from the environment (prefix HAZLANE_). docs/settings.md lists them."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """Frozen settings. Each field's description is its row in docs/settings.md."""

    model_config = SettingsConfigDict(env_prefix="HAZLANE_", frozen=True, extra="ignore")

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
        0.05, ge=0, le=1, description="Share of the boxes of a terminal and day that can be opened."
    )
    random_share: float = Field(
        0.01, ge=0, le=1, description="Share of the boxes below the cut that is opened at random, within capacity."
    )
    papers_share: float = Field(
        0.10, ge=0, le=1, description="Share of the boxes of a terminal and day whose papers can be checked."
    )
    selection_salt: str = Field(
        "hazlane", description="Secret salt of the random selection. Set your own; keep it for audits."
    )
    threads: int = Field(
        2, ge=1, le=64, description="Threads for training and batch scoring; no more than the free cores."
    )
    seed: int = Field(2026, description="Seed of the simulator and of training.")

    @property
    def store_url(self) -> str:
        """URL of the store: the one set, or SQLite in the var folder."""
        return self.database_url or f"sqlite:///{self.var.resolve() / 'hazlane.db'}"


@cache
def settings() -> Settings:
    """The settings of this process, read once. Tests build their own `Settings(...)`."""
    return Settings()
