"""What the wall board shows: one frozen value, computed by a few indexed questions to the journal and the orders.

Definitions (the UX paper, 10.2): picked right = 1 - wrong units / picked units, by the moment of the pick; wrong units
are those caught at packing; near misses (refused scans) stand apart.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, case, exists, func, literal, select
from sqlalchemy.orm import Session

from wms.domain.errors import NotFoundError
from wms.domain.inbox import ExceptionItem, ExceptionKind
from wms.domain.journal import JournalEntry
from wms.domain.people import Warehouse
from wms.domain.picked import ScanUndone
from wms.domain.picking import UnitsPut
from wms.domain.waves import Wave
from wms.services.accuracy import Accuracy, wrong_units
from wms.services.watching.collections import CollectionBar, collection_bars

HOUR = dt.timedelta(hours=1)
# A rate measured over less says more about chance than about the shift.
_LEAST_MEASURED = dt.timedelta(minutes=10)


@dataclass(frozen=True, kw_only=True, slots=True)
class Standing:
    """Exceptions of one kind that wait for a person, and the age of the oldest in minutes."""

    kind: ExceptionKind
    count: int = 0
    oldest_minutes: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class Board:
    """The wall board's figures at one local minute; equal values look equal on the wall.

    `caught` counts wrong units found at packing today; `troubles` are the open exceptions other than shorts, most
    first; `has_waves` tells an idle warehouse from one that has never planned.
    """

    site: str
    local_at: dt.datetime
    today: Accuracy
    hour: Accuracy
    target_pct: float
    units_per_hour: int
    units_per_hour_plan: int
    collections: tuple[CollectionBar, ...]
    shorts: Standing
    caught: int
    troubles: tuple[Standing, ...]
    has_waves: bool


def board(session: Session, warehouse_id: int, at: dt.datetime) -> Board:
    """Compute the board at a moment; NotFoundError where there is no such warehouse."""
    warehouse = session.get(Warehouse, warehouse_id)
    if warehouse is None:
        raise NotFoundError("warehouse", warehouse_id)
    local_at = at.astimezone(ZoneInfo(warehouse.time_zone)).replace(second=0, microsecond=0)
    hour = local_at.replace(minute=0)
    midnight = hour.replace(hour=0)
    put_today, put_hour, per_hour = _units(session, warehouse_id, midnight, hour, at)
    picked = [one.picked_at for one in wrong_units(session, warehouse_id, midnight)]
    standing = _standing(session, warehouse_id, at)
    return Board(
        site=warehouse.name,
        local_at=local_at,
        today=Accuracy(units=put_today, wrong=sum(moment >= midnight for moment in picked)),
        hour=Accuracy(units=put_hour, wrong=sum(moment >= hour for moment in picked)),
        target_pct=warehouse.accuracy_target_pct,
        units_per_hour=per_hour,
        units_per_hour_plan=warehouse.units_per_hour_plan,
        collections=collection_bars(session, warehouse, midnight, at),
        shorts=standing.pop(ExceptionKind.SHORT, Standing(kind=ExceptionKind.SHORT)),
        caught=len(picked),
        troubles=tuple(sorted(standing.values(), key=lambda one: -one.count)),
        has_waves=bool(session.execute(select(exists().where(Wave.warehouse_id == warehouse_id))).scalar_one()),
    )


def stretch_of(edges: Sequence[dt.datetime]) -> ColumnElement[int]:
    """Return which stretch between sorted edges an entry lies in: 0 from the first edge to the second, and so on."""
    whens = [(JournalEntry.at < edge, number) for number, edge in enumerate(edges[1:])]
    last = literal(len(edges) - 1)
    return case(*whens, else_=last) if whens else last


def put_by_stretch(
    session: Session, warehouse_id: int, edges: Sequence[dt.datetime]
) -> dict[int, tuple[int, dt.datetime]]:
    """Return, for each stretch that has any, the units put into totes less those undone, and its first moment."""
    units = case(
        (JournalEntry.event == UnitsPut.__name__, JournalEntry.data["quantity"].as_integer()),
        else_=-JournalEntry.data["units"].as_integer(),
    )
    entries = (
        select(stretch_of(edges).label("stretch"), units.label("units"), JournalEntry.at)
        .where(
            JournalEntry.warehouse_id == warehouse_id,
            JournalEntry.event.in_((UnitsPut.__name__, ScanUndone.__name__)),
            JournalEntry.at >= edges[0],
        )
        .subquery()
    )
    rows = session.execute(
        select(entries.c.stretch, func.sum(entries.c.units), func.min(entries.c.at)).group_by(entries.c.stretch)
    )
    return {stretch: (total or 0, first_at) for stretch, total, first_at in rows}


def _units(
    session: Session, warehouse_id: int, midnight: dt.datetime, hour: dt.datetime, at: dt.datetime
) -> tuple[int, int, int]:
    """Return the units put today, in this clock hour, and per hour over the last sixty minutes."""
    edges = sorted({midnight, hour, at - HOUR})
    put = put_by_stretch(session, warehouse_id, edges)

    def since(moment: dt.datetime) -> int:
        return sum(units for stretch, (units, _) in put.items() if edges[stretch] >= moment)

    began = min((first_at for stretch, (_, first_at) in put.items() if edges[stretch] >= at - HOUR), default=at - HOUR)
    return since(midnight), since(hour), round(since(at - HOUR) / (max(at - began, _LEAST_MEASURED) / HOUR))


def _standing(session: Session, warehouse_id: int, at: dt.datetime) -> dict[ExceptionKind, Standing]:
    rows = session.execute(
        select(ExceptionItem.kind, func.count(), func.min(ExceptionItem.at))
        .where(ExceptionItem.warehouse_id == warehouse_id, ExceptionItem.settled_at.is_(None))
        .group_by(ExceptionItem.kind)
    )
    return {
        kind: Standing(kind=kind, count=count, oldest_minutes=int((at - oldest).total_seconds() // 60))
        for kind, count, oldest in rows
    }
