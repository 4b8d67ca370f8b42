"""Manifests at the end of the day: which boxes are on none yet, one asked for them, and what it says on paper."""

import datetime as dt
import json
from collections.abc import Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from sqlalchemy import and_, or_, select, update
from sqlalchemy.orm import Session

from wms.carriers.base import Address, ManifestRequest
from wms.domain.actor import Actor
from wms.domain.base import text_id
from wms.domain.errors import DomainError, NotFoundError
from wms.domain.inbox import ExceptionItem, ExceptionKind
from wms.domain.journal import record
from wms.domain.manifests import Manifest, ManifestDocument, ManifestStatus
from wms.domain.orders import Order
from wms.domain.outbox import JobKind, enqueue
from wms.domain.packing import Package, PackageStatus
from wms.domain.people import Warehouse
from wms.domain.shipping import Label, LabelStatus
from wms.services import settling
from wms.services.orders.promising import zone_of

# Who takes a day's boxes over by a manifest; the others take each box by its own label. Our own list counts as one.
MANIFESTED = frozenset({"usps", "dhl_ecommerce", "canada_post", "australia_post", "ontrac", "offline"})
_SHOWN = 50
_of_package = and_(Package.warehouse_id == Label.warehouse_id, Package.id == Label.package_id)


@dataclass(frozen=True, kw_only=True, slots=True)
class Waiting:
    """Boxes of one account that are on no manifest yet: sealed, or handed over since midnight."""

    carrier: str
    account: str
    provider: str
    boxes: int
    weight_g: int
    left: int

    @property
    def needs_one(self) -> bool:
        """Whether this carrier takes boxes over by manifest."""
        return self.provider.lower().replace(" ", "_") in MANIFESTED


@dataclass(frozen=True, kw_only=True, slots=True)
class ManifestRow:
    """A manifest as lists show it; times are the warehouse's, `documents` are the numbers of its papers."""

    key: str
    carrier: str
    provider: str
    boxes: int
    status: ManifestStatus
    reason: str
    external_id: str
    asked_at: dt.datetime
    made_at: dt.datetime | None
    documents: tuple[int, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class ManifestBox:
    """One line of a manifest's list."""

    package: str
    order: str
    tracking_number: str
    service: str
    to: str
    weight_g: int


@dataclass(frozen=True, kw_only=True, slots=True)
class ManifestPage:
    """A manifest with its boxes, as it is printed; `again`: it was refused, and boxes of its account wait."""

    row: ManifestRow
    site: str
    boxes: tuple[ManifestBox, ...]
    again: Waiting | None


def account_of(label: Label) -> tuple[str, str, str]:
    """Return the seller, the account and the carrying company of a bought label."""
    rate = (label.prepared or {}).get("rate", {})
    return label.carrier, str(rate.get("account", "")), str(rate.get("carrier", "")) or label.carrier


def waiting(session: Session, actor: Actor) -> tuple[Waiting, ...]:
    """Return what is on no manifest yet, by account."""
    found: dict[tuple[str, str, str], list[Package]] = {}
    for label, package in _unlisted(session, actor):
        found.setdefault(account_of(label), []).append(package)
    return tuple(
        Waiting(
            carrier=carrier,
            account=account,
            provider=provider,
            boxes=len(packages),
            weight_g=sum(package.weight_g for package in packages),
            left=sum(package.status is PackageStatus.HANDED_OVER for package in packages),
        )
        for (carrier, account, provider), packages in sorted(found.items())
    )


def _unlisted(session: Session, actor: Actor, *, lock: bool = False) -> Sequence[tuple[Label, Package]]:
    midnight = actor.at.astimezone(zone_of(session, actor)).replace(hour=0, minute=0, second=0, microsecond=0)
    statement = (
        select(Label, Package)
        .join(Package, _of_package)
        .where(
            Label.warehouse_id == actor.warehouse_id,
            Label.status == LabelStatus.BOUGHT,
            Label.manifest_id.is_(None),
            or_(
                Package.status == PackageStatus.SEALED,
                and_(Package.status == PackageStatus.HANDED_OVER, Package.handed_over_at >= midnight),
            ),
        )
        .order_by(Label.id)
    )
    if lock:
        statement = statement.with_for_update(of=Label, key_share=True).execution_options(populate_existing=True)
    return [(label, package) for label, package in session.execute(statement)]


def ask(session: Session, actor: Actor, carrier: str, account: str) -> Manifest:
    """Ask for a manifest of all boxes of an account that are on none; DomainError where there is none.

    What the inbox says of one refused before is answered by that.
    """
    labels = [label for label, _ in _unlisted(session, actor, lock=True) if account_of(label)[:2] == (carrier, account)]
    if not labels:
        raise DomainError("No box waits for a manifest of this carrier any more.")
    request = ManifestRequest(
        account=account,
        from_address=_sender(session, actor),
        asked_at=actor.at,
        labels=tuple(label.external_id for label in labels),
    )
    manifest = Manifest(
        warehouse_id=actor.warehouse_id,
        carrier=carrier,
        account=account,
        provider=account_of(labels[0])[2],
        boxes=len(labels),
        prepared=json.loads(request.to_json()),
        asked_at=actor.at,
        worker_id=actor.worker_id,
    )
    session.add(manifest)
    for label in labels:
        label.manifest_id = manifest.id
    refused = select(Manifest.id).where(
        Manifest.warehouse_id == actor.warehouse_id,
        Manifest.carrier == carrier,
        Manifest.account == account,
        Manifest.status == ManifestStatus.REFUSED,
    )
    settling.close(session, actor, ExceptionItem.kind == ExceptionKind.LABEL, ExceptionItem.subject_id.in_(refused))
    _ = enqueue(session, actor, JobKind.MAKE_MANIFEST, f"manifest-{manifest.id}", manifest_id=manifest.id)
    session.flush()
    return manifest


def _sender(session: Session, actor: Actor) -> Address:
    sender = session.get_one(Warehouse, actor.warehouse_id)
    blank = dict.fromkeys(("name", "street1", "city", "zip", "country"), "")
    return Address(**{**blank, "name": sender.name, **sender.address})


def locked(session: Session, actor: Actor, manifest_id: int) -> Manifest:
    """Return a manifest, locked; NotFoundError where there is none."""
    found = session.scalars(
        select(Manifest)
        .where(Manifest.warehouse_id == actor.warehouse_id, Manifest.id == manifest_id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    ).one_or_none()
    if found is None:
        raise NotFoundError("manifest", text_id(manifest_id))
    return found


def move(session: Session, actor: Actor, manifest: Manifest, then: ManifestStatus, reason: str = "") -> None:
    """Change a locked manifest's status; where it is refused its labels are free for another."""
    if manifest.status is then:
        return
    record(session, actor, manifest.move_to(then, reason))
    if then is ManifestStatus.MADE:
        manifest.made_at = actor.at
    if then is ManifestStatus.REFUSED:
        on_it = Label.warehouse_id == actor.warehouse_id, Label.manifest_id == manifest.id
        _ = session.execute(update(Label).where(*on_it).values(manifest_id=None))


def recent(session: Session, actor: Actor) -> tuple[ManifestRow, ...]:
    """Return the newest manifests first."""
    zone = zone_of(session, actor)
    manifests = session.scalars(
        select(Manifest)
        .where(Manifest.warehouse_id == actor.warehouse_id)
        .order_by(Manifest.asked_at.desc(), Manifest.id.desc())
        .limit(_SHOWN)
    )
    return tuple(_row(session, manifest, zone) for manifest in manifests)


def page(session: Session, actor: Actor, manifest_id: int) -> ManifestPage:
    """Return a manifest with its boxes; NotFoundError where there is none."""
    manifest = session.get(Manifest, (actor.warehouse_id, manifest_id))
    if manifest is None:
        raise NotFoundError("manifest", text_id(manifest_id))
    rows = session.execute(
        select(Label, Package, Order)
        .join(Package, _of_package)
        .join(Order, and_(Order.warehouse_id == Package.warehouse_id, Order.id == Package.order_id))
        .where(Label.warehouse_id == actor.warehouse_id, Label.external_id.in_(manifest.prepared["labels"]))
        .order_by(Package.barcode)
    )
    of_account = manifest.carrier, manifest.account
    left = [row for row in waiting(session, actor) if (row.carrier, row.account) == of_account]
    return ManifestPage(
        again=left[0] if left and manifest.status is ManifestStatus.REFUSED else None,
        row=_row(session, manifest, zone_of(session, actor)),
        site=session.get_one(Warehouse, actor.warehouse_id).name,
        boxes=tuple(
            ManifestBox(
                package=package.barcode,
                order=order.number,
                tracking_number=label.tracking_number,
                service=label.service,
                to=f"{order.ship_zip} {order.ship_city} {order.ship_country}",
                weight_g=package.weight_g,
            )
            for label, package, order in rows
        ),
    )


def _row(session: Session, manifest: Manifest, zone: ZoneInfo) -> ManifestRow:
    numbers = select(ManifestDocument.number).where(
        ManifestDocument.warehouse_id == manifest.warehouse_id, ManifestDocument.manifest_id == manifest.id
    )
    return ManifestRow(
        key=text_id(manifest.id),
        carrier=manifest.carrier,
        provider=manifest.provider,
        boxes=manifest.boxes,
        status=manifest.status,
        reason=manifest.reason,
        external_id=manifest.external_id,
        asked_at=manifest.asked_at.astimezone(zone),
        made_at=None if manifest.made_at is None else manifest.made_at.astimezone(zone),
        documents=tuple(sorted(session.scalars(numbers))),
    )


def document(session: Session, actor: Actor, manifest_id: int, number: int) -> ManifestDocument:
    """Return a paper of a manifest; NotFoundError where there is none."""
    found = session.scalars(
        select(ManifestDocument).where(
            ManifestDocument.warehouse_id == actor.warehouse_id,
            ManifestDocument.manifest_id == manifest_id,
            ManifestDocument.number == number,
        )
    ).one_or_none()
    if found is None:
        raise NotFoundError("paper", number)
    return found
