"""People and what they hold: the warehouse, workers with badges and roles, devices and their sessions."""

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import Any

from sqlalchemy import JSON, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from wms.domain.actor import Role
from wms.domain.base import Base, EnumText, Row, one_of, refers
from wms.domain.journal import Event
from wms.domain.saying import Language


@dataclass(frozen=True, kw_only=True)
class WorkerSignedIn(Event):
    """A badge opened a session on a device."""

    worker: str


@dataclass(frozen=True, kw_only=True)
class WorkerSignedOut(Event):
    """A session was ended by its worker, by hand-over or from the desk."""

    worker: str
    reason: str


@cache
def read_roles(text: str) -> frozenset[Role]:
    """Read roles as a worker's row keeps them: words with a bar between."""
    return frozenset(Role(word) for word in text.split("|") if word)


class ShortPolicy(StrEnum):
    """What becomes of a short order: it waits for stock, goes without what is missing, or is cancelled."""

    WAIT = "wait"
    SPLIT = "split"
    CANCEL = "cancel"


class SlipRule(StrEnum):
    """Which boxes get a packing slip by themselves: none, each one with its label, or those of gifts."""

    NEVER = "never"
    EACH_BOX = "each box"
    GIFTS = "gifts"


class AddressRule(StrEnum):
    """Whether the carrier is asked if a box can go where an order says."""

    NEVER = "never"
    CARRIER = "carrier"


class Warehouse(Base, kw_only=True):
    """One building with its time zone, sender's address and switches.

    `when_short` is what becomes of a short order about which nobody has decided. Of goods that cost
    `scan_each_from_cents` or more each unit is scanned; 0 is no price.
    """

    __tablename__ = "warehouses"
    __table_args__ = (one_of("when_short", ShortPolicy), one_of("slips", SlipRule), one_of("addresses", AddressRule))

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    name: Mapped[str] = mapped_column(String(80))
    time_zone: Mapped[str] = mapped_column(String(64), default="UTC")
    address: Mapped[dict[str, Any]] = mapped_column(JSON, default_factory=dict)
    demo: Mapped[bool] = mapped_column(default=False)
    carrier: Mapped[str] = mapped_column(String(16), default="offline")
    accuracy_target_pct: Mapped[float] = mapped_column(default=99.8)
    units_per_hour_plan: Mapped[int] = mapped_column(default=0)
    when_short: Mapped[ShortPolicy] = mapped_column(EnumText(ShortPolicy), default=ShortPolicy.WAIT)
    slips: Mapped[SlipRule] = mapped_column(EnumText(SlipRule), default=SlipRule.NEVER)
    addresses: Mapped[AddressRule] = mapped_column(EnumText(AddressRule), default=AddressRule.NEVER)
    scan_each_from_cents: Mapped[int] = mapped_column(default=0)


class Counter(Base, kw_only=True):
    """The last number given out for a kind of thing (orders, waves, packages ...)."""

    __tablename__ = "counters"

    warehouse_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    name: Mapped[str] = mapped_column(String(24), primary_key=True)
    value: Mapped[int]


class Worker(Row, Base, kw_only=True):
    """A person who scans a badge. `badge` is the code's text, random and revocable (a new one is issued)."""

    __tablename__ = "workers"
    __table_args__ = (UniqueConstraint("warehouse_id", "badge"), UniqueConstraint("warehouse_id", "name"))

    name: Mapped[str] = mapped_column(String(80))
    badge: Mapped[str] = mapped_column(String(16))
    roles_text: Mapped[str] = mapped_column("roles", String(64))
    active: Mapped[bool] = mapped_column(default=True)
    left_handed: Mapped[bool] = mapped_column(default=False)
    dark: Mapped[bool] = mapped_column(default=False)
    # Lines put into totes so far: who has done many is asked for fewer scans.
    lines_put: Mapped[int] = mapped_column(default=0)
    language: Mapped[str] = mapped_column(String(8), default=Language.ENGLISH.value)

    @property
    def roles(self) -> frozenset[Role]:
        """The worker's own roles, without those they imply."""
        return read_roles(self.roles_text)


class Device(Row, Base, kw_only=True):
    """A handheld, packing PC or desk browser, known by a long-lived cookie; `number` is what people call it."""

    __tablename__ = "devices"
    __table_args__ = (UniqueConstraint("warehouse_id", "key_hash"),)

    key_hash: Mapped[str] = mapped_column(String(64))
    number: Mapped[int]
    first_seen_at: Mapped[dt.datetime]


SAID_EMPTY = 0
"""In place of units in hand at a put wall (no row has this id): its sorter said that nothing is left in the tote."""
SAID_DAMAGED = -1
"""The same: the sorter said DAMAGED, and is to scan what is."""


class WorkerSession(Row, Base, kw_only=True):
    """A worker signed in on a device. The cookie's token is kept as a SHA-256 only; ended or idle sessions are dead."""

    __tablename__ = "worker_sessions"
    __table_args__ = (
        UniqueConstraint("warehouse_id", "token_hash"),
        Index(None, "warehouse_id", "worker_id"),
        refers("worker_id", "workers"),
        refers("device_id", "devices"),
    )

    token_hash: Mapped[str] = mapped_column(String(64))
    worker_id: Mapped[int]
    device_id: Mapped[int]
    started_at: Mapped[dt.datetime]
    seen_at: Mapped[dt.datetime]
    station_id: Mapped[int | None] = mapped_column(default=None)
    ended_at: Mapped[dt.datetime | None] = mapped_column(default=None)
    # The tote of several orders that the items scanned come from: at a packing station, or while it is sorted at a
    # put wall. There `sorting_id` is the row of the picked units in hand, whose place is asked for, or SAID_..., and
    # `named_place_id` the free place of the wall that was named for them.
    shared_tote_id: Mapped[int | None] = mapped_column(default=None)
    sorting_id: Mapped[int | None] = mapped_column(default=None)
    named_place_id: Mapped[int | None] = mapped_column(default=None)
    # The exception by which its worker called for help, until the answer was read.
    call_id: Mapped[int | None] = mapped_column(default=None)
