"""Base class of the parts of the store: read and write transactions."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext

import sqlalchemy as sa

from data.store.engine import reading, writing


class Connected:
    """Transactions on an engine, one for each call; with a `connection`, all calls use its transaction."""

    def __init__(self, engine: sa.Engine, connection: sa.Connection | None = None) -> None:
        self._engine = engine
        self._connection = connection

    def _reading(self) -> AbstractContextManager[sa.Connection]:
        return reading(self._engine) if self._connection is None else nullcontext(self._connection)

    def _writing(self) -> AbstractContextManager[sa.Connection]:
        return writing(self._engine) if self._connection is None else nullcontext(self._connection)
