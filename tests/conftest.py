"""Fixtures every test may ask for."""

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import hypothesis
import pytest
from playwright.sync_api import Browser
from sqlalchemy import Engine, create_engine
from sqlalchemy.orm import Session

from tests import builders
from tests.browser.conftest import launched
from tests.postgres import PostgresServer, running_postgres
from wms import config
from wms.config import Settings
from wms.database import make_engine, transaction
from wms.domain import Base

# A change is judged by the same examples each time; new ones are looked for on developers' machines.
hypothesis.settings.register_profile("ci", derandomize=True, deadline=None)
if os.environ.get("CI"):
    hypothesis.settings.load_profile("ci")


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """A browser for all tests of a session; each opens contexts of its own."""
    with launched() as browser:
        yield browser


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    """A PostgreSQL server, started when the first test asks."""
    with running_postgres() as server:
        yield server


@pytest.fixture
def new_postgres_database(postgres: PostgresServer) -> Iterator[Callable[..., str]]:
    """A maker of databases, `new_postgres_database(template=None) -> url`; they go when the test ends."""
    urls: list[str] = []

    def make(template: str | None = None) -> str:
        urls.append(postgres.create_database(template))
        return urls[-1]

    yield make
    for url in urls:
        postgres.drop_database(url)


@pytest.fixture
def postgres_url(new_postgres_database: Callable[..., str]) -> str:
    """The URL of an empty PostgreSQL database of this test's own."""
    return new_postgres_database()


@pytest.fixture(scope="session")
def template_url(postgres: PostgresServer) -> str:
    """The URL of a PostgreSQL database with all tables, to be copied for each test."""
    url = postgres.create_database()
    engine = create_engine(url)
    Base.metadata.create_all(engine)
    engine.dispose()
    return url


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An SQLite file with all tables, to be copied for each test."""
    path = tmp_path_factory.mktemp("template") / "wms.db"
    engine = create_engine(f"sqlite:///{path}")
    Base.metadata.create_all(engine)
    engine.dispose()
    return path


@pytest.fixture(scope="session")
def emptied(postgres: PostgresServer) -> Iterator[Callable[[], str]]:
    """A function that empties the tables of one PostgreSQL database and returns its URL.

    Emptying costs a tenth of a new database, and most tests need no more.
    """
    url = postgres.create_database()
    engine = create_engine(url)
    Base.metadata.create_all(engine)
    here = "datname = current_database() AND pid <> pg_backend_pid() AND state <> 'idle'"
    steps = [
        # What an earlier test left open must neither block this one nor write into it; who is idle does neither, and
        # keeps the statements it has prepared.
        f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE {here}",  # noqa: S608 - our own words
        "SET LOCAL session_replication_role = replica",
        *(str(table.delete()) for table in Base.metadata.sorted_tables),
    ]

    def empty() -> str:
        with engine.begin() as connection:
            _ = connection.exec_driver_sql("; ".join(steps))  # one way there and back, not one a table
        return url

    yield empty
    engine.dispose()


@pytest.fixture(scope="session")
def sqlite_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder in which each test's SQLite file is laid anew."""
    return tmp_path_factory.mktemp("sqlite")


@pytest.fixture(scope="session")
def engine_of() -> Iterator[Callable[[Settings], Engine]]:
    """A function that returns one engine a database: a statement it has compiled once serves all tests."""
    made: dict[str, Engine] = {}

    def find(settings: Settings) -> Engine:
        if settings.database_url not in made:
            made[settings.database_url] = make_engine(settings)
        return made[settings.database_url]

    yield find
    for engine in made.values():
        engine.dispose()


@pytest.fixture(params=["sqlite", "postgresql"])
def settings(request: pytest.FixtureRequest, tmp_path: Path) -> Settings:
    """Settings of an empty database with all tables, once on each engine."""
    if request.param == "sqlite":
        folder: Path = request.getfixturevalue("sqlite_folder")
        for left in folder.iterdir():
            left.unlink()
        path = shutil.copy(request.getfixturevalue("sqlite_template"), folder / "wms.db")
        url = f"sqlite:///{path}"
    else:
        url = request.getfixturevalue("emptied")()
    return config.load({"WMS_DATABASE_URL": url, "WMS_DATA_DIR": str(tmp_path)})


@pytest.fixture
def engine(settings: Settings, engine_of: Callable[[Settings], Engine]) -> Iterator[Engine]:
    """An engine on a fresh database with the bare warehouse of `builders.warehouse`, once on each engine."""
    # an engine of the test's own, for what is kept by engine, over the pool and the statements of all
    engine = engine_of(settings).execution_options()
    with transaction(engine) as session:
        _ = builders.warehouse(session)
    yield engine
    if engine.dialect.name == "sqlite":
        engine.dispose()  # the next test lays another file in its place


@pytest.fixture
def session(engine: Engine) -> Iterator[Session]:
    """A session on that database; services run on it bare."""
    with Session(engine, expire_on_commit=False) as session:
        yield session


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The settings that name a self-signed certificate, made for the host of the browser tests, and its key."""
    folder = tmp_path_factory.mktemp("tls")
    cert, key = folder / "cert.pem", folder / "key.pem"
    command = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    command += ["-keyout", str(key), "-out", str(cert), "-days", "2", "-subj", "/CN=wms.test"]
    command += ["-addext", "subjectAltName=DNS:wms.test,IP:127.0.0.1"]
    _ = subprocess.run(command, check=True, capture_output=True)
    return {"WMS_TLS_CERT": str(cert), "WMS_TLS_KEY": str(key)}
