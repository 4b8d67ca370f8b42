"""What is sent instead of units that no shelf has: a product that the shop allows, where the customer accepts one."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session, aliased

from wms.domain.actor import Actor
from wms.domain.catalog import Product, Substitute
from wms.domain.journal import record
from wms.domain.orders import Order, OrderLine, ProductSubstituted
from wms.domain.waves import Allocation
from wms.services.stock import allocating
from wms.services.stock.allocating import FreeStock, Need

_bought = aliased(OrderLine)


@dataclass(frozen=True, kw_only=True, slots=True)
class Candidate:
    """A product that may stand in for a line's; `bought_id` is the line that the customer placed, often the same."""

    line_id: int
    bought_id: int
    product_id: int
    sku: str
    name: str


@dataclass(frozen=True, kw_only=True, slots=True)
class StoodIn:
    """Units that a line owes no more, since another owes them now: of `sku`."""

    line_id: int
    by_line_id: int
    units: int
    sku: str


Candidates = Mapping[int, Sequence[Candidate]]
"""By line, those to be tried first before the others."""


def candidates(session: Session, actor: Actor, line_ids: Collection[int]) -> Candidates:
    """Return what may stand in for lines; what stands in already is followed by the others of the product bought."""
    product_id = func.coalesce(_bought.product_id, OrderLine.product_id)
    rows = session.execute(
        select(
            OrderLine.id.label("line_id"),
            func.coalesce(_bought.id, OrderLine.id).label("bought_id"),
            Substitute.substitute_id.label("product_id"),
            Product.sku,
            Product.name,
        )
        .join(Order, and_(Order.warehouse_id == OrderLine.warehouse_id, Order.id == OrderLine.order_id))
        .outerjoin(_bought, and_(_bought.warehouse_id == OrderLine.warehouse_id, _bought.id == OrderLine.replaces_id))
        .join(Substitute, and_(Substitute.warehouse_id == OrderLine.warehouse_id, Substitute.product_id == product_id))
        .join(Product, and_(Product.warehouse_id == Substitute.warehouse_id, Product.id == Substitute.substitute_id))
        .where(
            OrderLine.warehouse_id == actor.warehouse_id,
            OrderLine.id.in_(line_ids),
            Order.accepts_substitutes.is_(True),
            Substitute.substitute_id != OrderLine.product_id,
        )
        .order_by(OrderLine.id, Substitute.rank, Product.sku)
    ).mappings()
    found: dict[int, list[Candidate]] = defaultdict(list)
    for row in rows:
        found[row["line_id"]].append(Candidate(**row))
    return found


def stand_in(
    session: Session, actor: Actor, free_stock: FreeStock, of_line: Sequence[Candidate], units: int
) -> tuple[StoodIn, list[Allocation]] | None:
    """Set all the units aside of the first candidate that locked shelves have enough of; None where there is none."""
    for candidate in of_line:
        need = Need(line_id=0, product_id=candidate.product_id, sku=candidate.sku, quantity=units)
        portions = free_stock.take([need]).portions
        if portions:
            line = session.get_one(OrderLine, (actor.warehouse_id, candidate.line_id), populate_existing=True)
            other = _line_for(session, line, candidate)
            _owe(line, other, units)
            session.flush()
            event = ProductSubstituted(order_id=line.order_id, sku=line.sku, substitute=other.sku, quantity=units)
            record(session, actor, event)
            mine = [replace(portion, line_id=other.id) for portion in portions]
            made = allocating.set_aside(session, actor, line.order_id, mine)
            return StoodIn(line_id=line.id, by_line_id=other.id, units=units, sku=other.sku), made
    return None


def _line_for(session: Session, line: OrderLine, candidate: Candidate) -> OrderLine:
    """The order's line of a substitute: the one that is there already, else a new one at the order's end."""
    of_order = OrderLine.warehouse_id == line.warehouse_id, OrderLine.order_id == line.order_id
    known = session.scalars(
        select(OrderLine)
        .where(*of_order, OrderLine.replaces_id == candidate.bought_id, OrderLine.product_id == candidate.product_id)
        .execution_options(populate_existing=True)
    ).one_or_none()
    if known is not None:
        return known
    last: int = session.execute(select(func.max(OrderLine.position)).where(*of_order)).scalar_one()
    made = OrderLine(
        warehouse_id=line.warehouse_id,
        order_id=line.order_id,
        position=last + 1,
        product_id=candidate.product_id,
        sku=candidate.sku,
        name=candidate.name,
        quantity=0,
        to_pick=0,
        price_cents=line.price_cents,
        replaces_id=candidate.bought_id,
    )
    session.add(made)
    return made


def _owe(line: OrderLine, other: OrderLine, units: int) -> None:
    line.to_pick -= units
    other.to_pick += units
    # Of a substitute nothing was bought: its line is for what it owes, and keeps its last number when it owes none.
    other.quantity = max(other.quantity, other.to_pick)


def take_back(session: Session, actor: Actor, stood_in: Sequence[StoodIn]) -> None:
    """Let lines owe again what others were to stand in for; the caller has freed what was set aside for those."""
    for one in stood_in:
        line, other = (
            session.get_one(OrderLine, (actor.warehouse_id, line_id), populate_existing=True)
            for line_id in (one.line_id, one.by_line_id)
        )
        line.to_pick += one.units
        other.to_pick -= one.units
        session.flush()
