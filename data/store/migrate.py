"""Upgrade a database to the schema of this version, from any working directory."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

import sqlalchemy as sa

from data.errors import NotReady

if TYPE_CHECKING:
    from alembic.config import Config
    from alembic.script import ScriptDirectory

HEAD: Final = "0008"


def migrate(connection: sa.Connection) -> None:
    """Upgrade the database in a write transaction. Raises NotReady when a newer version of hazlane wrote it."""
    # Importing Alembic takes 0.2 s, so it is imported only for an upgrade.
    if _version(connection) == HEAD:
        return
    from alembic import command
    from alembic.util import CommandError

    config = configuration()
    config.attributes["connection"] = connection
    try:
        command.upgrade(config, "head")
    except CommandError as error:
        raise NotReady(
            f"The store has a schema that is unknown to this version: {error}.",
            "Use the version of hazlane that wrote it, or a newer one.",
        ) from error


def scripts() -> ScriptDirectory:
    """The directory of migrations."""
    from alembic.script import ScriptDirectory

    return ScriptDirectory.from_config(configuration())


def configuration() -> Config:
    """Configuration of Alembic; migrations run on `attributes["connection"]`."""
    from alembic.config import Config

    config = Config()
    # A percent sign in this setting would be a reference to another one.
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations").replace("%", "%%"))
    return config


def _version(connection: sa.Connection) -> str | None:
    if not sa.inspect(connection).has_table("alembic_version"):
        return None
    version: str | None = connection.scalar(sa.text("select version_num from alembic_version"))
    return version
