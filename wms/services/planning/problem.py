"""From orders, shelves and carts to the batching engine's problem: sizes, room on a cart, the floor, the people."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from wms import batching
from wms.domain.actor import Actor, Role
from wms.domain.catalog import Product
from wms.domain.errors import DomainError
from wms.domain.floor import Cart, Location
from wms.domain.orders import Order
from wms.domain.people import Worker, WorkerSession
from wms.domain.totes import USUAL_TOTE_ML, Tote
from wms.services.planning.layouts import floor_of
from wms.services.planning.methods import Methods, plain_orders
from wms.services.planning.timing import LiveWalk, free_from
from wms.services.signing_in import IDLE_LIMIT
from wms.services.stock.allocating import Portion

_MANY_PICKERS = 100
# A hundred orders take two seconds, which leaves little to be found; a handful is planned at once.
_LEAST_S, _ORDER_S = 0.2, 0.02


class NoCartError(DomainError):
    """Nothing can be planned because the warehouse has no cart."""

    def __init__(self) -> None:
        super().__init__("No cart is set up. Add a cart first.")


@dataclass(frozen=True, kw_only=True, slots=True)
class Fleet:
    """The cart that every batch must fit (the least of all carts' rooms), and the smallest tote's volume."""

    carts: int
    slots: int
    volume_ml: int
    weight_g: int
    tote_ml: int

    @property
    def sentence(self) -> str:
        """Say what decides the size of a batch."""
        return f"{self.slots} totes a cart, so that every batch fits the smallest of {self.carts} carts."


@dataclass(frozen=True, kw_only=True, slots=True)
class Size:
    """What a product or an order takes: millilitres and grams; 0 where they are not known."""

    volume_ml: int = 0
    weight_g: int = 0


def fleet(session: Session, actor: Actor, slots: int = 0) -> Fleet:
    """The carts present, cut to `slots` totes where given; NoCartError where there is none."""
    carts = session.scalars(select(Cart).where(Cart.warehouse_id == actor.warehouse_id)).all()
    if not carts:
        raise NoCartError
    tote_ml = session.scalar(
        select(func.min(Tote.volume_ml)).where(Tote.warehouse_id == actor.warehouse_id, Tote.wall == "")
    )
    smallest = min(cart.slots for cart in carts)
    return Fleet(
        carts=len(carts),
        slots=min(slots, smallest) if slots else smallest,
        volume_ml=min(cart.volume_ml for cart in carts),
        weight_g=min(cart.weight_g for cart in carts),
        tote_ml=tote_ml or USUAL_TOTE_ML,
    )


def sizes_of(session: Session, actor: Actor, product_ids: Collection[int]) -> dict[int, Size]:
    """The sizes of products."""
    products = session.scalars(
        select(Product).where(Product.warehouse_id == actor.warehouse_id, Product.id.in_(product_ids))
    )
    return {product.id: Size(volume_ml=product.volume_ml, weight_g=product.weight_g) for product in products}


def size_of(units: Mapping[int, int], sizes: Mapping[int, Size]) -> Size:
    """The size of so many units of products together."""
    none = Size()
    return Size(
        volume_ml=sum(sizes.get(product, none).volume_ml * count for product, count in units.items()),
        weight_g=sum(sizes.get(product, none).weight_g * count for product, count in units.items()),
    )


def too_big(size: Size, room: Fleet) -> str:
    """Why an order of this size cannot be picked into one tote on one cart; '' when it can."""
    totes = -(-size.volume_ml // room.tote_ml)
    if totes > 1:
        litres = f"{size.volume_ml / 1000:.1f} litres"
        return f"Fills {totes} totes ({litres}); an order has one tote of {room.tote_ml / 1000:g}."
    if size.volume_ml > room.volume_ml:
        return f"Too big for a cart: {size.volume_ml / 1000:.1f} of {room.volume_ml / 1000:g} litres."
    if size.weight_g > room.weight_g:
        return f"Too heavy for a cart: {size.weight_g / 1000:.1f} of {room.weight_g / 1000:g} kg."
    return ""


def pickers_at_work(session: Session, actor: Actor) -> int:
    """How many pickers used a handheld in the last minutes; at least 1."""
    badges = session.execute(
        select(Worker.id, Worker.roles_text)
        .join(
            WorkerSession,
            (WorkerSession.warehouse_id == Worker.warehouse_id) & (WorkerSession.worker_id == Worker.id),
        )
        .where(
            Worker.warehouse_id == actor.warehouse_id,
            WorkerSession.ended_at.is_(None),
            WorkerSession.station_id.is_(None),
            WorkerSession.seen_at > actor.at - IDLE_LIMIT,
        )
        .distinct()
    )
    return max(1, sum(Role.PICKER in roles.split("|") for _, roles in badges))


def problem_of(
    session: Session,
    actor: Actor,
    picks: Mapping[int, Sequence[Portion]],
    *,
    room: Fleet,
    pickers: int = 0,
    busy: Collection[LiveWalk] = (),
    methods: Methods = Methods(),  # noqa: B008 - frozen
) -> batching.Problem | None:
    """The engine's problem for orders whose units have their places; None where there is nothing to walk.

    The pickers are those at work, or so many, each free when all have done the walks `busy`.

    Each order walks whole, with one cart, into one tote; where `methods` let several share one, totes are counted in
    as many parts as may lie in one. Nobody on the floor would yet bring the parts of an order together at packing: so
    the engine is not asked for zones or several trips.
    """
    floor = floor_of(session, actor) if picks else None
    if floor is None:
        return None
    people = min(pickers or pickers_at_work(session, actor), _MANY_PICKERS)
    cart = batching.Cart(
        name="every cart", totes=room.slots * methods.parts, volume_ml=room.volume_ml, weight_g=room.weight_g
    )
    return batching.Problem(
        layout=floor.layout,
        orders=tuple(_orders(session, actor, picks, room, methods)),
        carts=(cart,),
        pickers=crew(people, busy),
    )


def _orders(
    session: Session, actor: Actor, picks: Mapping[int, Sequence[Portion]], room: Fleet, methods: Methods
) -> Iterator[batching.Order]:
    sizes = sizes_of(session, actor, {portion.goods.product_id for found in picks.values() for portion in found})
    rows = session.execute(
        select(Order.id, Order.cutoff_at, Order.priority)
        .where(Order.warehouse_id == actor.warehouse_id, Order.id.in_(picks))
        .order_by(Order.id)
    )
    plain = plain_orders(session, actor, {order: [row.goods for row in portions] for order, portions in picks.items()})
    for order_id, cutoff_at, priority in rows:
        units = units_of(picks[order_id])
        size = size_of(units, sizes)
        due_s = (cutoff_at - actor.at).total_seconds() if cutoff_at else None
        yield batching.Order(
            id=order_id,
            lines=_lines(picks[order_id]),
            totes=methods.parts_of(sum(units.values()), size.volume_ml, room.tote_ml, is_plain=order_id in plain),
            volume_ml=size.volume_ml,
            weight_g=size.weight_g,
            due_s=due_s,
            priority=max(0, priority),
        )


def crew(pickers: int, busy: Collection[LiveWalk]) -> tuple[batching.Picker, ...]:
    """So many pickers as the engine knows them, each free when all have done the walks `busy`."""
    return tuple(
        batching.Picker(id=number, available_from_s=at_s) for number, at_s in enumerate(free_from(busy, pickers))
    )


def stop_for(problem: batching.Problem, most_s: float) -> batching.StopRule:
    """When to stop: a little time an order, at most so many seconds, and at once when the plan is proven the best."""
    seconds = min(most_s, _LEAST_S + _ORDER_S * len(problem.orders))
    return batching.FirstOf(batching.Seconds(seconds), batching.Gap(0.0))


def unplanned_of(
    session: Session, actor: Actor, problem: batching.Problem, plan: batching.Plan
) -> dict[batching.OrderId, str]:
    """Why orders are in no batch; locations that are not on the layout are named by their codes."""
    reasons = {order.id: order.reason for order in plan.unplanned}
    return reasons | _off_layout(session, actor, problem, [order for order in problem.orders if order.id in reasons])


def refused(
    session: Session, actor: Actor, problem: batching.Problem | None, room: Fleet
) -> dict[batching.OrderId, str]:
    """Why some orders cannot be planned on this floor and with these carts, before the engine says so."""
    if problem is None:
        return {}
    sizes = ((order.id, Size(volume_ml=order.volume_ml, weight_g=order.weight_g)) for order in problem.orders)
    big = {order_id: sentence for order_id, size in sizes if (sentence := too_big(size, room))}
    return big | _off_layout(session, actor, problem, problem.orders)


def _off_layout(
    session: Session, actor: Actor, problem: batching.Problem, orders: Sequence[batching.Order]
) -> dict[batching.OrderId, str]:
    on_it = set(batching.locations_of(problem.layout))
    off: dict[batching.OrderId, batching.LocationId] = {
        order.id: line.location for order in orders for line in order.lines if line.location not in on_it
    }
    rows = session.execute(
        select(Location.id, Location.code).where(
            Location.warehouse_id == actor.warehouse_id, Location.id.in_(set(off.values()))
        )
    )
    code: dict[batching.LocationId, str] = {row.id: row.code for row in rows}
    return {order_id: f"{code[place]} is not on the layout. Give the layout again." for order_id, place in off.items()}


def units_of(portions: Sequence[Portion]) -> dict[int, int]:
    """Units by product."""
    units: dict[int, int] = defaultdict(int)
    for portion in portions:
        units[portion.goods.product_id] += portion.goods.quantity
    return units


def _lines(portions: Sequence[Portion]) -> tuple[batching.Line, ...]:
    at: dict[int, int] = defaultdict(int)
    for portion in portions:
        at[portion.place_id] += portion.goods.quantity
    return tuple(batching.Line(location=place_id, quantity=quantity) for place_id, quantity in at.items())
