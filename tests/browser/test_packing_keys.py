"""An order of n units is packed by n + 2 scans, by key presses only: the scale gives the weight, and nobody taps."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import Engine, select

from tests import builders, packers
from tests.browser.conftest import HOST
from tests.browser.test_journey import Scanner
from tests.jobs.working import working
from tests.packers import Floor
from tests.served import served
from wms.app import create_app
from wms.config import Settings
from wms.database import db, reading, transaction
from wms.domain.floor import LocationKind
from wms.domain.orders import Order, OrderStatus
from wms.domain.packing import Package
from wms.domain.people import Worker
from wms.domain.shipping import Label
from wms.domain.totes import Tote
from wms.jobs.outbox import Context
from wms.scales.virtual import VirtualScale
from wms.services.verifying import verify

_COUNT = """
window.taps = 0; window.taken = []; window.cues = [];
for (const kind of ["pointerdown", "touchstart", "click"]) addEventListener(kind, () => { taps += 1; }, true);
document.addEventListener("taken", ({ detail }) => taken.push(...detail.map((scan) => scan.code)));
document.addEventListener("cue", ({ detail }) => cues.push(detail));
"""
_CARTON_G = 120


@pytest.fixture
def virtual() -> Iterator[VirtualScale]:
    with VirtualScale(settle_ms=300) as scale:
        yield scale


@pytest.fixture
def floor(engine: Engine, tmp_path: Path, virtual: VirtualScale) -> Floor:
    """A bench with a scale, whose printer writes into a folder."""
    tray = tmp_path / "tray"
    tray.mkdir()
    with transaction(engine) as session:
        made = packers.bench(session, printer_url=f"file://{tray}")
        made.station.scale = virtual.url
        _ = builders.location(session, "DOCK-1", kind=LocationKind.DOCK)
        return made


@pytest.fixture
def bench(chromium: Browser, settings: Settings, engine: Engine, floor: Floor) -> Iterator[Scanner]:
    """The packing page in a browser that counts scans and taps, its packer at the station; a worker runs beside it."""
    app = create_app(settings)
    with served(app) as url, working(Context(engine=engine, settings=settings)):
        context = chromium.new_context(viewport={"width": 1366, "height": 768})
        _ = context.add_init_script(_COUNT)
        page = context.new_page()
        scanner = Scanner(page, f"{url.replace('127.0.0.1', HOST)}/pack/")
        with reading(engine) as session:
            badge = session.scalars(select(Worker.badge).where(Worker.id == floor.packer.actor.worker_id)).one()
        scanner.scan(badge, floor.station.barcode)
        scanner.sees("scan_tote")
        yield scanner
        context.close()
    with app.app_context():
        db.engine.dispose()


def _staged(engine: Engine, floor: Floor, units: int) -> tuple[Order, Tote]:
    with transaction(engine) as session:
        order = builders.order(session, (floor.mug, units))
        return order, packers.staged(session, order, (floor.mug, units))


def _tracking(engine: Engine, order: Order) -> str:
    with reading(engine) as session:
        return session.scalars(
            select(Label.tracking_number)
            .join(Package, Package.id == Label.package_id)
            .where(Package.order_id == order.id)
        ).one()


def _put_on_the_scale(page: Page, virtual: VirtualScale, load_g: int) -> None:
    expect(page.locator("[data-scale=empty]")).to_be_visible()
    virtual.scale.put(load_g)


@pytest.mark.parametrize("units", [1, 4])
def test_an_order_of_n_units_takes_n_plus_2_scans_and_no_tap(
    bench: Scanner, engine: Engine, floor: Floor, virtual: VirtualScale, units: int
) -> None:
    order, tote = _staged(engine, floor, units)
    page = bench.page
    page.evaluate("taken.length = 0; taps = 0")
    bench.scan(tote.barcode)
    for _ in range(units):
        bench.scan_what_is_asked("scan_items")
    bench.sees("box_and_weigh")
    _put_on_the_scale(page, virtual, _CARTON_G + 200 * units)
    bench.sees("scan_label")
    expect(page.locator("[data-state=done]")).to_be_visible()  # the label is in the packer's hand
    tracking = _tracking(engine, order)
    bench.scan(tracking)
    bench.sees("scan_tote")
    assert page.evaluate("taken") == [tote.barcode, *[floor.mug_code] * units, tracking]
    assert page.evaluate("taken.length") == units + 2
    assert page.evaluate("taps") == 0
    with reading(engine) as session:
        assert session.get_one(Order, (builders.WAREHOUSE, order.id)).status is OrderStatus.PACKED
        assert packers.package_of(session, order).weight_g == _CARTON_G + 200 * units
        assert verify(session, builders.WAREHOUSE) == []


def test_a_wrong_weight_from_the_scale_is_heard_and_seen_by_itself(
    bench: Scanner, engine: Engine, floor: Floor, virtual: VirtualScale
) -> None:
    _, tote = _staged(engine, floor, 1)
    bench.scan(tote.barcode)
    bench.scan_what_is_asked("scan_items")
    page = bench.page
    expect(page.locator("[data-scale=empty]")).to_be_visible()
    page.evaluate("cues.length = 0")
    virtual.scale.put(900)
    expect(page.locator("#feedback")).to_have_attribute("data-tone", "wrong")
    expect(page.locator("#feedback")).to_contain_text("900 g, not 320 g. Count again")
    expect(page.locator("[data-scale=taken]")).to_be_visible()
    assert page.evaluate("cues").count("wrong") == 1


def test_a_scale_without_its_plug_is_said_and_a_typed_weight_goes_on(
    bench: Scanner, engine: Engine, floor: Floor, virtual: VirtualScale
) -> None:
    with transaction(engine) as session:
        session.get_one(type(floor.station), (builders.WAREHOUSE, floor.station.id)).scale = "tcp://127.0.0.1:9"
    _, tote = _staged(engine, floor, 1)
    bench.scan(tote.barcode)
    bench.scan_what_is_asked("scan_items")
    expect(bench.page.locator("[data-scale=silent]")).to_contain_text("Scale does not answer. Type N and grams.")
    bench.scan("N320")
    bench.sees("scan_label")
