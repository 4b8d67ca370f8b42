"""The test server hands out databases that know nothing of one another."""

from collections.abc import Callable

from sqlalchemy import create_engine, inspect, text


def _execute(url: str, statement: str) -> None:
    engine = create_engine(url)
    with engine.begin() as connection:
        _ = connection.execute(text(statement))
    engine.dispose()


def _tables(url: str) -> list[str]:
    engine = create_engine(url)
    names = inspect(engine).get_table_names()
    engine.dispose()
    return names


def test_a_new_database_is_empty(postgres_url: str) -> None:
    assert _tables(postgres_url) == []


def test_two_databases_share_nothing(new_postgres_database: Callable[..., str]) -> None:
    first, second = new_postgres_database(), new_postgres_database()
    _execute(first, "CREATE TABLE totes (id integer)")
    assert _tables(first) == ["totes"]
    assert _tables(second) == []


def test_a_database_made_from_a_template_has_its_tables(new_postgres_database: Callable[..., str]) -> None:
    template = new_postgres_database()
    _execute(template, "CREATE TABLE totes (id integer)")
    assert _tables(new_postgres_database(template)) == ["totes"]
