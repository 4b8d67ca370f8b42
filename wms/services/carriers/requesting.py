"""What a carrier is asked for: the label of one box, out or back."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from wms.carriers.base import Address, Parcel, ShipmentRequest
from wms.domain.actor import Actor
from wms.domain.orders import Order
from wms.domain.packing import Package
from wms.domain.people import Warehouse
from wms.domain.shipping import AnyLabel, ReturnLabel
from wms.services.carriers import addressing, boxing, declaring, parcels


def request_of(session: Session, actor: Actor, label: AnyLabel) -> ShipmentRequest:
    """Return the request for a label; UndeclaredError where customs would ask more than is known."""
    package = session.get_one(Package, (actor.warehouse_id, label.package_id))
    order = session.get_one(Order, (actor.warehouse_id, package.order_id))
    length_mm, width_mm, height_mm = parcels.sizes_mm(session, actor, package)
    sender = session.scalars(select(Warehouse).where(Warehouse.id == actor.warehouse_id)).one()
    here = Address(**{"name": sender.name, "street1": "", "city": "", "zip": "", "country": "", **sender.address})
    customer = addressing.customer_of(order)
    is_return = isinstance(label, ReturnLabel)
    place = boxing.place_of(session, actor, package)
    return ShipmentRequest(
        reference=f"wms-{label.id}",
        from_address=customer if is_return else here,
        to_address=here if is_return else customer,
        parcel=Parcel(weight_g=package.weight_g, length_mm=length_mm, width_mm=width_mm, height_mm=height_mm),
        service=label.service,
        order_number=order.number,
        box_number=place.number,
        box_count=place.count,
        is_return=is_return,
        customs=declaring.customs_of(session, actor, package, order),
        is_hazardous=declaring.is_hazardous(session, actor, package),
    )
