"""What a carrier says of the addresses that orders go to, asked once for each address."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from sqlalchemy import JSON, Index, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from wms.domain.base import Base, Row, refers
from wms.domain.journal import Event


@dataclass(frozen=True, kw_only=True)
class AddressChecked(Event):
    """A carrier said whether a box can go where an order says; `messages` are its own words."""

    number: str
    valid: bool
    messages: str


@dataclass(frozen=True, kw_only=True)
class AddressKept(Event):
    """A person keeps an address as it is, whatever the carrier says of it."""

    number: str


class AddressCheck(Row, Base, kw_only=True):
    """The question about an order's address, and its answer once there is one.

    `address` is the one asked about, in one line: another makes the question a new one. `due_at` is when the carrier
    is asked (next), None when it no longer is; `valid` is None while, or if for ever, nobody knows. `suggestion` are
    the parts of the address as the carrier writes it.
    """

    __tablename__ = "address_checks"
    __table_args__ = (
        UniqueConstraint("warehouse_id", "order_id"),
        Index(None, "warehouse_id", "due_at"),
        refers("order_id", "orders"),
    )

    order_id: Mapped[int]
    address: Mapped[str] = mapped_column(Text)
    due_at: Mapped[dt.datetime | None]
    tries: Mapped[int] = mapped_column(default=0)
    valid: Mapped[bool | None] = mapped_column(default=None)
    messages: Mapped[str] = mapped_column(Text, default="")
    suggestion: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True), default=None)
    kept_at: Mapped[dt.datetime | None] = mapped_column(default=None)

    def ask_anew(self, address: str, at: dt.datetime) -> None:
        """Forget what was said of another address and let this one be asked about."""
        self.address, self.due_at, self.tries = address, at, 0
        self.valid, self.messages, self.suggestion, self.kept_at = None, "", None, None

    def settle(self, *, valid: bool | None, messages: str, suggestion: dict[str, Any] | None = None) -> None:
        """Keep the answer, or with `valid` None why there will be none: nobody is asked again."""
        self.due_at, self.valid, self.messages, self.suggestion = None, valid, messages, suggestion
