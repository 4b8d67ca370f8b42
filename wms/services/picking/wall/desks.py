"""The desk at a put wall: which tote a worker sorts and what of it is in hand; it goes on where its worker signs in."""

from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, select, update
from sqlalchemy.orm import Session

from wms.domain.actor import Actor
from wms.domain.people import SAID_DAMAGED, SAID_EMPTY, WorkerSession
from wms.domain.picked import PickedUnits
from wms.domain.picking import PickTask
from wms.domain.totes import Tote
from wms.services.signing_in import IDLE_LIMIT
from wms.services.stock import unsorted


@dataclass(frozen=True, kw_only=True, slots=True)
class Desk:
    """The tote being sorted, the picked units in hand (None: none), and the free place named for them, if it was free.

    `is_said_empty`: the tote is to be confirmed so; `is_damage_said`: what is damaged is to be scanned.
    """

    tote: Tote
    units_id: int | None
    place_id: int | None = None
    is_said_empty: bool = False
    is_damage_said: bool = False


def current(session: Session, actor: Actor) -> Desk | None:
    """Return the desk that the worker's session stands at; None where nothing is left to sort there."""
    ours = session.get(WorkerSession, (actor.warehouse_id, actor.session_id)) if actor.session_id else None
    if ours is None or ours.shared_tote_id is None:
        return None
    tote = session.get_one(Tote, (actor.warehouse_id, ours.shared_tote_id), populate_existing=True)
    if session.execute(unsorted.of_tote(actor, tote.id, PickedUnits.id).limit(1)).first() is None:
        return None
    said = ours.sorting_id
    return Desk(
        tote=tote,
        units_id=None if said in {SAID_EMPTY, SAID_DAMAGED} else said,
        place_id=ours.named_place_id,
        is_said_empty=said == SAID_EMPTY,
        is_damage_said=said == SAID_DAMAGED,
    )


def is_in_others_hands(actor: Actor) -> ColumnElement[bool]:
    """Whether somebody else has picked units in hand; whoever was idle for so long has laid them down."""
    of_others = select(WorkerSession.id).where(*_of_others(actor), WorkerSession.sorting_id == PickedUnits.id)
    return of_others.correlate(PickedUnits).exists()


def named_by_others(session: Session, actor: Actor) -> list[tuple[int, int]]:
    """The places that are named for units in others' hands, each with the order of those units."""
    in_hand = and_(PickedUnits.warehouse_id == WorkerSession.warehouse_id, PickedUnits.id == WorkerSession.sorting_id)
    of_order = and_(PickTask.warehouse_id == PickedUnits.warehouse_id, PickTask.id == PickedUnits.task_id)
    named = select(WorkerSession.named_place_id, PickTask.order_id).join(PickedUnits, in_hand).join(PickTask, of_order)
    rows = session.execute(named.where(*_of_others(actor)))
    return [(place_id, order_id) for place_id, order_id in rows if place_id is not None]


def _of_others(actor: Actor) -> tuple[ColumnElement[bool], ...]:
    return (
        WorkerSession.warehouse_id == actor.warehouse_id,
        WorkerSession.id != actor.session_id,
        WorkerSession.seen_at > actor.at - IDLE_LIMIT,
    )


def take(
    session: Session, actor: Actor, tote_id: int | None, units_id: int | None = None, place_id: int | None = None
) -> None:
    """Let the worker's session stand at a tote (None: at none), with these units in hand and this place named."""
    ours = session.get_one(WorkerSession, (actor.warehouse_id, actor.session_id))
    ours.shared_tote_id, ours.sorting_id, ours.named_place_id = tote_id, units_id, place_id
    session.flush()


def leave_all(session: Session, actor: Actor, tote_id: int, then_id: int | None = None) -> None:
    """Let nobody stand at a tote any more, but at another one (`then_id`) if what was in it is there now."""
    values = {"shared_tote_id": then_id, **({"sorting_id": None, "named_place_id": None} if then_id is None else {})}
    _ = session.execute(
        update(WorkerSession)
        .where(WorkerSession.warehouse_id == actor.warehouse_id, WorkerSession.shared_tote_id == tote_id)
        .values(**values)
    )


def hand_over(session: Session, before: Actor, actor: Actor) -> str | None:
    """Give the desk of a worker to the one whose badge took the device over; return its tote, None where there is none.

    Whoever stands at a tote already keeps that one.
    """
    desk = current(session, before)
    if desk is None or current(session, actor) is not None:
        return None
    held = session.execute(
        select(WorkerSession.sorting_id, WorkerSession.named_place_id).where(
            WorkerSession.warehouse_id == actor.warehouse_id, WorkerSession.id == before.session_id
        )
    ).one()
    take(session, before, None)
    take(session, actor, desk.tote.id, *held)
    return desk.tote.barcode
