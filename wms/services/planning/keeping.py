"""Waves at work kept right: orders that come join, walks are laid anew when people leave, short orders go again."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, exists, or_, select
from sqlalchemy.orm import Session

from wms.domain.actor import Actor
from wms.domain.counting import CountStatus, CountTask
from wms.domain.inbox import ExceptionItem, ExceptionKind
from wms.domain.orders import Hold, Order, OrderStatus
from wms.domain.picking import PickTask, TaskStatus
from wms.domain.waves import Wave, WaveOrder
from wms.services import settling
from wms.services.orders.promising import NOT_WAVED
from wms.services.planning import again, replanning, timing
from wms.services.planning.problem import pickers_at_work
from wms.services.planning.replanning import AT_WORK
from wms.services.planning.waves import OpenTransaction
from wms.services.stock import allocating

_IS_OPEN = ExceptionItem.settled_at.is_(None)
_TEXT_LENGTH = 300


@dataclass(frozen=True, kw_only=True, slots=True)
class News:
    """What has changed since a wave was planned; false where nothing has.

    `came` are the orders that can join it, `short` those whose missing units lie elsewhere, `later` those that would
    now miss their cutoff and were not known to. `waits`: it is over, and an order of it is short. `stuck` is what only
    a person can put right ('' for nothing).
    """

    is_over: bool = False
    waits: bool = False
    came: frozenset[int] = frozenset()
    short: tuple[int, ...] = ()
    later: frozenset[int] = frozenset()
    stuck: str = ""

    def __bool__(self) -> bool:
        """Whether there is something to do."""
        return bool(self.came or self.short or self.later)


def news(session: Session, actor: Actor, wave_id: int) -> News:
    """Look at a wave; nothing is written."""
    wave = session.get(Wave, (actor.warehouse_id, wave_id))
    if wave is None:
        return News(is_over=True)
    waiting = _short_orders(session, actor, wave)
    short = _that_can_go_again(session, actor, waiting) if waiting else ()
    if wave.status not in AT_WORK:
        return News(is_over=True, short=short, waits=bool(waiting))
    if wave.recalled_at is not None:
        return News(short=short)
    look = replanning.look(session, actor, wave_id, only=_came_since(session, actor, wave))
    return News(came=look.joining, short=short, later=_newly_late(session, actor, wave), stuck=look.stuck)


def keep(open_transaction: OpenTransaction, actor: Actor, wave_id: int, news: News) -> None:
    """Put a wave right; WaveMovedOnError where somebody began a walk meanwhile and its plan stays as it was.

    An order that came before the wave was planned was left out of it by somebody's choice, and does not join by itself.
    """
    for order_id in news.short:
        with open_transaction() as session:
            _ = again.pick_again(session, actor, order_id)
    if news.came or news.later:
        _ = replanning.plan_again(open_transaction, actor, wave_id, only=news.came, in_haste=not news.later)


def is_told(session: Session, actor: Actor, wave_id: int) -> bool:
    """Whether the inbox says something of the wave."""
    return session.execute(select(exists().where(*_of_wave(actor, wave_id), _IS_OPEN))).scalar_one()


def tell(session: Session, actor: Actor, wave_id: int, sentence: str) -> None:
    """Let the inbox say this of the wave alone ('': nothing), once: what a person has settled is not said anew."""
    number = session.get_one(Wave, (actor.warehouse_id, wave_id)).number
    text = sentence and f"Wave {number}: {sentence}"[:_TEXT_LENGTH]
    about = _of_wave(actor, wave_id)
    settling.close(session, actor, *about, ExceptionItem.text != text)
    is_known = exists().where(*about, ExceptionItem.text == text, or_(_IS_OPEN, ExceptionItem.settled_by.is_not(None)))
    if text and not session.execute(select(is_known)).scalar_one():
        session.add(
            ExceptionItem(
                warehouse_id=actor.warehouse_id, kind=ExceptionKind.WAVE, at=actor.at, text=text, subject_id=wave_id
            )
        )


def _of_wave(actor: Actor, wave_id: int) -> tuple[ColumnElement[bool], ...]:
    return (
        ExceptionItem.warehouse_id == actor.warehouse_id,
        ExceptionItem.kind == ExceptionKind.WAVE,
        ExceptionItem.subject_id == wave_id,
    )


def _short_orders(session: Session, actor: Actor, wave: Wave) -> Sequence[int]:
    """Return the wave's short orders that wait for stock, or about which nobody has decided."""
    return session.scalars(
        select(Order.id)
        .join(WaveOrder, and_(WaveOrder.warehouse_id == Order.warehouse_id, WaveOrder.order_id == Order.id))
        .where(
            Order.warehouse_id == actor.warehouse_id,
            Order.status == OrderStatus.SHORT,
            WaveOrder.wave_id == wave.id,
        )
        .order_by(Order.id)
    ).all()


def _that_can_go_again(session: Session, actor: Actor, orders: Sequence[int]) -> tuple[int, ...]:
    """Return the short orders whose missing units lie elsewhere; a shelf found short is trusted when it was counted."""
    needs = again.missing(session, actor, orders)
    if not needs:
        return ()
    wanted = again.first_wanted(session, actor, needs)
    products = allocating.products_of(needs) | allocating.products_of(wanted)
    doubtful = _found_short(session, actor, products)
    stock = allocating.free_stock(session, actor, products, lock=False)
    choices = {
        order_id: again.choose(stock, needs[order_id], wanted[order_id]) for order_id in orders if order_id in needs
    }
    return tuple(
        order_id
        for order_id, choice in choices.items()
        if not choice.reason
        and doubtful.isdisjoint((portion.place_id, portion.goods.product_id) for portion in choice.portions)
    )


def _found_short(session: Session, actor: Actor, product_ids: Collection[int]) -> set[tuple[int, int]]:
    """Return the shelves (with the product) that were found short and not counted since."""
    counted_since = exists().where(
        CountTask.warehouse_id == PickTask.warehouse_id,
        CountTask.location_id == PickTask.location_id,
        CountTask.status == CountStatus.COUNTED,
        CountTask.closed_at >= PickTask.done_at,
    )
    rows = session.execute(
        select(PickTask.location_id, PickTask.product_id).where(
            PickTask.warehouse_id == actor.warehouse_id,
            PickTask.product_id.in_(product_ids),
            PickTask.status == TaskStatus.SHORT,
            ~counted_since,
        )
    )
    return {(location_id, product_id) for location_id, product_id in rows}


def _came_since(session: Session, actor: Actor, wave: Wave) -> frozenset[int]:
    """Return the orders that came, or were let go, after the wave was planned."""
    let_go = exists().where(
        Hold.warehouse_id == Order.warehouse_id, Hold.order_id == Order.id, Hold.released_at > wave.planned_at
    )
    return frozenset(
        session.scalars(
            select(Order.id).where(
                Order.warehouse_id == actor.warehouse_id,
                Order.status.in_(NOT_WAVED),
                Order.cutoff_at == wave.cutoff_at,
                or_(Order.received_at > wave.planned_at, let_go),
            )
        )
    )


def _newly_late(session: Session, actor: Actor, wave: Wave) -> frozenset[int]:
    """Return the orders that were not known to be late and will be if all walks stay, with the people there are now."""
    late = timing.late_orders(timing.live_walks(session, actor), pickers_at_work(session, actor), actor.at)
    known = session.scalars(
        select(WaveOrder.order_id).where(
            WaveOrder.warehouse_id == actor.warehouse_id, WaveOrder.wave_id == wave.id, WaveOrder.is_late
        )
    )
    return frozenset(order_id for order_id, number in late.items() if number == wave.number).difference(known)
