"""Fixtures every test may ask for."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, create_engine
from sqlalchemy.orm import Session

from tests import builders
from tests.postgres import PostgresServer, running_postgres
from wms import config
from wms.config import Settings
from wms.database import make_engine, transaction
from wms.domain import Base


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


@pytest.fixture(params=["sqlite", "postgresql"])
def settings(request: pytest.FixtureRequest, tmp_path: Path) -> Settings:
    """Settings of a fresh, empty database with all tables, once on each engine."""
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path / 'wms.db'}"
        engine = create_engine(url)
        Base.metadata.create_all(engine)
        engine.dispose()
    else:
        make: Callable[..., str] = request.getfixturevalue("new_postgres_database")
        url = make(request.getfixturevalue("template_url"))
    return config.load({"WMS_DATABASE_URL": url, "WMS_DATA_DIR": str(tmp_path)})


@pytest.fixture
def engine(settings: Settings) -> Iterator[Engine]:
    """An engine on a fresh database with the bare warehouse of `builders.warehouse`, once on each engine."""
    engine = make_engine(settings)
    with transaction(engine) as session:
        builders.warehouse(session)
    yield engine
    engine.dispose()


@pytest.fixture
def session(engine: Engine) -> Iterator[Session]:
    """A session on that database; services run on it bare."""
    with Session(engine, expire_on_commit=False) as session:
        yield session
