"""Pick by product: units for several totes are taken from the shelf at once, then dealt out, a tote's scan each."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from sqlalchemy.orm import Session

from wms.domain.actor import Actor
from wms.domain.journal import record
from wms.domain.picked import StepKind
from wms.domain.picking import ItemPicked, PickTask, TaskStatus
from wms.services.picking.line import hands
from wms.services.picking.line.hands import Taken
from wms.services.picking.walk import steps, tasks
from wms.services.picking.walk.at_stop import Dealt, Stop
from wms.services.scans import feedback
from wms.services.scans.screens import Feedback


def take(session: Session, actor: Actor, stop: Stop, taken: Taken, *, stood: dict[str, Any] | None = None) -> Feedback:
    """Count one scan's units into the hands for the stop's line and those dealt out after it, in their sequence."""
    lines = [Dealt(task_id=stop.task_id, order_id=stop.order_id, units=stop.left), *stop.dealt]
    rows = tasks.locked(session, actor, [line.task_id for line in lines])
    are_untouched = all(is_untouched(rows[line.task_id]) for line in stop.dealt)
    if not are_untouched or not tasks.is_as_seen(rows[stop.task_id], stop):
        return feedback.NOT_COUNTED
    if stood is not None:
        tasks.stand_at(session, actor, stop.batch_id, stop.location_id, stop.standing_proof)
    scans: list[int] = []
    left = taken.units
    for line in lines:
        units = min(line.units, left)
        if not units:
            break
        left -= units
        rows[line.task_id].in_hand += units
        here = replace(stop, task_id=line.task_id)
        scans.append(hands.take(session, actor, here, replace(taken, units=units)))
        record(session, actor, ItemPicked(order_id=line.order_id, task_id=line.task_id, sku=stop.sku, quantity=units))
    first, *others = scans
    also = dict(zip((line.task_id for line in stop.dealt), others, strict=False))
    before = {"units": first, "said": None, "stood": stood, "also": [*also.items()]}
    steps.note(session, actor, stop.batch_id, stop.task_id, StepKind.UNITS, **before)
    session.flush()
    return feedback.accepted(feedback.so_far(stop.in_hand + taken.units, stop.in_hand + stop.to_take))


def lay_down(session: Session, actor: Actor, scans: Iterable[tuple[int, int]]) -> int:
    """Undo the further lines of a scan: their units lie on the shelf again. Return how many."""
    row_of = dict(scans)
    laid = 0
    for task_id, task in tasks.locked(session, actor, row_of).items():
        units = hands.give_back(session, actor, task, row_of[task_id])
        task.in_hand -= units
        laid += units
    return laid


def where_they_end(stop: Stop, found: int) -> tuple[list[int], Dealt | None, int]:
    """Deal out the units found: the lines that get all they want, the line where they end (None: none does), its units.

    Lines are told by their tasks.
    """
    served: list[int] = []
    for line in [Dealt(task_id=stop.task_id, order_id=stop.order_id, units=stop.wanted), *stop.dealt]:
        if found < line.units:
            return served, line, found
        served.append(line.task_id)
        found -= line.units
    return served, None, 0


def drop_the_rest(session: Session, actor: Actor, task: PickTask, walk: Iterable[PickTask]) -> int:
    """Units run out while they are dealt: what the lines after this one were thought to have in hand is not there.

    Return how many that are.
    """
    dropped = 0
    for row in walk:
        if (
            row.id != task.id
            and row.in_hand
            and (row.product_id, row.location_id) == (task.product_id, task.location_id)
        ):
            hands.lay_down(session, actor, row, row.in_hand)
            dropped += row.in_hand
            row.in_hand = 0
    session.flush()
    return dropped


def is_untouched(row: PickTask) -> bool:
    """Tell whether nothing of a line is in hand or being said."""
    return row.status is TaskStatus.OPEN and not row.in_hand and (row.found is None or row.short_confirmed)
