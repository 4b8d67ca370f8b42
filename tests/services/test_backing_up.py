"""Backups: whole, consistent while work goes on, and good on either engine."""

import json
import threading
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from tests import builders
from wms import config
from wms.database import make_engine, reading, snapshot, transaction
from wms.domain import Base
from wms.domain.errors import BadInputError, DomainError
from wms.domain.floor import ADJUSTMENT_ID
from wms.domain.stock import Stock, StockMove
from wms.services import backing_up, verifying
from wms.services.stock import stocking
from wms.services.stock.stocking import Goods


def stocked(engine: Engine) -> tuple[int, int]:
    """A shelf with fifty mugs and an order for two: (place, product)."""
    with transaction(engine) as session:
        location, mug = builders.location(session), builders.product(session)
        builders.stock(session, location, mug, 50)
        _ = builders.order(session, (mug, 2))
    return location.id, mug.id


def counts(session: Session) -> dict[str, int]:
    """Rows by table."""
    return {
        table.name: session.scalar(select(func.count()).select_from(table)) or 0
        for table in Base.metadata.sorted_tables
    }


def test_a_backup_restores_every_row_on_either_engine(
    engine: Engine, new_postgres_database: Callable[..., str], template_url: str, tmp_path: Path
) -> None:
    _ = stocked(engine)
    with snapshot(engine) as session:
        before = counts(session)
        summary = backing_up.back_up(session, tmp_path / "first.wms", "0001")
    assert dict(summary.rows) == before
    for url in (f"sqlite:///{tmp_path / 'other.db'}", new_postgres_database(template_url)):
        other = make_engine(config.load({"WMS_DATABASE_URL": url, "WMS_DATA_DIR": str(tmp_path)}))
        Base.metadata.create_all(other)
        with transaction(other) as session:
            _ = backing_up.restore(session, tmp_path / "first.wms", "0001")
        with reading(other) as session:
            again = backing_up.back_up(session, tmp_path / "again.wms", "0001")
            assert verifying.verify(session, builders.WAREHOUSE) == []
        other.dispose()
        first, second = (zipfile.ZipFile(tmp_path / name).read("manifest.json") for name in ("first.wms", "again.wms"))
        assert json.loads(first) == json.loads(second)
        assert again.total == summary.total


def test_a_backup_taken_while_stock_moves_has_right_books(engine: Engine, tmp_path: Path) -> None:
    place_id, product_id = stocked(engine)
    enough = threading.Event()

    def keep_moving() -> None:
        while not enough.is_set():
            with transaction(engine) as session:
                goods = Goods(product_id=product_id, quantity=1)
                for change in (1, -1):
                    stocking.adjust(session, builders.actor(), place_id, goods, change=change, reason="busy")

    mover = threading.Thread(target=keep_moving)
    mover.start()
    try:
        for number in range(3):
            with snapshot(engine) as session:
                _ = backing_up.back_up(session, tmp_path / f"{number}.wms", "0001")
    finally:
        enough.set()
        mover.join()
    with transaction(engine) as session:
        _ = backing_up.restore(session, tmp_path / "2.wms", "0001", replace=True)
        assert verifying.verify(session, builders.WAREHOUSE) == []
        moved = session.scalar(
            select(func.count()).select_from(StockMove).where(StockMove.to_place_id == ADJUSTMENT_ID)
        )
        assert session.scalars(select(Stock.on_hand)).one() == 50
        assert moved is not None


def test_a_database_in_use_is_not_overwritten_unasked(engine: Engine, tmp_path: Path) -> None:
    with reading(engine) as session:
        _ = backing_up.back_up(session, tmp_path / "some.wms", "0001")
    with pytest.raises(DomainError, match="--replace"), transaction(engine) as session:
        _ = backing_up.restore(session, tmp_path / "some.wms", "0001")


def test_a_damaged_backup_restores_nothing(engine: Engine, tmp_path: Path) -> None:
    _ = stocked(engine)
    whole, damaged = tmp_path / "whole.wms", tmp_path / "damaged.wms"
    with reading(engine) as session:
        _ = backing_up.back_up(session, whole, "0001")
        before = counts(session)
    with zipfile.ZipFile(whole) as source, zipfile.ZipFile(damaged, "w") as target:
        for name in source.namelist():
            data = source.read(name)
            target.writestr(name, data.replace(b'"on_hand": 50', b'"on_hand": 49') if "stock.jsonl" in name else data)
    with pytest.raises(BadInputError, match="damaged"), transaction(engine) as session:
        _ = backing_up.restore(session, damaged, "0001", replace=True)
    with reading(engine) as session:
        assert counts(session) == before


@pytest.mark.parametrize("engine_name", ["sqlite"])
def test_a_file_that_is_no_backup_is_named(engine_name: str, tmp_path: Path) -> None:
    _ = (tmp_path / "note.txt").write_text("hello")
    engine = make_engine(
        config.load({"WMS_DATABASE_URL": f"{engine_name}:///{tmp_path / 'w.db'}", "WMS_DATA_DIR": str(tmp_path)})
    )
    Base.metadata.create_all(engine)
    with pytest.raises(BadInputError, match="wms backup"), transaction(engine) as session:
        _ = backing_up.restore(session, tmp_path / "note.txt", "0001")
    engine.dispose()
