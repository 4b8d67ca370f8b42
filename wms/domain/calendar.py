"""The warehouse's calendar: carrier services, the carriers' pickups with their cutoffs, holidays."""

import datetime as dt
import zoneinfo
from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import JSON, CheckConstraint, Date, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from wms.domain.base import Base, InWarehouse, Row, refers
from wms.domain.journal import Event

_LOOK_AHEAD_DAYS = 30


@dataclass(frozen=True, kw_only=True)
class PromiseMoved(Event):
    """An order takes another collection than the one promised, because that one's cutoff has passed ('' = none)."""

    number: str
    before: str
    after: str


@dataclass(frozen=True, kw_only=True)
class ServiceChosen(Event):
    """An order goes with another carrier service than the one it was promised with."""

    number: str
    service: str
    why: str


class CarrierService(Row, Base, kw_only=True):
    """What is bought from a carrier: `carrier` such as 'usps', `service` its token such as 'usps_priority'."""

    __tablename__ = "carrier_services"
    __table_args__ = (UniqueConstraint("warehouse_id", "service"),)

    carrier: Mapped[str] = mapped_column(String(24))
    service: Mapped[str] = mapped_column(String(60))
    name: Mapped[str] = mapped_column(String(60))


class ShippingMethod(InWarehouse, Base, kw_only=True):
    """A shop's words for shipping, in lower case, and the carrier service they mean; '*' is the default.

    `allowed` are the services (their tokens) that may be taken instead where they keep the promise for less.
    """

    __tablename__ = "shipping_methods"
    __table_args__ = (refers("carrier_service_id", "carrier_services"),)

    method: Mapped[str] = mapped_column(String(120), primary_key=True)
    carrier_service_id: Mapped[int]
    allowed: Mapped[list[str]] = mapped_column(JSON, default_factory=list, server_default="[]")


class Pickup(Row, Base, kw_only=True):
    """A carrier's collection on a weekday (Monday = 0): local cutoff and pickup times as 'HH:MM'."""

    __tablename__ = "pickups"
    __table_args__ = (
        UniqueConstraint("warehouse_id", "carrier", "weekday", "cutoff"),
        CheckConstraint("weekday BETWEEN 0 AND 6", name="weekday"),
        CheckConstraint("cutoff <= pickup", name="order"),
        Index(None, "warehouse_id", "weekday"),
    )

    carrier: Mapped[str] = mapped_column(String(24))
    weekday: Mapped[int]
    cutoff: Mapped[str] = mapped_column(String(5))
    pickup: Mapped[str] = mapped_column(String(5))


class Holiday(InWarehouse, Base, kw_only=True):
    """A day on which no carrier collects."""

    __tablename__ = "holidays"

    day: Mapped[dt.date] = mapped_column(Date, primary_key=True)
    name: Mapped[str] = mapped_column(String(60), default="")


@dataclass(frozen=True, kw_only=True, slots=True, order=True)
class Collection:
    """One pickup on one day, promised to an order: `cutoff_at` the latest ready time, `ship_by_at` the van's."""

    cutoff_at: dt.datetime
    ship_by_at: dt.datetime
    carrier: str
    pickup_id: int


def day_of(at: dt.datetime, time_zone: str) -> dt.date:
    """Return the date of a moment where the warehouse is."""
    return at.astimezone(zoneinfo.ZoneInfo(time_zone)).date()


def collections(
    pickups: Iterable[Pickup],
    holidays: frozenset[dt.date],
    time_zone: str,
    after: dt.datetime,
    days: int = _LOOK_AHEAD_DAYS,
) -> list[Collection]:
    """Return the collections whose cutoff is at or after a moment, soonest first, `days` ahead."""
    zone = zoneinfo.ZoneInfo(time_zone)
    today = day_of(after, time_zone)
    found = []
    for pickup in pickups:
        for ahead in range(days + 1):
            day = today + dt.timedelta(days=ahead)
            if day.weekday() != pickup.weekday or day in holidays:
                continue
            cutoff_at = dt.datetime.combine(day, dt.time.fromisoformat(pickup.cutoff), zone).astimezone(dt.UTC)
            if cutoff_at >= after:
                ship_by_at = dt.datetime.combine(day, dt.time.fromisoformat(pickup.pickup), zone)
                found.append(
                    Collection(
                        cutoff_at=cutoff_at,
                        ship_by_at=ship_by_at.astimezone(dt.UTC),
                        carrier=pickup.carrier,
                        pickup_id=pickup.id,
                    )
                )
    return sorted(found)
