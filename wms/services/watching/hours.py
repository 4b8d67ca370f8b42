"""The board's figures hour by hour, with each wrong unit and the refused scans: where an error came from."""

import bisect
import datetime as dt
from collections import Counter
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from wms.domain.base import text_id
from wms.domain.errors import NotFoundError
from wms.domain.journal import JournalEntry, ScanRefused
from wms.domain.orders import Order
from wms.domain.people import Warehouse
from wms.services.accuracy import Accuracy, wrong_units
from wms.services.watching import HOUR, put_by_stretch, stretch_of

_SAID_SHOWN = 12


@dataclass(frozen=True, kw_only=True, slots=True)
class HourRow:
    """One local clock hour: its picks, how many of them were caught wrong (whenever), and its near misses."""

    begins_at: dt.datetime
    accuracy: Accuracy
    near_misses: int


@dataclass(frozen=True, kw_only=True, slots=True)
class WrongRow:
    """A wrong unit caught today; times are local, `order_key` is the order's id as addresses carry it."""

    caught_at: dt.datetime
    picked_at: dt.datetime
    order_key: str
    order: str
    sku: str
    cause: str
    code: str
    package: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Day:
    """Today so far: the hours, newest first; the wrong units; the commonest refusals with their counts."""

    site: str
    today: Accuracy
    target_pct: float
    hours: tuple[HourRow, ...]
    wrong: tuple[WrongRow, ...]
    refusals: tuple[tuple[str, str, int], ...]


def day(session: Session, warehouse_id: int, at: dt.datetime) -> Day:
    """Return the day of a moment, in the warehouse's zone."""
    warehouse = session.get(Warehouse, warehouse_id)
    if warehouse is None:
        raise NotFoundError("warehouse", warehouse_id)
    zone = ZoneInfo(warehouse.time_zone)
    midnight = at.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0)

    edges = _hours(midnight, at)
    units = put_by_stretch(session, warehouse_id, edges)
    refused = _refused(session, warehouse_id, edges)
    misses: Counter[int] = Counter()
    said: Counter[tuple[str, str]] = Counter()
    for stretch, station, words, count in refused:
        misses[stretch] += count
        said[station, words] += count
    caught = wrong_units(session, warehouse_id, midnight)
    wrong = Counter(bisect.bisect_right(edges, one.picked_at) - 1 for one in caught)
    hours = [
        HourRow(
            begins_at=edges[each].astimezone(zone),
            accuracy=Accuracy(units=units[each][0] if each in units else 0, wrong=wrong[each]),
            near_misses=misses[each],
        )
        for each in sorted({*units, *misses, *wrong} - {-1}, reverse=True)
    ]
    numbers = _numbers(session, warehouse_id, [one.order_id for one in caught if one.order_id])
    return Day(
        site=warehouse.name,
        today=Accuracy(units=sum(row.accuracy.units for row in hours), wrong=sum(row.accuracy.wrong for row in hours)),
        target_pct=warehouse.accuracy_target_pct,
        hours=tuple(hours),
        wrong=tuple(
            WrongRow(
                caught_at=one.caught_at.astimezone(zone),
                picked_at=one.picked_at.astimezone(zone),
                order_key=text_id(one.order_id or 0),
                order=numbers.get(one.order_id or 0, ""),
                sku=one.sku,
                cause=one.cause,
                code=one.code,
                package=one.package,
            )
            for one in reversed(caught)
        ),
        refusals=tuple((station, words, count) for (station, words), count in said.most_common(_SAID_SHOWN)),
    )


def _hours(midnight: dt.datetime, at: dt.datetime) -> list[dt.datetime]:
    """Return the moments at which the clock hours from midnight on began, whatever the clocks were put to since."""
    begin = midnight.astimezone(dt.UTC)
    return [begin + count * HOUR for count in range(int((at - begin) / HOUR) + 1)]


def _refused(session: Session, warehouse_id: int, edges: list[dt.datetime]) -> list[tuple[int, str, str, int]]:
    entries = (
        select(
            stretch_of(edges).label("stretch"),
            JournalEntry.data["station"].as_string().label("station"),
            JournalEntry.data["said"].as_string().label("said"),
        )
        .where(
            JournalEntry.warehouse_id == warehouse_id,
            JournalEntry.event == ScanRefused.__name__,
            JournalEntry.at >= edges[0],
        )
        .subquery()
    )
    columns = entries.c.stretch, entries.c.station, entries.c.said
    rows = session.execute(select(*columns, func.count()).group_by(*columns))
    return [(stretch, station, said, count) for stretch, station, said, count in rows]


def _numbers(session: Session, warehouse_id: int, order_ids: list[int]) -> dict[int, str]:
    numbers = select(Order.id, Order.number).where(Order.warehouse_id == warehouse_id, Order.id.in_(order_ids))
    return dict(session.execute(numbers).all())
