"""A box with every unit scanned, at a station whose printer is given: what the label jobs begin with."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from tests import builders
from wms.domain.floor import SUPPLIER_ID, Place, PlaceKind
from wms.domain.orders import Order, OrderLine, OrderStatus
from wms.domain.packing import Package, PackageLine
from wms.domain.people import Warehouse
from wms.services import stocking
from wms.services.stocking import Goods


def full_box(session: Session, printer_url: str, *, carrier: str = "offline", scanned: int = 2) -> Package:
    """An order for two mugs, `scanned` of them in an open, weighed box."""
    warehouse = session.get_one(Warehouse, builders.WAREHOUSE)
    warehouse.carrier = carrier
    mug, carton = builders.product(session), builders.carton_type(session)
    order: Order = builders.order(session, (mug, 2))
    order.status = OrderStatus.PICKED
    line = session.scalars(select(OrderLine).where(OrderLine.order_id == order.id)).one()
    place = Place(warehouse_id=builders.WAREHOUSE, kind=PlaceKind.PACKAGE)
    box = Package(
        warehouse_id=builders.WAREHOUSE,
        id=place.id,
        barcode="P000000017",
        order_id=order.id,
        number=1,
        station_id=builders.station(session, printer_url).id,
        opened_at=builders.NOW,
        worker_id=None,
        carton_type_id=carton.id,
        weight_g=520,
    )
    session.add_all([place, box])
    goods = Goods(product_id=mug.id, quantity=scanned)
    stocking.move(session, builders.actor(), goods, from_place_id=SUPPLIER_ID, to_place_id=box.id, reason="packed")
    session.add(
        PackageLine(
            warehouse_id=builders.WAREHOUSE, package_id=box.id, line_id=line.id, product_id=mug.id, quantity=scanned
        )
    )
    session.flush()
    return box
