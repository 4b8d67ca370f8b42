"""Refunds: the carrier that took a void is asked what became of the money, one refund a run, until it has decided."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from wms.carriers import base as carriers
from wms.carriers.registry import UnknownCarrierError
from wms.database import reading, transaction
from wms.domain.refunds import Refund
from wms.domain.shipping import AnyLabel
from wms.jobs.labels import carrier_called, locked, system
from wms.jobs.outbox import Context, hold
from wms.services.carriers import refunding

# One question at a time and this long apart, as for tracking.
_BETWEEN = dt.timedelta(seconds=0.2)
_NOTHING_DUE = dt.timedelta(minutes=5)
_CARRIER_RESTS = dt.timedelta(minutes=1)


def follow(context: Context, payload: Mapping[str, Any]) -> dt.timedelta:  # noqa: ARG001 - a handler's signature
    """Ask about the refund due first; return when to look for the next."""
    found = _claim(context)
    if found is None:
        return _NOTHING_DUE
    refund, label = found
    try:
        outcome = carrier_called(context.settings, label.carrier).find_refund(refund.external_id, refund.refund_id)
    except carriers.UnavailableError:
        return _CARRIER_RESTS  # when it is asked about this one again is said by the claim, as below
    except (carriers.RefusedError, UnknownCarrierError):
        return _BETWEEN
    with transaction(context.engine) as session:
        actor = system()
        label, package, order = locked(session, label.id)
        refund = refunding.locked(session, actor, refund.id)
        refunding.take(session, actor, refund, label, package, order, outcome)
    return _BETWEEN


def _claim(context: Context) -> tuple[Refund, AnyLabel] | None:
    """Take the refund to be asked about first, and put it off before: one that breaks the job stops no other."""
    with reading(context.engine) as session:
        first = refunding.due(session, system())
    if first is None:
        return None
    with transaction(context.engine) as session:
        actor = system()
        hold(session, context)
        label, _, order = locked(session, first.label_id)
        refund = refunding.locked(session, actor, first.id)
        if refund.due_at is not None:
            refunding.ask_again(session, actor, refund, label, order)
    return refund, label
