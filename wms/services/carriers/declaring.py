"""Customs and hazards: what a box across a border declares, and what must be known of its goods before it may."""

from collections.abc import Sequence
from dataclasses import dataclass

from babel.numbers import get_currency_precision
from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from wms.carriers.customs import Customs, CustomsItem, crosses_border
from wms.domain.actor import Actor
from wms.domain.catalog import Product
from wms.domain.errors import DomainError
from wms.domain.inbox import ExceptionItem, ExceptionKind
from wms.domain.orders import Order, OrderLine
from wms.domain.packing import Package, PackageLine, PackageStatus
from wms.domain.people import Warehouse
from wms.domain.saying import Said, say
from wms.services import settling

_TEXT_LENGTH = 300


class UndeclaredError(DomainError):
    """A label was asked for a box across a border while customs would ask more than is known of its goods."""


@dataclass(frozen=True, kw_only=True, slots=True)
class _Content:
    """Units of one line in a box, with what is known of their product."""

    line: OrderLine
    product: Product
    quantity: int


def lacking(session: Session, actor: Actor, package: Package, order: Order) -> Said | None:
    """Say what customs would ask of a box and nobody has said; None where all is known, or it crosses no border."""
    if not _crosses(session, actor, order):
        return None
    for content in _contents(session, actor, package):
        sku = content.line.sku
        if not content.product.origin_country:
            return say("Customs: no origin for {sku}. See the lead", sku=sku)
        if not content.line.price_cents or not order.currency:
            return say("Customs: no value for {sku}. See the lead", sku=sku)
        if not content.product.weight_g:
            return say("Customs: no weight for {sku}. See the lead", sku=sku)
    return None


def customs_of(session: Session, actor: Actor, package: Package, order: Order) -> Customs | None:
    """Return what a box declares, None where it crosses no border; UndeclaredError where something is not known."""
    if (missing := lacking(session, actor, package, order)) is not None:
        raise UndeclaredError(missing)
    if not _crosses(session, actor, order):
        return None
    signer = session.scalars(select(Warehouse).where(Warehouse.id == actor.warehouse_id)).one()
    items = tuple(_item(order, content) for content in _contents(session, actor, package))
    return Customs(items=items, signer=str(signer.address.get("name") or signer.name))


def is_hazardous(session: Session, actor: Actor, package: Package) -> bool:
    """Tell whether anything in a box must be told to its carrier as a danger."""
    return any(content.product.is_hazardous for content in _contents(session, actor, package))


def tell(session: Session, actor: Actor, package: Package, order: Order, missing: str) -> None:
    """Put what customs lack into the inbox, once for a box."""
    settle(session, actor, package)
    session.add(
        ExceptionItem(
            warehouse_id=actor.warehouse_id,
            kind=ExceptionKind.CUSTOMS,
            at=actor.at,
            text=f"{order.number}: {missing}"[:_TEXT_LENGTH],
            order_id=order.id,
            subject_id=package.id,
        )
    )


def settle(session: Session, actor: Actor, package: Package) -> None:
    """Take from the inbox what customs lacked of a box, and of those given up before it."""
    boxes = select(Package.id).where(
        Package.warehouse_id == actor.warehouse_id,
        Package.order_id == package.order_id,
        or_(Package.id == package.id, Package.status == PackageStatus.CANCELLED),
    )
    settling.close(session, actor, ExceptionItem.kind == ExceptionKind.CUSTOMS, ExceptionItem.subject_id.in_(boxes))


def _crosses(session: Session, actor: Actor, order: Order) -> bool:
    address = session.scalars(select(Warehouse.address).where(Warehouse.id == actor.warehouse_id)).one()
    return crosses_border(str(address.get("country", "")), order.ship_country)


def _contents(session: Session, actor: Actor, package: Package) -> Sequence[_Content]:
    rows = session.execute(
        select(OrderLine, Product, PackageLine.quantity)
        .join(
            PackageLine,
            and_(PackageLine.warehouse_id == OrderLine.warehouse_id, PackageLine.line_id == OrderLine.id),
        )
        .join(Product, and_(Product.warehouse_id == PackageLine.warehouse_id, Product.id == PackageLine.product_id))
        .where(OrderLine.warehouse_id == actor.warehouse_id, PackageLine.package_id == package.id)
        .order_by(OrderLine.position)
    )
    return [_Content(line=line, product=product, quantity=quantity) for line, product, quantity in rows]


def _item(order: Order, content: _Content) -> CustomsItem:
    decimals = get_currency_precision(order.currency)
    minor_units = content.line.price_cents * content.quantity
    return CustomsItem(
        sku=content.line.sku,
        description=content.product.name or content.line.name,
        quantity=content.quantity,
        net_weight_g=content.product.weight_g * content.quantity,
        value=f"{minor_units / 10**decimals:.{decimals}f}",
        currency=order.currency,
        origin_country=content.product.origin_country,
        hs_code=content.product.hs_code,
    )
