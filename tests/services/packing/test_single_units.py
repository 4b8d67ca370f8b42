"""Orders of one unit: they share a tote on the cart, and are packed by scanning the item."""

from dataclasses import dataclass

import pytest
from sqlalchemy.orm import Session

from tests import builders, packers
from tests.builders import NOW
from tests.packers import Packer
from tests.services.picking.picker import Picker
from wms.domain.catalog import Barcode
from wms.domain.codes import Command
from wms.domain.floor import SUPPLIER_ID, Cart, Location, LocationKind, Profile
from wms.domain.inbox import ExceptionItem
from wms.domain.orders import Order, OrderStatus
from wms.domain.packing import Package, PackageLine, PackageStatus
from wms.domain.picked import PickedUnits
from wms.domain.picking import Batch, BatchOrder, Method, PickTask
from wms.domain.putbacks import PutBack
from wms.domain.totes import Tote, ToteStatus
from wms.services import planning, verifying
from wms.services.orders import cancelling
from wms.services.packing.screens import BoxAndWeigh, ScanTote
from wms.services.planning import OpenTransaction
from wms.services.planning.preview import preview
from wms.services.planning.selection import CollectionKey, Rules
from wms.services.stock import putting_back, stocking
from wms.services.stock.stocking import Goods

KEY = CollectionKey(carrier="usps", cutoff_at=NOW.replace(hour=14, minute=30))


@dataclass(kw_only=True)
class Shared:
    """A walk of an order of two units, and of four orders of one: three mugs and a pen."""

    session: Session
    marta: Picker
    orders: list[Order]
    totes: list[Tote]
    mug: str
    pen: str
    cart: Cart
    lane: Location

    def begin(self) -> Picker:
        _ = self.marta.begin(self.cart, *self.totes[:2])
        return self.marta

    def fills_a_tote(self) -> Picker:
        """Two lines are picked when the shared tote is full, and the others go on in a third."""
        marta = self.begin()
        _ = marta.pick()
        _ = marta.pick()
        _ = marta.scan("TOTE FULL", self.totes[2].barcode)
        return marta

    def pick_all(self) -> None:
        _ = self.begin()
        self.go_on_to_the_end()

    def go_on_to_the_end(self) -> None:
        while self.marta.screen.name != "drop_cart":
            _ = self.marta.pick()
        _ = self.marta.scan(self.lane.barcode)

    def holds_up(self) -> bool:
        self.session.flush()
        return verifying.verify(self.session, builders.WAREHOUSE) == []


def walk(session: Session) -> Shared:
    """Let the walk wait for its picker."""
    builders.zone(session, profile=Profile.STRICT)
    mug, pen, cup = (builders.product(session) for _ in range(3))
    orders = [builders.order(session, (cup, 2)), *(builders.order(session, (mug, 1)) for _ in range(3))]
    orders.append(builders.order(session, (pen, 1)))
    batch = builders.waiting_batch(session, *orders)
    for row in session.query(BatchOrder).filter_by(batch_id=batch.id):
        if row.order_id != orders[0].id:
            row.method, row.slot = Method.SINGLE_UNIT, 2
    session.flush()
    return Shared(
        session=session,
        marta=Picker(session),
        orders=orders,
        totes=[builders.tote(session) for _ in range(3)],
        mug=builders.barcode(session, mug),
        pen=builders.barcode(session, pen),
        cart=builders.cart(session, slots=2),
        lane=builders.location(session, kind=LocationKind.LANE),
    )


@pytest.fixture
def shared(session: Session) -> Shared:
    return walk(session)


def bench(shared: Shared, name: str = "Ana") -> Packer:
    return packers.packer(shared.session, builders.station(shared.session), name)


def test_a_cart_of_two_slots_takes_five_orders(shared: Shared) -> None:
    assert shared.marta.scan(shared.cart.barcode) == "build_cart"
    assert shared.marta.scan(shared.totes[0].barcode) == "build_cart"
    assert shared.marta.scan(shared.totes[1].barcode) == "go_to"
    rows = shared.session.query(BatchOrder).order_by(BatchOrder.order_id).populate_existing().all()
    assert [row.tote_id for row in rows] == [shared.totes[0].id] + [shared.totes[1].id] * 4
    assert shared.totes[1].order_id is None


def test_undo_takes_the_shared_tote_off_the_cart_for_all(shared: Shared) -> None:
    _ = shared.marta.scan(shared.cart.barcode)
    _ = shared.marta.scan(f"{shared.cart.barcode}02", shared.totes[1].barcode)
    assert shared.marta.scan("UNDO") == "build_cart"
    rows = shared.session.query(BatchOrder).populate_existing().all()
    assert {row.tote_id for row in rows} == {None}


def test_a_full_tote_keeps_the_orders_in_it_and_the_others_go_on_in_the_next(shared: Shared) -> None:
    marta = shared.begin()
    _ = marta.pick()
    _ = marta.pick()
    assert marta.scan("TOTE FULL") == "build_cart"
    assert marta.scan(shared.totes[2].barcode) in {"go_to", "scan_item"}
    while marta.screen.name != "drop_cart":
        _ = marta.pick()
    assert marta.scan(shared.lane.barcode) == "home"
    inside = {row.tote_id for row in shared.session.query(PickedUnits)}
    assert inside == {tote.id for tote in shared.totes}
    assert [tote.status for tote in shared.totes] == [ToteStatus.STAGED] * 3
    assert shared.holds_up()


def test_undo_of_a_full_tote_gives_it_back_to_all(shared: Shared) -> None:
    marta = shared.begin()
    _ = marta.pick()
    _ = marta.pick()
    assert marta.scan("TOTE FULL", shared.totes[2].barcode, "UNDO") in {"go_to", "scan_item"}
    rows = shared.session.query(BatchOrder).populate_existing().all()
    assert {row.tote_id for row in rows} == {shared.totes[0].id, shared.totes[1].id}
    assert shared.totes[2].status is ToteStatus.FREE


def test_an_item_opens_the_order_that_is_due_first_and_is_packed_at_once(shared: Shared) -> None:
    shared.pick_all()
    packer = bench(shared)
    screen = packer.sees()
    assert isinstance(screen, ScanTote)
    assert (screen.waiting, screen.singles) == (1, 4)
    assert {shared.mug, shared.pen} <= set(screen.accept or ())
    assert packer.scan(shared.mug).words == f"Order {shared.orders[1].number}"
    assert isinstance(packer.sees(), BoxAndWeigh)
    assert shared.holds_up()


def test_undo_puts_the_item_back_into_its_tote(shared: Shared) -> None:
    shared.pick_all()
    packer = bench(shared)
    assert packer.scan(shared.pen, Command.UNDO).words.startswith("UNDO.")
    assert isinstance(packer.sees(), ScanTote)
    assert shared.session.query(Package).one().status is PackageStatus.CANCELLED
    assert packer.scan(shared.pen).words == f"Order {shared.orders[4].number}"
    assert shared.holds_up()


def test_an_item_that_no_order_waits_for_is_named(shared: Shared) -> None:
    shared.pick_all()
    packer = bench(shared)
    extra = builders.product(shared.session)
    assert packer.scan(builders.barcode(shared.session, extra)).words == f"No order waits for {extra.name}"


def test_two_packers_open_two_orders_by_the_same_item(shared: Shared) -> None:
    shared.pick_all()
    first, second = bench(shared), bench(shared, "Ben")
    assert first.scan(shared.mug).words == f"Order {shared.orders[1].number}"
    assert second.scan(shared.mug).words == f"Order {shared.orders[2].number}"


def test_the_unit_of_a_cancelled_order_is_to_be_put_back_from_the_shared_tote(shared: Shared) -> None:
    shared.pick_all()
    cancelling.cancel(shared.session, builders.actor(), shared.orders[4], "changed their mind")
    row = shared.session.query(PutBack).one()
    assert (row.from_place_id, row.quantity) == (shared.totes[1].id, 1)
    assert bench(shared).scan(shared.pen).tone == "wrong"
    _ = putting_back.done(shared.session, builders.actor(), row.id)
    assert shared.totes[1].status is ToteStatus.STAGED
    assert shared.holds_up()


def test_an_order_cancelled_at_the_bench_leaves_its_unit_to_put_back(shared: Shared) -> None:
    shared.pick_all()
    packer = bench(shared)
    _ = packer.scan(shared.pen)
    cancelling.cancel(shared.session, builders.actor(), shared.orders[4], "changed their mind")
    assert [row.quantity for row in shared.session.query(PutBack)] == [1]
    assert shared.holds_up()


def test_a_short_single_leaves_the_tote_to_the_others(shared: Shared) -> None:
    marta = shared.begin()
    while marta.screen.name != "drop_cart":
        _ = marta.reach()
        is_pen = shared.pen in [code for code, _ in marta.stop.codes]
        _ = marta.scan("NONE HERE", marta.stop.location_code) if is_pen else marta.pick()
    assert marta.scan(shared.lane.barcode) == "home"
    assert [order.status for order in shared.orders] == [OrderStatus.PICKED] * 4 + [OrderStatus.SHORT]
    assert shared.totes[1].status is ToteStatus.STAGED
    assert shared.holds_up()


def test_a_walk_with_one_shared_tote_asks_for_no_tote_in_a_standard_zone(session: Session) -> None:
    builders.zone(session, profile=Profile.STANDARD)
    mug, pen = builders.product(session), builders.product(session)
    orders = [builders.order(session, (mug, 1)), builders.order(session, (pen, 1))]
    _ = builders.waiting_batch(session, *orders)
    for row in session.query(BatchOrder):
        row.method, row.slot = Method.SINGLE_UNIT, 1
    session.flush()
    marta = Picker(session)
    _ = marta.begin(builders.cart(session), builders.tote(session))
    _ = marta.reach()
    assert marta.scan(builders.barcode(session, mug)) == "go_to"


@pytest.mark.parametrize(
    ("wanted", "batches"), [(None, 1), (False, 3), (True, 1)], ids=["as the wave needs", "own", "share"]
)
def test_a_wave_lets_single_unit_orders_share_totes(
    open_transaction: OpenTransaction,
    wanted: bool | None,  # noqa: FBT001 - a case of the table
    batches: int,
) -> None:
    with open_transaction() as session:
        _ = builders.cart(session, slots=2)
        mug, location = builders.product(session), builders.location(session)
        builders.stock(session, location, mug, 20)
        for quantity in (1, 1, 1, 1, 1, 2):
            _ = builders.order(session, (mug, quantity))
    rules, shares = Rules(shares_singles=wanted), batches == 1
    assert ("share totes" in preview(open_transaction, builders.actor(), KEY, rules).singles) is shares
    done = planning.plan_wave(open_transaction, builders.actor(), KEY, rules)
    assert (done.orders, done.batches) == (6, batches)
    with open_transaction() as session:
        methods = [row.method for row in session.query(BatchOrder)]
        assert methods.count(Method.SINGLE_UNIT) == (5 if shares else 0)
        assert session.query(Batch).count() == done.batches


def test_an_item_that_lies_in_two_shared_totes_asks_for_its_tote(shared: Shared) -> None:
    _ = shared.fills_a_tote()
    shared.go_on_to_the_end()
    packer = bench(shared)
    own, one, other = (tote.barcode for tote in shared.totes)
    assert packer.scan(shared.mug).words.startswith("Scan its tote first")
    assert set(packer.sees().accept or ()) == {own, shared.pen, one, other}
    assert packer.scan(other).words == f"Scan the items in {other}"
    assert set(packer.sees().accept or ()) == {own, shared.mug, shared.pen, one}
    assert packer.scan(shared.mug).words == f"Order {shared.orders[2].number}"
    assert shared.holds_up()


def test_what_is_not_in_the_tote_makes_its_orders_short(shared: Shared) -> None:
    shared.pick_all()
    packer = bench(shared)
    assert packer.scan(Command.SHORT).words == "Scan the tote first"
    assert packer.scan(shared.totes[1].barcode, Command.SHORT).words == "4 orders are short"
    assert [order.status for order in shared.orders[1:]] == [OrderStatus.SHORT] * 4
    assert shared.totes[1].status is ToteStatus.FREE
    assert shared.session.query(ExceptionItem).count() == 4
    assert shared.holds_up()


def test_a_tote_whose_last_unit_is_on_a_bench_is_not_free_yet(shared: Shared) -> None:
    shared.pick_all()
    packers_of = [bench(shared, name) for name in ("Ana", "Ben", "Cem", "Dora")]
    for packer, code in zip(packers_of, [shared.mug, shared.mug, shared.mug, shared.pen], strict=True):
        _ = packer.scan(code)
    other = bench(shared, "Eve")
    assert other.scan(shared.totes[1].barcode).tone == "ok"
    assert packers_of[3].scan(Command.UNDO).tone == "info"
    assert packers_of[3].scan(shared.pen).words == f"Order {shared.orders[4].number}"
    assert shared.holds_up()


def test_an_item_of_another_tote_than_the_one_scanned_asks_for_its_own(shared: Shared) -> None:
    _ = shared.fills_a_tote()
    shared.go_on_to_the_end()
    first = shared.session.query(PickedUnits).filter_by(tote_id=shared.totes[1].id).first()
    assert first is not None
    cancelling.cancel(shared.session, builders.actor(), shared.orders[1], "changed their mind")
    packer = bench(shared)
    assert packer.scan(shared.totes[1].barcode).tone == "ok"
    assert packer.scan(shared.mug).words == f"Scan its tote first: {shared.totes[2].barcode}"


def test_undo_of_a_full_tote_takes_it_off_a_cancelled_order_too(shared: Shared) -> None:
    marta = shared.fills_a_tote()
    cancelling.cancel(shared.session, builders.actor(), shared.orders[4], "changed their mind")
    _ = marta.scan("UNDO")
    assert shared.totes[2].status is ToteStatus.FREE
    assert shared.session.query(BatchOrder).filter_by(tote_id=shared.totes[2].id).count() == 0


def test_a_unit_opens_the_box_of_the_order_that_its_lot_was_picked_for(shared: Shared) -> None:
    shared.pick_all()
    shared.session.flush()
    mugs = [units for units in shared.session.query(PickedUnits) if units.product_id == _product_of(shared, shared.mug)]
    for lot, units in zip("ABC", sorted(mugs, key=lambda units: units.id), strict=True):
        _give_lot(shared.session, units, lot)
    packer = packers.packer(shared.session, builders.station(shared.session))
    gs1 = f"01{shared.mug.zfill(14)}10"
    assert packer.scan(f"{gs1}X9").words == "No order waits for lot X9"
    assert packer.scan(f"{gs1}B").tone == "ok"
    assert [line.lot for line in shared.session.query(PackageLine)] == ["B"]
    assert shared.holds_up()


def test_a_unit_opens_the_box_of_the_order_that_its_serial_was_picked_for(shared: Shared) -> None:
    shared.pick_all()
    shared.session.flush()
    mugs = [units for units in shared.session.query(PickedUnits) if units.product_id == _product_of(shared, shared.mug)]
    mugs.sort(key=lambda units: units.id)
    for serial, units in zip(("SN-1", "SN-2", "SN-3"), mugs, strict=True):
        units.serial = serial
    shared.session.flush()
    packer = packers.packer(shared.session, builders.station(shared.session))
    gs1 = f"]d201{shared.mug.zfill(14)}21"
    assert packer.scan(f"{gs1}SN-9").words == "No order waits for serial ...SN-9"
    assert packer.scan(f"{gs1}SN-2").tone == "ok"
    mine = shared.session.get_one(PickTask, (builders.WAREHOUSE, mugs[1].task_id)).order_id
    assert [package.order_id for package in shared.session.query(Package)] == [mine]
    assert shared.holds_up()


def _product_of(shared: Shared, code: str) -> int:
    return shared.session.query(Barcode).filter_by(code=code).one().product_id


def _give_lot(session: Session, units: PickedUnits, lot: str) -> None:
    """Let a picked mug be of a lot, as if its shelf had held that."""
    session.get_one(PickTask, (builders.WAREHOUSE, units.task_id)).lot = lot
    without = Goods(product_id=units.product_id, quantity=1)
    assert units.tote_id is not None
    stocking.move(
        session, builders.actor(), without, from_place_id=units.tote_id, to_place_id=SUPPLIER_ID, reason="relabelled"
    )
    named = Goods(product_id=units.product_id, quantity=1, lot=lot)
    stocking.move(
        session, builders.actor(), named, from_place_id=SUPPLIER_ID, to_place_id=units.tote_id, reason="relabelled"
    )
    session.flush()
