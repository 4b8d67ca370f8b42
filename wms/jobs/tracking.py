"""Tracking: what a carrier posted is read, and a carrier that has been silent about a box is asked; one label a run."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from wms.carriers import base as carriers
from wms.carriers import shippo_hook
from wms.carriers.base import InTransit, Keep, Track
from wms.carriers.registry import UnknownCarrierError
from wms.carriers.shippo_answers import UnreadableError
from wms.config import WAREHOUSE_ID
from wms.database import reading, transaction
from wms.domain.packing import Package
from wms.domain.shipping import AnyLabel, ReturnLabel
from wms.domain.tracking import MessageSource, TrackingMessage
from wms.jobs.labels import carrier_called, locked, system
from wms.jobs.outbox import Context, RetryLaterError, hold
from wms.services.carriers import refunding, tracking

# A post about a purchase may be faster than the answer to it.
_LABEL_COMES = dt.timedelta(minutes=5)
_LOOK_AGAIN_S = 20.0
# One question at a time and this long apart: 500 a minute are allowed (Shippo's limits).
_BETWEEN = dt.timedelta(seconds=0.2)
_NOTHING_DUE = dt.timedelta(minutes=5)
_CARRIER_RESTS = dt.timedelta(minutes=1)
_UNAVAILABLE = dt.timedelta(minutes=15)


def read(context: Context, payload: Mapping[str, Any]) -> None:
    """Take the events of a message that a carrier posted; what cannot be read, or is not ours, says so."""
    message_id = int(payload["message_id"])
    with reading(context.engine) as session:
        message = session.get_one(TrackingMessage, (WAREHOUSE_ID, message_id))
        track, purchase, error = _read(message.body)
        found = None if track is None else tracking.label_of(session, system(), track)
    if track and found is None:
        if system().at - message.received_at < _LABEL_COMES:
            raise RetryLaterError(f"{track.tracking_number} is no label of ours yet.", delay_s=_LOOK_AGAIN_S)
        error = f"{track.tracking_number} is no label of ours"
    with transaction(context.engine) as session:
        actor = system()
        if purchase:
            # Only a hint, since posts come in any order: what is true of the refund is asked for.
            error = "" if refunding.look_now(session, actor, purchase) else "about no refund of ours"
        if track and found is not None:
            label, package, _ = locked(session, found.id)
            _ = tracking.take(session, actor, label, package, track, message_id)
            tracking.ask_again(session, actor, label, package)
        message = session.get_one(TrackingMessage, (WAREHOUSE_ID, message_id))
        message.read_at, message.error = actor.at, error[:300]


def _read(body: str) -> tuple[Track | None, str, str]:
    """Return what a post tells of a box's way, the purchase it has news of, and why it says nothing to us."""
    try:
        track, purchase = shippo_hook.read_hook(body), shippo_hook.read_purchase(body)
    except UnreadableError as error:
        return None, "", str(error)
    return track, purchase, "" if track or purchase else "not about a box on its way"


def ask(context: Context, payload: Mapping[str, Any]) -> dt.timedelta:  # noqa: ARG001 - a handler's signature
    """Ask about the box whose carrier has been silent longest; return when to look for the next."""
    label = _claim(context)
    if label is None:
        return _NOTHING_DUE
    box = _in_transit(context, label)
    kept: list[int] = []
    try:
        track = carrier_called(context.settings, label.carrier).track(box, _keeping(context, label, kept))
    except carriers.UnavailableError as error:
        with transaction(context.engine) as session:
            label, _, _ = locked(session, label.id)
            tracking.put_off(system(), label, _UNAVAILABLE)
        return dt.timedelta(seconds=error.retry_after_s) if error.retry_after_s else _CARRIER_RESTS
    except (carriers.RefusedError, UnknownCarrierError):
        return _BETWEEN  # it does not know the box (yet), or is not set up: the claim says when it is asked again
    with transaction(context.engine) as session:
        actor = system()
        label, package, _ = locked(session, label.id)
        _ = tracking.take(session, actor, label, package, track, kept[0] if kept else None)
        tracking.ask_again(session, actor, label, package)
    return _BETWEEN


def _claim(context: Context) -> AnyLabel | None:
    """Take the label to be asked about first, and put it off before: one that breaks the job stops no other."""
    with reading(context.engine) as session:
        label_id = tracking.due(session, system())
    if label_id is None:
        return None
    with transaction(context.engine) as session:
        hold(session, context)
        label, package, _ = locked(session, label_id)
        tracking.ask_again(session, system(), label, package)
    return label


def _in_transit(context: Context, label: AnyLabel) -> InTransit:
    left_at: dt.datetime | None = None
    if not isinstance(label, ReturnLabel):  # when a customer gives a box to the carrier nobody tells us
        with reading(context.engine) as session:
            left_at = session.scalars(
                select(Package.handed_over_at).where(
                    Package.warehouse_id == WAREHOUSE_ID, Package.id == label.package_id
                )
            ).one()
    rate = (label.prepared or {}).get("rate", {})
    return InTransit(
        tracking_number=label.tracking_number,
        provider=str(rate.get("carrier", "")),
        external_id=label.external_id,
        handed_over_at=left_at,
        asked_at=system().at,
    )


def _keeping(context: Context, label: AnyLabel, kept: list[int]) -> Keep:
    """Return what stores a raw answer before anybody reads it, and tells by which id."""

    def store(answer: str) -> None:
        with transaction(context.engine) as session:
            message = tracking.keep(session, system(), label.carrier, MessageSource.POLL, answer.encode())
            if message is not None:
                message.read_at = message.received_at
                kept.append(message.id)

    return store
