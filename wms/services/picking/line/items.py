"""The units of a line: each known product is taken or named, and nothing is counted twice or beyond what is asked."""

from dataclasses import replace
from typing import Any

from sqlalchemy import BindParameter, bindparam, update
from sqlalchemy.orm import Session

from wms.domain.actor import Actor
from wms.domain.codes import Code
from wms.domain.journal import record
from wms.domain.picked import StepKind
from wms.domain.picking import ItemPicked, PickTask, Proof, TaskStatus
from wms.domain.saying import say
from wms.services.picking.line import dealing, hands, lines, lots, proofs, puts
from wms.services.picking.line.hands import Taken
from wms.services.picking.walk import steps, tasks
from wms.services.picking.walk.at_stop import Stop
from wms.services.scans import feedback
from wms.services.scans.recognising import Item, find_item
from wms.services.scans.screens import Answer, Feedback

_SCAN_EACH = say("Scan each serial")
_MORE: BindParameter[int] = bindparam("units")
_WANTED: BindParameter[int] = bindparam("wanted")
# Judged by the row itself, so that two handhelds on one line never take more than is wanted, nor of another's lot.
_TAKE = (
    update(PickTask)
    .where(
        PickTask.warehouse_id == bindparam("warehouse"),
        PickTask.id == bindparam("task"),
        PickTask.status == TaskStatus.OPEN,
        PickTask.in_hand + _MORE <= _WANTED,
        PickTask.lot == bindparam("of_lot"),
    )
    .values(in_hand=PickTask.in_hand + _MORE)
    .returning(PickTask.in_hand)
    .execution_options(synchronize_session=False)
)


def known(stop: Stop, code: Code) -> Taken | None:
    """Return what a code counts that is one of the stop's product by its text alone, whatever else it reads like."""
    codes = dict(stop.codes)
    units = codes.get(code.text) or codes.get(code.raw)
    if units is not None:
        return Taken(units=units, proof=Proof.CASE if units > 1 else Proof.BARCODE)
    return Taken(units=1, proof=Proof.SKU) if stop.is_its_sku(code) else None


def read(session: Session, actor: Actor, stop: Stop, code: Code) -> Taken | Item | None:
    """Return what a code of the stop's product counts, another product as scanned, or None for no product."""
    mine = known(stop, code)
    if mine is not None:
        return mine
    item = find_item(session, actor, code)
    if item is None or item.product_id != stop.product_id:
        return item
    return Taken(units=item.units, proof=Proof.GS1 if item.gs1 else Proof.BARCODE, gs1=item.gs1)


def no_number(stop: Stop) -> Feedback | None:
    """Refuse a number instead of scans where each unit is scanned whatever the zone says; None where it may be said."""
    if stop.has_serials:
        return feedback.wrong(_SCAN_EACH)
    return feedback.wrong(say("High price: scan each one")) if stop.is_dear else None


def say_how_many(session: Session, actor: Actor, stop: Stop, quantity: int) -> Feedback | Answer:
    """Take a quantity card: so many units in all, once the first was scanned."""
    refused = no_number(stop)
    if refused is not None:
        return refused
    if not stop.in_hand:
        return feedback.wrong(say("Scan the item first"))
    if not stop.in_hand < quantity <= stop.wanted:
        return feedback.wrong(say("{n} of {total} so far", n=stop.in_hand, total=stop.wanted))
    return _count(session, actor, stop, Taken(units=quantity - stop.in_hand, proof=Proof.BARCODE))


def too_many(stop: Stop, units: int, left: int) -> Feedback | None:
    """Refuse a scan that counts more than what remains, or more than one unit where each has a serial number."""
    if stop.has_serials and units > 1:
        return feedback.wrong(_SCAN_EACH)
    return feedback.wrong(say("Case of {units}, take {left} loose", units=units, left=left)) if units > left else None


def take_here(session: Session, actor: Actor, stop: Stop, taken: Taken) -> Feedback | Answer:
    """Take units whose scan proves their location too."""
    here = replace(
        stop,
        at_location=True,
        standing_id=stop.location_id,
        standing_proof=Proof.BY_ITEM,
        previous=stop.location,
        put_tote_id=None,
    )
    stood = {"location": stop.standing_id, "proof": stop.standing_proof}
    return take(session, actor, here, taken, stood=stood)


def take(
    session: Session, actor: Actor, stop: Stop, taken: Taken, *, stood: dict[str, Any] | None = None
) -> Feedback | Answer:
    """Take one scan's units: the scan of a single one stands for all that are left, where each need not be counted.

    `stood` is where the picker stood before, if this scan has proved the location.
    """
    units = stop.to_take if taken.units == 1 and not stop.counts_units else taken.units
    return _count(session, actor, stop, replace(taken, units=units), stood=stood)


def _count(
    session: Session, actor: Actor, stop: Stop, taken: Taken, *, stood: dict[str, Any] | None = None
) -> Feedback | Answer:
    """Count so many units into the picker's hands; into the tote too, where that need not be proved again."""
    refused = too_many(stop, taken.units, stop.to_take)
    if refused is not None:
        return refused
    if taken.units > stop.left:
        return _deal(session, actor, stop, taken, stood=stood)
    read_in = lots.read_in(session, actor, stop, taken)
    if isinstance(read_in, Feedback):
        return read_in
    # Another lot than the one set aside has been changed to by now, and has a date of its own.
    is_changed = read_in.lot.upper() not in {"", stop.lot.upper()}
    lot = read_in.lot if is_changed else stop.lot
    values = {
        "warehouse": actor.warehouse_id,
        "task": stop.task_id,
        "units": taken.units,
        "wanted": stop.wanted,
        "of_lot": lot,
    }
    in_hand = session.connection().execute(_TAKE, values).scalar_one_or_none()
    if in_hand is None:
        return feedback.NOT_COUNTED
    take_in_hand(session, actor, stop, read_in, stood=stood)
    bare = taken.units if stop.has_serials and not read_in.serial else 0
    # Nothing else of the stop has changed: to read it all again would be half the cost of a scan.
    now = replace(stop, device=actor.device, in_hand=in_hand, unserialled=stop.unserialled + bare)
    if not now.left:
        now = replace(now, dealt=())
    if read_in.lot:
        now = replace(now, lot=lot, lot_proved=True)
    proof = proofs.tote_is_proved(now)
    if proof is not None and lines.is_in_hand(now):
        return feedback.of_gs1(puts.put(session, actor, now, proof), lost_separator=read_in.lost_separator)
    verdict = feedback.of_gs1(
        feedback.accepted(feedback.so_far(in_hand, stop.wanted)), lost_separator=read_in.lost_separator
    )
    return verdict if is_changed else Answer(screen=lines.screen(session, actor, now), feedback=verdict)


def _deal(session: Session, actor: Actor, stop: Stop, taken: Taken, *, stood: dict[str, Any] | None) -> Feedback:
    """Take units for several orders at once; into the tote too, where it is the only one and they share it."""
    verdict = dealing.take(session, actor, stop, taken, stood=stood)
    if verdict.tone != "ok" or not stop.method.shares or proofs.tote_is_proved(stop) is not Proof.ONE_TOTE:
        return verdict
    return puts.put(session, actor, replace(stop, in_hand=stop.wanted, dealt=()), Proof.ONE_TOTE)


def take_in_hand(
    session: Session,
    actor: Actor,
    stop: Stop,
    taken: Taken,
    *,
    said: dict[str, Any] | None = None,
    stood: dict[str, Any] | None = None,
) -> None:
    """Write down that a scan took units into somebody's hands, which the task's row counts already.

    `said` is what had been said to be missing before it, `stood` where the picker had stood if it proved the location.
    """
    if stood is not None:
        tasks.stand_at(session, actor, stop.batch_id, stop.location_id, stop.standing_proof)
    row_id = hands.take(session, actor, stop, taken)
    before = {"units": row_id, "said": said, "stood": stood}
    steps.note(session, actor, stop.batch_id, stop.task_id, StepKind.UNITS, **before)
    picked = ItemPicked(order_id=stop.order_id, task_id=stop.task_id, sku=stop.sku, quantity=taken.units)
    record(session, actor, picked)


def named(stop: Stop, found: Taken | Item | None) -> Feedback | None:
    """Judge an item scanned where the tote is wanted: it is counted already, or it is a wrong one."""
    if isinstance(found, Taken):
        return feedback.repeated(say("Already in. {n} of {total}", n=stop.in_hand, total=stop.wanted))
    return hands.put_it_back(stop, found) if isinstance(found, Item) else None
