"""Missing units of an order that is short at packing: whoever walks nearest to them takes them next."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

import pytest
from sqlalchemy.orm import Session

from tests import builders, packers
from tests.services.picking.picker import Picker
from tests.services.picking.sorters import Sorter
from tests.together import at_once
from wms.domain.catalog import Product
from wms.domain.codes import Command
from wms.domain.floor import Cart, Location, LocationKind
from wms.domain.orders import Order, OrderStatus
from wms.domain.people import WorkerSession
from wms.domain.picking import Batch, BatchOrder, BatchStatus, PickTask
from wms.domain.totes import Tote
from wms.domain.waves import Wave, WaveOrder
from wms.services import picking, verifying
from wms.services.picking.screens import BuildCart
from wms.services.planning import OpenTransaction, again
from wms.services.scans import scanning
from wms.services.scans.scanning import Pulled

EARLIER = builders.NOW - dt.timedelta(hours=1)


@dataclass(frozen=True, kw_only=True)
class Hall:
    """Tom walks to pens, then to lamps; the mugs lie between, where one that packing misses is free."""

    session: Session
    short: Order
    walk: Batch
    tom: Picker
    cart: Cart
    tote: Tote
    mug: Product
    pen: Product
    lamp: Product
    mugs: Location
    pens: Location
    lamps: Location
    hold: Location
    lane: Location

    def pick_again(self) -> str:
        """Let the short order's missing units be fetched; on which walk."""
        done = again.pick_again(self.session, self.tom.actor, self.short.id)
        assert done.batch, done.reason
        return done.batch

    def walks_to(self) -> list[int]:
        """The locations of the lines left on Tom's walk, in their sequence."""
        rows = self.session.query(PickTask).filter_by(status="open").order_by(PickTask.sequence).populate_existing()
        return [row.location_id for row in rows]

    def holds_up(self) -> bool:
        """Whether the books are right."""
        return verifying.verify(self.session, builders.WAREHOUSE) == []


def _location(session: Session, x_m: float, kind: LocationKind = LocationKind.PICK) -> Location:
    made = builders.location(session, kind=kind)
    made.x_m = x_m
    session.flush()
    return made


@pytest.fixture
def hall(session: Session) -> Hall:
    """The hall as it is made."""
    return made(session)


def made(session: Session) -> Hall:
    """The order for a mug is picked and dropped by Marta; packing finds no mug in its tote. Tom is on his walk."""
    mug, pen, lamp = (builders.product(session, sku) for sku in ("MUG", "PEN", "LAMP"))
    pens, mugs, lamps = (_location(session, x_m) for x_m in (4.0, 8.0, 12.0))
    hold, lane = (_location(session, 0.0, kind) for kind in (LocationKind.HOLD, LocationKind.LANE))
    locations = {pen.id: pens, mug.id: mugs, lamp.id: lamps}
    for product, place in ((mug, mugs), (pen, pens), (lamp, lamps)):
        builders.stock(session, place, product, 10)
    short = builders.order(session, (mug, 2))
    first = builders.waiting_batch(session, short, locations=locations)
    other = builders.order(session, (pen, 2), (lamp, 1))
    second = builders.waiting_batch(session, other, locations=locations)
    first.position, second.position = 1, 2
    _in_one_wave(session, first, second, other)
    marta, tote = Picker(session), builders.tote(session)
    _ = marta.begin(builders.cart(session), tote)
    _ = marta.pick()
    _ = marta.scan(lane.barcode)
    tom, cart, toms = Sorter(session, device="2"), builders.cart(session, slots=2), builders.tote(session)
    _ = tom.begin(cart, toms)
    station = builders.station(session)
    packer = packers.packer(session, station)
    _ = packer.scan(tote.barcode, builders.barcode(session, mug), Command.SHORT, hold.barcode)
    assert short.status is OrderStatus.SHORT
    return Hall(
        session=session, short=short,
        walk=second, tom=tom, cart=cart, tote=toms, mug=mug, pen=pen, lamp=lamp,
        mugs=mugs, pens=pens, lamps=lamps, hold=hold, lane=lane,
    )  # fmt: skip


def _in_one_wave(session: Session, first: Batch, second: Batch, order: Order) -> None:
    wave = session.get_one(Wave, (builders.WAREHOUSE, second.wave_id))
    _ = session.query(WaveOrder).filter_by(order_id=order.id).update({"wave_id": first.wave_id})
    second.wave_id = first.wave_id
    session.flush()
    session.delete(wave)
    session.flush()


def test_missing_units_come_first_on_the_walk_of_whoever_is_near(hall: Hall) -> None:
    assert hall.pick_again() == hall.walk.name
    assert hall.walks_to() == [hall.mugs.id, hall.pens.id, hall.lamps.id]
    assert hall.holds_up()


def test_a_tote_is_asked_for_with_the_reason_and_the_order_reaches_packing_whole(hall: Hall) -> None:
    _ = hall.tom.pick()
    _ = hall.pick_again()
    screen = hall.tom.screen
    assert isinstance(screen, BuildCart)
    assert (screen.missing_of, screen.slot) == (hall.short.number, 2)
    fresh = builders.tote(hall.session)
    assert hall.tom.scan(fresh.barcode) == "go_to"
    assert hall.tom.stop.location == hall.mugs.code
    _ = hall.tom.pick()
    assert hall.tom.said == f"{fresh.barcode} FULL ORDER"
    _ = hall.tom.pick()
    _ = hall.tom.scan(hall.lane.barcode)
    assert hall.short.status is OrderStatus.PICKED
    assert hall.holds_up()


def test_what_is_in_hand_goes_into_its_tote_first(hall: Hall) -> None:
    _ = hall.tom.reach()
    assert hall.tom.scan(builders.barcode(hall.session, hall.pen)) == "scan_item"
    _ = hall.pick_again()
    assert hall.tom.scan(builders.barcode(hall.session, hall.pen)) == "put_in_tote"
    assert hall.tom.scan(hall.tote.barcode) == "build_cart"


def test_the_lines_where_a_picker_stands_come_before(hall: Hall) -> None:
    _ = hall.tom.reach()
    _ = hall.pick_again()
    assert hall.walks_to() == [hall.pens.id, hall.mugs.id, hall.lamps.id]
    assert hall.tom.scan(builders.tote(hall.session).barcode) == "scan_item"


def test_of_two_pickers_the_nearer_one_goes(hall: Hall) -> None:
    order = builders.order(hall.session, (hall.lamp, 1))
    builders.stock(hall.session, hall.mugs, hall.lamp, 1)
    batch = builders.waiting_batch(hall.session, order, locations={hall.lamp.id: hall.mugs})
    _in_one_wave(hall.session, hall.walk, batch, order)
    near = Sorter(hall.session, device="3")
    _ = near.begin(builders.cart(hall.session, slots=2), builders.tote(hall.session))
    assert hall.pick_again() == batch.name


def test_a_picker_without_a_tote_leaves_it_to_another_cart(hall: Hall) -> None:
    _ = hall.tom.pick()
    _ = hall.pick_again()
    assert hall.tom.scan(Command.DONE) == "go_to"
    assert (hall.tom.said, hall.tom.stop.location) == ("1 order waits for another cart", hall.lamps.code)
    assert hall.holds_up()


def _is_full(hall: Hall) -> None:
    hall.cart.slots = 1


def _is_laden(hall: Hall) -> None:
    """What is on Tom's walk, a pen and a lamp, is all that his cart carries."""
    hall.pen.weight_g, hall.lamp.weight_g, hall.mug.weight_g = 20, 880, 350
    hall.cart.weight_g = 900


def _is_idle(hall: Hall) -> None:
    _ = hall.session.query(WorkerSession).filter_by(worker_id=hall.tom.worker.id).update({"seen_at": EARLIER})


def _is_recalled(hall: Hall) -> None:
    hall.session.get_one(Wave, (builders.WAREHOUSE, hall.walk.wave_id)).recalled_at = builders.NOW


def _is_in_another_zone(hall: Hall) -> None:
    hall.mugs.zone = "MEZZ"
    _ = hall.session.query(BatchOrder).filter_by(batch_id=hall.walk.id).update({"is_part": True})


def _is_at_its_end(hall: Hall) -> None:
    while hall.tom.screen.name != "drop_cart":
        _ = hall.tom.pick()


@pytest.mark.parametrize("why_not", [_is_full, _is_laden, _is_idle, _is_recalled, _is_in_another_zone, _is_at_its_end])
def test_else_the_missing_units_are_a_walk_of_their_own(hall: Hall, why_not: Callable[[Hall], None]) -> None:
    why_not(hall)
    hall.session.flush()
    walk = hall.session.query(Batch).filter_by(name=hall.pick_again()).one()
    assert (walk.id != hall.walk.id, walk.status) == (True, BatchStatus.WAITING)
    assert hall.holds_up()


def test_an_order_that_comes_in_the_moment_of_a_scan_loses_neither(open_transaction: OpenTransaction) -> None:
    with open_transaction() as session:
        hall = made(session)
        _ = hall.tom.reach()
        pulled = Pulled(code=builders.barcode(session, hall.pen), scan="at once", token=hall.tom.screen.token)
        actor, walk_id, short_id = hall.tom.actor, hall.walk.id, hall.short.id

    def scans() -> str:
        with open_transaction() as session:
            return scanning.take(
                session, actor, "picking", pulled, picking.current_screen, picking.judge, picking.why_left
            ).feedback.tone

    def comes() -> str:
        with open_transaction() as session:
            return again.pick_again(session, actor, short_id).reason

    said, reason = at_once(scans, comes)
    assert (said in {"ok", "warn"}, reason) == (True, "")
    with open_transaction() as session:
        assert verifying.verify(session, builders.WAREHOUSE) == []
        taken = session.query(PickTask).filter_by(batch_id=walk_id, in_hand=1).count()
        assert taken == (said == "ok")
        assert session.query(BatchOrder).filter_by(batch_id=walk_id, order_id=short_id).count() == 1
