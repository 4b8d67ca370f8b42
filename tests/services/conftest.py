"""Small floors: two orders on a cart with two totes for picking, a released wave of six for planning it again."""

from dataclasses import dataclass

import pytest
from sqlalchemy import Engine, func
from sqlalchemy.orm import Session

from tests import builders
from tests.builders import NOW
from tests.services.picking.picker import Picker
from wms.database import transaction
from wms.domain.catalog import Product
from wms.domain.floor import Cart, Location, LocationKind
from wms.domain.orders import Order
from wms.domain.picking import Batch, PickTask
from wms.domain.stock import Stock
from wms.domain.totes import Tote
from wms.domain.waves import Allocation
from wms.services import planning
from wms.services.planning import OpenTransaction
from wms.services.planning.selection import CollectionKey, Rules


@dataclass(frozen=True, kw_only=True)
class Walk:
    """Order one: 2 mugs (in cases of 12 too) and 1 pen; order two: 1 mug. The mugs stand in one location."""

    session: Session
    marta: Picker
    batch: Batch
    orders: list[Order]
    mug: Product
    pen: Product
    cart: Cart
    totes: list[Tote]
    lane: Location
    hold: Location

    @property
    def mug_code(self) -> str:
        return builders.barcode(self.session, self.mug)

    @property
    def pen_code(self) -> str:
        return builders.barcode(self.session, self.pen)

    def begin(self) -> Picker:
        """Start the walk with both totes bound and go to the first shelf."""
        _ = self.marta.begin(self.cart, *self.totes)
        return self.marta

    def at_location(self) -> Picker:
        """Start the walk and scan the first shelf."""
        _ = self.begin().reach()
        return self.marta

    def units(self, place: Location | Tote, product: Product) -> int:
        """Units of a product in a place."""
        found: int = (
            self.session.query(func.coalesce(func.sum(Stock.on_hand), 0))
            .filter_by(warehouse_id=builders.WAREHOUSE, place_id=place.id, product_id=product.id)
            .scalar()
        )
        return found

    def asks_for(self, units: int) -> None:
        """Let the first line ask for more units, of which the books know nothing."""
        task = self.tasks()[0]
        task.quantity = units
        self.session.query(Allocation).filter_by(id=task.allocation_id).one().quantity = units
        self.session.flush()

    def tasks(self) -> list[PickTask]:
        """The tasks in the order of the walk, as the database has them."""
        rows = self.session.query(PickTask).filter_by(warehouse_id=builders.WAREHOUSE)
        return rows.order_by(PickTask.sequence).populate_existing().all()


@pytest.fixture
def walk(session: Session) -> Walk:
    """A waiting batch and all that its walk needs."""
    mug, pen = builders.product(session, case_of=12), builders.product(session)
    orders = [builders.order(session, (mug, 2), (pen, 1)), builders.order(session, (mug, 1))]
    return Walk(
        session=session,
        marta=Picker(session),
        batch=builders.waiting_batch(session, *orders),
        orders=orders,
        mug=mug,
        pen=pen,
        cart=builders.cart(session),
        totes=[builders.tote(session), builders.tote(session)],
        lane=builders.location(session, kind=LocationKind.LANE),
        hold=builders.location(session, kind=LocationKind.HOLD),
    )


@pytest.fixture
def open_transaction(engine: Engine) -> OpenTransaction:
    """A transaction of its own each time."""
    return lambda: transaction(engine)


@pytest.fixture
def wave_id(open_transaction: OpenTransaction) -> int:
    """A released wave of six orders for two shelves, in two batches of at most four."""
    with open_transaction() as session:
        _ = builders.cart(session, slots=4)
        products = [builders.product(session, f"P{number}") for number in range(2)]
        for number, product in enumerate(products):
            place = builders.location(session)
            place.aisle, place.x_m, place.y_m = "77", 0.0, float(number)  # one aisle, whatever was made before
            builders.stock(session, place, product, 50)
        for number in range(6):
            _ = builders.order(session, (products[number % 2], 1))
    key = CollectionKey(carrier="usps", cutoff_at=NOW.replace(hour=14, minute=30))
    done = planning.plan_wave(open_transaction, builders.actor(), key, Rules(shares_singles=False))
    assert done.wave_id is not None
    assert (done.orders, done.batches) == (6, 2)
    return done.wave_id
