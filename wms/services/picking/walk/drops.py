"""The end of a walk: totes go down in lanes, those of short and cancelled orders first and apart, then parts.

One lane takes all totes of a turn at once. A tote that is scanned goes down alone, with its order's others: for the
lane that is full, or the order that is in a hurry. The cart's scan, or UNDO, has them go together again.
"""

from dataclasses import dataclass

from sqlalchemy import and_, exists, func, or_, select
from sqlalchemy.orm import Session

from wms.domain.actor import Actor
from wms.domain.codes import Code, CodeKind, Command
from wms.domain.floor import Cart, Location, LocationKind
from wms.domain.journal import record
from wms.domain.orders import Order, OrderStatus
from wms.domain.picking import Batch, BatchOrder, BatchStatus, PickTask, TaskStatus, TotesDropped
from wms.domain.saying import Said, say
from wms.domain.stock import Stock
from wms.domain.totes import Tote, ToteStatus
from wms.domain.waves import Wave
from wms.services.orders import deciding
from wms.services.picking.exceptions import full_totes
from wms.services.picking.screens import DropCart, Turn
from wms.services.picking.walk import on_cart, parts, steps, undo
from wms.services.picking.walk.at_stop import Slot
from wms.services.picking.walk.parts import Others
from wms.services.picking.wall import desks
from wms.services.planning import ending
from wms.services.scans import feedback
from wms.services.scans.screens import Feedback

_DROPS = frozenset({LocationKind.LANE, LocationKind.HOLD, LocationKind.CONSOLIDATION})
# Where each turn's totes go; a site without such lanes uses the next.
_KINDS = {
    Turn.HOLD: (LocationKind.HOLD,),
    Turn.MEET: (LocationKind.CONSOLIDATION, LocationKind.LANE),
    Turn.PACK: (LocationKind.LANE,),
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Carried:
    """An order's tote still on the cart; a `held` order is short or cancelled, a tote may be empty.

    `others` tells of the order's lines on other walks, where its walk was split.
    """

    row: BatchOrder
    order: Order
    tote: Tote
    is_held: bool
    is_empty: bool
    others: Others

    @property
    def turn(self) -> Turn:
        """Where the tote goes: a shared one always to packing or the put wall, with the other orders' units."""
        if self.is_empty or self.row.method.shares:
            return Turn.PACK
        if self.others.meet and self.order.status is OrderStatus.PICKING:
            return Turn.MEET
        return Turn.HOLD if self.is_held else Turn.PACK


@dataclass(frozen=True, kw_only=True, slots=True)
class Drop:
    """A walk whose lines are all done: what is on the cart, and the lanes there are."""

    batch: Batch
    cart: Cart
    carried: list[Carried]
    lanes: list[Location]

    @property
    def alone(self) -> Carried | None:
        """The tote that was scanned to go down before the others; None where none was."""
        return next((one for one in self.carried if one.tote.id == self.batch.drop_tote_id), None)

    @property
    def turn(self) -> Turn:
        """Whose turn it is."""
        if self.alone is not None:
            return self.alone.turn
        turns = {one.turn for one in self.carried}
        return next((turn for turn in Turn if turn in turns), Turn.PACK)

    @property
    def lane_id(self) -> int | None:
        """The lane where other parts of the orders that are put down now stand; None where none does."""
        going = self.carried if self.alone is None else [self.alone]
        meeting = (one.others.lane_id for one in going if one.turn is Turn.MEET)
        return next(filter(None, meeting), None) if self.turn is Turn.MEET else None

    @property
    def now(self) -> list[Carried]:
        """Return what goes down at the next lane, all totes of an order together; an empty one is free again."""
        turn, lane_id, alone = self.turn, self.lane_id, self.alone
        if alone is not None:
            due = {one.order.id for one in self.carried if one.tote.id == alone.tote.id}
        else:
            due = {one.order.id for one in self.carried if one.turn is turn and lane_id in {None, one.others.lane_id}}
        return [one for one in self.carried if one.order.id in due]

    @property
    def places(self) -> list[Location]:
        """Return the lanes that are right now; a site without such a lane drops everything in any."""
        if self.lane_id is not None:
            return [lane for lane in self.lanes if lane.id == self.lane_id]
        right = ([lane for lane in self.lanes if lane.kind is kind] for kind in _KINDS[self.turn])
        return next(filter(None, right), self.lanes)

    @property
    def token(self) -> str:
        """What tells one turn of a walk from the others."""
        alone = "" if self.alone is None else f"-{self.alone.tote.id:x}"
        return f"drop-{self.batch.id:x}-{self.turn}-{self.lane_id or 0:x}{alone}"


def screen(session: Session, actor: Actor, batch_id: int) -> DropCart:
    """Return the screen that says which totes go to which lanes."""
    drop = _drop(session, actor, batch_id, lock=False)
    lines, units, shorts = session.execute(
        select(
            func.count().filter(PickTask.status != TaskStatus.CANCELLED),
            func.coalesce(func.sum(PickTask.picked), 0),
            func.count().filter(PickTask.status == TaskStatus.SHORT),
        ).where(PickTask.warehouse_id == actor.warehouse_id, PickTask.batch_id == batch_id)
    ).one()
    return DropCart(
        token=drop.token,
        accept=tuple(lane.barcode for lane in drop.places),
        job=f"{drop.batch.name}  {drop.cart.name}",
        done=lines,
        total=lines,
        batch_id=batch_id,
        cart_code=drop.cart.barcode,
        turn=drop.turn,
        alone="" if drop.alone is None else drop.alone.tote.barcode,
        totes=tuple({one.tote.id: Slot(number=one.row.slot, code=one.tote.barcode) for one in drop.now}.values()),
        lanes=tuple(lane.code for lane in drop.places),
        lines=lines,
        units=units,
        shorts=shorts,
    )


def judge(session: Session, actor: Actor, code: Code, screen: DropCart) -> Feedback:
    """Judge a scan that should be a lane; a tote's goes down alone, the cart's has all go down together."""
    if code.command is Command.UNDO:
        return _together(session, actor, screen) if screen.alone else undo.undo(session, actor, screen.batch_id)
    if code.kind in {CodeKind.TOTE, CodeKind.SLOT}:
        return _alone(session, actor, code, screen)
    if code.kind is CodeKind.CART and code.text == screen.cart_code:
        return _together(session, actor, screen)
    return _at_lane(session, actor, code, screen)


def _at_lane(session: Session, actor: Actor, code: Code, screen: DropCart) -> Feedback:
    if code.kind is not CodeKind.LANE:
        return feedback.wrong_type(code, screen.wants)
    wave = _wave(session, actor, screen.batch_id)
    drop = _drop(session, actor, screen.batch_id, lock=True)
    is_over = drop.batch.status is not BatchStatus.STARTED or _has_open_line(session, actor, screen.batch_id)
    if is_over or drop.token != screen.token:
        return feedback.NOT_COUNTED
    lane = next((lane for lane in drop.lanes if lane.barcode == code.text), None)
    if lane is None:
        return feedback.unknown(code)
    if lane not in drop.places:
        return feedback.wrong(_wrong_lane(drop, lane))
    return _put_all_down(session, actor, wave, drop, lane)


def _alone(session: Session, actor: Actor, code: Code, screen: DropCart) -> Feedback:
    tote = on_cart.find(session, actor, screen.batch_id, code)
    if isinstance(tote, Feedback):
        return tote
    session.get_one(Batch, (actor.warehouse_id, screen.batch_id)).drop_tote_id = tote.id
    session.flush()
    return feedback.told(say("{tote} goes down alone", tote=tote.barcode))


def _together(session: Session, actor: Actor, screen: DropCart) -> Feedback:
    session.get_one(Batch, (actor.warehouse_id, screen.batch_id)).drop_tote_id = None
    session.flush()
    return feedback.told(say("All of them together"))


def _wrong_lane(drop: Drop, lane: Location) -> Said:
    if drop.lane_id is not None:
        return say("{lane} is wrong. The rest is in {right}", lane=lane.code, right=drop.places[0].code)
    match drop.turn:
        case Turn.HOLD:
            return say("{lane} is wrong. Scan a HOLD lane", lane=lane.code)
        case Turn.MEET:
            return say("{lane} is wrong. Scan a lane for parts", lane=lane.code)
        case Turn.PACK:
            return say("{lane} is wrong. Scan a lane for packing", lane=lane.code)


def _has_open_line(session: Session, actor: Actor, batch_id: int) -> bool:
    """Lock the walk's lines, and tell whether UNDO on another handheld has opened one again."""
    statuses = session.scalars(
        select(PickTask.status)
        .where(PickTask.warehouse_id == actor.warehouse_id, PickTask.batch_id == batch_id)
        .order_by(PickTask.id)
        .with_for_update(key_share=True)
    )
    return TaskStatus.OPEN in statuses.all()


def _put_all_down(session: Session, actor: Actor, wave: Wave, drop: Drop, lane: Location) -> Feedback:
    down, turn = drop.now, drop.turn
    for one in down:
        _put_down(session, actor, one, lane)
    totes = len({one.tote.id for one in down if not one.is_empty})
    record(session, actor, TotesDropped(batch=drop.batch.name, lane=lane.code, totes=totes))
    session.flush()
    for order in {one.order.id: one.order for one in down}.values():
        if order.status is OrderStatus.SHORT:
            deciding.follow(session, actor, order)
    parts.hasten(session, actor, {one.order.id for one in down if one.others.go_on})
    if len(down) < len(drop.carried):
        held, met = say("{n} on hold. Now the others", n=totes), say("{n} put down. Now the others", n=totes)
        return feedback.line_done(held if turn is Turn.HOLD else met)
    record(session, actor, drop.batch.finish(actor.at))
    steps.forget(session, actor, drop.batch.id)
    session.flush()
    ending.end_wave(session, actor, wave)
    return feedback.complete(say("{batch} is done", batch=drop.batch.name))


def _put_down(session: Session, actor: Actor, one: Carried, lane: Location) -> None:
    if one.order.status is OrderStatus.PICKING and not one.others.go_on:
        short = OrderStatus.SHORT if one.is_held else OrderStatus.PICKED
        record(session, actor, one.order.move_to(short))
    if one.tote.status is ToteStatus.PICKING:
        if one.is_empty:
            one.tote.free()
        else:
            one.tote.stage(lane.id, actor.at)
            if one.tote.order_id is None:  # whoever stood at it before was at the units of another walk
                desks.leave_all(session, actor, one.tote.id)
    one.row.dropped_at = actor.at


def _wave(session: Session, actor: Actor, batch_id: int) -> Wave:
    return session.scalars(
        select(Wave)
        .join(Batch, and_(Batch.warehouse_id == Wave.warehouse_id, Batch.wave_id == Wave.id))
        .where(Wave.warehouse_id == actor.warehouse_id, Batch.id == batch_id)
        .with_for_update(of=Wave, key_share=True)
        .execution_options(populate_existing=True)
    ).one()


def _drop(session: Session, actor: Actor, batch_id: int, *, lock: bool) -> Drop:
    mine = select(Batch).where(Batch.warehouse_id == actor.warehouse_id, Batch.id == batch_id)
    batch = session.scalars(
        (mine.with_for_update(key_share=True) if lock else mine).execution_options(populate_existing=True)
    ).one()
    cart = session.scalars(select(Cart).where(Cart.warehouse_id == actor.warehouse_id, Cart.id == batch.cart_id)).one()
    carried = _carried(session, actor, batch_id, lock=lock)
    lanes = session.scalars(
        select(Location)
        .where(Location.warehouse_id == actor.warehouse_id, Location.kind.in_(_DROPS))
        .order_by(Location.code)
    ).all()
    return Drop(batch=batch, cart=cart, carried=carried, lanes=list(lanes))


def _carried(session: Session, actor: Actor, batch_id: int, *, lock: bool) -> list[Carried]:
    is_short = exists().where(
        PickTask.warehouse_id == BatchOrder.warehouse_id,
        PickTask.batch_id == BatchOrder.batch_id,
        PickTask.order_id == BatchOrder.order_id,
        PickTask.status == TaskStatus.SHORT,
    )
    holds_units = exists().where(Stock.warehouse_id == Tote.warehouse_id, Stock.place_id == Tote.id, Stock.on_hand > 0)
    on_cart = (
        select(BatchOrder, Order, Tote, is_short.label("short"), holds_units.label("holds"))
        .join(Order, and_(Order.warehouse_id == BatchOrder.warehouse_id, Order.id == BatchOrder.order_id))
        .join(
            Tote,
            and_(
                Tote.warehouse_id == BatchOrder.warehouse_id,
                or_(Tote.id == BatchOrder.tote_id, Tote.id.in_(full_totes.OF_ROW)),
            ),
        )
        .where(
            BatchOrder.warehouse_id == actor.warehouse_id,
            BatchOrder.batch_id == batch_id,
            BatchOrder.dropped_at.is_(None),
        )
        .order_by(Order.id, Tote.id)
        .execution_options(populate_existing=True)
    )
    rows = session.execute(on_cart.with_for_update(of=(Order, Tote), key_share=True) if lock else on_cart).all()
    others = parts.others(session, actor, batch_id)
    none = Others()
    return [
        Carried(
            row=row,
            order=order,
            tote=tote,
            is_held=(short or others.get(order.id, none).is_short) or order.status is not OrderStatus.PICKING,
            is_empty=not holds,
            others=others.get(order.id, none),
        )
        for row, order, tote, short, holds in rows
    ]
