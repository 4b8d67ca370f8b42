"""The database: engines for both products, and `transaction`, the only place that commits.

SQLite: WAL, foreign keys on, writers begin immediately behind one lock a process and one lock file between processes
(a fair queue; the engine's own busy timeout is unfair under load). PostgreSQL: row locks do that work.
"""

import fcntl
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.orm import Session
from sqlalchemy.pool import ConnectionPoolEntry

from wms.config import Settings
from wms.domain import Base

db = SQLAlchemy(metadata=Base.metadata)

_BUSY_TIMEOUT_MS = 15_000
_WRITE = {"wms_write": True}


def engine_options(settings: Settings) -> dict[str, Any]:
    """Return the create_engine options for the configured database."""
    # The connection used last has the freshest pages: another's are stale as soon as somebody has written.
    options: dict[str, Any] = {"pool_size": 8, "max_overflow": 8, "pool_use_lifo": True}
    if settings.url.get_backend_name() == "sqlite":
        return {**options, "connect_args": {"timeout": _BUSY_TIMEOUT_MS / 1000, "check_same_thread": False}}
    return {**options, "pool_pre_ping": True}


def make_engine(settings: Settings) -> Engine:
    """Return an engine of its own, for commands and the worker; the web app's comes from Flask-SQLAlchemy."""
    engine = create_engine(settings.url, **engine_options(settings))
    prepare(engine)
    return engine


def prepare(engine: Engine) -> None:
    """Set up what SQLite needs: WAL, foreign keys, and explicit BEGIN, IMMEDIATE for writers."""
    if engine.dialect.name != "sqlite":
        return
    path = engine.url.database
    if path and path != ":memory:":
        Path(path).parent.mkdir(parents=True, exist_ok=True)
    event.listen(engine, "connect", _set_up_sqlite)
    event.listen(engine, "begin", _begin_sqlite)


def _set_up_sqlite(connection: DBAPIConnection, _: ConnectionPoolEntry) -> None:
    assert isinstance(connection, sqlite3.Connection)  # noqa: S101 - narrows the driver's type
    connection.isolation_level = None  # the driver begins nothing by itself; _begin_sqlite does
    for pragma in (
        "journal_mode = WAL",
        "synchronous = FULL",
        "foreign_keys = ON",
        f"busy_timeout = {_BUSY_TIMEOUT_MS}",
    ):
        _cursor = connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    write = connection.get_execution_options().get("wms_write", False)
    _ = connection.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")


_writers: dict[str, threading.Lock] = {}


@contextmanager
def _one_writer(engine: Engine) -> Iterator[None]:
    """Let one writer at a time at an SQLite file: threads queue on a lock, processes on a lock file.

    The file is opened for each transaction: a descriptor kept across a fork would be its parent's and exclude nobody,
    and one kept after its engine would never be closed.
    """
    path = engine.url.database
    if engine.dialect.name != "sqlite" or not path or path == ":memory:":
        yield
        return
    with _writers.setdefault(path, threading.Lock()), Path(path + ".lock").open("ab") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        try:
            yield
        finally:
            fcntl.flock(file, fcntl.LOCK_UN)  # a child forked meanwhile has the file open still


@contextmanager
def transaction(engine: Engine) -> Iterator[Session]:
    """Give a session whose work is committed at the end, or rolled back whole by any exception. The only committer."""
    with _one_writer(engine), Session(engine, expire_on_commit=False) as session:
        _ = session.connection(
            execution_options=_WRITE
        )  # an engine with options of its own makes each statement dearer
        yield session
        session.commit()


@contextmanager
def reading(engine: Engine) -> Iterator[Session]:
    """Give a session for questions only: it queues behind no writer and what it might change is rolled back."""
    with Session(engine, expire_on_commit=False) as session:
        yield session


@contextmanager
def snapshot(engine: Engine) -> Iterator[Session]:
    """Give a session whose questions are all answered as of one moment, whatever is written meanwhile.

    A read transaction on SQLite is one by itself.
    """
    if engine.dialect.name == "postgresql":
        engine = engine.execution_options(isolation_level="REPEATABLE READ")
    with reading(engine) as session:
        yield session
