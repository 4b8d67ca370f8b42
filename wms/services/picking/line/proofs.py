"""Which scans may be left out, because they would prove nothing new: the zone's profile decides (UX paper, section 5).

The item is never left out. A location is proved by its item only where nothing else can be meant; a tote by the scan
before it only while the picker stands where that was made.
"""

import datetime as dt
from typing import Any

from sqlalchemy import BindParameter, and_, bindparam, func, select
from sqlalchemy.orm import Session

from wms.domain.actor import Actor
from wms.domain.floor import Location, LocationKind, Profile
from wms.domain.journal import JournalEntry, ScanRefused
from wms.domain.people import Worker
from wms.domain.picking import Proof
from wms.domain.stock import Stock
from wms.services.picking.walk.at_stop import Stop

EXPERIENCED = 200
"""Lines a picker has put before the location's scan is left out."""
CHECKED = 25
"""One location in so many is asked for all the same."""
NEAR_MISS = dt.timedelta(hours=24)
"""A location where somebody scanned something wrong is asked for during so long."""

_W: BindParameter[int] = bindparam("warehouse")
_LOCATION: BindParameter[int] = bindparam("location")
_PRODUCT: BindParameter[int] = bindparam("product")
_locations_with_it = (
    select(func.count(Stock.place_id.distinct()))
    .join(Location, and_(Location.warehouse_id == Stock.warehouse_id, Location.id == Stock.place_id))
    .where(
        Stock.warehouse_id == _W,
        Stock.product_id == _PRODUCT,
        Stock.on_hand > 0,
        Location.kind == LocationKind.PICK,
    )
    .scalar_subquery()
)
_products_there = (
    select(func.count(Stock.product_id.distinct()))
    .where(Stock.warehouse_id == _W, Stock.place_id == _LOCATION, Stock.on_hand > 0)
    .scalar_subquery()
)
_near_misses: Any = (
    select(func.count())
    .where(
        JournalEntry.warehouse_id == _W,
        JournalEntry.event == ScanRefused.__name__,
        JournalEntry.at > bindparam("since"),
        JournalEntry.data["place"].as_string() == bindparam("code"),
    )
    .scalar_subquery()
)
_lines_put = (
    select(Worker.lines_put).where(Worker.warehouse_id == _W, Worker.id == bindparam("worker")).scalar_subquery()
)
_WHAT_ELSE = select(
    _locations_with_it.label("locations"),
    _products_there.label("products"),
    _near_misses.label("near_misses"),
    _lines_put.label("lines"),
)


def is_checked(task_id: int) -> bool:
    """Tell whether a line is one of the few whose location is asked for all the same: decided once, for good."""
    return task_id % CHECKED == 0


def item_proves_location(session: Session, actor: Actor, stop: Stop) -> bool:
    """Tell whether the item's scan may stand for its location's too: nothing else can be meant by it."""
    if stop.profile is Profile.STRICT or stop.lot or stop.serial or stop.has_serials or is_checked(stop.task_id):
        return False
    values = {
        "warehouse": actor.warehouse_id,
        "location": stop.location_id,
        "product": stop.product_id,
        "worker": actor.worker_id,
        "since": actor.at - NEAR_MISS,
        "code": stop.location,
    }
    row = session.connection().execute(_WHAT_ELSE, values).one()
    is_experienced = (row.lines or 0) >= EXPERIENCED
    return is_experienced and row.locations == 1 and row.products == 1 and not row.near_misses


def tote_is_proved(stop: Stop) -> Proof | None:
    """Return why the tote need not be scanned for this put; None where it must be."""
    may_leave_out = stop.profile is Profile.SINGLE or (stop.method.shares and stop.profile is not Profile.STRICT)
    if may_leave_out and stop.totes == 1:
        return Proof.ONE_TOTE
    is_same = stop.at_location and stop.put_tote_id is not None and stop.put_tote_id == stop.tote_id
    return Proof.SAME_TOTE if is_same and stop.profile is not Profile.STRICT else None
