"""Boxes at a packing station, made by hand: an order's package with its units and its label in any status."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from tests import builders
from tests.builders import NOW, WAREHOUSE
from wms.domain.codes import CodeKind, own_code
from wms.domain.floor import SUPPLIER_ID, Place, PlaceKind
from wms.domain.orders import Order, OrderLine, OrderStatus
from wms.domain.outbox import JobKind, enqueue
from wms.domain.packing import Package, PackageLine
from wms.domain.people import Warehouse
from wms.domain.refunds import Refund, RefundStatus
from wms.domain.shipping import UNDECIDED, Label, LabelStatus
from wms.domain.totes import Tote
from wms.services.stock import stocking
from wms.services.stock.stocking import Goods


def package(session: Session, order: Order, printer_url: str = "file:///tmp/none") -> Package:
    """An open, empty box at a station of its own."""
    place = Place(warehouse_id=WAREHOUSE, kind=PlaceKind.PACKAGE)
    made = Package(
        warehouse_id=WAREHOUSE,
        id=place.id,
        barcode=own_code(CodeKind.PACKAGE, 1),
        order_id=order.id,
        number=1,
        station_id=builders.station(session, printer_url).id,
        opened_at=NOW,
        worker_id=None,
    )
    session.add_all([place, made])
    session.flush()
    return made


def full_box(session: Session, printer_url: str, *, carrier: str = "offline", scanned: int = 2) -> Package:
    """An order for two mugs, `scanned` of them in an open, weighed box at a station with that printer."""
    session.get_one(Warehouse, WAREHOUSE).carrier = carrier
    mug, carton = builders.product(session), builders.carton_type(session)
    order = builders.order(session, (mug, 2))
    order.status = OrderStatus.PICKED
    made = package(session, order, printer_url)
    made.carton_type_id, made.weight_g = carton.id, 520
    line = session.scalars(select(OrderLine).where(OrderLine.order_id == order.id)).one()
    _put(session, made, line, scanned, SUPPLIER_ID)
    session.flush()
    return made


def fill(session: Session, box: Package, tote: Tote, lines: int) -> None:
    """Move the units of the order's first lines from its tote into the box."""
    rows = session.query(OrderLine).filter_by(order_id=box.order_id).order_by(OrderLine.position).limit(lines)
    for line in rows.all():
        _put(session, box, line, line.quantity, tote.id)
    session.flush()


def _put(session: Session, box: Package, line: OrderLine, quantity: int, from_place_id: int) -> None:
    assert line.product_id is not None
    goods = Goods(product_id=line.product_id, quantity=quantity)
    stocking.move(session, builders.actor(), goods, from_place_id=from_place_id, to_place_id=box.id, reason="packed")
    session.add(
        PackageLine(
            warehouse_id=WAREHOUSE,
            package_id=box.id,
            line_id=line.id,
            product_id=line.product_id,
            quantity=quantity,
        )
    )


def label(session: Session, box: Package, status: LabelStatus, tracking: str = "") -> Label:
    """A label of the offline carrier."""
    made = Label(
        warehouse_id=WAREHOUSE,
        package_id=box.id,
        carrier="offline",
        service="usps_priority",
        wanted_at=NOW,
        status=status,
        zpl="^XA^XZ",
        tracking_number=tracking,
    )
    session.add(made)
    if status in {LabelStatus.WANTED, *UNDECIDED}:
        _ = enqueue(session, builders.actor(), JobKind.BUY_LABEL, f"buy-{made.id}", label_id=made.id)
    session.flush()
    return made


def refund(session: Session, box: Package, status: RefundStatus, reason: str = "") -> Refund:
    """The refund of a paid label of a box that was given back."""
    void = label(session, box, LabelStatus.VOIDED, "1Z0512345")
    void.carrier, void.charged, void.external_id = "shippo", True, "a" * 32
    void.amount_cents, void.currency = 819, "USD"
    made = Refund(
        warehouse_id=WAREHOUSE,
        label_id=void.id,
        external_id=void.external_id,
        refund_id="",
        asked_at=NOW,
        due_at=NOW,
    )
    if status is not RefundStatus.PENDING:
        made.end(status, NOW, reason)
    session.add(made)
    session.flush()
    return made
