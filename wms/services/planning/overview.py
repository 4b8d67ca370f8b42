"""What the planning pages show of waves and their batches."""

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Select, and_, case, func, or_, select
from sqlalchemy.orm import Session

from wms.domain.actor import Actor
from wms.domain.base import text_id
from wms.domain.errors import NotFoundError
from wms.domain.floor import Cart, Location
from wms.domain.journal import JournalEntry
from wms.domain.orders import Order, OrderStatus
from wms.domain.people import Worker
from wms.domain.picking import Batch, BatchOrder, BatchStatus, Method, PickTask, TaskStatus
from wms.domain.waves import Wave, WaveOrder, WaveStatus
from wms.services.orders.promising import zone_of
from wms.services.planning.preview import saving_pct
from wms.services.planning.replanning import WavePlannedAgain
from wms.services.planning.undoing import STALE_AFTER

_WAVES_SHOWN = 40


@dataclass(frozen=True, kw_only=True, slots=True)
class WaveRow:
    """A wave in the list; `done` of `tasks` lines are picked or short. `key` is its id as addresses carry it."""

    key: str
    number: int
    carrier: str
    cutoff_at: dt.datetime
    status: WaveStatus
    orders: int = 0
    batches: int = 0
    tasks: int = 0
    done: int = 0
    is_stale: bool = False
    is_recalled: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class BatchRow:
    """One walk of a wave; `cart` is the one it is on, also while it waits there half done ('' = on none).

    `sharing` of its orders have no tote of their own, `zones` are those of its lines.
    """

    key: str
    name: str
    status: BatchStatus
    orders: int
    sharing: int
    tasks: int
    done: int
    units: int
    metres: float
    minutes: float
    worker: str
    cart: str
    zones: tuple[str, ...]

    @property
    def can_be_split(self) -> bool:
        """Whether nobody has begun it, and it goes through several zones."""
        return self.status is BatchStatus.WAITING and not self.cart and len(self.zones) > 1


@dataclass(frozen=True, kw_only=True, slots=True)
class MemberRow:
    """An order of a wave, its batches and the sentence why it walks there."""

    key: str
    number: str
    status: OrderStatus
    batch: str
    why: str


@dataclass(frozen=True, kw_only=True, slots=True)
class PlannedAgain:
    """When a wave was last planned again, by whom ('' for the program itself), and what came of it.

    Where orders were only `put_in`, the other walks stayed.
    """

    at: dt.datetime
    by: str
    joined: int
    batches: int
    put_in: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class WavePage:
    """A wave with its batches and orders."""

    wave: WaveRow
    metres: float
    metres_one_by_one: float
    metres_first_come: float
    gap: float | None
    late: int
    minutes: float
    released_at: dt.datetime | None
    released_by: str
    again: PlannedAgain | None
    singles: int
    at_wall: int
    batches: tuple[BatchRow, ...]
    orders: tuple[MemberRow, ...]

    @property
    def method(self) -> str:
        """How the orders are picked."""
        ways = [(self.singles, "of one unit share totes"), (self.at_wall, "are sorted at the put wall")]
        said = [f"{orders} orders {way}" for orders, way in ways if orders]
        if not said:
            return "Each order has its own tote."
        others = "; each other one has a tote of its own" if self.singles + self.at_wall < self.wave.orders else ""
        return f"{' and '.join(said)}{others}."

    @property
    def saving_pct(self) -> int:
        """How much shorter the walks are than one order at a time."""
        return saving_pct(self.metres, self.metres_one_by_one)

    @property
    def saving_first_come_pct(self) -> int:
        """How much shorter the walks are than on carts filled as orders came."""
        return saving_pct(self.metres, self.metres_first_come)

    @property
    def can_be_planned_again(self) -> bool:
        """Whether orders may join, and walks wait that can be laid anew."""
        return self.wave.status in {WaveStatus.RELEASED, WaveStatus.PICKING} and not self.wave.is_recalled

    @property
    def can_be_recalled(self) -> bool:
        """Whether it is being picked, and was not recalled before."""
        return self.wave.status is WaveStatus.PICKING and not self.wave.is_recalled

    @property
    def can_be_taken_back(self) -> bool:
        """Whether no batch has been started yet."""
        return self.wave.status in {WaveStatus.PLANNED, WaveStatus.RELEASED} and not any(
            batch.status in {BatchStatus.STARTED, BatchStatus.DONE} for batch in self.batches
        )


def wave_rows(session: Session, actor: Actor) -> tuple[WaveRow, ...]:
    """The latest waves, newest first."""
    waves = select(Wave).where(Wave.warehouse_id == actor.warehouse_id).order_by(Wave.number.desc())
    return _rows(session, actor, session.scalars(waves.limit(_WAVES_SHOWN)).all())


def wave_page(session: Session, actor: Actor, wave_id: int) -> WavePage:
    """One wave with its batches and orders; NotFoundError where there is none."""
    wave = session.get(Wave, (actor.warehouse_id, wave_id))
    if wave is None:
        raise NotFoundError("wave", text_id(wave_id))
    zone = zone_of(session, actor)
    seats = session.execute(
        select(BatchOrder.order_id, BatchOrder.method)
        .join(Batch, and_(Batch.warehouse_id == BatchOrder.warehouse_id, Batch.id == BatchOrder.batch_id))
        .where(Batch.warehouse_id == actor.warehouse_id, Batch.wave_id == wave.id)
        .distinct()
    )
    methods = Counter(seat.method for seat in seats)
    releaser = session.get(Worker, (actor.warehouse_id, wave.released_by)) if wave.released_by else None
    return WavePage(
        wave=_rows(session, actor, [wave])[0],
        metres=wave.metres,
        metres_one_by_one=wave.metres_one_by_one,
        metres_first_come=wave.metres_first_come,
        gap=max(0.0, wave.metres / wave.lower_bound_m - 1) if wave.lower_bound_m else None,
        late=wave.late,
        minutes=wave.work_s / 60,
        released_at=wave.released_at.astimezone(zone) if wave.released_at else None,
        released_by=releaser.name if releaser else "",
        again=_again(session, actor, wave),
        singles=methods[Method.SINGLE_UNIT],
        at_wall=methods[Method.PUT_WALL],
        batches=_batches(session, actor, wave),
        orders=_members(session, actor, wave),
    )


def _again(session: Session, actor: Actor, wave: Wave) -> PlannedAgain | None:
    row = session.execute(
        select(JournalEntry.at, JournalEntry.data, Worker.name)
        .outerjoin(Worker, and_(Worker.warehouse_id == JournalEntry.warehouse_id, Worker.id == JournalEntry.worker_id))
        .where(
            JournalEntry.warehouse_id == actor.warehouse_id,
            JournalEntry.event == WavePlannedAgain.__name__,
            JournalEntry.at >= wave.planned_at,
            JournalEntry.data["wave"].as_integer() == wave.number,
        )
        .order_by(JournalEntry.at.desc(), JournalEntry.id.desc())
        .limit(1)
    ).one_or_none()
    if row is None:
        return None
    at, data, name = row
    return PlannedAgain(
        at=at.astimezone(zone_of(session, actor)),
        by=name or "",
        joined=data["joined"],
        batches=data["batches"],
        put_in=data.get("put_in", False),
    )


def _rows(session: Session, actor: Actor, waves: Sequence[Wave]) -> tuple[WaveRow, ...]:
    zone = zone_of(session, actor)
    ids = [wave.id for wave in waves]
    orders = _per_wave(
        session,
        select(WaveOrder.wave_id, func.count())
        .where(WaveOrder.warehouse_id == actor.warehouse_id, WaveOrder.wave_id.in_(ids))
        .group_by(WaveOrder.wave_id),
    )
    batches = _per_wave(
        session,
        select(Batch.wave_id, func.count())
        .where(Batch.warehouse_id == actor.warehouse_id, Batch.wave_id.in_(ids), Batch.status != BatchStatus.CANCELLED)
        .group_by(Batch.wave_id),
    )
    tasks: dict[int, tuple[int, int]] = defaultdict(lambda: (0, 0))
    for wave_id, total, done in session.execute(
        select(Batch.wave_id, func.count(), func.sum(_IS_DONE))
        .join(PickTask, and_(PickTask.warehouse_id == Batch.warehouse_id, PickTask.batch_id == Batch.id))
        .where(
            Batch.warehouse_id == actor.warehouse_id,
            Batch.wave_id.in_(ids),
            PickTask.status != TaskStatus.CANCELLED,
        )
        .group_by(Batch.wave_id)
    ):
        tasks[wave_id] = total, int(done)
    return tuple(
        WaveRow(
            key=text_id(wave.id),
            number=wave.number,
            carrier=wave.carrier,
            cutoff_at=wave.cutoff_at.astimezone(zone),
            status=wave.status,
            orders=orders[wave.id],
            batches=batches[wave.id],
            tasks=tasks[wave.id][0],
            done=tasks[wave.id][1],
            is_recalled=wave.recalled_at is not None,
            is_stale=wave.status is WaveStatus.DRAFT and wave.planned_at < actor.at - STALE_AFTER,
        )
        for wave in waves
    )


_IS_DONE = case((PickTask.status.in_((TaskStatus.PICKED, TaskStatus.SHORT)), 1), else_=0)


def _per_wave(session: Session, statement: Select[int, int]) -> Counter[int]:
    return Counter({wave_id: count for wave_id, count in session.execute(statement)})  # noqa: C416 - as above: no pairs


def _batches(session: Session, actor: Actor, wave: Wave) -> tuple[BatchRow, ...]:
    rows = session.execute(
        select(Batch, Worker.name, Cart.name, func.count(PickTask.id), func.sum(_IS_DONE), func.sum(PickTask.quantity))
        .outerjoin(Worker, and_(Worker.warehouse_id == Batch.warehouse_id, Worker.id == Batch.worker_id))
        .outerjoin(Cart, and_(Cart.warehouse_id == Batch.warehouse_id, Cart.id == Batch.cart_id))
        .outerjoin(
            PickTask,
            and_(
                PickTask.warehouse_id == Batch.warehouse_id,
                PickTask.batch_id == Batch.id,
                or_(PickTask.status != TaskStatus.CANCELLED, Batch.status == BatchStatus.CANCELLED),
            ),
        )
        .where(Batch.warehouse_id == actor.warehouse_id, Batch.wave_id == wave.id)
        .group_by(Batch.warehouse_id, Batch.id, Worker.name, Cart.name)
        .order_by(Batch.position, Batch.id)
    ).all()
    ids = [batch.id for batch, *_ in rows]
    members = (
        select(BatchOrder.batch_id, func.count())
        .where(BatchOrder.warehouse_id == actor.warehouse_id, BatchOrder.batch_id.in_(ids))
        .group_by(BatchOrder.batch_id)
    )
    orders = _per_wave(session, members)
    sharing = _per_wave(session, members.where(BatchOrder.method != Method.CLUSTER))
    zones = _zones(session, actor, ids)
    return tuple(
        BatchRow(
            key=text_id(batch.id),
            name=batch.name,
            status=batch.status,
            orders=orders[batch.id],
            sharing=sharing[batch.id],
            tasks=tasks,
            done=int(done or 0),
            units=int(units or 0),
            metres=batch.metres,
            minutes=batch.work_s / 60,
            worker=worker or "",
            cart=cart or "",
            zones=tuple(sorted(zones[batch.id])),
        )
        for batch, worker, cart, tasks, done, units in rows
    )


def _zones(session: Session, actor: Actor, batch_ids: Collection[int]) -> Mapping[int, set[str]]:
    """The zones of batches' lines; a location without a zone is in none."""
    rows = session.execute(
        select(PickTask.batch_id, Location.zone)
        .join(Location, and_(Location.warehouse_id == PickTask.warehouse_id, Location.id == PickTask.location_id))
        .where(
            PickTask.warehouse_id == actor.warehouse_id,
            PickTask.batch_id.in_(batch_ids),
            PickTask.status != TaskStatus.CANCELLED,
        )
        .distinct()
    )
    zones: dict[int, set[str]] = defaultdict(set)
    for batch_id, zone in rows:
        zones[batch_id].add(zone)
    return zones


def _members(session: Session, actor: Actor, wave: Wave) -> tuple[MemberRow, ...]:
    rows = session.execute(
        select(Order.id, Order.number, Order.status, WaveOrder.why, Batch.name)
        .join(WaveOrder, and_(WaveOrder.warehouse_id == Order.warehouse_id, WaveOrder.order_id == Order.id))
        .outerjoin(BatchOrder, and_(BatchOrder.warehouse_id == Order.warehouse_id, BatchOrder.order_id == Order.id))
        .outerjoin(Batch, and_(Batch.warehouse_id == Order.warehouse_id, Batch.id == BatchOrder.batch_id))
        .where(WaveOrder.warehouse_id == actor.warehouse_id, WaveOrder.wave_id == wave.id)
        .order_by(Batch.position, BatchOrder.slot)
    )
    found: dict[int, MemberRow] = {}
    for row in rows:
        before = found.get(row.id)
        batches = ", ".join(filter(None, (before.batch if before else "", row.name)))
        found[row.id] = MemberRow(key=text_id(row.id), number=row.number, status=row.status, batch=batches, why=row.why)
    return tuple(found.values())
