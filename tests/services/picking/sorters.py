"""Whoever sorts at a put wall, on a bare session: two orders in a shared tote, and a wall with a place for each."""

import dataclasses
from dataclasses import dataclass

from sqlalchemy.orm import Session

from tests import builders
from tests.builders import NOW
from tests.services.picking.picker import Picker
from wms.domain.actor import Actor
from wms.domain.floor import Cart, Location, LocationKind, Profile
from wms.domain.orders import Order
from wms.domain.people import Device, WorkerSession
from wms.domain.picking import BatchOrder, Method
from wms.domain.totes import Tote
from wms.services import verifying


class Sorter(Picker):
    """A picker whose device has a session, as it has on the floor: `opened`, or one that is made for it."""

    opened: int | None = None

    @property
    def actor(self) -> Actor:
        return dataclasses.replace(super().actor, session_id=self._session_id())

    def _session_id(self) -> int:
        if self.opened is not None:
            return self.opened
        found = self.session.query(WorkerSession).filter_by(worker_id=self.worker.id).one_or_none()
        if found is None:
            device = Device(
                warehouse_id=builders.WAREHOUSE, key_hash=f"d{self.worker.id}", number=700, first_seen_at=NOW
            )
            self.session.add(device)
            self.session.flush()
            found = WorkerSession(
                warehouse_id=builders.WAREHOUSE,
                token_hash=f"w{self.worker.id}",
                device_id=device.id,
                worker_id=self.worker.id,
                started_at=NOW,
                seen_at=NOW,
            )
            self.session.add(found)
            self.session.flush()
        return found.id


@dataclass(kw_only=True)
class Wall:
    """Two orders that share a tote: one of two mugs and a pen, one of a mug. The wall has three places."""

    session: Session
    marta: Sorter
    orders: list[Order]
    tote: Tote
    spare: Tote
    places: list[Tote]
    mug: str
    pen: str
    lane: Location
    cart: Cart

    def pick(self) -> Sorter:
        """Walk, and put the shared tote down."""
        _ = self.marta.begin(self.cart, self.tote)
        while self.marta.screen.name != "drop_cart":
            _ = self.marta.pick()
        _ = self.marta.scan(self.lane.barcode)
        return self.marta

    def holds_up(self) -> bool:
        self.session.flush()
        return verifying.verify(self.session, builders.WAREHOUSE) == []


def places_of(session: Session, count: int) -> list[Tote]:
    """Make the places of a wall."""
    made = [builders.tote(session) for _ in range(count)]
    for number, place in enumerate(made, 1):
        place.wall, place.wall_slot = "W1", f"A{number}"
    session.flush()
    return made


def make_wall(session: Session) -> Wall:
    """The orders, waiting in a walk with one cart; all of it in a Strict zone."""
    builders.zone(session, profile=Profile.STRICT)
    mug, pen = builders.product(session), builders.product(session)
    orders = [builders.order(session, (mug, 2), (pen, 1)), builders.order(session, (mug, 1))]
    _ = builders.waiting_batch(session, *orders)
    for row in session.query(BatchOrder):
        row.method, row.slot = Method.PUT_WALL, 1
    session.flush()
    return Wall(
        session=session,
        marta=Sorter(session),
        orders=orders,
        tote=builders.tote(session),
        spare=builders.tote(session),
        places=places_of(session, 3),
        mug=builders.barcode(session, mug),
        pen=builders.barcode(session, pen),
        lane=builders.location(session, kind=LocationKind.LANE),
        cart=builders.cart(session, slots=1),
    )
