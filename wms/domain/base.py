"""The declarative base: naming convention, column types and the warehouse-first keys that all tables share."""
# ruff: noqa: ARG002 - SQLAlchemy calls type decorators with the dialect

import datetime as dt
import re
from enum import StrEnum

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Dialect,
    ForeignKeyConstraint,
    MetaData,
    String,
    TypeDecorator,
)
from sqlalchemy import DateTime as SqlDateTime
from sqlalchemy.orm import DeclarativeBase, Mapped, MappedAsDataclass, mapped_column

from wms.domain.errors import BadInputError
from wms.domain.ids import new_id

# 63 bits at most.
_ID = re.compile("[0-9a-f]{1,15}|[0-7][0-9a-f]{15}")

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_1_name)s",
    "pk": "pk_%(table_name)s",
}


class UtcDateTime(TypeDecorator[dt.datetime]):
    """An aware moment, stored in UTC; naive ones are refused because SQLite would hand them back silently wrong."""

    impl = SqlDateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: dt.datetime | None, dialect: Dialect) -> dt.datetime | None:
        """Refuse a naive moment and bring an aware one to UTC."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"{value} has no time zone; pass an aware datetime.")
        return value.astimezone(dt.UTC)

    def process_result_value(self, value: dt.datetime | None, dialect: Dialect) -> dt.datetime | None:
        """Give back an aware moment in UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=dt.UTC) if value.tzinfo is None else value.astimezone(dt.UTC)


class EnumText(TypeDecorator[StrEnum]):
    """A StrEnum stored as its text; pair it with `one_of` so that the database refuses other words."""

    impl = String(24)
    cache_ok = True

    def __init__(self, kind: type[StrEnum]) -> None:
        super().__init__()
        self.kind = kind

    def process_bind_param(self, value: StrEnum | None, dialect: Dialect) -> str | None:
        """Store the text; a word outside the enum is a ValueError."""
        return None if value is None else self.kind(value).value

    def process_result_value(self, value: str | None, dialect: Dialect) -> StrEnum | None:
        """Give back the member."""
        return None if value is None else self.kind(value)


def one_of(column: str, kind: type[StrEnum]) -> CheckConstraint:
    """Return the CHECK that holds a text column to the words of an enum."""
    words = ", ".join(f"'{member.value}'" for member in kind)
    return CheckConstraint(f"{column} IN ({words})", name=column)


def refers(column: str, table: str) -> ForeignKeyConstraint:
    """Return the foreign key (warehouse_id, column) -> table; judged at commit, so rows may be written in any order."""
    return ForeignKeyConstraint(
        ["warehouse_id", column],
        [f"{table}.warehouse_id", f"{table}.id"],
        deferrable=True,
        initially="DEFERRED",
    )


class Base(MappedAsDataclass, DeclarativeBase, kw_only=True, eq=False, repr=False):
    """Every table of the program; constructors are keyword-only and typed."""

    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map = {  # noqa: RUF012 - SQLAlchemy reads this plain dict
        dt.datetime: UtcDateTime(),
        int: BigInteger(),
    }

    def __repr__(self) -> str:
        """Name the row without loading anything."""
        key = getattr(self, "id", None)
        return f"<{type(self).__name__} {key}>"


class InWarehouse(MappedAsDataclass, kw_only=True, eq=False, repr=False):
    """First half of every key: the warehouse stands first, so one table can be spread over nodes later."""

    warehouse_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False, sort_order=-2)


class Row(InWarehouse, kw_only=True, eq=False, repr=False):
    """A thing with an id of its own: key (warehouse_id, id)."""

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False, sort_order=-1, default_factory=new_id)


def text_id(value: int) -> str:
    """Return an id as lower-case hexadecimal, the way pages and tokens carry it (JavaScript cannot hold 63 bits)."""
    return f"{value:x}"


def is_id(text: str) -> bool:
    """Tell whether a text may be an id as pages and tokens carry it."""
    return _ID.fullmatch(text) is not None


def id_of(text: str) -> int:
    """Return the id behind such a text; BadInputError for anything else."""
    if not is_id(text):
        raise BadInputError(f"'{text[:40]}' is no id. Choose from the list.")
    return int(text, 16)
