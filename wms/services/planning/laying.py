"""Walks of a wave at work laid anew: those with the same orders stay, new ones take over the tasks of the others."""

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from wms import batching
from wms.domain.actor import Actor
from wms.domain.journal import record
from wms.domain.picking import Batch, BatchOrder, PickTask, TaskStatus
from wms.domain.waves import Allocation, Wave, WaveOrder
from wms.services.planning.methods import of_wave, plain_orders, seats
from wms.services.planning.waves import new_batch, planned_ids, seated, task_for

Walks = Mapping[int, tuple[int, ...]]
"""The orders of batches, by the batches' ids."""


class Laying:
    """Writes a plan over walks that nobody has begun; the caller holds the wave, its batches and its orders locked.

    `new` counts the walks laid, `saved_m` and `added_s` are the metres saved and the seconds added by all of it.
    """

    def __init__(self, session: Session, actor: Actor, wave: Wave, walks: Walks, joined: Collection[int]) -> None:
        self._session, self._actor, self._wave = session, actor, wave
        self._id_of: dict[frozenset[batching.OrderId], int] = {
            frozenset(orders): batch_id for batch_id, orders in walks.items()
        }
        mine = Batch.warehouse_id == actor.warehouse_id
        self._old = {batch.id: batch for batch in session.scalars(select(Batch).where(mine, Batch.id.in_(walks)))}
        count = session.scalar(select(func.count()).where(mine, Batch.wave_id == wave.id))
        self._last_number = count or 0
        self._tasks = self._open_tasks(walks)
        self._fresh = self._set_aside(joined)
        self.new = 0
        self.saved_m, self.added_s = 0.0, 0.0

    def keep_or_lay(self, position: int, planned: batching.Batch) -> None:
        """Keep the walk that has just these orders, else lay a new one; either takes its turn by `position`."""
        kept = self._id_of.pop(frozenset(planned.order_ids), None)
        if kept is not None:
            self._old.pop(kept).position = position
        else:
            self._lay(position, planned)

    def cancel_the_rest(self) -> None:
        """Take the old walks out of the queue whose orders walk elsewhere now."""
        for batch in self._old.values():
            self.saved_m += batch.metres
            self.added_s -= batch.work_s
            record(self._session, self._actor, batch.cancel("planned again"))
        self._session.flush()
        _ = self._session.execute(
            delete(BatchOrder).where(
                BatchOrder.warehouse_id == self._actor.warehouse_id, BatchOrder.batch_id.in_(self._old)
            )
        )

    def _lay(self, position: int, planned: batching.Batch) -> None:
        self.new += 1
        self._last_number += 1
        batch = new_batch(self._wave, self._last_number, metres=planned.route.metres, work_s=planned.work_s)
        batch.position = position
        self.saved_m -= batch.metres
        self.added_s += batch.work_s
        self._session.add(batch)
        why = {order.id: order.reason for order in planned.orders}
        tasks = [task for task in self._tasks if task.order_id in why]
        tasks += [task_for(batch, row, 0) for row in self._fresh if row.order_id in why]
        units = Counter[int]()
        kept: dict[int, list[PickTask]] = defaultdict(list)
        for task in tasks:
            units[task.order_id] += task.quantity
            kept[task.order_id].append(task)
        plain = plain_orders(self._session, self._actor, kept)
        seat_of = seats(of_wave(self._wave), {order_id: units[order_id] for order_id in planned_ids(planned)}, plain)
        stop = {location: index for index, location in enumerate(planned.route.stops)}
        tasks.sort(
            key=lambda task: (stop.get(task.location_id, len(stop)), task.product_id, seat_of[task.order_id].slot)
        )
        for sequence, task in enumerate(tasks, start=1):
            task.batch_id, task.sequence = batch.id, sequence
        self._session.add_all(tasks)
        self._session.add_all(seated(batch, seat_of))
        for member in self._session.scalars(
            select(WaveOrder).where(WaveOrder.warehouse_id == batch.warehouse_id, WaveOrder.order_id.in_(why))
        ):
            member.why = why[member.order_id][:200]

    def _open_tasks(self, walks: Walks) -> Sequence[PickTask]:
        return self._session.scalars(
            select(PickTask)
            .where(
                PickTask.warehouse_id == self._actor.warehouse_id,
                PickTask.batch_id.in_(walks),
                PickTask.status == TaskStatus.OPEN,
            )
            .order_by(PickTask.id)
            .with_for_update(key_share=True)
            .execution_options(populate_existing=True)
        ).all()

    def _set_aside(self, joined: Collection[int]) -> Sequence[Allocation]:
        return self._session.scalars(
            select(Allocation)
            .where(
                Allocation.warehouse_id == self._actor.warehouse_id,
                Allocation.order_id.in_(joined),
                Allocation.quantity > 0,
            )
            .order_by(Allocation.id)
        ).all()
