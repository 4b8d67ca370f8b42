"""Packing slips: what a box's slip says, read from the books, and its print on the printer of the box's bench."""

from collections import defaultdict
from collections.abc import Sequence

from babel.numbers import get_currency_precision
from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session

from wms.domain.actor import Actor
from wms.domain.errors import DomainError, NotFoundError
from wms.domain.floor import Station
from wms.domain.orders import OPEN, Order, OrderLine, OrderStatus
from wms.domain.packing import Package, PackageLine, PackageStatus
from wms.domain.people import SlipRule, Warehouse
from wms.domain.printing import PrintJob
from wms.domain.saying import say
from wms.labels import slips
from wms.labels.slips import Slip, SlipLine
from wms.services import printing
from wms.services.carriers import boxing
from wms.services.carriers.boxing import BoxPlace
from wms.services.orders.promising import zone_of
from wms.services.printing import Wanted

_LATER = OPEN - {OrderStatus.PACKED}


def of_order(session: Session, actor: Actor, order_id: int) -> tuple[Slip, ...]:
    """Return the slips of an order's boxes, or before there is one a slip of all it owes; NotFoundError."""
    order = session.get(Order, (actor.warehouse_id, order_id))
    if order is None:
        raise NotFoundError("order", order_id)
    boxes = session.scalars(
        select(Package)
        .where(
            Package.warehouse_id == actor.warehouse_id,
            Package.order_id == order_id,
            Package.status != PackageStatus.CANCELLED,
        )
        .order_by(Package.number)
    ).all()
    if boxes:
        return tuple(_of_box(session, actor, order, box) for box in boxes)
    owed = {line.id: line.to_pick for line in _lines(session, actor, [order.id])}
    return (_slip(session, actor, order, BoxPlace(number=0, count=0), owed),)


def of_box(session: Session, actor: Actor, package_id: int) -> Slip:
    """Return the slip of a box; NotFoundError."""
    box = session.get(Package, (actor.warehouse_id, package_id))
    if box is None:
        raise NotFoundError("package", package_id)
    return _of_box(session, actor, session.get_one(Order, (actor.warehouse_id, box.order_id)), box)


def _of_box(session: Session, actor: Actor, order: Order, box: Package) -> Slip:
    here = session.execute(
        select(PackageLine.line_id, func.sum(PackageLine.quantity))
        .where(PackageLine.warehouse_id == actor.warehouse_id, PackageLine.package_id == box.id)
        .group_by(PackageLine.line_id)
    ).all()
    place = boxing.place_of(session, actor, box)
    return _slip(session, actor, order, place, {line_id: int(units) for line_id, units in here})


def _slip(session: Session, actor: Actor, order: Order, place: BoxPlace, here: dict[int, int]) -> Slip:
    lines = _lines(session, actor, [order.id])
    later = _lines(session, actor, _backorders(session, actor, order))
    return Slip(
        code=order.barcode,
        number=order.number,
        sender=session.scalars(select(Warehouse.name).where(Warehouse.id == actor.warehouse_id)).one(),
        date=f"{actor.at.astimezone(zone_of(session, actor)):%d %b %Y}",
        box=place.number,
        boxes=place.count,
        ship_to=_ship_to(order),
        lines=_told(order, lines, here),
        elsewhere=_told(order, lines, {line.id: line.to_pick - here.get(line.id, 0) for line in lines}),
        later=_told(order, later, {line.id: line.to_pick for line in later}),
        note=order.note,
        gift_note=order.gift_note,
    )


def _lines(session: Session, actor: Actor, order_ids: Sequence[int]) -> Sequence[OrderLine]:
    return session.scalars(
        select(OrderLine)
        .where(OrderLine.warehouse_id == actor.warehouse_id, OrderLine.order_id.in_(order_ids))
        .order_by(OrderLine.order_id, OrderLine.position, OrderLine.id)
    ).all()


def _backorders(session: Session, actor: Actor, order: Order) -> Sequence[int]:
    """The other orders that the customer's one was split into and that have not left."""
    root_id = order.split_from_id or order.id
    return session.scalars(
        select(Order.id).where(
            Order.warehouse_id == actor.warehouse_id,
            or_(Order.split_from_id == root_id, Order.id == root_id),
            Order.id != order.id,
            Order.status.in_(_LATER),
        )
    ).all()


def _told(order: Order, lines: Sequence[OrderLine], units: dict[int, int]) -> tuple[SlipLine, ...]:
    quantities = defaultdict(int, units)
    sku_of = {line.id: line.sku for line in lines}
    return tuple(
        SlipLine(
            quantity=quantities[line.id],
            sku=line.sku,
            name=line.name,
            price=_price(order, line),
            replaces=sku_of[line.replaces_id] if line.replaces_id else "",
        )
        for line in lines
        if quantities[line.id] > 0
    )


def _price(order: Order, line: OrderLine) -> str:
    if order.gift_note or not (line.price_cents and order.currency):
        return ""
    decimals = get_currency_precision(order.currency)
    return f"{line.price_cents / 10**decimals:.{decimals}f} {order.currency}"


def _ship_to(order: Order) -> tuple[str, ...]:
    town = f"{order.ship_zip} {order.ship_city} {order.ship_state}"
    lines = (order.ship_name, order.ship_company, f"{order.ship_street1} {order.ship_street2}", town)
    return tuple(" ".join(line.split()) for line in (*lines, order.ship_country) if line.strip())


def print_slip(session: Session, actor: Actor, package_id: int, reason: str = "") -> PrintJob:
    """Ask for a box's slip at the bench where it is packed; DomainError where that has no printer."""
    slip = of_box(session, actor, package_id)
    box = session.get_one(Package, (actor.warehouse_id, package_id))
    printer_id = session.scalars(
        select(Station.printer_id).where(Station.warehouse_id == actor.warehouse_id, Station.id == box.station_id)
    ).one()
    if printer_id is None:
        raise DomainError(say("This station has no printer. See the lead"))
    pages = slips.draw(slip)
    wanted = Wanted(
        what=f"packing slip {slip.number}, {slip.which.lower()}",
        zpl=b"".join(pages).decode("ascii"),
        labels=len(pages),
        order_id=box.order_id,
        slip_of_id=package_id,
        copy=_copies(session, actor, package_id) + 1,
    )
    job = printing.queue(session, actor, printer_id, wanted)
    job.reason = reason[:300]
    return job


def _copies(session: Session, actor: Actor, package_id: int) -> int:
    of_this = and_(PrintJob.warehouse_id == actor.warehouse_id, PrintJob.slip_of_id == package_id)
    return session.scalar(select(func.count()).select_from(PrintJob).where(of_this)) or 0


def print_with_label(session: Session, actor: Actor, package_id: int) -> None:
    """Print a box's slip beside its label, once, where the warehouse's rule wants it."""
    rule = session.scalars(select(Warehouse.slips).where(Warehouse.id == actor.warehouse_id)).one()
    is_wanted = rule is SlipRule.EACH_BOX or (rule is SlipRule.GIFTS and _is_gift(session, actor, package_id))
    if is_wanted and not _copies(session, actor, package_id):
        _ = print_slip(session, actor, package_id)


def print_for_gift(session: Session, actor: Actor, package_id: int) -> None:
    """Print a gift's slip, once, before its box is closed, for its words go in; a bench without a printer cannot."""
    has_printer = session.scalars(
        select(Station.printer_id)
        .join(Package, and_(Package.warehouse_id == Station.warehouse_id, Package.station_id == Station.id))
        .where(Package.warehouse_id == actor.warehouse_id, Package.id == package_id)
    ).one()
    if has_printer is not None and _is_gift(session, actor, package_id):
        print_with_label(session, actor, package_id)


def _is_gift(session: Session, actor: Actor, package_id: int) -> bool:
    note = session.scalars(
        select(Order.gift_note)
        .join(Package, and_(Package.warehouse_id == Order.warehouse_id, Package.order_id == Order.id))
        .where(Package.warehouse_id == actor.warehouse_id, Package.id == package_id)
    ).one()
    return bool(note)
