"""The outer sizes of a box: its carton's, or those of the one product that ships in its own."""

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from wms.domain.actor import Actor
from wms.domain.catalog import Product
from wms.domain.floor import CartonType
from wms.domain.packing import Package, PackageLine


def sizes_mm(session: Session, actor: Actor, package: Package) -> tuple[int, int, int]:
    """Return length, width and height as the carrier is told them."""
    if not package.own_box:
        return session.get_one(CartonType, (actor.warehouse_id, package.carton_type_id)).outer_mm
    of_product = (
        select(Product.length_mm, Product.width_mm, Product.height_mm)
        .join(PackageLine, and_(PackageLine.warehouse_id == Product.warehouse_id, PackageLine.product_id == Product.id))
        .where(PackageLine.warehouse_id == actor.warehouse_id, PackageLine.package_id == package.id)
        .limit(1)
    )
    length_mm, width_mm, height_mm = session.execute(of_product).one()
    return length_mm, width_mm, height_mm
