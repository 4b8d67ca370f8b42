"""Opening a warehouse: what an empty database needs before the first import."""

import datetime as dt

from sqlalchemy import select
from sqlalchemy.orm import Session

from wms.domain.actor import Role
from wms.domain.calendar import CarrierService, Pickup, ShippingMethod
from wms.domain.codes import CodeKind, random_code
from wms.domain.floor import OUTSIDE, Place, PlaceKind
from wms.domain.people import Warehouse, Worker

_WEEKDAYS = range(5)
_SERVICES = (("usps", "usps_priority", "USPS Priority"), ("ups", "ups_ground", "UPS Ground"))
# A shop's own words, in lower case; the warehouse's list is edited on the admin page.
_METHODS = {"*": "usps_priority", "standard": "usps_priority", "ups ground": "ups_ground", "express": "ups_ground"}


def open_warehouse(
    session: Session, warehouse_id: int, *, name: str = "Warehouse", time_zone: str = "UTC", demo: bool = False
) -> str | None:
    """Make the one warehouse with a default calendar and an admin; return the admin's badge, None if it was there."""
    if session.scalars(select(Warehouse.id).where(Warehouse.id == warehouse_id)).one_or_none() is not None:
        return None
    session.add(Warehouse(id=warehouse_id, name=name, time_zone=time_zone, demo=demo))
    session.add_all(Place(warehouse_id=warehouse_id, id=place_id, kind=PlaceKind.OUTSIDE) for place_id in OUTSIDE)
    services = {
        service: CarrierService(warehouse_id=warehouse_id, carrier=carrier, service=service, name=label)
        for carrier, service, label in _SERVICES
    }
    session.add_all(services.values())
    session.add_all(
        ShippingMethod(warehouse_id=warehouse_id, method=method, carrier_service_id=services[service].id)
        for method, service in _METHODS.items()
    )
    cutoff, pickup = dt.time(16, 30).strftime("%H:%M"), dt.time(17, 0).strftime("%H:%M")
    session.add_all(
        Pickup(warehouse_id=warehouse_id, carrier=carrier, weekday=day, cutoff=cutoff, pickup=pickup)
        for carrier, _, _ in _SERVICES
        for day in _WEEKDAYS
    )
    badge = random_code(CodeKind.BADGE)
    session.add(Worker(warehouse_id=warehouse_id, name="Admin", badge=badge, roles_text=Role.ADMIN.value))
    session.flush()
    return badge
