"""Lots and serial numbers of the units in hand: proved by a scan, another open lot taken instead, each serial once."""

import datetime as dt
from collections.abc import Collection
from dataclasses import replace
from typing import Any

from sqlalchemy import and_, exists, func, or_, select, update
from sqlalchemy.orm import Session

from wms.domain.actor import Actor
from wms.domain.codes import Code, CodeKind
from wms.domain.journal import record
from wms.domain.orders import Order, OrderStatus
from wms.domain.picked import PickedUnits, StepKind
from wms.domain.picking import LotChanged, PickTask, TaskStatus
from wms.domain.saying import say
from wms.domain.stock import Lot, Stock
from wms.domain.waves import Allocation
from wms.services.picking.line import hands
from wms.services.picking.line.hands import Taken
from wms.services.picking.screens import ScanLot, ScanSerial
from wms.services.picking.walk import steps, tasks
from wms.services.picking.walk.at_stop import Stop
from wms.services.scans import feedback, own_labels
from wms.services.scans.recognising import Gs1, cut_lot, cut_serial, find_item, find_location, read_elements, says_gs1
from wms.services.scans.screens import Feedback
from wms.services.stock import stocking
from wms.services.stock.stocking import Goods

_NOT_THE_ITEM = {"lot": say("Scan the LOT, not the item"), "serial": say("Scan the SERIAL, not the item")}
_LONGEST = 40
_LONGEST_SERIAL = 60
# Units that were picked once and may lie on a shelf again: put back for a cancelled order, or missed and found.
_is_back = or_(
    PickedUnits.lost_at.is_not(None),
    exists().where(
        PickTask.warehouse_id == PickedUnits.warehouse_id,
        PickTask.id == PickedUnits.task_id,
        Order.warehouse_id == PickTask.warehouse_id,
        Order.id == PickTask.order_id,
        Order.status == OrderStatus.CANCELLED,
    ),
)


def open_lots(session: Session, actor: Actor, stop: Stop) -> tuple[str, ...]:
    """Return the lots of the product that the stop's location holds and that are not past their date."""
    return tuple(
        session.scalars(
            select(Stock.lot)
            .outerjoin(
                Lot,
                and_(Lot.warehouse_id == Stock.warehouse_id, Lot.product_id == Stock.product_id, Lot.lot == Stock.lot),
            )
            .where(
                Stock.warehouse_id == actor.warehouse_id,
                Stock.place_id == stop.location_id,
                Stock.product_id == stop.product_id,
                Stock.on_hand > 0,
                Stock.lot != "",
                or_(Lot.expiry.is_(None), Lot.expiry >= stop.today),
            )
        )
    )


def judge_lot(session: Session, actor: Actor, code: Code, screen: ScanLot) -> Feedback:
    """Judge a scan that should name the lot of the units in hand."""
    stop = screen.stop
    lots = open_lots(session, actor, stop)
    if code.raw in {lot.upper() for lot in lots}:
        return prove(session, actor, stop, code.raw)
    gs1 = _elements_with_lot(session, actor, stop, code, lots)
    said = gs1.lot if gs1 else code.raw
    refused = past_date(stop, gs1.expiry) if gs1 else None
    if refused is None:
        refused = _named(session, actor, stop, code, said, screen.wants)
    verdict = refused or prove(session, actor, stop, said)
    return feedback.of_gs1(verdict, lost_separator=gs1 is not None and gs1.lost_separator)


def _elements_with_lot(session: Session, actor: Actor, stop: Stop, code: Code, lots: Collection[str]) -> Gs1 | None:
    """Read a GS1 element string that says which lot the units are of, or which item; None where the scan is none.

    A text that does not say that it is one is read so only where that makes a lot that is open, and where it is not
    itself a lot of the product that is not.
    """
    gs1 = read_elements(code.raw)
    if gs1 is None or not (gs1.gtin or gs1.lot):
        return None
    gs1 = whole(stop, gs1, lots)
    if says_gs1(code):
        return gs1
    return gs1 if gs1.lot in lots and not _is_a_lot(session, actor, stop, code.raw) else None


def _is_a_lot(session: Session, actor: Actor, stop: Stop, text: str) -> bool:
    of_product = Lot.warehouse_id == actor.warehouse_id, Lot.product_id == stop.product_id
    return session.execute(select(Lot.lot).where(*of_product, func.upper(Lot.lot) == text)).first() is not None


def _named(session: Session, actor: Actor, stop: Stop, code: Code, said: str, wants: str) -> Feedback | None:
    """Name a scan that says nothing of the units' lot or serial: another product, an item, a shelf, one of our labels.

    `said` is what it says of them, '' for nothing. Any text may be a lot or a serial: what only reads like one of our
    labels is not named as one.
    """
    if code.kind not in {CodeKind.PRODUCT, CodeKind.UNKNOWN}:
        if own_labels.is_ours(session, actor, code):
            return feedback.wrong_type(code, wants)
        code = replace(code, kind=CodeKind.UNKNOWN)
    item = find_item(session, actor, code)
    if item is not None and item.product_id != stop.product_id:
        return hands.put_it_back(stop, item)
    if item is not None and (item.gs1 is None or not said):
        return feedback.wrong(_NOT_THE_ITEM[wants])
    if item is None and find_location(session, actor, code) is not None:
        return feedback.wrong_type(Code(text=code.text, kind=CodeKind.LOCATION), wants)
    return None


def whole(stop: Stop, gs1: Gs1, lots: Collection[str]) -> Gs1:
    """Return a GS1 code with its lot as the books spell it, of the open `lots`.

    Its lot and its serial are cut where a lost separator has let them run into what follows.
    """
    spelled = {lot.upper(): lot for lot in lots}
    cut = gs1 if not gs1.lot or gs1.lot.upper() in spelled else cut_lot(gs1, list(spelled)) or gs1
    serial = stop.serial.upper()
    if (stop.has_serials or stop.lot) and cut.serial and not cut.lot and cut.serial.upper() != serial:
        cut = cut_serial(cut, list(spelled), serial=serial, expiry=stop.expiry) or cut
    return replace(cut, lot=spelled.get(cut.lot.upper(), cut.lot))


def read_in(session: Session, actor: Actor, stop: Stop, taken: Taken) -> Taken | Feedback:
    """Hold what a GS1 code says of the units against the line: its lot is proved or changed by it, its serial noted."""
    if taken.gs1 is None:
        return taken
    gs1 = whole(stop, taken.gs1, open_lots(session, actor, stop))
    refused = past_date(stop, gs1.expiry)
    if refused is None and gs1.serial and stop.has_serials:
        refused = refuse_serial(session, actor, stop, gs1.serial)
    if refused is None and gs1.lot and stop.lot:
        refused = _refuse_lot(session, actor, stop, gs1.lot)
    if refused is not None:
        return refused
    if gs1.serial and stop.has_serials:
        _take_over_serial(session, actor, stop, gs1.serial)
    return replace(
        taken,
        lot=gs1.lot if stop.lot else "",
        serial=gs1.serial if stop.has_serials else "",
        lost_separator=gs1.lost_separator,
    )


def _refuse_lot(session: Session, actor: Actor, stop: Stop, lot: str) -> Feedback | None:
    """Prove the lot by the first unit's scan; a later unit of another one is refused."""
    if not stop.lot_proved:
        verdict = prove(session, actor, stop, lot)
        return None if verdict.tone == "ok" else verdict
    return (
        None
        if lot.upper() == stop.lot.upper()
        else feedback.stop(say("OTHER LOT. PUT IT BACK, TAKE {lot}", lot=stop.lot))
    )


def past_date(stop: Stop, expiry: dt.date | None) -> Feedback | None:
    """Refuse units that are past their date, by what their own code or the books say of it."""
    if expiry is None or expiry >= stop.today:
        return None
    return feedback.stop(say("PAST ITS DATE {date}. PUT IT BACK", date=expiry.isoformat()))


def prove(session: Session, actor: Actor, stop: Stop, lot: str) -> Feedback:
    """Take the lot scanned: the one set aside, if its date has not passed since, or another open one in its place."""
    task = tasks.claim(session, actor, stop)
    if task is None:
        return feedback.NOT_COUNTED
    refused = past_date(stop, stop.expiry) if lot.upper() == stop.lot.upper() else None
    if refused is not None:
        return refused
    before = {"lot": task.lot, "proved": task.lot_proved}
    if lot.upper() != task.lot.upper():
        names = {name.upper(): name for name in open_lots(session, actor, stop)}
        if lot.upper() not in names:
            return feedback.wrong(say("Lot {lot} is not open here. Scan {wanted}", lot=lot[:_LONGEST], wanted=task.lot))
        if not change(session, actor, task, names[lot.upper()]):
            return feedback.wrong(say("Lot {lot} is taken. Scan {wanted}", lot=names[lot.upper()], wanted=stop.lot))
        changed = LotChanged(order_id=task.order_id, task_id=task.id, sku=stop.sku, before=stop.lot, after=task.lot)
        record(session, actor, changed)
    task.lot_proved = True
    _note_lot(session, actor, task)
    steps.note(session, actor, task.batch_id, task.id, StepKind.LOT, **before)
    session.flush()
    return feedback.accepted(say("Lot {lot}", lot=task.lot))


def _note_lot(session: Session, actor: Actor, task: PickTask) -> None:
    """Write down of the units in hand what lot they are, as far as that is proved."""
    _ = session.execute(
        update(PickedUnits)
        .where(
            PickedUnits.warehouse_id == actor.warehouse_id,
            PickedUnits.task_id == task.id,
            PickedUnits.tote_id.is_(None),
        )
        .values(lot=task.lot if task.lot_proved else "")
        .execution_options(synchronize_session=False)
    )


def change(session: Session, actor: Actor, task: PickTask, lot: str) -> bool:
    """Let a claimed task take another lot of its location: a free one, else by exchange with another order's.

    False where neither is possible: what is left of the lot is in somebody's hands or set aside in other amounts.
    """
    mine = session.get_one(Allocation, (actor.warehouse_id, task.allocation_id), populate_existing=True)
    wanted = Goods(product_id=task.product_id, quantity=mine.quantity, lot=lot, serial=task.serial)
    row = session.get(
        Stock,
        (actor.warehouse_id, task.location_id, task.product_id, lot, task.serial),
        with_for_update={"key_share": True},
        populate_existing=True,
    )
    if row is not None and row.available >= mine.quantity:
        stocking.unreserve(session, actor, task.location_id, tasks.goods_of(task, mine.quantity))
        stocking.reserve(session, actor, task.location_id, wanted)
    elif not _exchange(session, actor, task, mine.quantity, lot):
        return False
    task.lot = mine.lot = lot
    session.flush()
    return True


def _exchange(session: Session, actor: Actor, task: PickTask, units: int, lot: str) -> bool:
    """Give the lot of this task to an order that has as much of the lot wanted, and that nobody has begun to pick.

    The amounts stay where they are, so that no balance changes: only who gets which lot.
    """
    for other in session.scalars(
        select(Allocation)
        .where(
            Allocation.warehouse_id == actor.warehouse_id,
            Allocation.id != task.allocation_id,
            Allocation.place_id == task.location_id,
            Allocation.product_id == task.product_id,
            Allocation.lot == lot,
            Allocation.quantity == units,
        )
        .order_by(Allocation.id)
        .with_for_update(skip_locked=True, key_share=True)
        .execution_options(populate_existing=True)
    ):
        rows = session.scalars(
            select(PickTask)
            .where(PickTask.warehouse_id == actor.warehouse_id, PickTask.allocation_id == other.id)
            .with_for_update(key_share=True)
            .execution_options(populate_existing=True)
        ).all()
        if all(row.status is TaskStatus.OPEN and not row.in_hand and row.found is None for row in rows):
            other.lot = task.lot
            for row in rows:
                row.lot = task.lot
            return True
    return False


def change_back(session: Session, actor: Actor, task: PickTask, before: dict[str, Any]) -> bool:
    """Undo a proof of a lot, and the change it came with; False where the first lot is no longer to be had."""
    lot = str(before["lot"])
    if task.lot != lot and not change(session, actor, task, lot):
        return False
    task.lot_proved = bool(before["proved"])
    _note_lot(session, actor, task)
    session.flush()
    return True


def judge_serial(session: Session, actor: Actor, code: Code, screen: ScanSerial) -> Feedback:
    """Judge a scan that should be the serial number of the unit just taken."""
    stop = screen.stop
    gs1 = _elements_with_serial(session, actor, stop, code)
    serial = gs1.serial if gs1 else code.raw
    if code.raw != stop.serial.upper():
        refused = _named(session, actor, stop, code, serial, screen.wants)
        if refused is not None:
            return refused
        if not serial:
            return feedback.wrong(feedback.ASKS[screen.wants])
    task = tasks.claim(session, actor, stop)
    if task is None:
        return feedback.NOT_COUNTED
    refused = refuse_serial(session, actor, stop, serial)
    if refused is not None:
        return refused
    row = session.scalars(
        select(PickedUnits)
        .where(
            PickedUnits.warehouse_id == actor.warehouse_id,
            PickedUnits.task_id == task.id,
            PickedUnits.tote_id.is_(None),
            PickedUnits.serial == "",
        )
        .order_by(PickedUnits.id)
        .limit(1)
    ).one()
    _take_over_serial(session, actor, stop, serial)
    one = hands.split_off_one(session, row)
    one.serial = serial
    steps.note(session, actor, task.batch_id, task.id, StepKind.SERIAL, units=one.id, of=row.id)
    session.flush()
    verdict = feedback.accepted(feedback.so_far(stop.in_hand, stop.wanted))
    return feedback.of_gs1(verdict, lost_separator=gs1 is not None and gs1.lost_separator)


def _elements_with_serial(session: Session, actor: Actor, stop: Stop, code: Code) -> Gs1 | None:
    """Read a GS1 element string; None where the scan is none, or only reads like one: any text may be a serial."""
    gs1 = read_elements(code.raw)
    if gs1 is None:
        return None
    if gs1.serial and (stop.lot or stop.serial):
        gs1 = whole(stop, gs1, open_lots(session, actor, stop))
    is_the_one = bool(gs1.serial) and gs1.serial.upper() == stop.serial.upper()
    return gs1 if says_gs1(code) or is_the_one else None


def refuse_serial(session: Session, actor: Actor, stop: Stop, serial: str) -> Feedback | None:
    """Say why a serial number cannot be this unit's: another unit has it, or another one was set aside."""
    if len(serial) > _LONGEST_SERIAL:
        return feedback.wrong(say("A serial has at most {n} characters", n=_LONGEST_SERIAL))
    if stop.serial and serial.upper() != stop.serial.upper():
        return feedback.wrong(say("Not that one. Take serial {serial}", serial=stop.serial))
    taken = session.scalars(
        select(PickedUnits.id).where(
            PickedUnits.warehouse_id == actor.warehouse_id,
            PickedUnits.product_id == stop.product_id,
            PickedUnits.serial == serial,
            ~_is_back,
        )
    ).first()
    return (
        None
        if taken is None
        else feedback.repeated(say("Serial {serial} was scanned before", serial=f"...{serial[-8:]}"))
    )


def _take_over_serial(session: Session, actor: Actor, stop: Stop, serial: str) -> None:
    """Take a serial number off the unit that it was of before it lay on a shelf again."""
    _ = session.execute(
        update(PickedUnits)
        .where(
            PickedUnits.warehouse_id == actor.warehouse_id,
            PickedUnits.product_id == stop.product_id,
            PickedUnits.serial == serial,
            _is_back,
        )
        .values(serial="")
        .execution_options(synchronize_session=False)
    )
