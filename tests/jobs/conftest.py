"""What the job tests share: a virtual printer, a fake Shippo and a worker's context."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import Engine

from printers.virtual.server import VirtualZebra
from wms.carriers.fake_shippo import FakeShippo
from wms.config import Settings
from wms.jobs.outbox import Context


@pytest.fixture
def zebra(tmp_path: Path) -> Iterator[VirtualZebra]:
    with VirtualZebra(name="pack-1", tray=tmp_path / "trays") as printer:
        yield printer


@pytest.fixture
def shippo() -> Iterator[FakeShippo]:
    with FakeShippo() as server:
        yield server


@pytest.fixture
def context(engine: Engine, settings: Settings) -> Context:
    return Context(engine=engine, settings=settings)


@pytest.fixture
def shippo_context(engine: Engine, settings: Settings, shippo: FakeShippo) -> Context:
    return Context(engine=engine, settings=replace(settings, shippo_url=shippo.url, shippo_key="shippo_test_x"))
