"""Alembic's entry: run the scripts on the engine that wms.migrations hands over, in one transaction."""

import sqlite3
from typing import Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext
from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError

from wms.domain import Base
from wms.domain.base import EnumText, UtcDateTime
from wms.migrations import PLUGINS


def render(kind: str, item: object, _: AutogenContext) -> str | Literal[False]:
    """Write our column types as the plain ones below them: a script must not change when the program does."""
    if kind == "type" and isinstance(item, UtcDateTime):
        return "sa.DateTime(timezone=True)"
    if kind == "type" and isinstance(item, EnumText):
        return "sa.String(length=24)"
    return False


def _check_keys(connection: Connection, *, on: bool) -> None:
    """Let SQLite hold foreign keys or not: it makes a changed table anew, and takes the old one for lost rows."""
    if connection.dialect.name == "sqlite":
        raw = connection.connection.driver_connection  # outside of a transaction, where alone it is heard
        assert isinstance(raw, sqlite3.Connection)  # noqa: S101 - the dialect's only driver here
        _ = raw.execute(f"PRAGMA foreign_keys = {'ON' if on else 'OFF'}")


def _refuse_lost_keys(connection: Connection) -> None:
    """Stop before a script's work is kept that left a row without the one it points to."""
    if connection.dialect.name == "sqlite" and (lost := connection.exec_driver_sql("PRAGMA foreign_key_check").first()):
        raise IntegrityError("PRAGMA foreign_key_check", None, ValueError(f"a row of {lost[0]} points to nothing"))


engine = context.config.attributes["engine"]
with engine.execution_options(wms_write=True).connect() as connection:
    _check_keys(connection, on=False)
    try:
        context.configure(
            connection=connection,
            target_metadata=Base.metadata,
            render_as_batch=True,
            render_item=render,
            compare_type=True,
            autogenerate_plugins=PLUGINS,
        )
        with context.begin_transaction():
            context.run_migrations()
            _refuse_lost_keys(connection)
        connection.commit()
    finally:
        connection.rollback()
        _check_keys(connection, on=True)
