"""Gives the batches of a plan at work their times anew; those that have begun keep theirs."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from wms.batching.explain import lateness_in_words, why_here
from wms.batching.plans import Batch, LateOrder, PlannedOrder
from wms.batching.problem import Order, OrderId, Picker
from wms.batching.schedule import Job, Slot, late_s, schedule, start_sequence


class Timetable:
    """Who walks which batch when, at a moment of a plan."""

    def __init__(self, pickers: Sequence[Picker], batches: Sequence[Batch], now_s: float) -> None:
        """Note which batches have begun, and when their pickers are free again."""
        self._begun = {at: _slot_of(batch) for at, batch in enumerate(batches) if batch.has_begun(now_s)}
        busy_s: dict[object, float] = {}
        for slot in self._begun.values():
            busy_s[slot.picker_id] = max(slot.finish_s, busy_s.get(slot.picker_id, now_s))
        self._pickers = [
            replace(picker, available_from_s=max(picker.available_from_s, busy_s.get(picker.id, now_s)))
            for picker in pickers
        ]

    def slots(self, jobs: Sequence[Job]) -> list[Slot | None]:
        """Return a slot for each job; the first are the batches known, and more may follow."""
        open_ = [at for at in range(len(jobs)) if at not in self._begun]
        found: list[Slot | None] = [self._begun.get(at) for at in range(len(jobs))]
        for at, slot in zip(open_, schedule([jobs[at] for at in open_], self._pickers), strict=True):
            found[at] = slot
        return found

    def sequence(self, jobs: Sequence[Job]) -> list[int]:
        """Return the jobs' numbers as they start: what has begun, then as they should."""
        return [*self._begun, *(at for at in start_sequence(jobs, self._pickers) if at not in self._begun)]


def at_slot(batch: Batch, orders: Mapping[OrderId, Order], slot: Slot | None, *, is_timed: bool) -> Batch:
    """Return a batch with the times of a slot, and what its orders are told of it; without pickers none is late."""
    return replace(
        batch,
        picker_id=slot.picker_id if slot else None,
        start_s=slot.start_s if slot else None,
        finish_s=slot.finish_s if slot else None,
        orders=tuple(
            _told(planned, batch, orders[planned.id].due_s, slot, is_timed=is_timed) for planned in batch.orders
        ),
    )


def late_orders(batch: Batch, orders: Mapping[OrderId, Order]) -> Iterator[LateOrder]:
    """Yield the orders of a scheduled batch that miss their cutoff; without a slot nobody is left to walk it."""
    finish_s = batch.finish_s
    for order in batch.order_ids:
        due_s = orders[order].due_s
        if finish_s is None or (due_s is not None and finish_s > due_s):
            late = None if finish_s is None or due_s is None else finish_s - due_s
            yield LateOrder(id=order, due_s=due_s, finish_s=finish_s, late_s=late)


def has_slot(batch: Batch, slot: Slot | None) -> bool:
    """Whether a batch has these times already."""
    if slot is None or batch.start_s is None:
        return slot is None and batch.start_s is None
    return (batch.picker_id, batch.start_s, batch.finish_s) == (slot.picker_id, slot.start_s, slot.finish_s)


def _told(
    planned: PlannedOrder, batch: Batch, due_s: float | None, slot: Slot | None, *, is_timed: bool
) -> PlannedOrder:
    """Return an order with its lateness and its reason, as they are at this slot."""
    company = len(batch.orders) - 1
    reason = why_here(due_s, company, planned.added_m, planned.alone_m, is_frozen=batch.is_frozen)
    late = late_s(due_s, slot) if is_timed else 0.0
    return replace(
        planned,
        late_s=late if late and slot else None,
        reason=f"{reason} {lateness_in_words(late if slot else None)}" if late else reason,
    )


def _slot_of(batch: Batch) -> Slot:
    """Return the times of a batch that has begun."""
    if batch.start_s is None or batch.finish_s is None:
        raise ValueError("A batch that has begun has its times.")
    return Slot(picker_id=batch.picker_id, start_s=batch.start_s, finish_s=batch.finish_s)
