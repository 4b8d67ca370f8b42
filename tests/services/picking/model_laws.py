"""What the books say in one moment of the picking model, and the laws that hold in each."""

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Engine, and_, func, or_, select
from sqlalchemy.orm import Session

from tests.builders import WAREHOUSE
from wms.database import reading
from wms.domain import Base
from wms.domain.floor import OUTSIDE
from wms.domain.orders import Order, OrderLine, OrderStatus
from wms.domain.picked import PickedUnits
from wms.domain.picking import Batch, BatchOrder, FullTote, PickTask, TaskStatus
from wms.domain.stock import Stock
from wms.domain.totes import Tote, ToteStatus
from wms.domain.waves import Allocation

Goods = tuple[int, int, str]
"""A place's id, a product's id and a lot."""


@dataclass(frozen=True, kw_only=True)
class Books:
    """The books at a moment. `work` is all that a refused scan must leave as it was."""

    balances: dict[Goods, tuple[int, int]]
    tasks: dict[int, PickTask]
    work: object

    def total(self, product_id: int) -> int:
        """Units of a product in the house."""
        return sum(on_hand for (_, product, _), (on_hand, _) in self.balances.items() if product == product_id)

    def on_locations(self) -> dict[Goods, int]:
        """What really stands in each place: the balance less what is in somebody's hands."""
        real = {goods: on_hand for goods, (on_hand, _) in self.balances.items()}
        for task in self.tasks.values():
            if task.in_hand:
                real[task.location_id, task.product_id, task.lot] -= task.in_hand
        return real


def read(engine: Engine) -> Books:
    """Read the books, and hold the laws against them that concern one moment."""
    with reading(engine) as session:
        rows = session.scalars(select(Stock).where(Stock.warehouse_id == WAREHOUSE)).all()
        balances = {(row.place_id, row.product_id, row.lot): (row.on_hand, row.reserved) for row in rows}
        assert not {row.place_id for row in rows} & set(OUTSIDE)
        assert all(0 <= reserved <= on_hand for on_hand, reserved in balances.values())
        tasks = {task.id: task for task in session.scalars(select(PickTask))}
        _lines_ask_for_what_was_ordered(session)
        _each_open_task_has_its_own_set_aside(session, tasks)
        _totes_hold_what_was_put(session)
        return Books(balances=balances, tasks=tasks, work=_work(session, balances, tasks))


def everything(engine: Engine) -> object:
    """Each row of each table."""
    with reading(engine) as session:
        return {table.name: sorted(map(repr, session.execute(select(table)))) for table in Base.metadata.sorted_tables}


def _work(session: Session, balances: object, tasks: dict[int, PickTask]) -> object:
    totes = session.execute(select(Tote.id, Tote.status, Tote.order_id, Tote.lane_id)).all()
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


def _lines_ask_for_what_was_ordered(session: Session) -> None:
    """The tasks of a line that nobody has cancelled are for all its units, whatever was short or fetched elsewhere."""
    asked = (
        select(PickTask.line_id, func.sum(PickTask.quantity).label("units"), func.sum(PickTask.picked).label("picked"))
        .where(PickTask.status != TaskStatus.CANCELLED)
        .group_by(PickTask.line_id)
        .subquery()
    )
    rows = session.execute(
        select(Order.number, Order.status, OrderLine.to_pick, asked.c.units, asked.c.picked)
        .join(OrderLine, OrderLine.order_id == Order.id)
        .join(asked, asked.c.line_id == OrderLine.id)
        .where(Order.status != OrderStatus.CANCELLED)
    ).all()
    assert [row for row in rows if row.units != row.to_pick] == []
    assert [row for row in rows if row.status is OrderStatus.PICKED and row.picked != row.to_pick] == []


def _each_open_task_has_its_own_set_aside(session: Session, tasks: dict[int, PickTask]) -> None:
    allocations = {row.id: row for row in session.scalars(select(Allocation))}
    for task in tasks.values():
        if task.status is TaskStatus.OPEN:
            row = allocations[task.allocation_id]
            assert (row.place_id, row.product_id, row.lot) == (task.location_id, task.product_id, task.lot)
            if task.found is None or task.short_confirmed:
                assert row.quantity == (task.quantity if task.found is None else task.found)
            else:
                assert task.found < row.quantity <= task.quantity
            assert task.in_hand <= row.quantity


def _totes_hold_what_was_put(session: Session) -> None:
    """A tote on a cart holds what scans put into it, and is bound to one order of one walk."""
    held: dict[Goods, int] = defaultdict(int)
    totes = {tote.id: tote for tote in session.scalars(select(Tote).where(Tote.status == ToteStatus.PICKING))}
    for row in session.scalars(select(Stock).where(Stock.place_id.in_(totes), Stock.on_hand > 0)):
        held[row.place_id, row.product_id, row.lot] += row.on_hand
    for tote_id, product_id, lot, units in session.execute(
        select(Tote.id, PickedUnits.product_id, PickTask.lot, func.sum(PickedUnits.quantity))
        .join(PickTask, PickTask.id == PickedUnits.task_id)
        .join(Tote, Tote.id == PickedUnits.tote_id)
        .where(Tote.id.in_(totes), Tote.order_id == PickTask.order_id)
        .group_by(Tote.id, PickedUnits.product_id, PickTask.lot)
    ):
        held[tote_id, product_id, lot] -= units
    assert {goods: units for goods, units in held.items() if units} == {}
    # A walk given back half done waits on its cart, with its totes.
    waits_on_its_cart = and_(Batch.status == "waiting", Batch.cart_id.is_not(None))
    walks = session.query(Batch.id).filter(or_(Batch.status == "started", waits_on_its_cart))
    bound = session.query(BatchOrder.tote_id, BatchOrder.order_id).filter(
        BatchOrder.batch_id.in_(walks), BatchOrder.tote_id.is_not(None), BatchOrder.dropped_at.is_(None)
    )
    full = session.query(FullTote.tote_id, FullTote.order_id).filter(FullTote.batch_id.in_(walks))
    mine = {tote_id: order_id for tote_id, order_id in (*bound, *full) if tote_id in totes}
    assert mine == {tote.id: tote.order_id for tote in totes.values()}
