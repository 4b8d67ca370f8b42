"""Short orders: what each still lacks, and its missing units picked again from other stock."""

import itertools
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Row, and_, func, select
from sqlalchemy.orm import Session, aliased

from wms import batching
from wms.domain.actor import Actor
from wms.domain.errors import DomainError
from wms.domain.inbox import ExceptionItem, ExceptionKind
from wms.domain.journal import record
from wms.domain.orders import Order, OrderLine, OrderStatus, ProductSubstituted
from wms.domain.packing import Package, PackageLine, PackageStatus
from wms.domain.picked import PickedUnits
from wms.domain.picking import Batch, BatchOrder, Method, PickTask
from wms.domain.stock import Stock
from wms.domain.totes import Tote
from wms.domain.waves import Wave
from wms.services import settling
from wms.services.locking import locked_order, locked_wave_of
from wms.services.planning import adding, new_batch, task_for, turn_before_all
from wms.services.planning.problem import fleet, problem_of
from wms.services.stock import allocating, unsorted
from wms.services.stock.allocating import Choice, FreeStock, Need

_STOP = batching.Iterations(0)  # one order has only one plan
_bought = aliased(OrderLine)


@dataclass(frozen=True, kw_only=True, slots=True)
class PickedAgain:
    """What came of it: the new batch's name, or the sentence why there is none."""

    number: str
    batch: str = ""
    reason: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class ShortOrder:
    """A short order: what it lacks in words, and whether the shelves have it now (`reason` '' = they do)."""

    order_id: int
    number: str
    lacks: str
    reason: str


def pick_again(session: Session, actor: Actor, order_id: int) -> PickedAgain:
    """Set the missing units of a short order aside and let them be walked for in the same wave.

    Whoever is nearest takes them next; where no walk has room, they are a walk of their own before all others.
    """
    wave = locked_wave_of(session, actor, order_id)  # so that its batches are counted by one at a time
    order = locked_order(session, actor, order_id)
    if order.status is not OrderStatus.SHORT or wave is None:
        return PickedAgain(number=order.number, reason=f"{order.number} is {order.status}, not short.")
    hold = allocating.active_holds(session, actor, [order_id]).get(order_id)
    if hold is not None:
        return PickedAgain(number=order.number, reason=allocating.hold_sentence(hold))
    needs = missing(session, actor, [order_id]).get(order_id, ())
    if not needs:
        return PickedAgain(number=order.number, reason=f"{order.number} lacks nothing.")
    wanted = first_wanted(session, actor, {order_id: needs})
    products = allocating.products_of({order_id: needs}) | allocating.products_of(wanted)
    # Lines are locked before stock, so that a walk is looked for by what the shelves hold before it is locked.
    seen = choose(allocating.free_stock(session, actor, products, lock=False), needs, wanted[order_id])
    room = adding.nearest(session, actor, wave, order_id, seen.portions)
    choice = choose(allocating.free_stock(session, actor, products, lock=True), needs, wanted[order_id])
    order.reason = choice.reason[:200]
    if choice.reason:
        return PickedAgain(number=order.number, reason=choice.reason)
    if {portion.line_id for portion in choice.portions} == {need.line_id for need in wanted[order_id]}:
        _owe_what_was_bought(session, actor, order_id, needs, wanted[order_id])
    rows = allocating.set_aside(session, actor, order_id, choice.portions)
    session.flush()
    problem = problem_of(session, actor, {order_id: choice.portions}, room=fleet(session, actor), pickers=1)
    if problem is None:
        raise DomainError("The floor has no pick face. Add locations first.")
    walk = batching.plan(problem, _STOP).batches[0]
    stop = {location: index for index, location in enumerate(walk.route.stops)}
    rows.sort(key=lambda row: stop[row.place_id])
    if room is not None:
        batch = room.batch
        adding.add(session, room, order_id, rows)
    else:
        batch = _new_walk(session, actor, wave, order_id, walk)
        session.add_all(task_for(batch, row, sequence) for sequence, row in enumerate(rows, start=1))
    record(session, actor, order.move_to(OrderStatus.PICKING, f"missing units in {batch.name}"))
    settling.close(session, actor, ExceptionItem.order_id == order_id, ExceptionItem.kind == ExceptionKind.SHORT)
    return PickedAgain(number=order.number, batch=batch.name)


def short_orders(session: Session, actor: Actor) -> tuple[ShortOrder, ...]:
    """The short orders, earliest cutoff first, each with what it lacks and whether that is on a shelf."""
    orders = session.scalars(
        select(Order)
        .where(Order.warehouse_id == actor.warehouse_id, Order.status == OrderStatus.SHORT)
        .order_by(Order.cutoff_at, Order.id)
    ).all()
    needs = missing(session, actor, [order.id for order in orders])
    wanted = first_wanted(session, actor, needs)
    products = allocating.products_of(needs) | allocating.products_of(wanted)
    stock = allocating.free_stock(session, actor, products, lock=False)
    found = []
    for order in orders:
        lacking = needs.get(order.id, ())
        words = ", ".join(f"{need.quantity} of {need.sku}" for need in lacking) or "nothing"
        reason = choose(stock, lacking, wanted.get(order.id, ())).reason
        found.append(ShortOrder(order_id=order.id, number=order.number, lacks=words, reason=reason))
    return tuple(found)


def first_wanted(session: Session, actor: Actor, needs: Mapping[int, Sequence[Need]]) -> dict[int, tuple[Need, ...]]:
    """Return what orders need with what their customers bought in place of substitutes that are missing too."""
    rows = session.execute(
        select(OrderLine.id.label("line_id"), _bought.id, _bought.product_id, _bought.sku)
        .join(_bought, and_(_bought.warehouse_id == OrderLine.warehouse_id, _bought.id == OrderLine.replaces_id))
        .where(
            OrderLine.warehouse_id == actor.warehouse_id,
            OrderLine.id.in_([need.line_id for lines in needs.values() for need in lines]),
        )
    ).all()
    bought = {row.line_id: {"line_id": row.id, "product_id": row.product_id, "sku": row.sku} for row in rows}
    return {
        order_id: tuple(replace(need, **bought.get(need.line_id, {})) for need in lines)
        for order_id, lines in needs.items()
    }


def choose(stock: FreeStock, needs: Sequence[Need], wanted: Sequence[Need]) -> Choice:
    """Take what was bought off the shelves, where it has come, else what the order needs by now, or nothing."""
    first = stock.take(wanted)
    return stock.take(needs) if first.reason else first


def owe_anew(session: Session, actor: Actor, orders: Sequence[Order]) -> None:
    """Let orders on no walk owe what their customers bought, or what stands in where only that is on the shelves.

    Nothing is set aside for them; those before in the sequence have their choice first.
    """
    needs = allocating.needs_of(session, actor, [order.id for order in orders], {})
    wanted = first_wanted(session, actor, needs)
    products = allocating.products_of(needs) | allocating.products_of(wanted)
    stock = allocating.free_stock(session, actor, products, lock=True)
    for order in orders:
        owed, bought = needs.get(order.id, ()), wanted.get(order.id, ())
        portions = choose(stock, owed, bought).portions
        if {portion.line_id for portion in portions} != {need.line_id for need in owed}:
            _owe_what_was_bought(session, actor, order.id, owed, bought)


def _owe_what_was_bought(
    session: Session, actor: Actor, order_id: int, needs: Sequence[Need], wanted: Sequence[Need]
) -> None:
    """Let the lines that the customer placed owe again what their substitutes lack."""
    for need, other in zip(needs, wanted, strict=True):
        if need.line_id != other.line_id:
            session.get_one(OrderLine, (actor.warehouse_id, need.line_id)).to_pick -= need.quantity
            session.get_one(OrderLine, (actor.warehouse_id, other.line_id)).to_pick += need.quantity
            event = ProductSubstituted(order_id=order_id, sku=need.sku, substitute=other.sku, quantity=need.quantity)
            record(session, actor, event)
    session.flush()


def missing(session: Session, actor: Actor, order_ids: Sequence[int]) -> dict[int, tuple[Need, ...]]:
    """What orders lack beyond the units in their totes and boxes and those set aside for them.

    Units that were picked and then found missing at packing have left the tote, so the place is asked, not the task.
    """
    needs = allocating.needs_of(session, actor, order_ids, allocating.set_aside_for(session, actor, order_ids))
    held = _held_units(session, actor, order_ids)
    left: dict[int, tuple[Need, ...]] = {}
    for order_id, lines in needs.items():
        rest = []
        for need in lines:
            have = min(need.quantity, held[order_id, need.product_id])
            held[order_id, need.product_id] -= have
            if need.quantity > have:
                rest.append(
                    Need(line_id=need.line_id, product_id=need.product_id, sku=need.sku, quantity=need.quantity - have)
                )
        if rest:
            left[order_id] = tuple(rest)
    return left


def _held_units(session: Session, actor: Actor, order_ids: Sequence[int]) -> dict[tuple[int | None, int | None], int]:
    """Units by order and product in the orders' totes and boxes, those that have left the house included."""
    in_totes = (
        select(Tote.order_id, Stock.product_id, func.sum(Stock.on_hand))
        .join(Stock, and_(Stock.warehouse_id == Tote.warehouse_id, Stock.place_id == Tote.id))
        .where(Tote.warehouse_id == actor.warehouse_id, Tote.order_id.in_(order_ids))
        .group_by(Tote.order_id, Stock.product_id)
    )
    in_boxes = (
        select(Package.order_id, PackageLine.product_id, func.sum(PackageLine.quantity))
        .join(
            PackageLine,
            and_(PackageLine.warehouse_id == Package.warehouse_id, PackageLine.package_id == Package.id),
        )
        .where(
            Package.warehouse_id == actor.warehouse_id,
            Package.order_id.in_(order_ids),
            Package.status != PackageStatus.CANCELLED,
        )
        .group_by(Package.order_id, PackageLine.product_id)
    )
    held: dict[tuple[int | None, int | None], int] = defaultdict(int)
    found = (session.execute(in_totes), session.execute(in_boxes), _unsorted_units(session, actor, order_ids))
    for order_id, product_id, units in itertools.chain.from_iterable(found):
        held[order_id, product_id] += int(units)
    return held


def _unsorted_units(session: Session, actor: Actor, order_ids: Sequence[int]) -> Sequence[Row[*tuple[Any, ...]]]:
    """Units by order and product that wait in shared totes for a put wall."""
    units = unsorted.in_shared_totes(actor, PickTask.order_id, PickedUnits.product_id, func.sum(PickedUnits.quantity))
    return session.execute(
        units.where(PickTask.order_id.in_(order_ids), BatchOrder.method == Method.PUT_WALL).group_by(
            PickTask.order_id, PickedUnits.product_id
        )
    ).all()


def _new_walk(session: Session, actor: Actor, wave: Wave, order_id: int, walk: batching.Batch) -> Batch:
    count = session.scalar(
        select(func.count()).where(Batch.warehouse_id == actor.warehouse_id, Batch.wave_id == wave.id)
    )
    batch = new_batch(wave, (count or 0) + 1, metres=walk.route.metres, work_s=walk.work_s)
    batch.position = turn_before_all(session, actor, wave.cutoff_at)  # its order is behind all others
    session.add(batch)
    session.add(BatchOrder(warehouse_id=actor.warehouse_id, batch_id=batch.id, order_id=order_id, slot=1))
    return batch
