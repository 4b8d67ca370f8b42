"""A warehouse with a wave to pick, served by `wms serve` with two web processes; and what came of the wave."""

import json
import os
import socket
import subprocess
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from tests import builders
from tests.builders import WAREHOUSE
from tests.simulator.floor import Server
from wms import migrations
from wms.config import Settings
from wms.database import make_engine, reading, transaction
from wms.domain.catalog import Product
from wms.domain.floor import Location, LocationKind
from wms.domain.journal import JournalEntry, Scan
from wms.domain.picking import PickTask, TaskStatus

LINES_AN_ORDER, LINES_A_WALK = 5, 15
SLOTS = LINES_A_WALK // LINES_AN_ORDER
_OF_A_LINE = ("LocationReached", "ItemPicked", "UnitsPut")


@dataclass(frozen=True, kw_only=True)
class Taken:
    """A scan as the handheld took it: its own id, the code, the line it was made for, the worker's id ('' for none)."""

    scan: str
    code: str
    ask: str
    worker: str


@dataclass(frozen=True, kw_only=True)
class Wave:
    """The served floor, with what its people hold in their hands."""

    engine: Engine
    server: Server
    lines: int
    badges: tuple[str, str]
    workers: tuple[int, int]
    carts: tuple[str, str]
    totes: list[str]
    item_at: dict[str, str]
    """A shelf's barcode -> the barcode on the units that lie there."""

    def assert_counted(self, taken: Iterable[Taken]) -> None:
        """Assert that each scan taken counted once, as its worker's and for its own line, and that all is picked."""
        made = list(taken)
        with reading(self.engine) as session:
            rows = session.scalars(select(Scan).where(Scan.warehouse_id == WAREHOUSE)).all()
            events = session.scalars(select(JournalEntry).where(JournalEntry.event.in_(_OF_A_LINE))).all()
            tasks = session.scalars(select(PickTask).where(PickTask.warehouse_id == WAREHOUSE)).all()
        assert Counter(one.scan for one in made).most_common(1)[0][1] == 1
        assert {row.scan: row.code for row in rows} == {one.scan: one.code for one in made}
        refused = [(row.code, row.answer["words"]) for row in rows if row.tone not in {"ok", "info"}]
        assert refused == [], refused
        lines = {one.scan: one.ask.partition("@")[0] for one in made}
        owners = {one.scan: one.worker for one in made}
        assert [event for event in events if f"{event.data['task_id']:x}" != lines[str(event.scan)]] == []
        assert [row for row in rows if str(row.worker_id or "") != owners[row.scan]] == []
        units = Counter(event.data["task_id"] for event in events if event.event == "ItemPicked")
        assert [task for task in tasks if task.status is not TaskStatus.PICKED] == []
        assert units == {task.id: task.quantity for task in tasks}
        assert len(tasks) == self.lines
        self.verify()

    def verify(self) -> None:
        """Assert that `wms verify` finds the books right."""
        settings = self.server.settings
        environ = {**os.environ, "WMS_DATABASE_URL": settings.database_url, "WMS_DATA_DIR": str(settings.data_dir)}
        command = [sys.executable, "-m", "wms", "verify", "--json"]
        done = subprocess.run(command, env=environ, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
        assert json.loads(done.stdout)["breaches"] == []


@contextmanager
def served(settings: Settings, lines: int) -> Iterator[Wave]:
    """Make the warehouse in an empty database and serve it."""
    engine = make_engine(settings)
    migrations.upgrade(engine)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        server = Server(settings=settings, port=probe.getsockname()[1], options=("--no-worker",))
    try:
        with transaction(engine) as session:
            _ = builders.warehouse(session)
            wave = _furnish(session, engine, server, lines)
        server.start()
        server.wait()
        yield wave
    finally:
        server.stop()
        engine.dispose()


def _furnish(session: Session, engine: Engine, server: Server, lines: int) -> Wave:
    products = [builders.product(session) for _ in range(LINES_AN_ORDER)]
    for kind in (LocationKind.LANE, LocationKind.DEPOT):
        _ = builders.location(session, kind=kind)
    walks = [min(LINES_A_WALK, lines - begun) for begun in range(0, lines, LINES_A_WALK)]
    for length in walks:
        _walk(session, products, length)
    people = [builders.worker(session, name, "picker") for name in ("Marta", "Tom")]
    item_at: dict[str, str] = {}
    for task in session.scalars(select(PickTask)):
        location, product = session.get_one(Location, (WAREHOUSE, task.location_id)), task.product_id
        item_at[location.barcode] = builders.barcode(session, session.get_one(Product, (WAREHOUSE, product)))
    return Wave(
        engine=engine,
        server=server,
        lines=lines,
        badges=(people[0].badge, people[1].badge),
        workers=(people[0].id, people[1].id),
        carts=(builders.cart(session, SLOTS).barcode, builders.cart(session, SLOTS).barcode),
        totes=[builders.tote(session).barcode for _ in range(SLOTS * len(walks))],
        item_at=item_at,
    )


def _walk(session: Session, products: list[Product], lines: int) -> None:
    """Let a batch wait: orders of one line a product, mostly of one unit, walked shelf by shelf."""
    orders = [
        builders.order(session, *((product, 1 + (first + place) % 3 // 2) for place, product in enumerate(wanted)))
        for first in range(0, lines, LINES_AN_ORDER)
        if (wanted := products[: lines - first])
    ]
    batch = builders.waiting_batch(session, *orders)
    in_order = session.scalars(
        select(PickTask).where(PickTask.batch_id == batch.id).order_by(PickTask.location_id, PickTask.sequence)
    ).all()
    for sequence, task in enumerate(in_order, 1):
        task.sequence = sequence
