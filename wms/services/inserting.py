"""Inserts: asked for when an order's packing begins, due before a box of it is weighed, confirmed by the packer."""

from collections.abc import Sequence

from sqlalchemy import and_, exists, or_, select, update
from sqlalchemy.orm import Session

from wms.domain.actor import Actor
from wms.domain.calendar import CarrierService
from wms.domain.catalog import Product
from wms.domain.errors import DomainError
from wms.domain.inserts import Insert, InsertConfirmed, InsertFor, OrderInsert
from wms.domain.journal import record
from wms.domain.orders import Order, OrderLine
from wms.domain.packing import Package
from wms.domain.saying import say

# The gift's words are on its packing slip, which carries the order's barcode.
GIFT_NOTE = "gift note"


class InsertMissingError(DomainError):
    """A label was asked for a box into which something still has to be put: refused whatever is posted."""

    def __init__(self, *, name: str) -> None:
        super().__init__(say("Put in first: {name}", name=name))
        self.name = name


def ask(session: Session, actor: Actor, order: Order) -> None:
    """Write down what a locked order gets beside its goods; once, when its first box is opened."""
    if order.gift_note:
        wanted = OrderInsert(
            warehouse_id=actor.warehouse_id,
            order_id=order.id,
            name=GIFT_NOTE,
            code=order.barcode,
            words=order.gift_note,
        )
        session.add(wanted)
    session.add_all(
        OrderInsert(
            warehouse_id=actor.warehouse_id,
            order_id=order.id,
            name=rule.name,
            code=rule.code,
            weight_g=rule.weight_g,
        )
        for rule in _rules(session, actor, order)
    )
    session.flush()


def _rules(session: Session, actor: Actor, order: Order) -> Sequence[Insert]:
    carrier = select(CarrierService.carrier).where(
        CarrierService.warehouse_id == actor.warehouse_id, CarrierService.id == order.carrier_service_id
    )
    skus = select(OrderLine.sku).where(
        OrderLine.warehouse_id == actor.warehouse_id, OrderLine.order_id == order.id, OrderLine.to_pick > 0
    )
    applies = [
        Insert.applies == InsertFor.ALL,
        and_(Insert.applies == InsertFor.CHANNEL, Insert.value == order.channel),
        and_(Insert.applies == InsertFor.CARRIER, Insert.value == carrier.scalar_subquery()),
        and_(Insert.applies == InsertFor.PRODUCT, Insert.value.in_(skus)),
    ]
    if order.gift_note:
        applies.append(Insert.applies == InsertFor.GIFT)
    return session.scalars(
        select(Insert).where(Insert.warehouse_id == actor.warehouse_id, or_(*applies)).order_by(Insert.name)
    ).all()


def due(session: Session, actor: Actor, package: Package) -> Sequence[OrderInsert]:
    """Return what must still be put into a box: what the order is to get goes into its first carton.

    Into a unit that ships in its own box nothing can be put, but where the order has nothing else.
    """
    needs_carton = exists().where(
        OrderLine.warehouse_id == actor.warehouse_id,
        OrderLine.order_id == package.order_id,
        OrderLine.to_pick > 0,
        Product.warehouse_id == OrderLine.warehouse_id,
        Product.id == OrderLine.product_id,
        or_(
            Product.ships_in_own_box.is_(False),
            Product.weight_g * Product.length_mm * Product.width_mm * Product.height_mm == 0,
        ),
    )
    waiting = select(OrderInsert).where(
        OrderInsert.warehouse_id == actor.warehouse_id,
        OrderInsert.order_id == package.order_id,
        OrderInsert.package_id.is_(None),
    )
    if package.own_box:
        waiting = waiting.where(~needs_carton)
    return session.scalars(waiting.order_by(OrderInsert.id)).all()


def confirm(session: Session, actor: Actor, insert_id: int, package: Package, *, scanned: bool) -> None:
    """Note that an insert is in a box."""
    insert = session.get_one(OrderInsert, (actor.warehouse_id, insert_id), with_for_update={"key_share": True})
    insert.package_id, insert.worker_id, insert.confirmed_at = package.id, actor.worker_id, actor.at
    if package.own_box:  # it has its weight by now
        package.weight_g += insert.weight_g
    confirmed = InsertConfirmed(order_id=package.order_id, package=package.barcode, name=insert.name, scanned=scanned)
    record(session, actor, confirmed)
    session.flush()


def take_out(session: Session, actor: Actor, package_id: int) -> None:
    """Ask again for what was put into a box that is given up."""
    _ = session.execute(
        update(OrderInsert)
        .where(OrderInsert.warehouse_id == actor.warehouse_id, OrderInsert.package_id == package_id)
        .values(package_id=None, worker_id=None, confirmed_at=None)
    )
