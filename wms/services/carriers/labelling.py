"""Labels for packages: the server's guard, and the intent written before money is spent.

The steps of a purchase (claim, work, record) are driven by jobs/labels.py.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.orm import Session

from wms.domain.actor import Actor
from wms.domain.calendar import CarrierService
from wms.domain.errors import DomainError, NotFoundError
from wms.domain.inbox import ExceptionItem, ExceptionKind
from wms.domain.journal import record
from wms.domain.orders import Order, OrderLine, OrderStatus
from wms.domain.outbox import Job, JobKind, enqueue, is_asked, wake
from wms.domain.packing import NotAllScannedError, Package, PackageLine, PackageStatus
from wms.domain.people import Warehouse
from wms.domain.printing import PrintJob, PrintStatus
from wms.domain.saying import Said, say
from wms.domain.shipping import STANDING, AnyLabel, Label, LabelStatus, ReturnLabel
from wms.services import inserting, printing, settling
from wms.services.carriers import declaring, rating
from wms.services.carriers.declaring import UndeclaredError
from wms.services.inserting import InsertMissingError

# What the inbox asks of a purchase that is not settled.
IN_DOUBT = "bought or not?"


@dataclass(frozen=True, kw_only=True, slots=True)
class LabelState:
    """What a packing station shows of a package's label; `accept` holds the texts whose scan proves it.

    `is_void_refused`: its carrier would not take it back, and no print was asked for since.
    """

    label_id: int
    status: LabelStatus
    tracking_number: str
    accept: tuple[str, ...]
    carrier: str
    reason: str
    print_job_id: int | None
    print_status: PrintStatus | None
    print_reason: str
    copies: int
    asked_at: dt.datetime
    bought_at: dt.datetime | None
    is_void_refused: bool


def package_of(session: Session, actor: Actor, package_id: int) -> tuple[Package, Order]:
    """Return a package and its order, locked in the order that all services lock them; NotFoundError."""
    order = session.scalars(
        select(Order)
        .join(Package, and_(Package.warehouse_id == Order.warehouse_id, Package.order_id == Order.id))
        .where(Package.warehouse_id == actor.warehouse_id, Package.id == package_id)
        .with_for_update(of=Order, key_share=True)
    ).one_or_none()
    if order is None:
        raise NotFoundError("package", package_id)
    package = session.scalars(
        select(Package)
        .where(Package.warehouse_id == actor.warehouse_id, Package.id == package_id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    ).one()
    return package, order


def want(session: Session, actor: Actor, package_id: int, declined: Sequence[str] = ()) -> Label:
    """Ask for the one label of a package; refused whatever is posted while a unit, an insert or the weight is missing.

    It is refused at once, and the lead is told, where customs would ask more than is known of the goods. `declined`
    are services that may not carry it. Raises NotAllScannedError, InsertMissingError or DomainError; the purchase
    itself is a job.
    """
    package, order = package_of(session, actor, package_id)
    _refuse_unready(package, order)
    missing = unscanned(session, actor, package)
    if missing > 0:
        raise NotAllScannedError(missing=missing)
    waiting = inserting.due(session, actor, package)
    if waiting:
        raise InsertMissingError(name=waiting[0].name)
    if standing(session, actor, package_id) is not None:
        raise DomainError(say("It has a label already. Scan or void"))
    service = session.scalars(
        select(CarrierService).where(
            CarrierService.warehouse_id == actor.warehouse_id, CarrierService.id == order.carrier_service_id
        )
    ).one_or_none()
    if service is None:
        raise DomainError(say("{order} has no carrier service. See the lead", order=order.number))
    carrier = session.scalars(select(Warehouse.carrier).where(Warehouse.id == actor.warehouse_id)).one()
    label = Label(
        warehouse_id=actor.warehouse_id,
        package_id=package_id,
        carrier=carrier,
        service=service.service,
        wanted_at=actor.at,
        declined=list(declined),
    )
    session.add(label)
    session.flush()
    missing_for_customs = declaring.lacking(session, actor, package, order)
    if missing_for_customs is not None:
        refuse_undeclared(session, actor, label, package, order, missing_for_customs)
        return label
    declaring.settle(session, actor, package)
    _ = enqueue(session, actor, JobKind.BUY_LABEL, _buy_key(label), label_id=label.id)
    session.flush()
    return label


def undeclared(session: Session, actor: Actor, package_id: int) -> Said | None:
    """Say what customs would ask of a package that nobody has said; None where all is known."""
    package = session.get_one(Package, (actor.warehouse_id, package_id))
    return declaring.lacking(session, actor, package, session.get_one(Order, (actor.warehouse_id, package.order_id)))


def refuse_undeclared(
    session: Session, actor: Actor, label: AnyLabel, package: Package, order: Order, missing: str
) -> None:
    """Refuse a locked label that nothing was bought for, since customs would ask what is missing; tell the lead."""
    moved = label.move_to(LabelStatus.REFUSED, package=package.barcode, order_id=order.id, reason=missing)
    record(session, actor, moved)
    settle_silence(session, actor, order.id)
    declaring.tell(session, actor, package, order, missing)
    session.flush()


def _refuse_unready(package: Package, order: Order) -> None:
    if order.status is not OrderStatus.PICKED:
        raise DomainError(say("Order {order} gets no label now", order=order.number))
    if package.status is not PackageStatus.OPEN:
        raise DomainError(say("Box {box} is not open", box=package.barcode))
    if package.wrong_unit:
        raise DomainError(say("Scan the red tote first"))
    if (package.carton_type_id is None and not package.own_box) or package.weight_g <= 0:
        raise DomainError(say("Choose the box and weigh it first"))


def unscanned(session: Session, actor: Actor, package: Package) -> int:
    """Return how many units must be scanned before a box may have a label; an empty box lacks one at least."""
    held = select(PackageLine.package_id).where(
        PackageLine.warehouse_id == actor.warehouse_id, PackageLine.package_id == package.id
    )
    if session.execute(held.limit(1)).first() is None:
        return max(1, missing_units(session, actor, package.order_id))
    return 0 if package.full else missing_units(session, actor, package.order_id)


def missing_units(session: Session, actor: Actor, order_id: int) -> int:
    """Return how many units that the order owes are not scanned into a package."""
    mine = OrderLine.warehouse_id == actor.warehouse_id
    owed = session.scalar(
        select(func.coalesce(func.sum(OrderLine.to_pick), 0)).where(mine, OrderLine.order_id == order_id)
    )
    packed = session.scalar(
        select(func.coalesce(func.sum(PackageLine.quantity), 0))
        .join(Package, and_(Package.warehouse_id == PackageLine.warehouse_id, Package.id == PackageLine.package_id))
        .where(
            PackageLine.warehouse_id == actor.warehouse_id,
            Package.order_id == order_id,
            Package.status != PackageStatus.CANCELLED,
        )
    )
    return int(owed or 0) - int(packed or 0)


def standing(session: Session, actor: Actor, package_id: int) -> Label | None:
    """Return the package's label that is wanted, bought or anything but refused or voided."""
    return session.scalars(
        select(Label)
        .where(Label.warehouse_id == actor.warehouse_id, Label.package_id == package_id, Label.status.in_(STANDING))
        .with_for_update(key_share=True)
    ).one_or_none()


def state(session: Session, actor: Actor, package_id: int) -> LabelState | None:
    """Return where the package's newest label and its newest print stand, or None before one was wanted."""
    label = session.scalars(
        select(Label)
        .where(Label.warehouse_id == actor.warehouse_id, Label.package_id == package_id)
        .order_by(Label.id.desc())
        .limit(1)
    ).one_or_none()
    if label is None:
        return None
    jobs = session.scalars(
        select(PrintJob)
        .where(PrintJob.warehouse_id == actor.warehouse_id, PrintJob.label_id == label.id)
        .order_by(PrintJob.copy.desc(), PrintJob.id.desc())
    ).all()
    void = select(Job.asked_at).where(Job.warehouse_id == label.warehouse_id, Job.key == void_key(label.id))
    void_asked_at = session.scalars(void).one_or_none()
    return LabelState(
        label_id=label.id,
        status=label.status,
        tracking_number=label.tracking_number,
        accept=tuple(dict.fromkeys(text for text in (label.tracking_number, *label.barcodes) if text)),
        carrier=label.carrier,
        reason=label.reason,
        print_job_id=jobs[0].id if jobs else None,
        print_status=jobs[0].status if jobs else None,
        print_reason=jobs[0].reason if jobs else "",
        copies=jobs[0].copy if jobs else 0,
        asked_at=(void_asked_at if label.status is LabelStatus.VOIDING else None) or label.wanted_at,
        bought_at=label.bought_at,
        is_void_refused=label.status is LabelStatus.BOUGHT
        and void_asked_at is not None
        and not any(job.queued_at > void_asked_at for job in jobs),
    )


def retry(session: Session, actor: Actor, package_id: int) -> Label:
    """Ask again after a refusal: a new intent, because the old one ended."""
    return want(session, actor, package_id, _newest(session, actor, package_id).declined)


def other_service(session: Session, actor: Actor, package_id: int) -> Label:
    """Ask again after a refusal, for any allowed service but those refused so far; DomainError where none is left."""
    if not other_services(session, actor, package_id):
        raise DomainError(say("No other carrier may take it. Set aside"))
    return want(session, actor, package_id, _declined(session, actor, package_id))


def other_services(session: Session, actor: Actor, package_id: int) -> tuple[str, ...]:
    """Return the services that may be tried after the package's refused label."""
    package = session.get_one(Package, (actor.warehouse_id, package_id))
    order = session.get_one(Order, (actor.warehouse_id, package.order_id))
    rule = rating.rule_of(session, actor, order, package_id, _declined(session, actor, package_id))
    return tuple(candidate.service for candidate in rule.candidates if candidate.in_time)


def _declined(session: Session, actor: Actor, package_id: int) -> list[str]:
    refused = _newest(session, actor, package_id)
    return [*refused.declined, refused.service]


def _newest(session: Session, actor: Actor, package_id: int) -> Label:
    return session.scalars(
        select(Label)
        .where(Label.warehouse_id == actor.warehouse_id, Label.package_id == package_id)
        .order_by(Label.id.desc())
        .limit(1)
    ).one()


def void(session: Session, actor: Actor, package_id: int, reason: str) -> None:
    """Give the package's bought label back to the carrier, or one that is not settled and known by its id.

    DomainError where there is none.
    """
    package, order = package_of(session, actor, package_id)
    label = standing(session, actor, package_id)
    if label is None or not can_be_voided(label):
        raise DomainError(say("This box has no bought label to void"))
    _give_back(session, actor, label, package, order, reason)


def let_go(session: Session, actor: Actor, package_id: int, reason: str) -> None:
    """Give back what is known to be bought for a box that is given up; one being bought is voided by its job."""
    package, order = package_of(session, actor, package_id)
    label = standing(session, actor, package_id)
    if label is not None and can_be_voided(label):
        _give_back(session, actor, label, package, order, reason)


def can_be_voided(label: AnyLabel) -> bool:
    """Tell whether a label can be given back to its carrier: what is being bought at this moment cannot."""
    return label.status is LabelStatus.BOUGHT or (label.status is LabelStatus.UNSETTLED and label.is_known_by_id)


def settle_doubt(session: Session, actor: Actor, label: AnyLabel) -> None:
    """Take from the inbox whether a label is bought or not: that is known now."""
    settling.close(session, actor, ExceptionItem.subject_id == label.id, ExceptionItem.text.contains(IN_DOUBT))


def settle_silence(session: Session, actor: Actor, order_id: int) -> None:
    """Take from the inbox that an order was set aside while its carrier was silent: the answer is told instead."""
    settling.close(session, actor, ExceptionItem.kind == ExceptionKind.LABEL, ExceptionItem.subject_id == order_id)


def settle_refusals(
    session: Session, actor: Actor, of: type[AnyLabel], order_id: int, *boxes: ColumnElement[bool]
) -> None:
    """Take from the inbox what labels of an order's boxes were refused for: it is got over, or asked no more."""
    refused = (
        select(of.id)
        .join(Package, and_(Package.warehouse_id == of.warehouse_id, Package.id == of.package_id))
        .where(
            of.warehouse_id == actor.warehouse_id,
            of.status == LabelStatus.REFUSED,
            Package.order_id == order_id,
            *boxes,
        )
    )
    settling.close(session, actor, ExceptionItem.kind == ExceptionKind.LABEL, ExceptionItem.subject_id.in_(refused))


def _give_back(session: Session, actor: Actor, label: AnyLabel, package: Package, order: Order, reason: str) -> None:
    settle_doubt(session, actor, label)
    moved = label.move_to(LabelStatus.VOIDING, package=package.barcode, order_id=order.id, reason=reason)
    record(session, actor, moved)
    printing.drop_unwanted(session, actor, PrintJob.label_id == label.id, f"its label is given back: {reason}"[:200])
    # A refused void may be tried again.
    wake(session, actor, JobKind.VOID_LABEL, void_key(label.id), label_id=label.id)


def before_void(label: AnyLabel) -> LabelStatus:
    """Return where a label stands again whose void is refused: UNSETTLED where nothing but its id was ever known."""
    return LabelStatus.UNSETTLED if label.bought_at is None else LabelStatus.BOUGHT


def look_for(session: Session, actor: Actor, label: AnyLabel) -> None:
    """Have its carrier asked on for a purchase that is not settled: its job ended when it was to be given back."""
    wake(session, actor, JobKind.BUY_LABEL, _buy_key(label), label_id=label.id)


def was_void_asked(session: Session, actor: Actor, label: AnyLabel) -> bool:
    """Tell whether a label was ever to be given back; it stands all the same where its carrier has refused that."""
    return is_asked(session, actor, void_key(label.id))


def _buy_key(label: AnyLabel) -> str:
    return f"buy-{label.id}"


def void_key(label_id: int | str) -> str:
    """Return what the job is known by that gives back a label, or a surplus purchase by its external id."""
    return f"void-{label_id}"


def want_return(session: Session, actor: Actor, package_id: int) -> ReturnLabel:
    """Ask for the one label that brings a package back that has left; DomainError where it cannot have one."""
    package, order = package_of(session, actor, package_id)
    went_out = standing(session, actor, package_id)
    if package.status is not PackageStatus.HANDED_OVER or went_out is None:
        raise DomainError("Only a box that has left gets a return label.")
    if standing_return(session, actor, package_id) is not None:
        raise DomainError("This box has a return label already. Void it first.")
    missing = declaring.lacking(session, actor, package, order)
    if missing is not None:
        raise UndeclaredError(missing)
    label = ReturnLabel(
        warehouse_id=actor.warehouse_id,
        package_id=package_id,
        carrier=went_out.carrier,
        service=went_out.service,
        return_of_id=went_out.id,
        wanted_at=actor.at,
    )
    session.add(label)
    _ = enqueue(session, actor, JobKind.BUY_LABEL, _buy_key(label), label_id=label.id)
    session.flush()
    return label


def standing_return(session: Session, actor: Actor, package_id: int) -> ReturnLabel | None:
    """Return the package's return label that is wanted, bought or anything but refused or voided."""
    return session.scalars(
        select(ReturnLabel)
        .where(
            ReturnLabel.warehouse_id == actor.warehouse_id,
            ReturnLabel.package_id == package_id,
            ReturnLabel.status.in_(STANDING),
        )
        .with_for_update(key_share=True)
    ).one_or_none()


def void_return(session: Session, actor: Actor, package_id: int, reason: str) -> None:
    """Give the package's bought return label back to the carrier; DomainError where none is bought."""
    package, order = package_of(session, actor, package_id)
    label = standing_return(session, actor, package_id)
    if label is None or not can_be_voided(label):
        raise DomainError("This box has no bought return label to void.")
    _give_back(session, actor, label, package, order, reason)
