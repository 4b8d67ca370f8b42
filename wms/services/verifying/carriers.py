"""The laws of what carriers sell and say, for `wms verify`."""

import itertools
from collections import Counter
from collections.abc import Callable, Iterator

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session, aliased

from wms.domain.inbox import ExceptionItem
from wms.domain.manifests import OPEN, Manifest, ManifestStatus
from wms.domain.outbox import Job, JobStatus
from wms.domain.packing import Package, PackageStatus
from wms.domain.printing import PrintJob, PrintStatus
from wms.domain.refunds import Refund, RefundStatus
from wms.domain.shipping import STANDING, UNDECIDED, AnyLabel, Label, LabelStatus, ReturnLabel
from wms.domain.tracking import TrackingEvent, Whereabouts, whereabouts
from wms.services.carriers import refused_voids

_MANY = 1_000
_IN_LINE = (PrintStatus.QUEUED, PrintStatus.CHECKED, PrintStatus.SENDING)


def tracking_follows_from_its_events(session: Session, warehouse_id: int) -> Iterator[str]:
    """What a label says of its box's way is what its events come to by their own moments."""
    rows = session.execute(
        select(AnyLabel, TrackingEvent)
        .outerjoin(
            TrackingEvent,
            and_(TrackingEvent.warehouse_id == AnyLabel.warehouse_id, TrackingEvent.label_id == AnyLabel.id),
        )
        .where(
            AnyLabel.warehouse_id == warehouse_id,
            or_(AnyLabel.track_status.is_not(None), AnyLabel.delivered_at.is_not(None), TrackingEvent.id.is_not(None)),
        )
        .order_by(AnyLabel.id)
        .execution_options(yield_per=_MANY)
    )
    for label, told in itertools.groupby(rows, key=lambda row: row[0]):
        follows = whereabouts(filter(None, (event for _, event in told)))
        says = Whereabouts(status=label.track_status, at=label.tracked_at, delivered_at=label.delivered_at)
        if says != follows:
            yield f"label {label.tracking_number} says its box is {says.status}, its events say {follows.status}"


def a_label_is_on_one_manifest(session: Session, warehouse_id: int) -> Iterator[str]:
    """A manifest that stands holds exactly the labels that name it, and no purchase is asked for on two."""
    named: dict[int | None, set[str]] = {}
    on_one = select(Label.manifest_id, Label.external_id).where(
        Label.warehouse_id == warehouse_id, Label.manifest_id.is_not(None)
    )
    for manifest_id, external_id in session.execute(on_one):
        named.setdefault(manifest_id, set()).add(external_id)
    asked: Counter[str] = Counter()
    for manifest in session.scalars(select(Manifest).where(Manifest.warehouse_id == warehouse_id)):
        holds = set() if manifest.status is ManifestStatus.REFUSED else set(manifest.prepared["labels"])
        asked.update(holds)
        if named.get(manifest.id, set()) != holds:
            yield f"manifest {manifest.id} is {manifest.status}, and other labels name it than it holds"
    for external_id, times in asked.items():
        if times > 1:
            yield f"label {external_id} is on {times} manifests"


def a_return_label_is_linked_to_what_went_out(session: Session, warehouse_id: int) -> Iterator[str]:
    """A standing return label names the label by which its own package left."""
    out = aliased(Label)
    rows = session.execute(
        select(ReturnLabel.tracking_number, ReturnLabel.package_id, out.package_id, out.status, Package)
        .join(Package, and_(Package.warehouse_id == ReturnLabel.warehouse_id, Package.id == ReturnLabel.package_id))
        .outerjoin(out, and_(out.warehouse_id == ReturnLabel.warehouse_id, out.id == ReturnLabel.return_of_id))
        .where(ReturnLabel.warehouse_id == warehouse_id, ReturnLabel.status.in_(STANDING))
    )
    for tracking_number, package_id, out_package_id, out_status, package in rows:
        if (out_package_id, out_status) != (package_id, LabelStatus.BOUGHT):
            yield f"return label {tracking_number} of package {package.barcode} names no bought label of it"
        elif package.status is not PackageStatus.HANDED_OVER:
            yield f"package {package.barcode} has a return label and is {package.status}"


def refunds_are_followed_to_their_end(session: Session, warehouse_id: int) -> Iterator[str]:
    """A paid label given back has its refund; a pending one has a time to be asked, a rejected one was told."""
    mine = AnyLabel.warehouse_id == warehouse_id
    own = and_(Refund.warehouse_id == AnyLabel.warehouse_id, Refund.external_id == AnyLabel.external_id)
    lost = select(AnyLabel.tracking_number).where(
        mine,
        AnyLabel.status == LabelStatus.VOIDED,
        AnyLabel.charged.is_(True),
        AnyLabel.external_id != "",
        ~select(Refund.id).where(own).exists(),
    )
    for tracking_number in session.scalars(lost):
        yield f"label {tracking_number} is void and was paid, and nobody asks for its money"
    told = select(ExceptionItem.id).where(
        ExceptionItem.warehouse_id == Refund.warehouse_id, ExceptionItem.subject_id == Refund.id
    )
    refunds = select(Refund, told.exists()).where(Refund.warehouse_id == warehouse_id)
    for refund, is_told in session.execute(refunds.execution_options(yield_per=_MANY)):
        is_open = refund.status is RefundStatus.PENDING
        if is_open != (refund.due_at is not None) or is_open != (refund.ended_at is None):
            yield f"refund of {refund.external_id} is {refund.status}, due at {refund.due_at}, ended {refund.ended_at}"
        if refund.status is RefundStatus.REJECTED and not is_told:
            yield f"refund of {refund.external_id} is rejected, and nobody was told"


def what_waits_for_a_carrier_or_a_printer_is_somebodys_work(session: Session, warehouse_id: int) -> Iterator[str]:
    """What is to be bought, given back, put on a manifest or printed has an open job: else it waits for ever."""
    is_open = Job.warehouse_id == warehouse_id, Job.status == JobStatus.OPEN
    at_work = set(session.scalars(select(Job.key).where(*is_open)))
    labels = (
        select(AnyLabel.id, AnyLabel.status, Package.barcode)
        .join(Package, and_(Package.warehouse_id == AnyLabel.warehouse_id, Package.id == AnyLabel.package_id))
        .where(
            AnyLabel.warehouse_id == warehouse_id,
            AnyLabel.status.in_({LabelStatus.WANTED, *UNDECIDED, LabelStatus.VOIDING}),
        )
    )
    manifests = select(Manifest.id, Manifest.status, Manifest.provider).where(
        Manifest.warehouse_id == warehouse_id, Manifest.status.in_(OPEN)
    )
    prints = select(PrintJob.id, PrintJob.status, PrintJob.what).where(
        PrintJob.warehouse_id == warehouse_id, PrintJob.status.in_(_IN_LINE)
    )
    for what, key, rows in (
        ("the label of package", "buy", labels),
        ("the manifest for", "manifest", manifests),
        ("the print of", "print", prints),
    ):
        for row_id, status, name in session.execute(rows):
            if f"{'void' if status is LabelStatus.VOIDING else key}-{row_id}" not in at_work:
                yield f"{what} {name} is {status}, and no job goes on with it"


def a_box_given_up_has_no_bought_label(session: Session, warehouse_id: int) -> Iterator[str]:
    """What was bought for a box that is given up is given back, or a person has settled that its carrier refused."""
    rows = session.execute(
        select(Package.barcode, Label.tracking_number, Label.reason)
        .join(Label, and_(Label.warehouse_id == Package.warehouse_id, Label.package_id == Package.id))
        .where(
            Package.warehouse_id == warehouse_id,
            Package.status == PackageStatus.CANCELLED,
            Label.status == LabelStatus.BOUGHT,
            ~refused_voids.is_settled(),
        )
    )
    for barcode, tracking_number, reason in rows:
        why = f": {reason}" if reason else ""
        yield f"package {barcode} is given up, and its label {tracking_number} stands bought{why}"


CHECKS: tuple[Callable[[Session, int], Iterator[str]], ...] = (
    tracking_follows_from_its_events,
    a_label_is_on_one_manifest,
    a_return_label_is_linked_to_what_went_out,
    refunds_are_followed_to_their_end,
    what_waits_for_a_carrier_or_a_printer_is_somebodys_work,
    a_box_given_up_has_no_bought_label,
)
