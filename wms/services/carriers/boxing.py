"""Which box of how many: boxes given up do not count, and how many there are is known once every unit is in one."""

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from wms.domain.actor import Actor
from wms.domain.packing import Package, PackageStatus
from wms.services.carriers import labelling


@dataclass(frozen=True, kw_only=True, slots=True)
class BoxPlace:
    """A box's `number` among its order's, counted from 1, and how many there are; `count` is 0 while not known."""

    number: int
    count: int


def place_of(session: Session, actor: Actor, package: Package) -> BoxPlace:
    """Return a box's place among the boxes of its order."""
    standing = (
        Package.warehouse_id == actor.warehouse_id,
        Package.order_id == package.order_id,
        Package.status != PackageStatus.CANCELLED,
    )
    before = session.scalar(select(func.count()).where(*standing, Package.number < package.number)) or 0
    boxes = session.scalar(select(func.count()).where(*standing)) or 0
    is_known = labelling.missing_units(session, actor, package.order_id) <= 0
    return BoxPlace(number=before + 1, count=boxes if is_known else 0)
