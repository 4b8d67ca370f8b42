"""Manifests: the paper by which a carrier takes over a day's boxes at once, made once for each label."""

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from wms.domain.base import Base, EnumText, Row, one_of, refers
from wms.domain.journal import Event
from wms.domain.lifecycle import Lifecycle


class ManifestStatus(StrEnum):
    """Where a manifest stands. UNSETTLED: the carrier's answer was lost. MAKING: the carrier is at it."""

    WANTED = "wanted"
    SENDING = "sending"
    UNSETTLED = "unsettled"
    MAKING = "making"
    MADE = "made"
    REFUSED = "refused"


_S = ManifestStatus
MANIFEST_LIFECYCLE = Lifecycle(
    "manifest",
    {
        _S.WANTED: {_S.SENDING},
        # Back to wanted where it was provably not made.
        _S.SENDING: {_S.MADE, _S.MAKING, _S.REFUSED, _S.UNSETTLED, _S.WANTED},
        _S.UNSETTLED: {_S.MADE, _S.MAKING, _S.REFUSED, _S.SENDING},
        _S.MAKING: {_S.MADE, _S.REFUSED},
        _S.MADE: set(),
        _S.REFUSED: set(),
    },
)
OPEN = frozenset(_S) - MANIFEST_LIFECYCLE.ends


@dataclass(frozen=True, kw_only=True)
class ManifestMoved(Event):
    """A manifest went from one status to another."""

    provider: str
    boxes: int
    then: str
    reason: str = ""


class Manifest(Row, Base, kw_only=True):
    """One manifest for labels of one account; a label names the manifest it is on, so it is on one at most.

    `prepared` is what is asked of the carrier and finds it again after a lost answer; `answer` is what the carrier
    last said to it, as it came, kept before anybody reads it.
    """

    __tablename__ = "manifests"
    __table_args__ = (Index(None, "warehouse_id", "asked_at"), one_of("status", ManifestStatus))

    carrier: Mapped[str] = mapped_column(String(24))
    account: Mapped[str] = mapped_column(String(80))
    provider: Mapped[str] = mapped_column(String(60))
    boxes: Mapped[int]
    prepared: Mapped[dict[str, Any]] = mapped_column(JSON)
    asked_at: Mapped[dt.datetime]
    worker_id: Mapped[int | None]
    status: Mapped[ManifestStatus] = mapped_column(EnumText(ManifestStatus), default=ManifestStatus.WANTED)
    external_id: Mapped[str] = mapped_column(String(80), default="")
    reason: Mapped[str] = mapped_column(String(500), default="")
    answer: Mapped[str] = mapped_column(Text, default="")
    # When it was last asked for: what a search says proves something only some time later.
    tried_at: Mapped[dt.datetime | None] = mapped_column(default=None)
    made_at: Mapped[dt.datetime | None] = mapped_column(default=None)

    def move_to(self, then: ManifestStatus, reason: str = "") -> ManifestMoved:
        """Change the status; IllegalMoveError where the lifecycle forbids it."""
        self.status = MANIFEST_LIFECYCLE.check(self.status, then)
        self.reason = reason[:500]
        return ManifestMoved(provider=self.provider, boxes=self.boxes, then=then, reason=reason)


class ManifestDocument(Row, Base, kw_only=True):
    """A paper of a manifest as the carrier made it; `content` in base64."""

    __tablename__ = "manifest_documents"
    __table_args__ = (Index(None, "warehouse_id", "manifest_id"), refers("manifest_id", "manifests"))

    manifest_id: Mapped[int]
    number: Mapped[int]
    content_type: Mapped[str] = mapped_column(String(60))
    content: Mapped[str] = mapped_column(Text)
