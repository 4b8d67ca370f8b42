"""Errands: what a picker is in the middle of besides the line, such as a tote that breaks, and what came of them."""

from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import JSON
from sqlalchemy.orm import Mapped, mapped_column

from wms.domain.base import Base, EnumText, InWarehouse, one_of, refers
from wms.domain.journal import Event


class ErrandKind(StrEnum):
    """What is to be done: a tote taken out of use, or a wrong item out of a tote."""

    BROKEN_TOTE = "broken tote"
    WRONG_ITEM = "wrong item"


@dataclass(frozen=True, kw_only=True)
class ToteBroken(Event):
    """A tote broke on the cart: what was in it is in another, in the same slot."""

    batch: str
    tote: str
    other: str
    units: int


@dataclass(frozen=True, kw_only=True)
class WrongItemFound(Event):
    """Units that do not belong into a tote came out of it; of a unit too many, `task_id` is the pick that took it.

    `cause` is foreign (a product that is in no line there) or extra, as of wrong units caught at packing.
    """

    tote: str
    sku: str
    quantity: int
    cause: str
    task_id: int | None


@dataclass(frozen=True, kw_only=True)
class LineReopened(Event):
    """A unit counted as picked was a wrong one: the pick is charged, and the right unit still lies on its shelf."""

    task_id: int
    sku: str
    tote: str
    location: str


class Errand(InWarehouse, Base, kw_only=True):
    """The errand of a worker, on whatever device; on a walk it goes on with whoever has that walk.

    `batch_id` is the walk, None between walks.
    `tote_id` is the tote it is about, once one was scanned. Once a wrong item (`product_id`) has come out of it, it is
    asked whether the units of the pick `task_id` are in it; where they are not all, and have serial numbers, which of
    those are (`seen`, None until then).
    """

    __tablename__ = "errands"
    __table_args__ = (
        one_of("kind", ErrandKind),
        refers("worker_id", "workers"),
        refers("batch_id", "batches"),
        refers("tote_id", "totes"),
        refers("product_id", "products"),
        refers("task_id", "pick_tasks"),
    )

    worker_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    kind: Mapped[ErrandKind] = mapped_column(EnumText(ErrandKind))
    batch_id: Mapped[int | None]
    tote_id: Mapped[int | None] = mapped_column(default=None)
    product_id: Mapped[int | None] = mapped_column(default=None)
    task_id: Mapped[int | None] = mapped_column(default=None)
    seen: Mapped[list[str] | None] = mapped_column(JSON(none_as_null=True), default=None)
