"""What the books say in one moment of the picking model, and the laws that hold in each."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Engine, and_, exists, func, or_, select
from sqlalchemy.orm import Session, aliased

from tests.builders import WAREHOUSE
from wms.database import reading
from wms.domain import Base
from wms.domain.floor import OUTSIDE
from wms.domain.orders import Order, OrderLine, OrderStatus
from wms.domain.packing import Package, PackageStatus
from wms.domain.picked import PickedUnits
from wms.domain.picking import Batch, BatchOrder, FullTote, PickTask, TaskStatus
from wms.domain.putbacks import PutBack
from wms.domain.stock import Stock
from wms.domain.totes import Tote, ToteStatus
from wms.domain.waves import Allocation

Place = aliased(Tote)
Goods = tuple[int, int, str]
"""A place's id, a product's id and a lot."""


@dataclass(frozen=True, kw_only=True)
class Books:
    """The books at a moment. `work` is all that a refused scan must leave as it was."""

    balances: dict[Goods, tuple[int, int]]
    tasks: dict[int, PickTask]
    put_backs: dict[Goods, int]
    work: object

    def total(self, product_id: int) -> int:
        """Units of a product in the house."""
        return sum(on_hand for (_, product, _), (on_hand, _) in self.balances.items() if product == product_id)

    def to_sort(self, tote_id: int) -> dict[int, int]:
        """Units by product that lie in a tote for orders that are not cancelled."""
        units: dict[int, int] = defaultdict(int)
        for (place, product, lot), (on_hand, _) in self.balances.items():
            if place == tote_id:
                units[product] += on_hand - self.put_backs.get((place, product, lot), 0)
        return {product: count for product, count in units.items() if count}

    def on_locations(self) -> dict[Goods, int]:
        """What really stands in each place: the balance less what is in somebody's hands."""
        real = {goods: on_hand for goods, (on_hand, _) in self.balances.items()}
        for task in self.tasks.values():
            if task.in_hand:
                real[task.location_id, task.product_id, task.lot] -= task.in_hand
        return real


def read(engine: Engine, picked_again: Collection[int] = ()) -> Books:
    """Read the books, and hold the laws against them that concern one moment; some orders may be `picked_again`."""
    with reading(engine) as session:
        rows = session.execute(
            select(Stock.place_id, Stock.product_id, Stock.lot, Stock.on_hand, Stock.reserved).where(
                Stock.warehouse_id == WAREHOUSE
            )
        ).all()
        balances = {(row.place_id, row.product_id, row.lot): (row.on_hand, row.reserved) for row in rows}
        assert not {row.place_id for row in rows} & set(OUTSIDE)
        assert all(0 <= reserved <= on_hand for on_hand, reserved in balances.values())
        tasks = {task.id: task for task in session.scalars(select(PickTask))}
        _lines_ask_for_what_was_ordered(session, picked_again)
        _each_open_task_has_its_own_set_aside(session, tasks)
        _totes_on_carts_are_bound(session)
        _units_in_totes_are_an_orders_or_to_be_put_back(session)
        _places_of_the_wall_wait_for_units(session)
        return Books(
            balances=balances, tasks=tasks, put_backs=_put_backs(session), work=_work(session, balances, tasks)
        )


def everything(engine: Engine) -> object:
    """Each row of each table."""
    with reading(engine) as session:
        return {table.name: sorted(map(repr, session.execute(select(table)))) for table in Base.metadata.sorted_tables}


def _work(session: Session, balances: object, tasks: dict[int, PickTask]) -> object:
    used = select(Tote.id, Tote.status, Tote.order_id, Tote.lane_id).where(Tote.status != ToteStatus.FREE)
    totes = session.execute(used).all()
    bound = session.execute(select(BatchOrder.batch_id, BatchOrder.order_id, BatchOrder.tote_id, BatchOrder.slot)).all()
    units = session.execute(select(PickedUnits.id, PickedUnits.quantity, PickedUnits.tote_id, PickedUnits.serial)).all()
    orders = session.execute(select(Order.id, Order.status)).all()
    facts = {task.id: _facts(task) for task in tasks.values()}
    return balances, facts, sorted(totes), sorted(bound), sorted(map(tuple, units), key=str), sorted(orders)


def _facts(task: PickTask) -> tuple[Any, ...]:
    return (
        *(task.status, task.quantity, task.in_hand, task.picked, task.found, task.short_confirmed, task.short_reason),
        *(task.location_id, task.lot, task.lot_proved, task.sequence, task.skips, task.batch_id),
    )


def _lines_ask_for_what_was_ordered(session: Session, picked_again: Collection[int]) -> None:
    """The tasks of a line that nobody has cancelled are for all its units, whatever was short or fetched elsewhere.

    What was lost from a tote is picked again by further tasks.
    """
    lost = (
        select(PickTask.line_id, func.sum(PickedUnits.quantity).label("units"))
        .join(PickedUnits, PickedUnits.task_id == PickTask.id)
        .where(PickedUnits.lost_at.is_not(None))
        .group_by(PickTask.line_id)
        .subquery()
    )
    asked = (
        select(PickTask.line_id, func.sum(PickTask.quantity).label("units"), func.sum(PickTask.picked).label("picked"))
        .where(PickTask.status != TaskStatus.CANCELLED)
        .group_by(PickTask.line_id)
        .subquery()
    )
    rows = session.execute(
        select(
            Order.id,
            Order.status,
            OrderLine.to_pick,
            asked.c.units,
            (asked.c.picked - func.coalesce(lost.c.units, 0)).label("held"),
        )
        .join(OrderLine, OrderLine.order_id == Order.id)
        .join(asked, asked.c.line_id == OrderLine.id)
        .outerjoin(lost, lost.c.line_id == OrderLine.id)
        .where(Order.status != OrderStatus.CANCELLED)
    ).all()
    assert [row for row in rows if row.units != row.to_pick and row.id not in picked_again] == []
    assert [row for row in rows if row.status is OrderStatus.PICKED and row.held != row.to_pick] == []


def _each_open_task_has_its_own_set_aside(session: Session, tasks: dict[int, PickTask]) -> None:
    columns = Allocation.id, Allocation.place_id, Allocation.product_id, Allocation.lot, Allocation.quantity
    allocations = {row.id: row for row in session.execute(select(*columns))}
    asked: dict[tuple[int, int, int, str], int] = defaultdict(int)
    for task in tasks.values():
        asked[task.batch_id, task.location_id, task.product_id, task.lot] += task.quantity
    for task in tasks.values():
        if task.status is TaskStatus.OPEN:
            row = allocations[task.allocation_id]
            assert (row.place_id, row.product_id, row.lot) == (task.location_id, task.product_id, task.lot)
            if task.found is None or task.short_confirmed:
                assert row.quantity == (task.quantity if task.found is None else task.found)
            else:
                # What is found is dealt out: to this line first, then to the next ones for the same units.
                others = asked[task.batch_id, task.location_id, task.product_id, task.lot] - task.quantity
                assert task.found < row.quantity + others
                assert row.quantity <= task.quantity
            assert task.in_hand <= row.quantity


def _put_backs(session: Session) -> dict[Goods, int]:
    """Units that wait in a place to be put back."""
    rows = session.execute(
        select(PutBack.from_place_id, PutBack.product_id, PutBack.lot, func.sum(PutBack.quantity))
        .where(PutBack.done_at.is_(None))
        .group_by(PutBack.from_place_id, PutBack.product_id, PutBack.lot)
    )
    return {(place, product, lot): int(units) for place, product, lot, units in rows}


def _units_in_totes_are_an_orders_or_to_be_put_back(session: Session) -> None:
    """What a tote holds, scans of orders that are not cancelled have put there, or it is to be put back; none twice."""
    held: dict[Goods, int] = defaultdict(int)
    used = Tote.status.in_((ToteStatus.PICKING, ToteStatus.STAGED))
    at_bench = exists().where(Package.order_id == Tote.order_id, Package.status != PackageStatus.CANCELLED)
    totes = set(session.scalars(select(Tote.id).where(used, ~at_bench)))
    units_of = select(Stock.place_id, Stock.product_id, Stock.lot, Stock.on_hand)
    for place_id, product_id, lot, units in session.execute(units_of.where(Stock.place_id.in_(totes))):
        held[place_id, product_id, lot] += units
    for goods, units in _put_backs(session).items():
        if goods[0] in totes:
            held[goods] -= units
    # A tote has served others before; what was packed from it is in a box.
    is_packed = exists().where(Package.order_id == PickTask.order_id, Package.status != PackageStatus.CANCELLED)
    for tote_id, product_id, lot, units in session.execute(
        select(Tote.id, PickedUnits.product_id, PickTask.lot, func.sum(PickedUnits.quantity))
        .join(PickTask, PickTask.id == PickedUnits.task_id)
        .join(Tote, Tote.id == PickedUnits.tote_id)
        .join(Order, Order.id == PickTask.order_id)
        .join(BatchOrder, and_(BatchOrder.batch_id == PickTask.batch_id, BatchOrder.order_id == PickTask.order_id))
        .where(
            Tote.id.in_(totes),
            or_(Tote.order_id == PickTask.order_id, and_(Tote.order_id.is_(None), BatchOrder.method != "cluster")),
            Order.status != OrderStatus.CANCELLED,
            PickedUnits.lost_at.is_(None),
            ~is_packed,
        )
        .group_by(Tote.id, PickedUnits.product_id, PickTask.lot)
    ):
        held[tote_id, product_id, lot] -= int(units)
    assert {goods: units for goods, units in held.items() if units} == {}


def _totes_on_carts_are_bound(session: Session) -> None:
    """A tote on a cart is bound to one order of one walk, or to those of its orders that share it."""
    totes = session.scalars(select(Tote).where(Tote.status == ToteStatus.PICKING, Tote.wall == "")).all()
    # A walk given back half done waits on its cart, with its totes.
    waits_on_its_cart = and_(Batch.status == "waiting", Batch.cart_id.is_not(None))
    walks = session.query(Batch.id).filter(or_(Batch.status == "started", waits_on_its_cart))
    of_row = and_(FullTote.batch_id == BatchOrder.batch_id, FullTote.order_id == BatchOrder.order_id)
    bound = session.query(BatchOrder.tote_id, BatchOrder.order_id, BatchOrder.method).filter(
        BatchOrder.batch_id.in_(walks), BatchOrder.tote_id.is_not(None), BatchOrder.dropped_at.is_(None)
    )
    full = session.query(FullTote.tote_id, FullTote.order_id, BatchOrder.method).join(BatchOrder, of_row)
    rows = *bound, *full.filter(FullTote.batch_id.in_(walks))
    on_carts = {tote.id for tote in totes}
    mine = {(tote_id, None if how.shares else order_id) for tote_id, order_id, how in rows if tote_id in on_carts}
    assert mine == {(tote.id, tote.order_id) for tote in totes}


def _places_of_the_wall_wait_for_units(session: Session) -> None:
    """A place that is not ready to pack is one of an order that has units to sort still."""
    has_units = exists().where(
        PickTask.order_id == Place.order_id,
        PickedUnits.task_id == PickTask.id,
        PickedUnits.lost_at.is_(None),
        PickedUnits.tote_id == Tote.id,
        Tote.wall == "",
        Tote.order_id.is_(None),
    )
    waits = select(Place.wall_slot).where(Place.wall != "", Place.status == ToteStatus.PICKING, ~has_units)
    assert session.scalars(waits).all() == []
