"""Finding orders by anything: codes and numbers by their indexes first, names by their parts when nothing else fits."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, and_, func, or_, select, union
from sqlalchemy.orm import Session

from wms.domain.actor import Actor
from wms.domain.base import text_id
from wms.domain.calendar import CarrierService
from wms.domain.catalog import Barcode, Product
from wms.domain.codes import CodeKind, parse
from wms.domain.orders import OPEN, Hold, Order, OrderLine, OrderStatus
from wms.domain.packing import Package
from wms.domain.totes import Tote
from wms.services.carriers import recognising_labels
from wms.services.orders.promising import zone_of
from wms.services.stock import allocating

PAGE = 50
OPEN_WORD = "open"
ALL_WORD = "all"
_LONGEST = 200
_CUTOFFS = 24


@dataclass(frozen=True, kw_only=True, slots=True)
class Search:
    """What is looked for. `status` is a status, 'open' or 'all'; '' means all with a text and open without one.

    `below` is the id after which the page begins (keyset; None: the newest order).
    """

    text: str = ""
    status: str = ""
    carrier: str = ""
    cutoff_at: dt.datetime | None = None
    held: bool = False
    below: int | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class OrderRow:
    """One order of the list; `says` is what holds it or keeps it out of a wave. Times are the warehouse's."""

    key: str
    number: str
    status: OrderStatus
    customer: str
    lines: int
    units: int
    carrier: str
    cutoff_at: dt.datetime | None
    received_at: dt.datetime
    priority: int
    says: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Cutoff:
    """A cutoff that open orders have."""

    carrier: str
    at: dt.datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class Found:
    """A page of orders, newest first; `more` is the key for the next page, '' on the last."""

    rows: tuple[OrderRow, ...]
    more: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Choices:
    """What the list can be filtered by."""

    carriers: tuple[str, ...]
    cutoffs: tuple[Cutoff, ...]


def find(session: Session, actor: Actor, search: Search) -> Found:
    """Return a page of the orders that a search means."""
    where = [Order.warehouse_id == actor.warehouse_id, *_filters(actor, search)]
    text = "".join(char for char in search.text if char.isprintable()).strip()[:_LONGEST]
    if text:
        where.append(_means(session, actor, text))
    statement = (
        select(Order, func.coalesce(CarrierService.carrier, "").label("carrier"))
        .outerjoin(
            CarrierService,
            and_(CarrierService.warehouse_id == Order.warehouse_id, CarrierService.id == Order.carrier_service_id),
        )
        .where(*where)
        .order_by(Order.id.desc())
        .limit(PAGE + 1)
    )
    if search.carrier:
        statement = statement.where(CarrierService.carrier == search.carrier)
    found = session.execute(statement).all()
    shown = [(order, carrier) for order, carrier in found[:PAGE]]
    return Found(
        rows=_rows(session, actor, shown), more=text_id(shown[-1][0].id) if len(found) > PAGE and shown else ""
    )


def _filters(actor: Actor, search: Search) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    word = search.status or (ALL_WORD if search.text else OPEN_WORD)
    if word == OPEN_WORD:
        found.append(Order.status.in_(sorted(OPEN)))
    elif word in set(OrderStatus):
        found.append(Order.status == OrderStatus(word))
    if search.cutoff_at is not None:
        found.append(Order.cutoff_at == search.cutoff_at)
    if search.held:
        found.append(
            select(Hold.id)
            .where(
                Hold.warehouse_id == Order.warehouse_id,
                Hold.order_id == Order.id,
                Hold.released_at.is_(None),
                or_(Hold.until.is_(None), Hold.until > actor.at),
            )
            .exists()
        )
    if search.below is not None:
        found.append(Order.id < search.below)
    return found


def _means(session: Session, actor: Actor, text: str) -> ColumnElement[bool]:
    """Say which orders a text means: by code and number where one fits, else by a part of a name."""
    if text.lower() in set(OrderStatus):
        return Order.status == OrderStatus(text.lower())
    exact = union(*_exact(session, actor, text)).subquery()
    if session.execute(select(exact.c[0]).limit(1)).first() is not None:
        return Order.id.in_(select(exact.c[0]))
    columns = (Order.ship_name, Order.ship_company, Order.email, Order.number)
    # SQLite's lower() knows Latin letters only, so other names are found as they are typed.
    return or_(
        *(
            match
            for column in columns
            for match in (
                func.lower(column).contains(text.lower(), autoescape=True),
                column.contains(text, autoescape=True),
            )
        )
    )


def _exact(session: Session, actor: Actor, text: str) -> list[Select[int]]:
    """One question for each kind of code or number, each answered by an index."""
    mine = Order.warehouse_id == actor.warehouse_id
    code = parse(text)
    if code.kind is CodeKind.ORDER:
        return [select(Order.id).where(mine, Order.barcode == code.text)]
    if code.kind is CodeKind.TOTE:
        of_tote = (Tote.warehouse_id == actor.warehouse_id, Tote.barcode == code.text, Tote.order_id.is_not(None))
        # The condition above says that it is there.
        return [select(Tote.order_id).where(*of_tote)]  # type: ignore[list-item] # not NULL by the condition
    if code.kind is CodeKind.PACKAGE:
        of_box = (Package.warehouse_id == actor.warehouse_id, Package.barcode == code.text)
        return [select(Package.order_id).where(*of_box)]
    words = {text, text.upper(), text.lower()}
    return [
        select(Order.id).where(mine, Order.number.in_(words | {f"#{text}"})),
        select(Order.id).where(mine, Order.external_id.in_(words)),
        select(Order.id).where(mine, Order.email.in_(words)),
        select(Order.id).where(mine, Order.ship_zip.in_(words)),
        _by_sku(actor, words),
        _by_product(actor, {*words, code.text}),
        select(Package.order_id).where(
            Package.warehouse_id == actor.warehouse_id,
            Package.id.in_(recognising_labels.packages_by_any_label(session, actor, text)),
        ),
    ]


def _by_sku(actor: Actor, words: set[str]) -> Select[int]:
    return select(OrderLine.order_id).where(OrderLine.warehouse_id == actor.warehouse_id, OrderLine.sku.in_(words))


def _by_product(actor: Actor, words: set[str]) -> Select[int]:
    return (
        select(OrderLine.order_id)
        .join(Product, and_(Product.warehouse_id == OrderLine.warehouse_id, Product.sku == OrderLine.sku))
        .join(Barcode, and_(Barcode.warehouse_id == Product.warehouse_id, Barcode.product_id == Product.id))
        .where(OrderLine.warehouse_id == actor.warehouse_id, Barcode.code.in_(words))
    )


def _rows(session: Session, actor: Actor, shown: Sequence[tuple[Order, str]]) -> tuple[OrderRow, ...]:
    ids = [order.id for order, _ in shown]
    zone = zone_of(session, actor)
    sums = session.execute(
        select(OrderLine.order_id, func.count(), func.sum(OrderLine.to_pick))
        .where(
            OrderLine.warehouse_id == actor.warehouse_id,
            OrderLine.order_id.in_(ids),
            or_(OrderLine.to_pick > 0, OrderLine.replaces_id.is_(None)),
        )
        .group_by(OrderLine.order_id)
    )
    counts = {order_id: (int(lines), int(units)) for order_id, lines, units in sums}
    holds = allocating.active_holds(session, actor, ids)
    return tuple(
        OrderRow(
            key=text_id(order.id),
            number=order.number,
            status=order.status,
            customer=order.ship_name or order.ship_company or order.email,
            lines=counts.get(order.id, (0, 0))[0],
            units=counts.get(order.id, (0, 0))[1],
            carrier=carrier,
            cutoff_at=order.cutoff_at.astimezone(zone) if order.cutoff_at else None,
            received_at=order.received_at.astimezone(zone),
            priority=order.priority,
            says=allocating.hold_sentence(holds[order.id]) if order.id in holds else order.reason,
        )
        for order, carrier in shown
    )


def choices(session: Session, actor: Actor) -> Choices:
    """Return the carriers, and the cutoffs that open orders have, soonest first."""
    zone = zone_of(session, actor)
    carriers = session.scalars(
        select(CarrierService.carrier)
        .where(CarrierService.warehouse_id == actor.warehouse_id)
        .distinct()
        .order_by(CarrierService.carrier)
    ).all()
    cutoffs = session.execute(
        select(Order.cutoff_at, func.min(CarrierService.carrier))
        .join(
            CarrierService,
            and_(CarrierService.warehouse_id == Order.warehouse_id, CarrierService.id == Order.carrier_service_id),
        )
        .where(Order.warehouse_id == actor.warehouse_id, Order.status.in_(sorted(OPEN)), Order.cutoff_at.is_not(None))
        .group_by(Order.cutoff_at)
        .order_by(Order.cutoff_at)
        .limit(_CUTOFFS)
    )
    return Choices(
        carriers=tuple(carriers),
        cutoffs=tuple(Cutoff(carrier=carrier, at=at.astimezone(zone)) for at, carrier in cutoffs if at is not None),
    )
