"""INSERT ... ON CONFLICT on both engines, judged by RETURNING (psycopg reports no row count for an INSERT)."""

from typing import Any

from sqlalchemy import Dialect, inspect
from sqlalchemy.dialects.postgresql import Insert as PostgresqlInsert
from sqlalchemy.dialects.sqlite import Insert as SqliteInsert
from sqlalchemy.orm import Session

from wms.domain.base import Base

_cache: dict[tuple[str, type[Base]], Any] = {}


def upsert(dialect: Dialect, table: type[Base]) -> SqliteInsert | PostgresqlInsert:
    """Return the dialect's own INSERT for a table, which knows on_conflict_do_nothing and on_conflict_do_update."""
    return PostgresqlInsert(table) if dialect.name == "postgresql" else SqliteInsert(table)


def insert_new(session: Session, table: type[Base], **values: object) -> bool:
    """Insert a row unless its key is there already; tell whether it was new. Waits for another writer of the key."""
    dialect = session.get_bind().dialect
    statement = _cache.get((dialect.name, table))
    if statement is None:
        key = next(iter(inspect(table).primary_key))
        statement = upsert(dialect, table).on_conflict_do_nothing().returning(key)
        _cache[dialect.name, table] = statement
    return session.connection().execute(statement, values).first() is not None
