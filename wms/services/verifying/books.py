"""Proving the books: each check is a question that a right database answers with no rows."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from sqlalchemy import and_, case, exists, func, or_, select, union_all
from sqlalchemy.orm import Session

from wms.domain.floor import OUTSIDE
from wms.domain.inserts import OrderInsert
from wms.domain.orders import Order, OrderLine, OrderStatus
from wms.domain.packing import Package, PackageLine, PackageStatus
from wms.domain.picked import PickedUnits
from wms.domain.picking import Batch, BatchOrder, BatchStatus, PickTask, TaskStatus
from wms.domain.printing import PrintJob, PrintStatus
from wms.domain.shipping import STANDING, Label, LabelStatus
from wms.domain.stock import Stock, StockMove
from wms.domain.totes import Tote, ToteStatus
from wms.domain.waves import Allocation
from wms.services.verifying import carriers, picks

FREE_CARRIERS = frozenset({"offline"})


@dataclass(frozen=True, kw_only=True, slots=True)
class Breach:
    """One place where the books do not agree: the check's name and a sentence with the things concerned."""

    check: str
    text: str


Check = Callable[[Session, int], Iterator[str]]


def verify(session: Session, warehouse_id: int) -> list[Breach]:
    """Run all checks in one reading; the list is empty when the books are right."""
    return [Breach(check=check.__name__, text=text) for check in CHECKS for text in check(session, warehouse_id)]


def moves_add_up_to_balances(session: Session, warehouse_id: int) -> Iterator[str]:
    """For each inside place, product, lot and serial: moved in less moved out is what is on hand."""
    key = (StockMove.product_id, StockMove.lot, StockMove.serial)
    mine = StockMove.warehouse_id == warehouse_id
    flows = union_all(
        select(StockMove.to_place_id.label("place_id"), *key, StockMove.quantity.label("change")).where(mine),
        select(StockMove.from_place_id, *key, -StockMove.quantity).where(mine),
        select(Stock.place_id, Stock.product_id, Stock.lot, Stock.serial, -Stock.on_hand).where(
            Stock.warehouse_id == warehouse_id
        ),
    ).subquery()
    columns = (flows.c.place_id, flows.c.product_id, flows.c.lot, flows.c.serial)
    off = (
        select(*columns, func.sum(flows.c.change))
        .where(flows.c.place_id.not_in(OUTSIDE))
        .group_by(*columns)
        .having(func.sum(flows.c.change) != 0)
    )
    for place_id, product_id, lot, _, change in session.execute(off):
        yield f"place {place_id}, product {product_id}, lot '{lot}': the moves say {int(change):+d} against the balance"


def reserved_equals_open_allocations(session: Session, warehouse_id: int) -> Iterator[str]:
    """What a balance says is reserved is what allocations still hold there."""
    both = union_all(
        select(
            Stock.place_id.label("place_id"), Stock.product_id, Stock.lot, Stock.serial, Stock.reserved.label("n")
        ).where(Stock.warehouse_id == warehouse_id),
        select(
            Allocation.place_id, Allocation.product_id, Allocation.lot, Allocation.serial, -Allocation.quantity
        ).where(Allocation.warehouse_id == warehouse_id),
    ).subquery()
    columns = (both.c.place_id, both.c.product_id, both.c.lot, both.c.serial)
    off = select(*columns, func.sum(both.c.n)).group_by(*columns).having(func.sum(both.c.n) != 0)
    for place_id, product_id, lot, _, difference in session.execute(off):
        yield f"place {place_id}, product {product_id}, lot '{lot}': {int(difference):+d} reserved against allocations"


def ended_orders_hold_no_stock(session: Session, warehouse_id: int) -> Iterator[str]:
    """A shipped, packed, picked or cancelled order has no allocation open and no pick task open."""
    ended = (OrderStatus.SHIPPED, OrderStatus.CANCELLED, OrderStatus.PACKED, OrderStatus.PICKED)
    for thing, is_open in ((Allocation, Allocation.quantity > 0), (PickTask, PickTask.status == TaskStatus.OPEN)):
        rows = session.execute(
            select(Order.number, Order.status, func.count())
            .join(thing, and_(thing.warehouse_id == Order.warehouse_id, thing.order_id == Order.id))
            .where(Order.warehouse_id == warehouse_id, Order.status.in_(ended), is_open)
            .group_by(Order.number, Order.status)
        )
        for number, status, count in rows:
            yield f"order {number} is {status} and still has {count} open rows in {thing.__tablename__}"


def orders_being_picked_are_on_a_walk(session: Session, warehouse_id: int) -> Iterator[str]:
    """An order that is waved or being picked is on a walk that is not over, and whose end will end its picking."""
    on_a_walk = (
        select(BatchOrder.order_id)
        .join(Batch, and_(Batch.warehouse_id == BatchOrder.warehouse_id, Batch.id == BatchOrder.batch_id))
        .where(
            BatchOrder.warehouse_id == warehouse_id,
            BatchOrder.dropped_at.is_(None),
            Batch.status.in_((BatchStatus.WAITING, BatchStatus.STARTED)),
        )
    )
    rows = session.scalars(
        select(Order.number).where(
            Order.warehouse_id == warehouse_id,
            Order.status.in_((OrderStatus.WAVED, OrderStatus.PICKING)),
            Order.id.not_in(on_a_walk),
        )
    )
    for number in rows:
        yield f"order {number} is being picked, and no walk will end it"


def shipped_units_are_the_ordered_units(session: Session, warehouse_id: int) -> Iterator[str]:
    """Each line of a packed or shipped order is in its packages, to the unit."""
    packed = (
        select(PackageLine.line_id, func.sum(PackageLine.quantity).label("packed"))
        .join(Package, and_(Package.warehouse_id == PackageLine.warehouse_id, Package.id == PackageLine.package_id))
        .where(PackageLine.warehouse_id == warehouse_id, Package.status != PackageStatus.CANCELLED)
        .group_by(PackageLine.line_id)
        .subquery()
    )
    rows = session.execute(
        select(Order.number, OrderLine.sku, OrderLine.to_pick, func.coalesce(packed.c.packed, 0))
        .join(OrderLine, and_(OrderLine.warehouse_id == Order.warehouse_id, OrderLine.order_id == Order.id))
        .outerjoin(packed, packed.c.line_id == OrderLine.id)
        .where(
            Order.warehouse_id == warehouse_id,
            Order.status.in_((OrderStatus.PACKED, OrderStatus.SHIPPED)),
            Order.shipped_elsewhere.is_(False),
            OrderLine.to_pick != func.coalesce(packed.c.packed, 0),
        )
    )
    for number, sku, wanted, got in rows:
        yield f"order {number}: {wanted} of {sku} ordered, {got} packed"


def sealed_packages_have_one_standing_label(session: Session, warehouse_id: int) -> Iterator[str]:
    """A sealed or handed over package has exactly one label, bought, and paid where its carrier charges."""
    rows = session.execute(
        select(
            Package.barcode,
            func.count(Label.id),
            func.min(Label.status),
            func.min(Label.carrier),
            func.sum(case((Label.charged, 1), else_=0)),
        )
        .outerjoin(
            Label,
            and_(
                Label.warehouse_id == Package.warehouse_id,
                Label.package_id == Package.id,
                Label.status.in_(STANDING),
            ),
        )
        .where(
            Package.warehouse_id == warehouse_id,
            Package.status.in_((PackageStatus.SEALED, PackageStatus.HANDED_OVER)),
        )
        .group_by(Package.barcode)
    )
    for barcode, count, status, carrier, charged in rows:
        if count != 1:
            yield f"package {barcode} has {count} standing labels"
        elif status != LabelStatus.BOUGHT:
            yield f"package {barcode} is sealed and its label is {status}"
        elif carrier not in FREE_CARRIERS and not charged:
            yield f"package {barcode}: {carrier} charges and the label is not paid"


def sealed_boxes_have_their_inserts(session: Session, warehouse_id: int) -> Iterator[str]:
    """What an order was to get is confirmed before its first carton is sealed, and before it is packed in any case."""
    sealed = exists().where(
        Package.warehouse_id == Order.warehouse_id,
        Package.order_id == Order.id,
        Package.own_box.is_(False),
        Package.status.in_((PackageStatus.SEALED, PackageStatus.HANDED_OVER)),
    )
    rows = session.execute(
        select(Order.number, OrderInsert.name)
        .join(OrderInsert, and_(OrderInsert.warehouse_id == Order.warehouse_id, OrderInsert.order_id == Order.id))
        .where(
            Order.warehouse_id == warehouse_id,
            OrderInsert.package_id.is_(None),
            or_(Order.status.in_((OrderStatus.PACKED, OrderStatus.SHIPPED)), sealed),
        )
    )
    for number, name in rows:
        yield f"order {number}: nobody confirmed that its {name} is in"


def picked_orders_have_something_to_pack(session: Session, warehouse_id: int) -> Iterator[str]:
    """An order that waits for a packer has a unit that is in no box yet, or a box that is not sealed."""
    order_of = and_(Package.warehouse_id == Order.warehouse_id, Package.order_id == Order.id)
    boxed = (
        select(func.coalesce(func.sum(PackageLine.quantity), 0))
        .select_from(PackageLine)
        .join(Package, and_(Package.warehouse_id == PackageLine.warehouse_id, Package.id == PackageLine.package_id))
        .where(order_of, Package.status.in_((PackageStatus.SEALED, PackageStatus.HANDED_OVER)))
        .correlate(Order)
        .scalar_subquery()
    )
    rows = session.execute(
        select(Order.number, func.sum(OrderLine.to_pick))
        .join(OrderLine, and_(OrderLine.warehouse_id == Order.warehouse_id, OrderLine.order_id == Order.id))
        .where(Order.warehouse_id == warehouse_id, Order.status == OrderStatus.PICKED)
        .group_by(Order.warehouse_id, Order.id, Order.number)
        .having(func.sum(OrderLine.to_pick) <= boxed)
    )
    for number, units in rows:
        yield f"order {number}: all {units} units are in sealed boxes, and it is not packed"


def packed_orders_have_a_box_in_the_house(session: Session, warehouse_id: int) -> Iterator[str]:
    """An order that is packed is shipped when its last box has left."""
    in_the_house = exists().where(
        Package.warehouse_id == Order.warehouse_id,
        Package.order_id == Order.id,
        Package.status.in_((PackageStatus.OPEN, PackageStatus.SEALED)),
    )
    rows = session.scalars(
        select(Order.number).where(
            Order.warehouse_id == warehouse_id, Order.status == OrderStatus.PACKED, ~in_the_house
        )
    )
    for number in rows:
        yield f"order {number} is packed, and no box of it is in the house"


def print_jobs_are_accounted_for(session: Session, warehouse_id: int) -> Iterator[str]:
    """Each sealed package's label was printed, each copy is one job, and no job's end is unknown on a sealed box."""
    done = (PrintStatus.PRINTED, PrintStatus.HANDED_TO_SPOOLER)
    job = and_(PrintJob.warehouse_id == Label.warehouse_id, PrintJob.label_id == Label.id)
    rows = session.execute(
        select(Package.barcode, PrintJob.copy, func.count(PrintJob.id))
        .join(Label, and_(Label.warehouse_id == Package.warehouse_id, Label.package_id == Package.id))
        .outerjoin(PrintJob, and_(job, PrintJob.status.in_(done)))
        .where(
            Package.warehouse_id == warehouse_id,
            Package.status.in_((PackageStatus.SEALED, PackageStatus.HANDED_OVER)),
            Label.status == LabelStatus.BOUGHT,
        )
        .group_by(Package.barcode, PrintJob.copy)
        .having(or_(PrintJob.copy.is_(None), func.count(PrintJob.id) != 1))
    )
    for barcode, copy, count in rows:
        yield (
            f"package {barcode} is sealed and no print of its label ended well"
            if count == 0
            else f"package {barcode}: copy {copy} of its label has {count} print jobs"
        )


def free_totes_are_empty(session: Session, warehouse_id: int) -> Iterator[str]:
    """A tote that is free, or out of use, holds nothing."""
    rows = session.execute(
        select(Tote.barcode, Tote.status, func.sum(Stock.on_hand))
        .join(Stock, and_(Stock.warehouse_id == Tote.warehouse_id, Stock.place_id == Tote.id))
        .where(
            Tote.warehouse_id == warehouse_id,
            Tote.status.in_((ToteStatus.FREE, ToteStatus.LOST)),
            Stock.on_hand > 0,
        )
        .group_by(Tote.barcode, Tote.status)
    )
    for barcode, status, units in rows:
        yield f"tote {barcode} is {status} and holds {units} units"


def boxes_hold_what_was_scanned(session: Session, warehouse_id: int) -> Iterator[str]:
    """A box in the house holds, to the unit, what its lines say was scanned into it."""
    both = union_all(
        select(PackageLine.package_id.label("box_id"), PackageLine.product_id, PackageLine.quantity.label("n")).where(
            PackageLine.warehouse_id == warehouse_id
        ),
        select(Stock.place_id, Stock.product_id, -Stock.on_hand).where(Stock.warehouse_id == warehouse_id),
    ).subquery()
    rows = session.execute(
        select(Package.barcode, both.c.product_id, func.sum(both.c.n))
        .join(both, both.c.box_id == Package.id)
        .where(
            Package.warehouse_id == warehouse_id,
            Package.status.in_((PackageStatus.OPEN, PackageStatus.SEALED)),
        )
        .group_by(Package.barcode, both.c.product_id)
        .having(func.sum(both.c.n) != 0)
    )
    for barcode, product_id, difference in rows:
        yield f"package {barcode}: its lines say {int(difference):+d} of product {product_id} against its stock"


def picked_units_are_those_of_their_tasks(session: Session, warehouse_id: int) -> Iterator[str]:
    """What a task counts in hand and picked is what its scans took, in hand and into totes."""
    scanned = (
        select(
            PickedUnits.task_id,
            func.sum(case((PickedUnits.tote_id.is_(None), PickedUnits.quantity), else_=0)).label("in_hand"),
            func.sum(case((PickedUnits.tote_id.is_not(None), PickedUnits.quantity), else_=0)).label("picked"),
        )
        .where(PickedUnits.warehouse_id == warehouse_id)
        .group_by(PickedUnits.task_id)
        .subquery()
    )
    in_hand, picked = func.coalesce(scanned.c.in_hand, 0), func.coalesce(scanned.c.picked, 0)
    rows = session.execute(
        select(PickTask.id, PickTask.in_hand, PickTask.picked, in_hand, picked)
        .outerjoin(scanned, scanned.c.task_id == PickTask.id)
        .where(
            PickTask.warehouse_id == warehouse_id,
            or_(PickTask.in_hand != in_hand, PickTask.picked != picked),
        )
    )
    for task_id, in_hand_now, picked_now, scanned_now, put_now in rows:
        yield (
            f"pick task {task_id} counts {in_hand_now} in hand and {picked_now} picked, "
            f"its scans {int(scanned_now)} and {int(put_now)}"
        )


CHECKS: tuple[Check, ...] = (
    moves_add_up_to_balances,
    reserved_equals_open_allocations,
    ended_orders_hold_no_stock,
    orders_being_picked_are_on_a_walk,
    shipped_units_are_the_ordered_units,
    sealed_packages_have_one_standing_label,
    sealed_boxes_have_their_inserts,
    picked_orders_have_something_to_pack,
    packed_orders_have_a_box_in_the_house,
    print_jobs_are_accounted_for,
    free_totes_are_empty,
    boxes_hold_what_was_scanned,
    picked_units_are_those_of_their_tasks,
    *picks.CHECKS,
    *carriers.CHECKS,
)
