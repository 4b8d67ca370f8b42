"""The put wall: a shared tote is sorted item by item, each into the place of its order, until the order is whole.

A place of the wall is a tote that stays where it is, so that packing opens an order there by the place's own scan.
"""

from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from wms.domain.actor import Actor
from wms.domain.base import text_id
from wms.domain.codes import Code, CodeKind, Command
from wms.domain.journal import record
from wms.domain.orders import Order, OrderStatus
from wms.domain.picked import PickedUnits, UnitsSorted
from wms.domain.picking import PickTask, Proof
from wms.domain.saying import say, say_some
from wms.domain.totes import Tote, ToteStatus
from wms.services.picking.screens import IsToteEmpty, PickingScreen, PutInSlot, ScanDamaged, SortItem
from wms.services.picking.wall import damage, desks, ends, places, undoing
from wms.services.picking.wall.desks import Desk
from wms.services.scans import feedback
from wms.services.scans.recognising import Item, find_item
from wms.services.scans.screens import Card, Feedback
from wms.services.stock import stocking, unsorted
from wms.services.stock.stocking import Goods

_NEVER_MIND = frozenset({Command.UNDO, Command.NO})
_FEWER = frozenset({Command.SHORT, Command.QTY})


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
    desks.take(session, actor, tote.id)
    return feedback.accepted(say_some("{n} unit to sort", "{n} units to sort", left))


def screen(session: Session, actor: Actor) -> PickingScreen | None:
    """Return the screen of a worker who sorts a tote; None where none is being sorted."""
    desk = desks.current(session, actor)
    if desk is None:
        return None
    left = unsorted.units_left(session, actor, desk.tote.id)
    row = unsorted.in_hand(session, actor, desk.tote.id, desk.units_id) if desk.units_id else None
    wall = places.wall_of(session, actor, desk.tote.id)
    place = places.place_of(session, actor, row.order_id, wall, desk.place_id) if row is not None else None
    job = say("{tote}  wall {wall}", tote=desk.tote.barcode, wall=place.wall if place else wall)
    facts: dict[str, Any] = {"job": job, "left": left}
    if row is not None:
        in_place = unsorted.units_in_place(session, actor, row.order_id)
        return PutInSlot(
            token=f"put-{text_id(row.id)}-{row.quantity}",  # fewer, by another sorter's word, are another step
            accept=(place.barcode,) if place else (),
            wall_slot=place.wall_slot if place else "",
            units=row.quantity,
            sorted_units=in_place + row.quantity,
            order_units=in_place + unsorted.units_of_order(session, actor, row.order_id),
            product=row.product,
            sku=row.sku,
            **facts,
        )
    if desk.is_said_empty:
        code = desk.tote.barcode
        return IsToteEmpty(token=f"empty-{text_id(desk.tote.id)}", accept=(code,), tote=code, **facts)
    if desk.is_damage_said:
        return ScanDamaged(token=f"damaged-{text_id(desk.tote.id)}", accept=None, **facts)
    return SortItem(token=f"sort-{text_id(desk.tote.id)}", accept=None, **facts)


def judge_item(session: Session, actor: Actor, code: Code, screen: SortItem) -> Feedback:
    """Judge a scan that should be an item of the tote: its order's place is asked for next."""
    desk = desks.current(session, actor)
    return feedback.NOT_COUNTED if desk is None else _judge_item(session, actor, code, screen, desk)


def _judge_item(session: Session, actor: Actor, code: Code, screen: PickingScreen, desk: Desk) -> Feedback:
    if code.command is not None:
        do = _COMMANDS.get(code.command)
        return feedback.wrong_type(code, screen.wants) if do is None else do(session, actor, desk)
    if code.kind is CodeKind.TOTE:
        return begin(session, actor, code) or feedback.wrong_type(code, screen.wants)
    item = find_item(session, actor, code)
    if item is None:
        return feedback.wrong_type(code, screen.wants)
    row = session.execute(
        unsorted.of_tote(actor, desk.tote.id, PickedUnits.id, PickedUnits.quantity, PickTask.order_id)
        .where(PickedUnits.product_id == item.product_id)
        .order_by(desks.is_in_others_hands(actor), *unsorted.FIRST)
        .limit(1)
    ).one_or_none()
    if row is None:
        return _not_for_this_wall(item, desk)
    place = places.place_of(session, actor, row.order_id, places.wall_of(session, actor, desk.tote.id))
    desks.take(session, actor, desk.tote.id, row.id, place.id if place else None)
    return feedback.accepted(say("{n} x {product}", n=row.quantity, product=item.name))


def _not_for_this_wall(item: Item, desk: Desk) -> Feedback:
    have = Card(name=item.name, sku=item.sku, detail=desk.tote.barcode)
    return feedback.stop(say("NOT FOR THIS WALL. PUT IT ASIDE"), have=have)


def judge_damaged(session: Session, actor: Actor, code: Code, screen: ScanDamaged) -> Feedback:
    """Judge a scan that should be the damaged item."""
    desk = desks.current(session, actor)
    if desk is None:
        return feedback.NOT_COUNTED
    if code.command in _NEVER_MIND:
        desks.take(session, actor, desk.tote.id)
        return feedback.told(say("DAMAGED taken back"))
    is_item = code.command is None and code.kind is not CodeKind.TOTE
    item = find_item(session, actor, code) if is_item else None
    if item is None:
        return feedback.wrong_type(code, screen.wants)
    return damage.book(session, actor, desk.tote, item.product_id) or _not_for_this_wall(item, desk)


def judge_empty(session: Session, actor: Actor, code: Code, screen: IsToteEmpty) -> Feedback:
    """Judge a scan that should be the tote said to be empty; an item that was in it after all is sorted."""
    desk = desks.current(session, actor)
    if desk is None:
        return feedback.NOT_COUNTED
    if code.command in _NEVER_MIND:
        desks.take(session, actor, desk.tote.id)
        return feedback.told(say("SHORT taken back"))
    if code.text == desk.tote.barcode:
        return ends.book_empty(session, actor, desk.tote)
    if code.kind is CodeKind.TOTE:
        return feedback.wrong(say("That is not {tote}", tote=desk.tote.barcode))
    return _judge_item(session, actor, code, screen, desk)


def judge_slot(session: Session, actor: Actor, code: Code, screen: PutInSlot) -> Feedback:
    """Judge a scan that should be the place of the order whose units are in hand."""
    desk = desks.current(session, actor)
    if desk is not None and code.command is Command.DAMAGED:
        return _damaged_in_hand(session, actor, desk)
    row = unsorted.in_hand(session, actor, desk.tote.id, desk.units_id, lock=True) if desk is not None else None
    if desk is None or row is None:
        return feedback.NOT_COUNTED
    if code.kind is not CodeKind.TOTE:
        return _no_place(session, actor, code, screen, desk, row)
    wall = places.wall_of(session, actor, desk.tote.id)
    place = places.place_of(session, actor, row.order_id, wall, desk.place_id, lock=True)
    if place is None:
        return feedback.wrong(say("The wall is full. Pack some first"))
    is_right = code.text == place.barcode
    return _put(session, actor, desk.tote, row, place) if is_right else _wrong_place(session, actor, code, place)


def _no_place(session: Session, actor: Actor, code: Code, screen: PutInSlot, desk: Desk, row: Row[Any]) -> Feedback:
    """Judge UNDO and a number of units, where fewer are in hand than one scan took from their location."""
    if code.command is Command.UNDO:
        desks.take(session, actor, desk.tote.id)
        return feedback.told(say("Put it back into {tote}", tote=desk.tote.barcode))
    if code.command in _FEWER and row.quantity > 1:
        return feedback.keypad(say("Type how many, then OK"), "number")
    if code.kind is CodeKind.QUANTITY and code.quantity:
        return _say_how_many(session, actor, desk, row, code.quantity)
    return feedback.wrong_type(code, screen.wants)


def _say_how_many(session: Session, actor: Actor, desk: Desk, row: Row[Any], units: int) -> Feedback:
    """Let so many of the units be in hand; the others are in the tote, to be scanned or, at its end, said SHORT."""
    if units > row.quantity:
        return feedback.wrong(say("Only {n} asked", n=row.quantity))
    if units < row.quantity:
        all_of_them = session.get_one(PickedUnits, (actor.warehouse_id, row.id), populate_existing=True)
        in_hand = all_of_them.split_off(units)
        session.add(in_hand)
        session.flush()
        desks.take(session, actor, desk.tote.id, in_hand.id, desk.place_id)
    return feedback.told(say("{n} x {product}", n=units, product=row.product))


def _wrong_place(session: Session, actor: Actor, code: Code, place: Tote) -> Feedback:
    other = session.scalars(
        select(Tote).where(Tote.warehouse_id == actor.warehouse_id, Tote.barcode == code.text)
    ).one_or_none()
    name = other.name if other else code.text
    return feedback.stop(
        say("TAKE IT OUT OF {wrong}, PUT IN {tote}", wrong=name, tote=place.name),
        have=Card(name=name),
        need=Card(name=place.name),
    )


def _damaged_in_hand(session: Session, actor: Actor, desk: Desk) -> Feedback:
    row = unsorted.in_hand(session, actor, desk.tote.id, desk.units_id)
    booked = None if row is None else damage.book(session, actor, desk.tote, row.product_id)
    return booked or feedback.NOT_COUNTED


def _put(session: Session, actor: Actor, tote: Tote, row: Row[Any], place: Tote) -> Feedback:
    ends.lock(session, tote)
    if place.status is ToteStatus.FREE:
        place.take(row.order_id)
    goods = Goods(product_id=row.product_id, quantity=row.quantity, lot=row.lot, serial=row.serial)
    stocking.move(session, actor, goods, from_place_id=tote.id, to_place_id=place.id, reason="sorted")
    units = session.get_one(PickedUnits, (actor.warehouse_id, row.id))
    units.tote_id, units.tote_proof, units.put_at = place.id, Proof.SLOT, actor.at
    desks.take(session, actor, tote.id)
    event = UnitsSorted(
        order_id=row.order_id,
        task_id=row.task_id,
        sku=row.sku,
        quantity=row.quantity,
        tote=tote.barcode,
        slot=place.name,
        lane_id=tote.lane_id,
        staged_at=ends.since(tote),
    )
    record(session, actor, event)
    session.flush()
    ends.end_tote(session, actor, tote)
    if unsorted.units_of_order(session, actor, row.order_id):
        return feedback.line_done(say("{n} in {slot}", n=row.quantity, slot=place.name))
    ends.complete(session, actor, row.order_id)
    match session.get_one(Order, (actor.warehouse_id, row.order_id)).status:
        case OrderStatus.PICKED:
            return feedback.complete(say("{slot} is ready to pack", slot=place.name))
        case OrderStatus.PICKING:
            return feedback.line_done(say("{n} in {slot}. More will come", n=row.quantity, slot=place.name))
        case _:
            return feedback.line_done(say("{slot} is short. The lead knows", slot=place.name))


def _leave(session: Session, actor: Actor, desk: Desk) -> Feedback:
    """DONE: the tote stays as it is, for whoever scans it next."""
    desks.take(session, actor, None)
    return feedback.told(say("{tote} waits", tote=desk.tote.barcode))


_COMMANDS: Mapping[Command, Callable[[Session, Actor, Desk], Feedback]] = {
    Command.SHORT: ends.say_empty,
    Command.DAMAGED: damage.say_damaged,
    Command.DONE: _leave,
    Command.UNDO: undoing.undo_here,
}
