"""WHAT IS: the warehouse's things as typed tables with their verbs. SQLAlchemy and the standard library only."""

from wms.domain import (
    calendar,
    catalog,
    floor,
    inbox,
    journal,
    orders,
    outbox,
    packing,
    people,
    picking,
    printing,
    putbacks,
    shipping,
    stock,
    totes,
    waves,
)
from wms.domain.base import Base

__all__ = [
    "Base",
    "calendar",
    "catalog",
    "floor",
    "inbox",
    "journal",
    "orders",
    "outbox",
    "packing",
    "people",
    "picking",
    "printing",
    "putbacks",
    "shipping",
    "stock",
    "totes",
    "waves",
]
