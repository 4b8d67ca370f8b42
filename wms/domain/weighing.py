"""Weighing: whose load lies on a station's scale, and what the products of past boxes turned out to weigh.

A stable reading is never carried over to the next box. A load belongs to the box that asks only where the scale was
seen empty since that box began to ask: then whatever came onto it came while that box was the one on the bench. A load
that was there before (the last box, left standing; a box put on while nobody looked) is nobody's, whatever it weighs,
until the scale was empty. A weight that was taken makes what lies there nobody's again.
"""

import datetime as dt
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, CheckConstraint, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from wms.domain.base import Base, EnumText, InWarehouse, one_of, refers

EMPTY_G = 10
"""Below it the scale is empty: no box is lighter, and dust, draught or a zero that crept is not heavier."""

LAPSE = dt.timedelta(seconds=4)
"""A screen that has not asked for so long asks no more: it is closed, or shows another step."""

SILENCE = dt.timedelta(seconds=4)
"""A scale that has not been heard for so long since it was asked does not answer."""

LASTING = dt.timedelta(seconds=30)
"""A fault that has stood for so long is told to the lead."""


class ScaleState(StrEnum):
    """What the scale was last seen to carry, as far as the box that asks is concerned.

    WAITING: not looked at yet. STRANGE: a load that is not this box's. EMPTY: seen empty for this box. OWN: its load,
    settling. TAKEN: its weight is taken, and what lies there counts no more.
    """

    WAITING = "waiting"
    STRANGE = "strange"
    EMPTY = "empty"
    OWN = "own"
    TAKEN = "taken"


def after(state: ScaleState, weight_g: int, *, is_stable: bool) -> ScaleState:
    """Return the state after a look at the scale: only an empty one makes the load that follows the box's own.

    It must be empty and at rest: a box left on it that somebody knocks against may jump below any weight.
    """
    if weight_g < EMPTY_G:
        return ScaleState.EMPTY if is_stable else state
    return {ScaleState.WAITING: ScaleState.STRANGE, ScaleState.EMPTY: ScaleState.OWN}.get(state, state)


class Weighing(InWarehouse, Base, kw_only=True):
    """What a station's scale is asked and seen to say: the box that asks, for whom, and until when.

    `fault` is why it cannot be read, '' while it can; `verdict` what was said to the weight, until the page has it.
    """

    __tablename__ = "weighings"
    __table_args__ = (
        one_of("state", ScaleState),
        refers("station_id", "stations"),
        refers("package_id", "packages"),
        refers("session_id", "worker_sessions"),
    )

    station_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    package_id: Mapped[int]
    session_id: Mapped[int]
    began_at: Mapped[dt.datetime]
    asked_at: Mapped[dt.datetime]
    state: Mapped[ScaleState] = mapped_column(EnumText(ScaleState), default=ScaleState.WAITING)
    fault: Mapped[str] = mapped_column(String(200), default="")
    fault_since: Mapped[dt.datetime | None] = mapped_column(default=None)
    fault_told: Mapped[bool] = mapped_column(default=False)
    heard_at: Mapped[dt.datetime | None] = mapped_column(default=None)
    verdict: Mapped[dict[str, Any]] = mapped_column(JSON, default_factory=dict)

    def ask(self, package_id: int, session_id: int, at: dt.datetime) -> None:
        """Ask for a box's weight, or go on asking; another box, or one that asks anew, must see the scale empty."""
        if package_id != self.package_id or at - self.asked_at > LAPSE:
            self.package_id, self.began_at = package_id, at
            self.state, self.verdict = ScaleState.WAITING, {}
        self.session_id, self.asked_at = session_id, at

    def is_asked(self, at: dt.datetime) -> bool:
        """Tell whether a screen asks now."""
        return at - self.asked_at <= LAPSE

    def is_silent(self, at: dt.datetime) -> bool:
        """Tell whether the scale has a fault, or was not heard although it is asked: then nobody looks at it."""
        return bool(self.fault) or at - max(self.began_at, self.heard_at or self.began_at) > SILENCE

    def see(self, weight_g: int, at: dt.datetime, *, is_stable: bool) -> None:
        """Note what lies on the scale, which answers."""
        self.state, self.heard_at = after(self.state, weight_g, is_stable=is_stable), at
        self.fault, self.fault_since, self.fault_told = "", None, False

    def take(self, verdict: dict[str, Any]) -> None:
        """Note that the weight of what lies there was taken, and what was said to it."""
        self.state, self.verdict = ScaleState.TAKEN, verdict

    def fail(self, fault: str, at: dt.datetime) -> bool:
        """Note why the scale cannot be read; tell whether that has just become a lasting fault."""
        since = self.fault_since or at
        self.fault, self.fault_since = fault[:200], since
        is_news = not self.fault_told and at - since >= LASTING
        self.fault_told = self.fault_told or is_news
        return is_news


class WeightSample(InWarehouse, Base, kw_only=True):
    """What one unit of a product weighed in a box where nothing else was unknown, in thousandths of a gram."""

    __tablename__ = "weight_samples"
    __table_args__ = (
        Index(None, "warehouse_id", "product_id", "at"),
        refers("product_id", "products"),
        refers("package_id", "packages"),
    )

    product_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    package_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    unit_mg: Mapped[int]
    at: Mapped[dt.datetime]


class LearnedWeight(InWarehouse, Base, kw_only=True):
    """What a product's newest samples say: their median, and how far half of them are off it, in milligrams."""

    __tablename__ = "learned_weights"
    __table_args__ = (
        CheckConstraint("unit_mg > 0 AND spread_mg >= 0 AND samples > 0", name="learned"),
        refers("product_id", "products"),
    )

    product_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    unit_mg: Mapped[int]
    spread_mg: Mapped[int]
    samples: Mapped[int]
    learned_at: Mapped[dt.datetime]


class Recount(InWarehouse, Base, kw_only=True):
    """A product in a box that weighed wrong: `units` of it when that was seen, `counted` of them again so far.

    Rows stand until the box's weight is taken; of contents that are not these its weight is judged anew.
    """

    __tablename__ = "recounts"
    __table_args__ = (
        CheckConstraint("counted >= 0", name="counted"),
        refers("package_id", "packages"),
        refers("product_id", "products"),
    )

    package_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    product_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    units: Mapped[int]
    counted: Mapped[int] = mapped_column(default=0)
