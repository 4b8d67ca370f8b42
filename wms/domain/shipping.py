"""Labels: bought (or made) once for a package, with the intent written down before any money can be spent."""

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column, validates

from wms.domain.base import Base, EnumText, Row, one_of, refers
from wms.domain.codes import plain
from wms.domain.journal import Event
from wms.domain.lifecycle import Lifecycle
from wms.domain.tracking import TrackStatus


class LabelStatus(StrEnum):
    """Where a label stands. UNSETTLED: the carrier's answer was lost and a look-up must say whether it was bought."""

    WANTED = "wanted"
    BUYING = "buying"
    UNSETTLED = "unsettled"
    BOUGHT = "bought"
    REFUSED = "refused"
    VOIDING = "voiding"
    VOIDED = "voided"


_S = LabelStatus
LABEL_LIFECYCLE = Lifecycle(
    "label",
    {
        _S.WANTED: {_S.BUYING, _S.REFUSED},
        _S.BUYING: {_S.BOUGHT, _S.REFUSED, _S.UNSETTLED, _S.WANTED},
        # One that is known by its id is given back without more: its label may be none that prints.
        _S.UNSETTLED: {_S.BOUGHT, _S.REFUSED, _S.VOIDING},
        _S.BOUGHT: {_S.VOIDING},
        _S.REFUSED: set(),
        # A refused void leaves what was there: a bought label, or a purchase of which none was ever seen.
        _S.VOIDING: {_S.VOIDED, _S.BOUGHT, _S.UNSETTLED},
        _S.VOIDED: set(),
    },
)
# Money may be spent for it, or not.
UNDECIDED = frozenset({_S.BUYING, _S.UNSETTLED})
STANDING = frozenset({_S.WANTED, _S.BUYING, _S.UNSETTLED, _S.BOUGHT, _S.VOIDING})
_STANDING_SQL = text("status NOT IN ('refused', 'voided')")


@dataclass(frozen=True, kw_only=True)
class LabelMoved(Event):
    """A label went from one status to another; `now` is '' in entries written before it was kept."""

    package: str
    then: str
    carrier: str
    tracking_number: str = ""
    reason: str = ""
    now: str = ""


class LabelWay(StrEnum):
    """Which way a label takes its package: to the customer, or back."""

    OUT = "out"
    RETURN = "return"


class AnyLabel(Row, Base, kw_only=True):
    """One label intent for one package. At most one each way stands (partial unique index).

    `prepared` is what the carrier needs to find the purchase again after a lost answer; `barcodes` are the texts
    that its bars carry beside the tracking number, told by its carrier or read on its picture at release; `declined`
    are services that the packer does not want for it, `choice` why its service was taken before others;
    `answer` is what the carrier last said to a purchase, as it came, kept before anybody reads it; amounts are minor
    units of `currency`; `zpl` is what is printed.
    """

    __tablename__ = "labels"
    __table_args__ = (
        Index(
            "uq_labels_standing",
            "warehouse_id",
            "package_id",
            "way",
            unique=True,
            sqlite_where=_STANDING_SQL,
            postgresql_where=_STANDING_SQL,
        ),
        Index(None, "warehouse_id", "tracking_number"),
        Index(None, "warehouse_id", "track_due_at"),
        Index(None, "warehouse_id", "manifest_id"),
        one_of("status", LabelStatus),
        one_of("track_status", TrackStatus),
        one_of("way", LabelWay),
        refers("package_id", "packages"),
        refers("manifest_id", "manifests"),
        refers("return_of_id", "labels"),
    )
    __mapper_args__ = {"polymorphic_on": "way"}  # noqa: RUF012 - SQLAlchemy reads this plain dict

    way: Mapped[LabelWay] = mapped_column(EnumText(LabelWay), init=False, server_default=LabelWay.OUT)
    package_id: Mapped[int]
    carrier: Mapped[str] = mapped_column(String(24))
    service: Mapped[str] = mapped_column(String(60))
    wanted_at: Mapped[dt.datetime]
    status: Mapped[LabelStatus] = mapped_column(EnumText(LabelStatus), default=LabelStatus.WANTED)
    prepared: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True), default=None)
    tracking_number: Mapped[str] = mapped_column(String(60), default="")
    barcodes: Mapped[list[str]] = mapped_column(JSON, default_factory=list)
    zpl: Mapped[str] = mapped_column(Text, default="")
    amount_cents: Mapped[int] = mapped_column(default=0)
    currency: Mapped[str] = mapped_column(String(3), default="")
    charged: Mapped[bool] = mapped_column(default=False)
    external_id: Mapped[str] = mapped_column(String(80), default="")
    reason: Mapped[str] = mapped_column(String(500), default="")
    declined: Mapped[list[str]] = mapped_column(JSON, default_factory=list, server_default="[]")
    choice: Mapped[str] = mapped_column(String(500), default="", server_default="")
    answer: Mapped[str] = mapped_column(Text, default="", server_default="")
    # When `buy` was last begun: what `find` says proves something only some time later.
    tried_at: Mapped[dt.datetime | None] = mapped_column(default=None)
    bought_at: Mapped[dt.datetime | None] = mapped_column(default=None)
    manifest_id: Mapped[int | None] = mapped_column(default=None)
    # The label by which the package went out, where this one brings it back.
    return_of_id: Mapped[int | None] = mapped_column(default=None)
    # The end of the day by which its carrier, when it was bought, let the box be expected.
    promised_at: Mapped[dt.datetime | None] = mapped_column(default=None)
    # What its tracking events come to, and when the carrier is to be asked about it again, if at all.
    track_status: Mapped[TrackStatus | None] = mapped_column(EnumText(TrackStatus), default=None)
    tracked_at: Mapped[dt.datetime | None] = mapped_column(default=None)
    delivered_at: Mapped[dt.datetime | None] = mapped_column(default=None)
    track_due_at: Mapped[dt.datetime | None] = mapped_column(default=None)

    @property
    def is_known_by_id(self) -> bool:
        """Whether its purchase is not settled, but can be given back: the carrier has told its id."""
        return self.status in UNDECIDED and self.external_id != ""

    @validates("tracking_number")
    def _plain(self, _: str, number: str) -> str:
        """Keep the number as it is compared, however its carrier writes it."""
        return plain(number)

    def move_to(self, then: LabelStatus, *, package: str, order_id: int, reason: str = "") -> LabelMoved:
        """Change the status; IllegalMoveError where the lifecycle forbids it."""
        now = self.status
        self.status = LABEL_LIFECYCLE.check(now, then)
        self.reason = reason[:500]
        return LabelMoved(
            now=now,
            order_id=order_id,
            package=package,
            then=then,
            carrier=self.carrier,
            tracking_number=self.tracking_number,
            reason=self.reason,
        )


class Label(AnyLabel, kw_only=True):
    """A label that takes a package to the customer; asking for labels gives these alone."""

    __mapper_args__ = {"polymorphic_identity": LabelWay.OUT}  # noqa: RUF012 - SQLAlchemy reads this plain dict


class ReturnLabel(AnyLabel, kw_only=True):
    """A label that brings a package back; it goes to the customer, and on no box of ours."""

    __mapper_args__ = {"polymorphic_identity": LabelWay.RETURN}  # noqa: RUF012 - SQLAlchemy reads this plain dict
