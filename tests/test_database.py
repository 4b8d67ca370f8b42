"""The database's one writer at a time on SQLite."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from sqlalchemy import Engine, text

from wms import config
from wms.database import make_engine, transaction


def _engine_of(folder: Path) -> Engine:
    return make_engine(config.load({"WMS_DATABASE_URL": f"sqlite:///{folder / 'wms.db'}", "WMS_DATA_DIR": str(folder)}))


def _open_files() -> int:
    return sum(1 for _ in Path("/dev/fd").iterdir())


def test_an_engine_that_is_done_leaves_no_file_open(tmp_path: Path) -> None:
    before = _open_files()
    for number in range(3):
        engine = _engine_of(tmp_path / str(number))
        with transaction(engine) as session:
            _ = session.execute(text("CREATE TABLE counted (n INTEGER)"))
        engine.dispose()
    assert _open_files() == before


def test_writers_with_engines_of_their_own_wait_for_one_another(tmp_path: Path) -> None:
    engines = [_engine_of(tmp_path) for _ in range(4)]
    with transaction(engines[0]) as session:
        _ = session.execute(text("CREATE TABLE counted (n INTEGER)"))
        _ = session.execute(text("INSERT INTO counted VALUES (0)"))

    def count(turn: int) -> None:
        with transaction(engines[turn % 4]) as session:
            found = session.execute(text("SELECT n FROM counted")).scalar_one()
            _ = session.execute(text("UPDATE counted SET n = :n"), {"n": found + 1})

    with ThreadPoolExecutor(8) as pool:
        _ = list(pool.map(count, range(40)))
    with transaction(engines[0]) as session:
        assert session.execute(text("SELECT n FROM counted")).scalar_one() == 40
    for engine in engines:
        engine.dispose()
