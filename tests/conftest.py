"""Fixtures every test may ask for."""

from collections.abc import Callable, Iterator

import pytest

from tests.postgres import PostgresServer, running_postgres


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
