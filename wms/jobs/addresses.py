"""Checking addresses with the carrier, one at a time; a carrier that cannot be asked holds nobody up."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from wms.carriers import base as carriers
from wms.carriers.base import Address
from wms.carriers.registry import UnknownCarrierError
from wms.config import WAREHOUSE_ID
from wms.database import transaction
from wms.domain.orders import Order
from wms.domain.people import Warehouse
from wms.jobs.labels import carrier_called, system
from wms.jobs.outbox import Context, hold
from wms.services.carriers import addressing
from wms.services.ordering import addresses

# 500 a minute are allowed, and 50 with a test key, which is told by a 429 (Shippo's limits).
_BETWEEN = dt.timedelta(seconds=0.2)
_CARRIER_RESTS = dt.timedelta(minutes=1)


@dataclass(frozen=True, kw_only=True, slots=True)
class _Asked:
    """The order whose address is asked about, and which carrier."""

    order_id: int
    address: Address
    carrier: str


def check(context: Context, payload: Mapping[str, Any]) -> dt.timedelta | None:  # noqa: ARG001 - a handler's signature
    """Ask about the address that is due first; return when to look for the next, None where none waits."""
    found = _claim(context)
    if not isinstance(found, _Asked):
        return found
    try:
        answer = carrier_called(context.settings, found.carrier).check_address(found.address)
    except carriers.UnavailableError as error:
        return dt.timedelta(seconds=error.retry_after_s) if error.retry_after_s else _CARRIER_RESTS
    except (carriers.RefusedError, UnknownCarrierError) as error:
        with transaction(context.engine) as session:
            addressing.give_up(session, system(), found.order_id, str(error))
        return _BETWEEN
    with transaction(context.engine) as session:
        addresses.take(session, system(), found.order_id, found.address, answer)
    return _BETWEEN


def _claim(context: Context) -> _Asked | dt.timedelta | None:
    """Take the question that is due, and count the try; else return how long to wait for one."""
    with transaction(context.engine) as session:
        hold(session, context)
        actor = system()
        row = addressing.next_due(session, actor)
        if row is None or row.due_at is None:
            return None
        if row.due_at > actor.at:
            return row.due_at - actor.at
        addressing.begin(actor, row)
        order = session.get_one(Order, (WAREHOUSE_ID, row.order_id))
        carrier = session.get_one(Warehouse, WAREHOUSE_ID).carrier
        return _Asked(order_id=order.id, address=addressing.customer_of(order), carrier=carrier)
