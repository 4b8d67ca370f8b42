"""How much of what was picked was right: the wrong units that were caught, and the pickers who know of them.

The wall board shows it for all, and each picker reads their own.
"""

import datetime as dt
import math
from collections import defaultdict
from dataclasses import dataclass

from sqlalchemy import ColumnElement, exists, func, select
from sqlalchemy.orm import Session, aliased

from wms.domain.actor import Actor
from wms.domain.errands import WrongItemFound
from wms.domain.journal import JournalEntry
from wms.domain.packing import FOREIGN, LABEL_WAS_WRONG, WRONG_LOT, WRONG_SERIAL, CauseSaid, WrongUnitCaught
from wms.domain.picking import UnitsPut

_WRONG = frozenset({FOREIGN, WRONG_LOT, WRONG_SERIAL})


@dataclass(frozen=True, kw_only=True, slots=True)
class Accuracy:
    """Units put into totes in a stretch of time, and how many of them were caught wrong at packing."""

    units: int = 0
    wrong: int = 0

    @property
    def right_pct(self) -> float | None:
        """Per cent right with two decimals, never rounded up; None before the first pick."""
        if self.units <= 0:
            return None
        return math.floor(max(0.0, 1 - self.wrong / self.units) * 10_000) / 100

    @property
    def right(self) -> str:
        """Per cent right as a person reads it of himself: with one decimal, never rounded up; '' before the first."""
        if self.units <= 0:
            return ""
        tenths = max(0, self.units - self.wrong) * 1000 // self.units
        return f"{tenths // 10}.{tenths % 10}"


@dataclass(frozen=True, kw_only=True, slots=True)
class WrongUnit:
    """A wrong unit caught at packing, and when it was picked: its order's last pick before, else when it was caught."""

    caught_at: dt.datetime
    picked_at: dt.datetime
    order_id: int | None
    sku: str
    cause: str
    code: str
    package: str


def wrong_units(session: Session, warehouse_id: int, since: dt.datetime) -> list[WrongUnit]:
    """Return the wrong units caught since a moment, in totes or at packing: units or lots not in their order.

    A unit too many is left out: until somebody puts it aside it may be the packer's second scan of one unit, which
    must not be charged to the picker. It counts as a near miss like every refused scan. A unit of which the packer
    said that its label was wrong is left out too: the pick was right.
    """
    put = aliased(JournalEntry)
    picked_at = (
        select(func.max(put.at))
        .where(
            put.warehouse_id == warehouse_id,
            put.order_id == JournalEntry.order_id,
            put.event == UnitsPut.__name__,
            put.at <= JournalEntry.at,
        )
        .scalar_subquery()
    )
    rows = session.execute(
        select(JournalEntry.at, picked_at, JournalEntry.order_id, JournalEntry.data)
        .where(
            JournalEntry.warehouse_id == warehouse_id,
            JournalEntry.event.in_((WrongUnitCaught.__name__, WrongItemFound.__name__)),
            JournalEntry.at >= since,
            ~_label_was_wrong(warehouse_id),
        )
        .order_by(JournalEntry.at)
    )
    return [
        WrongUnit(
            caught_at=caught_at,
            picked_at=moment or caught_at,
            order_id=order_id,
            sku=data["sku"],
            cause=data["cause"],
            code=data.get("code", ""),
            package=data.get("package", ""),
        )
        for caught_at, moment, order_id, data in rows
        if data["cause"] in _WRONG
    ]


def _label_was_wrong(warehouse_id: int) -> ColumnElement[bool]:
    """Whether the packer said of a unit caught that the goods were labelled wrong."""
    said = aliased(JournalEntry)
    return exists().where(
        said.warehouse_id == warehouse_id,
        said.event == CauseSaid.__name__,
        said.at >= JournalEntry.at,
        said.order_id == JournalEntry.order_id,
        said.data["package"].as_string() == JournalEntry.data["package"].as_string(),
        said.data["code"].as_string() == JournalEntry.data["code"].as_string(),
        said.data["cause"].as_string() == LABEL_WAS_WRONG,
    )


def wrong_of(session: Session, actor: Actor, since: dt.datetime) -> int:
    """Count the wrong units that this worker has picked since a moment, and that were caught.

    Of an order that several have picked nobody knows whose it was, so it is nobody's.
    """
    wrong = [one for one in wrong_units(session, actor.warehouse_id, since) if one.picked_at >= since]
    pickers: dict[int | None, set[int | None]] = defaultdict(set)
    for order_id, worker_id in session.execute(
        select(JournalEntry.order_id, JournalEntry.worker_id)
        .where(
            JournalEntry.warehouse_id == actor.warehouse_id,
            JournalEntry.order_id.in_({one.order_id for one in wrong}),
            JournalEntry.event == UnitsPut.__name__,
        )
        .distinct()
    ):
        pickers[order_id].add(worker_id)
    return sum(pickers[one.order_id] == {actor.worker_id} for one in wrong)
