"""The put wall: a shared tote is sorted item by item, each into the place of its order, until the order is whole.

A place of the wall is a tote that stays where it is, so that packing opens an order there by the place's own scan.
"""

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, and_, select, update
from sqlalchemy.orm import Session, aliased

from wms.domain.actor import Actor
from wms.domain.base import text_id
from wms.domain.codes import Code, CodeKind, Command
from wms.domain.floor import ADJUSTMENT_ID
from wms.domain.inbox import ExceptionItem, ExceptionKind
from wms.domain.journal import JournalEntry, record
from wms.domain.orders import Order, OrderStatus
from wms.domain.people import WorkerSession
from wms.domain.picked import PickedUnits, ScanUndone, UnitsSorted
from wms.domain.picking import PickTask, Proof
from wms.domain.saying import say, say_some
from wms.domain.totes import Tote, ToteStatus
from wms.services import deciding, feedback, stocking, unsorted
from wms.services.locking import locked_order
from wms.services.picking import full_totes, parts
from wms.services.picking.screens import PickingScreen, PutInSlot, SortItem
from wms.services.planning import again as planning_again
from wms.services.recognising import find_item
from wms.services.screens import Card, Feedback
from wms.services.stocking import Goods

_place = aliased(Tote)


_SHIFT = dt.timedelta(hours=12)


@dataclass(frozen=True, kw_only=True, slots=True)
class Desk:
    """What the worker's session stands at: the tote being sorted, and the picked units in hand (None: none)."""

    tote: Tote
    units_id: int | None


def begin(session: Session, actor: Actor, code: Code) -> Feedback | None:
    """Take up a tote that is to be sorted; None where the scan is no such tote."""
    tote = session.scalars(
        select(Tote).where(Tote.warehouse_id == actor.warehouse_id, Tote.barcode == code.text)
    ).one_or_none()
    if tote is None or tote.status is not ToteStatus.STAGED or tote.order_id is not None:
        return None
    left = unsorted.units_left(session, actor, tote.id)
    if not left:
        return None
    _ours(session, actor).shared_tote_id, _ours(session, actor).sorting_id = tote.id, None
    session.flush()
    return feedback.accepted(say_some("{n} unit to sort", "{n} units to sort", left))


def screen(session: Session, actor: Actor) -> PickingScreen | None:
    """Return the screen of a worker who sorts a tote; None where none is being sorted."""
    desk = _desk(session, actor)
    if desk is None:
        return None
    left = unsorted.units_left(session, actor, desk.tote.id)
    wall = unsorted.wall_of(session, actor, desk.tote.id)
    facts: dict[str, Any] = {"job": say("{tote}  wall {wall}", tote=desk.tote.barcode, wall=wall), "left": left}
    row = unsorted.in_hand(session, actor, desk.tote.id, desk.units_id) if desk.units_id else None
    if row is not None:
        place = unsorted.place_of(session, actor, row.order_id, wall)
        return PutInSlot(
            token=f"put-{text_id(row.id)}",
            accept=(place.barcode,) if place else (),
            wall_slot=place.wall_slot if place else "",
            units=row.quantity,
            product=row.product,
            sku=row.sku,
            **facts,
        )
    return SortItem(token=f"sort-{text_id(desk.tote.id)}", accept=None, **facts)


def judge_item(session: Session, actor: Actor, code: Code, screen: SortItem) -> Feedback:
    """Judge a scan that should be an item of the tote: its order's place is asked for next."""
    desk = _desk(session, actor)
    if desk is None:
        return feedback.NOT_COUNTED
    if code.command is not None:
        do = _COMMANDS.get(code.command)
        return feedback.wrong_type(code, screen.wants) if do is None else do(session, actor, desk)
    if code.kind is CodeKind.TOTE:
        return begin(session, actor, code) or feedback.wrong_type(code, screen.wants)
    item = find_item(session, actor, code)
    if item is None:
        return feedback.wrong_type(code, screen.wants)
    row = session.execute(
        unsorted.of_tote(actor, desk.tote.id, PickedUnits.id, PickedUnits.quantity)
        .where(PickedUnits.product_id == item.product_id)
        .order_by(unsorted.is_begun().desc(), Order.cutoff_at, Order.priority.desc(), Order.placed_at, PickedUnits.id)
        .limit(1)
    ).one_or_none()
    if row is None:
        return feedback.stop(
            say("NOT FOR THIS WALL. PUT IT ASIDE"), have=Card(name=item.name, sku=item.sku, detail=desk.tote.barcode)
        )
    _ours(session, actor).sorting_id = row.id
    session.flush()
    return feedback.accepted(say("{n} x {product}", n=row.quantity, product=item.name))


def judge_slot(session: Session, actor: Actor, code: Code, screen: PutInSlot) -> Feedback:
    """Judge a scan that should be the place of the order whose units are in hand."""
    desk = _desk(session, actor)
    row = unsorted.in_hand(session, actor, desk.tote.id, desk.units_id, lock=True) if desk is not None else None
    if desk is None or row is None:
        return feedback.NOT_COUNTED
    if code.command is Command.UNDO:
        _ours(session, actor).sorting_id = None
        session.flush()
        return feedback.told(say("Put it back into {tote}", tote=desk.tote.barcode))
    if code.kind is not CodeKind.TOTE:
        return feedback.wrong_type(code, screen.wants)
    place = unsorted.place_of(session, actor, row.order_id, unsorted.wall_of(session, actor, desk.tote.id), lock=True)
    if place is None:
        return feedback.wrong(say("The wall is full. Pack some first"))
    if code.text != place.barcode:
        other = session.scalars(
            select(Tote).where(Tote.warehouse_id == actor.warehouse_id, Tote.barcode == code.text)
        ).one_or_none()
        name = other.name if other else code.text
        return feedback.stop(
            say("TAKE IT OUT OF {wrong}, PUT IN {tote}", wrong=name, tote=place.name),
            have=Card(name=name),
            need=Card(name=place.name),
        )
    return _put(session, actor, desk.tote, row, place)


def _put(session: Session, actor: Actor, tote: Tote, row: Row[Any], place: Tote) -> Feedback:
    if place.status is ToteStatus.FREE:
        place.take(row.order_id)
    goods = Goods(product_id=row.product_id, quantity=row.quantity, lot=row.lot, serial=row.serial)
    stocking.move(session, actor, goods, from_place_id=tote.id, to_place_id=place.id, reason="sorted")
    units = session.get_one(PickedUnits, (actor.warehouse_id, row.id))
    units.tote_id, units.tote_proof, units.put_at = place.id, Proof.SLOT, actor.at
    _ours(session, actor).sorting_id = None
    event = UnitsSorted(
        order_id=row.order_id,
        task_id=row.task_id,
        sku=row.sku,
        quantity=row.quantity,
        tote=tote.barcode,
        slot=place.name,
    )
    record(session, actor, event)
    session.flush()
    _end_tote(session, actor, tote)
    if unsorted.units_of_order(session, actor, row.order_id):
        return feedback.line_done(say("{n} in {slot}", n=row.quantity, slot=place.name))
    _complete(session, actor, row.order_id)
    match session.get_one(Order, (actor.warehouse_id, row.order_id)).status:
        case OrderStatus.PICKED:
            return feedback.complete(say("{slot} is ready to pack", slot=place.name))
        case OrderStatus.PICKING:
            return feedback.line_done(say("{n} in {slot}. More will come", n=row.quantity, slot=place.name))
        case _:
            return feedback.line_done(say("{slot} is short. The lead knows", slot=place.name))


def _complete(session: Session, actor: Actor, order_id: int) -> None:
    """All that there is of a locked order lies in its place: packing may open it there, unless it lacks something."""
    place = session.scalars(
        select(Tote).where(
            Tote.warehouse_id == actor.warehouse_id,
            Tote.order_id == order_id,
            Tote.wall != "",
            Tote.status == ToteStatus.PICKING,
        )
    ).one_or_none()
    if place is not None:
        place.stage(None, actor.at)
    order = session.get_one(Order, (actor.warehouse_id, order_id))
    session.flush()
    if order.status is OrderStatus.SHORT and not planning_again.missing(session, actor, [order_id]):
        record(session, actor, order.move_to(OrderStatus.PICKED, "what it lacked was picked again"))
        session.flush()


def _end_tote(session: Session, actor: Actor, tote: Tote) -> None:
    """Give a tote that is sorted back for use; one with units of cancelled orders waits for its put-backs."""
    if session.execute(unsorted.of_tote(actor, tote.id, PickedUnits.id).limit(1)).first() is None:
        _ = session.execute(
            update(WorkerSession)
            .where(WorkerSession.warehouse_id == actor.warehouse_id, WorkerSession.shared_tote_id == tote.id)
            .values(shared_tote_id=None, sorting_id=None)
        )
        if not full_totes.holds_units(session, actor, tote.id):
            tote.free()
        session.flush()


def _tote_is_empty(session: Session, actor: Actor, desk: Desk) -> Feedback:
    """SHORT: nothing is left in the tote, so that the orders it should still serve are short."""
    in_tote = unsorted.of_tote(actor, desk.tote.id, *unsorted.FACTS)
    rows = session.execute(
        in_tote.order_by(Order.id, PickedUnits.id).with_for_update(of=(Order, PickedUnits), key_share=True)
    ).all()
    orders: dict[int, list[str]] = {}
    for row in rows:
        goods = Goods(product_id=row.product_id, quantity=row.quantity, lot=row.lot, serial=row.serial)
        stocking.move(
            session, actor, goods, from_place_id=desk.tote.id, to_place_id=ADJUSTMENT_ID, reason="missing at the wall"
        )
        session.get_one(PickedUnits, (actor.warehouse_id, row.id)).lost_at = actor.at
        orders.setdefault(row.order_id, []).append(f"{row.quantity} of {row.sku}")
    session.flush()
    # An order with a part still to come is short with its last part: what is lost then lacks there.
    parts_to_come = parts.going_on(session, actor, orders)
    for order_id, lacking in orders.items():
        is_whole = order_id not in parts_to_come
        _tell_short(session, actor, order_id, ", ".join(lacking), desk.tote.barcode, leave=is_whole)
    _end_tote(session, actor, desk.tote)
    for order_id in orders:
        if not unsorted.units_of_order(session, actor, order_id):
            _complete(session, actor, order_id)
        if order_id not in parts_to_come:
            deciding.follow(session, actor, locked_order(session, actor, order_id))
    return feedback.told(say_some("{n} order is short", "{n} orders are short", len(orders)))


def _tell_short(session: Session, actor: Actor, order_id: int, lacking: str, tote: str, *, leave: bool) -> None:
    """Tell the lead what an order lacks, and `leave` it short."""
    order = session.get_one(Order, (actor.warehouse_id, order_id))
    if leave and order.status is not OrderStatus.SHORT:
        record(session, actor, order.move_to(OrderStatus.SHORT, f"{lacking} missing at the put wall"[:200]))
    text = f"{order.number} lacks {lacking}, not in {tote} at the put wall"
    session.add(
        ExceptionItem(
            warehouse_id=actor.warehouse_id,
            kind=ExceptionKind.SHORT,
            at=actor.at,
            text=text[:300],
            order_id=order_id,
            subject_id=order_id,
        )
    )


def _undo(session: Session, actor: Actor, desk: Desk) -> Feedback:
    """UNDO: what this worker sorted last out of this tote goes back into it."""
    entry = session.scalars(
        select(JournalEntry)
        .where(
            JournalEntry.warehouse_id == actor.warehouse_id,
            JournalEntry.event == UnitsSorted.__name__,
            JournalEntry.at > actor.at - _SHIFT,
            JournalEntry.worker_id == actor.worker_id,
            JournalEntry.data["tote"].as_string() == desk.tote.barcode,
        )
        .order_by(JournalEntry.at.desc(), JournalEntry.id.desc())
        .limit(1)
    ).one_or_none()
    units = None if entry is None else _as_sorted(session, actor, entry)
    if entry is None or units is None:
        return feedback.wrong(say("Nothing to undo"))
    task = session.get_one(PickTask, (actor.warehouse_id, units.task_id))
    order = locked_order(session, actor, task.order_id)
    place = session.get_one(
        Tote, (actor.warehouse_id, units.tote_id), with_for_update={"key_share": True}, populate_existing=True
    )
    is_in_it = place.order_id == order.id and place.status in {ToteStatus.PICKING, ToteStatus.STAGED}
    if not is_in_it or order.status not in unsorted.SORTED:
        return feedback.wrong(say("Too late. {tote} has left", tote=place.name))
    goods = Goods(product_id=units.product_id, quantity=units.quantity, lot=task.lot, serial=task.serial)
    stocking.move(session, actor, goods, from_place_id=place.id, to_place_id=desk.tote.id, reason="undone")
    units.tote_id = desk.tote.id
    # Whole no more, a place waits for units again; one that is empty is nobody's.
    place.free()
    if full_totes.holds_units(session, actor, place.id):
        place.take(task.order_id)
    record(session, actor, ScanUndone(order_id=task.order_id, task_id=task.id, step="sorted"))
    session.flush()
    return feedback.told(say("Take {n} out of {tote}", n=units.quantity, tote=place.name))


def _as_sorted(session: Session, actor: Actor, entry: JournalEntry) -> PickedUnits | None:
    """The picked units that an entry says were sorted, while they lie where it put them."""
    return session.scalars(
        select(PickedUnits)
        .join(_place, and_(_place.warehouse_id == PickedUnits.warehouse_id, _place.id == PickedUnits.tote_id))
        .where(
            PickedUnits.warehouse_id == actor.warehouse_id,
            PickedUnits.task_id == entry.data["task_id"],
            PickedUnits.put_at == entry.at,
            _place.wall != "",
        )
    ).one_or_none()


def _leave(session: Session, actor: Actor, desk: Desk) -> Feedback:
    """DONE: the tote stays as it is, for whoever scans it next."""
    _ours(session, actor).shared_tote_id = None
    session.flush()
    return feedback.told(say("{tote} waits", tote=desk.tote.barcode))


_COMMANDS: Mapping[Command, Callable[[Session, Actor, Desk], Feedback]] = {
    Command.SHORT: _tote_is_empty,
    Command.DONE: _leave,
    Command.UNDO: _undo,
}


def _ours(session: Session, actor: Actor) -> WorkerSession:
    return session.get_one(WorkerSession, (actor.warehouse_id, actor.session_id))


def _desk(session: Session, actor: Actor) -> Desk | None:
    ours = session.get(WorkerSession, (actor.warehouse_id, actor.session_id)) if actor.session_id else None
    if ours is None or ours.shared_tote_id is None:
        return None
    tote = session.get_one(Tote, (actor.warehouse_id, ours.shared_tote_id), populate_existing=True)
    is_left = session.execute(unsorted.of_tote(actor, tote.id, PickedUnits.id).limit(1)).first() is not None
    return Desk(tote=tote, units_id=ours.sorting_id) if is_left else None
