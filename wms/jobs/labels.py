"""What the jobs on labels share. How one is bought: jobs/purchases.py; how it is given back: jobs/voiding.py."""

import datetime as dt

from sqlalchemy import select
from sqlalchemy.orm import Session

from wms.carriers.base import Carrier
from wms.carriers.registry import SHIPPO_AT, SHIPPO_URL, open_carrier
from wms.config import WAREHOUSE_ID, Settings
from wms.domain.actor import Actor
from wms.domain.orders import Order
from wms.domain.packing import Package
from wms.domain.shipping import AnyLabel
from wms.services.carriers import labelling


def system() -> Actor:
    """Return the program itself as actor, now."""
    return Actor(warehouse_id=WAREHOUSE_ID, at=dt.datetime.now(dt.UTC), name="worker", device="worker")


def carrier_called(settings: Settings, name: str) -> Carrier:
    """Return the carrier of that name as the settings reach it."""
    elsewhere = name == "shippo" and settings.shippo_url != SHIPPO_URL
    return open_carrier(
        f"{SHIPPO_AT}{settings.shippo_url}" if elsewhere else name,
        shippo_key=settings.shippo_key,
        read_timeout_s=settings.shippo_s,
        settle_s=settings.settle_s,
    )


def label_by_id(session: Session, label_id: int) -> AnyLabel:
    """Return a label as it stands."""
    return session.scalars(select(AnyLabel).where(AnyLabel.warehouse_id == WAREHOUSE_ID, AnyLabel.id == label_id)).one()


def locked(session: Session, label_id: int) -> tuple[AnyLabel, Package, Order]:
    """Return a label with its package and order, locked in the services' order: order, package, label."""
    package, order = labelling.package_of(session, system(), label_by_id(session, label_id).package_id)
    label = session.scalars(
        select(AnyLabel)
        .where(AnyLabel.warehouse_id == WAREHOUSE_ID, AnyLabel.id == label_id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    ).one()
    return label, package, order
