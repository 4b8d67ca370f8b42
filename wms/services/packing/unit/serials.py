"""Serial numbers at the bench: a unit whose code says one is a unit that was picked, and goes into a box once.

Which were picked stands with the picks; which lie in boxes, in the journal.
"""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from wms.domain.actor import Actor
from wms.domain.journal import JournalEntry
from wms.domain.packing import Package, PackageStatus
from wms.domain.picked import PickedUnits
from wms.domain.picking import BatchOrder, Method, PickTask
from wms.services.packing.on_bench import Content
from wms.services.scans.recognising import Item, cut_lot, cut_serial

_PACKED, _TAKEN_OUT, _DAMAGED = "UnitPacked", "UnitTakenOut", "UnitDamaged"
_TAIL = 8


@dataclass(frozen=True, kw_only=True, slots=True)
class Known:
    """The serials of a product picked for an order ('' among them: some units' were not noted), upper case.

    `packed` of them lie in boxes.
    """

    picked: frozenset[str] = frozenset()
    packed: frozenset[str] = frozenset()

    @property
    def left(self) -> frozenset[str]:
        """Those to be scanned yet."""
        return self.picked - self.packed


def said(item: Item) -> str:
    """Return the serial that a scan says of its one unit, upper case; '' where it says none."""
    return item.gs1.serial.upper() if item.gs1 is not None and item.units == 1 else ""


def tail(serial: str) -> str:
    """Return a serial as it is shown: its end, which tells it from others."""
    return f"...{serial[-_TAIL:]}"


def meant(item: Item, known: Collection[str]) -> frozenset[str]:
    """Return which of the serials known ('': of units without one) a scan may mean: all where it says none."""
    serial = said(item)
    if not serial:
        return frozenset(known)
    spelled = frozenset(one for one in known if one.upper() == serial)
    return spelled or frozenset(known) & {""}


def read(item: Item, lots: Collection[str], known: Collection[str]) -> Item:
    """Return what a scan says when its lot or serial has run into what follows because the separator was lost."""
    if item.gs1 is None:
        return item
    gs1, spelled = item.gs1, [lot.upper() for lot in lots if lot]
    if gs1.lot and gs1.lot.upper() not in spelled:
        gs1 = cut_lot(gs1, spelled) or gs1
    serials = [one.upper() for one in known if one]
    if gs1.serial and gs1.serial.upper() not in serials:
        cuts = (cut_serial(gs1, spelled, serial=one) for one in serials)
        gs1 = next((cut for cut in cuts if cut is not None), gs1)
    return replace(item, gs1=gs1)


def of(session: Session, actor: Actor, order_id: int, product_id: int, contents: Sequence[Content]) -> Known:
    """Return what is known of an order's serials of a product; `contents` is what its totes hold of it."""
    boxed, gone = _boxed(session, actor, order_id)
    picked = {serial.upper() for serial in _picked(session, actor, order_id, product_id)}
    by_books = {content.serial.upper() for content in contents if content.serial}
    return Known(picked=frozenset(picked | by_books) - gone, packed=boxed)


def _picked(session: Session, actor: Actor, order_id: int, product_id: int) -> Sequence[str]:
    """The serials picked for an order. At a put wall any unit of the walk may have gone into the order's place."""
    walks = select(BatchOrder.batch_id).where(
        BatchOrder.warehouse_id == actor.warehouse_id,
        BatchOrder.order_id == order_id,
        BatchOrder.method == Method.PUT_WALL,
    )
    return session.scalars(
        select(PickedUnits.serial)
        .join(PickTask, and_(PickTask.warehouse_id == PickedUnits.warehouse_id, PickTask.id == PickedUnits.task_id))
        .where(
            PickedUnits.warehouse_id == actor.warehouse_id,
            PickedUnits.product_id == product_id,
            PickedUnits.lost_at.is_(None),
            or_(PickTask.order_id == order_id, PickTask.batch_id.in_(walks)),
        )
        .distinct()
    ).all()


def _boxed(session: Session, actor: Actor, order_id: int) -> tuple[frozenset[str], frozenset[str]]:
    """The serials scanned into an order's boxes, and those of units that were taken out as damaged."""
    given_up = session.scalars(
        select(Package.barcode).where(
            Package.warehouse_id == actor.warehouse_id,
            Package.order_id == order_id,
            Package.status == PackageStatus.CANCELLED,
        )
    ).all()
    told = session.execute(
        select(JournalEntry.event, JournalEntry.data)
        .where(
            JournalEntry.warehouse_id == actor.warehouse_id,
            JournalEntry.order_id == order_id,
            JournalEntry.event.in_((_PACKED, _TAKEN_OUT, _DAMAGED)),
        )
        .order_by(JournalEntry.at, JournalEntry.id)
    )
    boxes: dict[str, list[str]] = defaultdict(list)  # what is taken out of a box is what went in last
    gone: set[str] = set()
    for event, data in told:
        box, units = boxes[data["package"]], int(data["quantity"])
        if event == _PACKED:
            box += [str(data.get("serial", "")).upper()] * units
            continue
        if event == _DAMAGED:
            gone.update(box[-units:])
        del box[-units:]
    boxed = {serial for package, serials in boxes.items() if package not in given_up for serial in serials}
    return frozenset(boxed - {""}), frozenset(gone - {""})
