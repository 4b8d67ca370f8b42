"""What a picker did: each unit taken with how it was proved, and each accepted step, so that it can be taken back."""

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, CheckConstraint, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from wms.domain.base import Base, EnumText, Row, one_of, refers
from wms.domain.journal import Event
from wms.domain.picking import Proof


@dataclass(frozen=True, kw_only=True)
class UnitsLaidDown(Event):
    """Units in hand since `taken_at` (ISO 8601) went back to their shelf."""

    task_id: int
    product_id: int
    location_id: int
    lot: str
    serial: str
    quantity: int
    taken_at: str


@dataclass(frozen=True, kw_only=True)
class BarcodeMissing(Event):
    """A product had no barcode that could be read where it lies, and its SKU was to be typed."""

    task_id: int
    sku: str
    location: str


@dataclass(frozen=True, kw_only=True)
class ScanUndone(Event):
    """The last step of a task was taken back.

    `units` counts put units that went back to the shelf, `put_by` is the worker who had put them, as an id's text.
    """

    task_id: int
    step: str
    units: int = 0
    put_by: str = ""


@dataclass(frozen=True, kw_only=True)
class UnitsSorted(Event):
    """Units went from a shared tote into their order's place at a put wall.

    `lane_id` and `staged_at` (ISO 8601, '' for never) say where and since when the tote stood, for UNDO.
    """

    task_id: int
    sku: str
    quantity: int
    tote: str
    slot: str
    lane_id: int | None = None
    staged_at: str = ""


@dataclass(frozen=True, kw_only=True)
class ToteFoundEmpty(Event):
    """Nothing was left in a shared tote at a put wall; `was` are its orders, with their status before and after."""

    tote: str
    was: tuple[tuple[int, str, str], ...]
    lane_id: int | None = None
    staged_at: str = ""


@dataclass(frozen=True, kw_only=True)
class DamagedAtWall(Event):
    """A unit out of a shared tote at a put wall is broken; the pick `task_id` took it from `location`.

    It was brought to `place`, the hospital or scrap. `was` is its order, with its status before and after.
    """

    task_id: int
    sku: str
    quantity: int
    location: str
    tote: str
    place: str
    place_id: int
    was: tuple[tuple[int, str, str], ...]
    lane_id: int | None = None
    staged_at: str = ""


class PickedUnits(Row, Base, kw_only=True):
    """Units that one scan took from a shelf: in hand while `tote_id` is None, then in that tote.

    A serial number is one unit's.
    """

    __tablename__ = "picked_units"
    __table_args__ = (
        Index(None, "warehouse_id", "task_id"),
        Index(None, "warehouse_id", "tote_id"),
        Index(
            "uq_picked_units_serial",
            "warehouse_id",
            "product_id",
            "serial",
            unique=True,
            sqlite_where=text("serial <> ''"),
            postgresql_where=text("serial <> ''"),
        ),
        CheckConstraint("quantity > 0", name="quantity"),
        CheckConstraint("serial = '' OR quantity = 1", name="one_serial"),
        one_of("location_proof", Proof),
        one_of("product_proof", Proof),
        one_of("tote_proof", Proof),
        refers("task_id", "pick_tasks"),
        refers("product_id", "products"),
        refers("tote_id", "totes"),
    )

    task_id: Mapped[int]
    product_id: Mapped[int]
    quantity: Mapped[int]
    at: Mapped[dt.datetime]
    worker_id: Mapped[int | None]
    location_proof: Mapped[Proof] = mapped_column(EnumText(Proof))
    product_proof: Mapped[Proof] = mapped_column(EnumText(Proof))
    tote_proof: Mapped[Proof] = mapped_column(EnumText(Proof), default=Proof.NONE)
    lot: Mapped[str] = mapped_column(String(40), default="")
    serial: Mapped[str] = mapped_column(String(60), default="")
    tote_id: Mapped[int | None] = mapped_column(default=None)
    put_at: Mapped[dt.datetime | None] = mapped_column(default=None)
    # When they were found missing or broken in a tote that several orders share.
    lost_at: Mapped[dt.datetime | None] = mapped_column(default=None)

    def split_off(self, units: int = 1) -> "PickedUnits":
        """Return a new row of some of several units, where they are and proved as they were."""
        self.quantity -= units
        return PickedUnits(
            warehouse_id=self.warehouse_id,
            task_id=self.task_id,
            product_id=self.product_id,
            quantity=units,
            at=self.at,
            worker_id=self.worker_id,
            location_proof=self.location_proof,
            product_proof=self.product_proof,
            tote_proof=self.tote_proof,
            lot=self.lot,
            tote_id=self.tote_id,
            put_at=self.put_at,
        )


class StepKind(StrEnum):
    """What was accepted: a location, units, a lot, units into the tote, less found, a line put off, a full tote.

    LOOKED is what was said of a location that should be empty.
    WRONG is a line opened again for a wrong item: what was done before it is not taken back any more.
    """

    LOCATION = "location"
    UNITS = "units"
    LOT = "lot"
    SERIAL = "serial"
    TOTE = "tote"
    SAID = "said"
    SHORT = "short"
    SKIP = "skip"
    FULL = "full"
    LOOKED = "looked"
    WRONG = "wrong"


class PickStep(Row, Base, kw_only=True):
    """An accepted step of a walk that UNDO can take back, newest first; `before` is what it needs for that.

    One scan may be several steps.
    """

    __tablename__ = "pick_steps"
    __table_args__ = (
        Index(None, "warehouse_id", "batch_id"),
        one_of("kind", StepKind),
        refers("batch_id", "batches"),
        refers("task_id", "pick_tasks"),
    )

    batch_id: Mapped[int]
    task_id: Mapped[int]
    kind: Mapped[StepKind] = mapped_column(EnumText(StepKind))
    at: Mapped[dt.datetime]
    before: Mapped[dict[str, Any]] = mapped_column(JSON)
    scan: Mapped[str | None] = mapped_column(String(64), default=None)
