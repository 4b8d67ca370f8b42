"""What the jobs on labels share, and giving a label back to its carrier. How one is bought: jobs/purchases.py."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from wms.carriers import base as carriers
from wms.carriers.base import Carrier, CarrierError, VoidStatus
from wms.carriers.registry import SHIPPO_AT, SHIPPO_URL, open_carrier
from wms.config import WAREHOUSE_ID, Settings
from wms.database import reading, transaction
from wms.domain.actor import Actor
from wms.domain.inbox import ExceptionItem, ExceptionKind
from wms.domain.journal import record
from wms.domain.orders import Order
from wms.domain.packing import Package
from wms.domain.shipping import AnyLabel, LabelStatus
from wms.jobs.outbox import Context, RetryLaterError
from wms.services import labelling

_UNAVAILABLE_S = 3.0


def system() -> Actor:
    """Return the program itself as actor, now."""
    return Actor(warehouse_id=WAREHOUSE_ID, at=dt.datetime.now(dt.UTC), name="worker", device="worker")


def carrier_called(settings: Settings, name: str) -> Carrier:
    """Return the carrier of that name as the settings reach it."""
    elsewhere = name == "shippo" and settings.shippo_url != SHIPPO_URL
    return open_carrier(
        f"{SHIPPO_AT}{settings.shippo_url}" if elsewhere else name,
        shippo_key=settings.shippo_key,
        read_timeout_s=settings.shippo_s,
        settle_s=settings.settle_s,
    )


def label_by_id(session: Session, label_id: int) -> AnyLabel:
    """Return a label as it stands."""
    return session.scalars(select(AnyLabel).where(AnyLabel.warehouse_id == WAREHOUSE_ID, AnyLabel.id == label_id)).one()


def locked(session: Session, label_id: int) -> tuple[AnyLabel, Package, Order]:
    """Return a label with its package and order, locked in the services' order: order, package, label."""
    package, order = labelling.package_of(session, system(), label_by_id(session, label_id).package_id)
    label = session.scalars(
        select(AnyLabel)
        .where(AnyLabel.warehouse_id == WAREHOUSE_ID, AnyLabel.id == label_id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    ).one()
    return label, package, order


def tell(session: Session, actor: Actor, kind: ExceptionKind, order_id: int, subject_id: int, text: str) -> None:
    """Put what a person must look at into the inbox."""
    item = ExceptionItem(
        warehouse_id=actor.warehouse_id,
        kind=kind,
        at=actor.at,
        text=text[:300],
        order_id=order_id,
        subject_id=subject_id,
    )
    session.add(item)


def void(context: Context, payload: Mapping[str, Any]) -> None:
    """Give a label back to its carrier; a refusal puts it back to bought and into the inbox.

    With an `external_id` in the payload it is a surplus purchase of the label that goes back, and the label stays.
    """
    label_id = int(payload["label_id"])
    with reading(context.engine) as session:
        label = label_by_id(session, label_id)
        name, status, external_id = label.carrier, label.status, label.external_id
    surplus = str(payload.get("external_id", ""))
    if surplus:
        voided, reason = _give_back(context.settings, name, surplus)
        if not voided:
            _tell_surplus_stands(context, label_id, f"bought twice, void {surplus} by hand: {reason}")
        return
    if status is not LabelStatus.VOIDING:
        return
    voided, reason = _give_back(context.settings, name, external_id)
    with transaction(context.engine) as session:
        actor = system()
        label, package, order = locked(session, label_id)
        then = LabelStatus.VOIDED if voided else LabelStatus.BOUGHT
        record(session, actor, label.move_to(then, package=package.barcode, order_id=order.id, reason=reason))
        if not voided:
            tell(session, actor, ExceptionKind.LABEL, order.id, label.id, f"{order.number}: void refused: {reason}")


def _give_back(settings: Settings, carrier: str, external_id: str) -> tuple[bool, str]:
    """Void a purchase and return whether it is void, and why not; RetryLaterError where that is not known yet."""
    try:
        outcome = carrier_called(settings, carrier).void(external_id)
    except carriers.RefusedError as error:
        return False, str(error)
    except CarrierError as error:
        raise RetryLaterError(str(error), delay_s=_UNAVAILABLE_S) from error
    return outcome.status is not VoidStatus.REFUSED, outcome.reason


def _tell_surplus_stands(context: Context, label_id: int, reason: str) -> None:
    with transaction(context.engine) as session:
        label, _, order = locked(session, label_id)
        tell(session, system(), ExceptionKind.LABEL, order.id, label.id, f"{order.number}: {reason}")
