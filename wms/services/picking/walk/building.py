"""Building a cart: a tote for each slot, then the walk begins by itself, or by DONE with the orders that have one."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import exists, select, update
from sqlalchemy.orm import Session

from wms.domain.actor import Actor
from wms.domain.codes import Code, CodeKind, Command
from wms.domain.floor import Cart
from wms.domain.journal import record
from wms.domain.orders import Order
from wms.domain.picking import (
    Batch,
    BatchMoved,
    BatchOrder,
    BatchStatus,
    FullTote,
    PickTask,
    TaskStatus,
    ToteBound,
    ToteUnbound,
)
from wms.domain.saying import Said, say, say_some
from wms.domain.totes import RedToteError, Tote, ToteStatus
from wms.services.locking import locked_wave
from wms.services.picking import contents
from wms.services.picking.exceptions import full_totes
from wms.services.picking.screens import BuildCart
from wms.services.picking.walk import giving_back, steps, undo
from wms.services.picking.walk.at_stop import Slot
from wms.services.planning.parting import further_walk
from wms.services.scans import feedback
from wms.services.scans.screens import Feedback


@dataclass(frozen=True, kw_only=True, slots=True)
class Build:
    """A started batch whose cart is being built; totes are asked for in the order of the orders' ids.

    Orders that were `cancelled` before they got a tote need none, and keep their slots on the cart.
    """

    batch: Batch
    cart: Cart
    bound: list[BatchOrder]
    unbound: list[BatchOrder]
    cancelled: list[BatchOrder]

    @property
    def token(self) -> str:
        """What tells one set of orders from the next: with one gone, or come, another slot may be asked for."""
        return f"build-{self.batch.id:x}-{len(self.bound) + len(self.unbound)}"


def screen(session: Session, actor: Actor, batch_id: int) -> BuildCart:
    """Return the screen that asks for the next tote."""
    build = _build(session, actor, batch_id, lock=False)
    rows = [*build.bound, *build.unbound]
    codes = _tote_codes(session, actor, rows)
    first = build.unbound[0]
    here = first.slot
    # Orders that share a tote have one slot, which is asked for as long as one of them has none.
    code_of = {row.slot: codes.get(row.tote_id or 0, "") for row in rows}
    bound = sum(bool(code) for code in code_of.values())
    return BuildCart(
        token=build.token,
        job=f"{build.batch.name}  {build.cart.name}",
        done=bound,
        total=len(code_of),
        slot=here,
        slots=tuple(Slot(number=slot, code=code, here=slot == here) for slot, code in sorted(code_of.items())),
        bound=bound,
        batch_id=batch_id,
        sharing=sum(row.slot == here for row in build.unbound) if first.method.shares else 0,
        missing_of=_missing_of(session, actor, build, first),
    )


def judge(session: Session, actor: Actor, code: Code, screen: BuildCart) -> Feedback:
    """Judge a scan while the cart is being built."""
    if code.command is Command.DONE:
        # It may add a walk to the wave: that is locked first, as everywhere.
        wave_id = session.get_one(Batch, (actor.warehouse_id, screen.batch_id)).wave_id
        _ = locked_wave(session, actor, wave_id)
    build = _build(session, actor, screen.batch_id, lock=True)
    if not build.unbound or build.batch.worker_id != actor.worker_id or build.token != screen.token:
        return feedback.NOT_COUNTED
    if code.kind is CodeKind.TOTE:
        return _bind(session, actor, build, code)
    if code.kind is CodeKind.SLOT:
        return _choose(session, build, code)
    do = _COMMANDS.get(code.command) if code.command is not None else None
    return feedback.wrong_type(code, screen.wants) if do is None else do(session, actor, build)


def token_now(session: Session, actor: Actor, batch_id: int) -> str:
    """Return the token that the screen of a started walk has, or would have were its cart built now."""
    return _build(session, actor, batch_id, lock=False).token


def _build(session: Session, actor: Actor, batch_id: int, *, lock: bool) -> Build:
    mine = select(Batch).where(Batch.warehouse_id == actor.warehouse_id, Batch.id == batch_id)
    batch = session.scalars(
        (mine.with_for_update(key_share=True) if lock else mine).execution_options(populate_existing=True)
    ).one()
    cart = session.scalars(select(Cart).where(Cart.warehouse_id == actor.warehouse_id, Cart.id == batch.cart_id)).one()
    has_open_line = exists().where(
        PickTask.warehouse_id == BatchOrder.warehouse_id,
        PickTask.batch_id == BatchOrder.batch_id,
        PickTask.order_id == BatchOrder.order_id,
        PickTask.status == TaskStatus.OPEN,
    )
    rows = session.execute(
        select(BatchOrder, has_open_line.label("open"))
        .where(BatchOrder.warehouse_id == actor.warehouse_id, BatchOrder.batch_id == batch_id)
        .order_by(BatchOrder.order_id)
        .execution_options(populate_existing=True)
    ).all()
    return Build(
        batch=batch,
        cart=cart,
        bound=[row for row, _ in rows if row.tote_id is not None],
        unbound=[row for row, is_open in rows if row.tote_id is None and is_open],
        cancelled=[row for row, is_open in rows if row.tote_id is None and not is_open],
    )


def _tote_codes(session: Session, actor: Actor, rows: list[BatchOrder]) -> dict[int, str]:
    ids = [row.tote_id for row in rows if row.tote_id is not None]
    found = session.execute(
        select(Tote.id, Tote.barcode).where(Tote.warehouse_id == actor.warehouse_id, Tote.id.in_(ids))
    )
    return {row.id: row.barcode for row in found}


def _bind(session: Session, actor: Actor, build: Build, code: Code) -> Feedback:
    tote = session.scalars(
        select(Tote)
        .where(Tote.warehouse_id == actor.warehouse_id, Tote.barcode == code.text)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    ).one_or_none()
    if tote is None:
        return feedback.unknown(code)
    there = next((row.slot for row in build.bound if row.tote_id == tote.id), None)
    if there is not None:
        return feedback.repeated(say("{tote} is in slot {slot}", tote=tote.barcode, slot=there))
    refused = why_not_free(session, actor, tote)
    if refused is not None:
        return feedback.wrong(refused)
    row = build.unbound[0]
    tote.take(None if row.method.shares else row.order_id)
    here = [other for other in build.unbound if other.slot == row.slot]
    for one in here:
        one.tote_id = tote.id
        bound = ToteBound(order_id=one.order_id, batch=build.batch.name, tote=tote.barcode, slot=one.slot)
        record(session, actor, bound)
    session.flush()
    if len(build.unbound) == len(here) and steps.newest(session, actor, build.batch.id) is None:
        return feedback.complete(say("Cart is ready. Go"))
    return feedback.accepted(say("{tote} in slot {slot}", tote=tote.barcode, slot=row.slot))


def why_not_free(session: Session, actor: Actor, tote: Tote) -> Said | None:
    """Say why a tote cannot be bound; None where it can."""
    if tote.wall:
        return say("{slot} is a place of the put wall", slot=tote.name)
    if tote.status is ToteStatus.LOST:
        return say("{tote} is lost. See the lead", tote=tote.barcode)
    if tote.status is not ToteStatus.FREE:
        return say("{tote} is {where}", tote=tote.barcode, where=contents.where(session, actor, tote))
    if tote.is_red:
        return RedToteError(tote.barcode).said
    if full_totes.holds_units(session, actor, tote.id):
        return say("{tote} is not empty. Take another", tote=tote.barcode)
    return None


def _choose(session: Session, build: Build, code: Code) -> Feedback:
    if code.text[:-2] != build.cart.barcode:
        return feedback.wrong(say("That slot is not on {cart}", cart=build.cart.name))
    if not 1 <= code.slot <= build.cart.slots:
        return feedback.wrong(
            say_some("{cart} has {n} slot", "{cart} has {n} slots", build.cart.slots, cart=build.cart.name)
        )
    if any(row.slot == code.slot for row in build.bound):
        return feedback.wrong(say("Slot {slot} has a tote", slot=code.slot))
    freed = build.unbound[0].slot
    without = [*build.unbound, *build.cancelled]
    here = [row for row in without if row.slot == freed]
    others = [row for row in without if row.slot == code.slot and row.slot != freed]
    # The two change slots; 0 is nobody's, so that the pair is never alike.
    for rows, slot in ((others, 0), (here, code.slot), (others, freed)):
        for row in rows:
            row.slot = slot
        session.flush()
    return feedback.told(say("Slot {slot}. Scan its tote", slot=code.slot))


def _has_begun(session: Session, actor: Actor, build: Build) -> bool:
    """Tell whether a tote is asked for because another was full, or since an order came to the walk under way."""
    return steps.newest(session, actor, build.batch.id) is not None


def _after_full(session: Session, actor: Actor, build: Build, rows: Sequence[BatchOrder]) -> bool:
    """Tell whether one of these orders needs a tote because another was full."""
    of_batch = FullTote.warehouse_id == actor.warehouse_id, FullTote.batch_id == build.batch.id
    full = exists().where(*of_batch, FullTote.order_id.in_([row.order_id for row in rows]))
    return session.execute(select(full)).scalar_one()


def _missing_of(session: Session, actor: Actor, build: Build, row: BatchOrder) -> str:
    """Return the number of an order that came to the walk under way; '' for one that was planned for it."""
    if not _has_begun(session, actor, build) or _after_full(session, actor, build, [row]):
        return ""
    return session.get_one(Order, (actor.warehouse_id, row.order_id)).number


def _unbind(session: Session, actor: Actor, build: Build) -> Feedback:
    if _has_begun(session, actor, build):
        return undo.undo(session, actor, build.batch.id)
    if not build.bound:
        giving_back.free_cart(session, actor, build.batch)
        return feedback.told(say("Cart is free again"))
    row = build.bound[-1]
    tote = session.scalars(
        select(Tote)
        .where(Tote.warehouse_id == actor.warehouse_id, Tote.id == row.tote_id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    ).one()
    tote.free()
    for one in build.bound:
        if one.tote_id == tote.id:
            one.tote_id = None
            unbound = ToteUnbound(order_id=one.order_id, batch=build.batch.name, tote=tote.barcode, slot=one.slot)
            record(session, actor, unbound)
    session.flush()
    return feedback.told(say("Take {tote} off the cart", tote=tote.barcode))


def _go_without_the_rest(session: Session, actor: Actor, build: Build) -> Feedback:
    if not build.bound or _after_full(session, actor, build, build.unbound):
        return feedback.wrong(say("Scan a tote first"))
    rest = further_walk(session, actor, build.batch)
    orders = [row.order_id for row in build.unbound]
    for table in (BatchOrder, PickTask):
        _ = session.execute(
            update(table)
            .where(
                table.warehouse_id == actor.warehouse_id,
                table.batch_id == build.batch.id,
                table.order_id.in_(orders),
            )
            .values(batch_id=rest.id)
            .execution_options(synchronize_session=False)
        )
    record(session, actor, BatchMoved(batch=rest.name, then=BatchStatus.WAITING, reason=f"left by {build.batch.name}"))
    for row in build.unbound:
        session.expunge(row)  # its key has changed in the table
    return feedback.told(say_some("{n} order waits for another cart", "{n} orders wait for another cart", len(orders)))


_COMMANDS: Mapping[Command, Callable[[Session, Actor, Build], Feedback]] = {
    Command.UNDO: _unbind,
    Command.DONE: _go_without_the_rest,
}
