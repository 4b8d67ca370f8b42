"""Units missing at the bench: the totes are empty, or one of them is not to be found, and the order is short."""

from collections import Counter

from sqlalchemy import select
from sqlalchemy.orm import Session

from wms.domain.actor import Actor
from wms.domain.codes import Code, Command
from wms.domain.floor import ADJUSTMENT_ID
from wms.domain.orders import Order
from wms.domain.saying import say
from wms.domain.totes import Tote, ToteStatus
from wms.services.locking import locked_wave_of
from wms.services.packing.on_bench import Bench
from wms.services.packing.tote.totes import follow_short, give_up, leave_short, locked
from wms.services.scans import asking, feedback
from wms.services.scans.screens import Feedback
from wms.services.stock import stocking
from wms.services.stock.stocking import Goods

_ANSWERS = frozenset({Command.SHORT, Command.YES, Command.NO})


def judge(session: Session, actor: Actor, code: Code, bench: Bench) -> Feedback | None:
    """SHORT: units are missing, and the totes are empty. None for a code that is neither that nor an answer to it.

    Totes that were not scanned are asked for first: SHORT said again, or YES, means that they are not to be found.
    """
    if code.command not in _ANSWERS:
        return None
    unscanned = ", ".join(tote.code for tote in bench.other_totes)
    is_asked = bool(unscanned) and _is_asked(session, actor)
    if code.command is Command.SHORT and unscanned and not is_asked:
        return asking.ask(say("{totes} not found? YES or SHORT again", totes=unscanned))
    if code.command is Command.SHORT or (is_asked and code.command is Command.YES):
        return _missing_unit(session, actor, bench)
    return feedback.told(say("Scan tote {tote} first", tote=unscanned)) if is_asked else None


def _is_asked(session: Session, actor: Actor) -> bool:
    before = asking.asked(session, actor)
    return before is not None and before.command is Command.SHORT


def _missing_unit(session: Session, actor: Actor, bench: Bench) -> Feedback:
    """Give the box up, and let the order wait for a person; totes that are not to be found go out of use."""
    _ = locked_wave_of(session, actor, bench.order_id)  # before the order, as everyone locks
    lacking = ", ".join(f"{row.left} of {row.sku}" for row in bench.units if row.left)
    _book_missing(session, actor, bench)
    for tote in bench.other_totes:
        _lose(locked(session, actor, tote.tote_id))
    gone = "".join(f", tote {tote.code} not found" for tote in bench.other_totes)
    text = f"{bench.number} lacks {lacking}{gone}, seen at {bench.station}"
    give_up(session, actor, bench, f"short: {lacking}")
    order = session.scalars(
        select(Order).where(Order.warehouse_id == actor.warehouse_id, Order.id == bench.order_id)
    ).one()
    leave_short(session, actor, order, lacking, text)
    if all(locked(session, actor, tote.tote_id).status is ToteStatus.FREE for tote in bench.open_totes):
        follow_short(session, actor, order.id)  # else when its totes are in the hold lane
    return feedback.told(say("SHORT. The lead is told"))


def _lose(tote: Tote) -> None:
    """Take a tote that is not to be found out of use; a place of a wall is where it was, and empty."""
    if tote.wall:
        tote.free()
    else:
        tote.lose()


def _book_missing(session: Session, actor: Actor, bench: Bench) -> None:
    """Take out of the totes' books what they should still hold; an order may have several lines of one product.

    Of a tote that is not to be found that is all, and of the others what is lacking beyond it.
    """
    left = Counter[int]()
    for row in bench.units:
        left[row.product_id] += row.left
    gone = {tote.tote_id for tote in bench.other_totes}
    for content in sorted(bench.contents, key=lambda content: content.tote_id not in gone):
        take = content.on_hand if content.tote_id in gone else min(left[content.product_id], content.on_hand)
        if take <= 0:
            continue
        left[content.product_id] -= take
        stocking.move(
            session,
            actor,
            Goods(product_id=content.product_id, quantity=take, lot=content.lot, serial=content.serial),
            from_place_id=content.tote_id,
            to_place_id=ADJUSTMENT_ID,
            reason="missing at packing",
        )
