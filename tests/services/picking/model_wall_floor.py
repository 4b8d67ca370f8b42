"""The floor of the put wall's model: orders share totes, a wall has places for them, and benches pack."""

from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from tests import builders, packers
from tests.builders import WAREHOUSE
from tests.packers import Packer
from tests.services.picking.model_floor import Floor, Hand
from tests.services.picking.sorters import places_of
from wms.database import reading, transaction
from wms.domain.actor import Actor
from wms.domain.codes import CodeKind, own_code
from wms.domain.floor import LocationKind, Place, PlaceKind, Printer, Station
from wms.domain.orders import Order, OrderStatus
from wms.domain.people import WorkerSession
from wms.domain.totes import Tote, ToteStatus
from wms.domain.waves import Allocation, Wave
from wms.services.planning.methods import Methods, Seat, plain_orders, seats
from wms.services.scans.screens import Feedback, Screen
from wms.services.stock import unsorted

_ALL = Methods(shares_singles=True, sorts_at_wall=True)


class WallFloor(Floor):
    """The same shelves; orders of plain goods share totes. Ida only sorts.

    The wall has four places, and three packers have a bench.
    """

    def _make(self, session: Session) -> None:
        super()._make(session)
        self.lanes.append(builders.location(session, kind=LocationKind.HOSPITAL))
        for product in (self.mug, self.pen):
            builders.stock(session, self.locations[5], product, 12)
        _ = builders.carton_type(session)
        self.places = places_of(session, 4)
        ida = Hand(worker=builders.worker(session, "Ida"), device="")
        self.hands.append(ida)
        self.sign_in(session, ida, "3")
        self.packers: list[Actor] = [
            packers.packer(session, _bench(session, number), f"Ana {number}").actor for number in (1, 2, 3)
        ]

    def seats(self, session: Session, orders: Sequence[Order], rows: Sequence[Allocation]) -> dict[int, Seat]:
        """As the planner seats them where both kinds of orders share totes."""
        kept: dict[int, list[Allocation]] = {order.id: [] for order in orders}
        for row in rows:
            kept[row.order_id].append(row)
        units = {order_id: sum(row.quantity for row in found) for order_id, found in kept.items()}
        return seats(_ALL, units, plain_orders(session, builders.actor(), kept))

    def wave(self, number: int) -> Wave:
        """A wave whose orders share totes."""
        made = super().wave(number)
        made.shares_singles = made.sorts_at_wall = True
        return made

    def codes(self) -> list[str]:
        """Every code that somebody could find on this floor: those of the wall too."""
        return [*super().codes(), *(place.barcode for place in self.places)]

    def sorted_by(self, hand: Hand) -> Tote | None:
        """The tote at whose desk a worker's session stands."""
        with reading(self.engine) as session:
            ours = session.get_one(WorkerSession, (WAREHOUSE, hand.session_id))
            return session.get(Tote, (WAREHOUSE, ours.shared_tote_id)) if ours.shared_tote_id else None

    def to_sort(self) -> list[str]:
        """The totes that wait for the wall."""
        with reading(self.engine) as session:
            return [code for code, _ in unsorted.totes(session, builders.actor())]

    def in_shared_totes(self) -> list[Tote]:
        """The totes in lanes that several orders share."""
        shared = Tote.status == ToteStatus.STAGED, Tote.order_id.is_(None), Tote.wall == ""
        with reading(self.engine) as session:
            return list(session.scalars(select(Tote).where(*shared).order_by(Tote.id)))

    def all_totes(self, session: Session) -> list[Tote]:
        """The totes and the wall's places as they stand."""
        return list(session.scalars(select(Tote).order_by(Tote.id)))

    def orders(self, *statuses: OrderStatus) -> list[Order]:
        """The orders that stand so, in the order in which they came."""
        with reading(self.engine) as session:
            return list(session.scalars(select(Order).where(Order.status.in_(statuses)).order_by(Order.id)))

    def at_bench(self, number: int) -> Screen:
        """What a packer sees."""
        with reading(self.engine) as session:
            return self._packer(session, number).sees()

    def pack(self, number: int, code: str) -> Feedback:
        """A packer scans a code."""
        _ = self.tick()
        with transaction(self.engine) as session:
            return self._packer(session, number).scan(code)

    def buy_label(self, order_id: int) -> None:
        """The carrier and the printer do their part for the box that an order has on a bench."""
        at = self.tick()
        with transaction(self.engine) as session:
            _ = packers.buy(session, session.get_one(Order, (WAREHOUSE, order_id)), f"TRACK{at:%H%M%S}")

    def _packer(self, session: Session, number: int) -> Packer:
        return Packer(session=session, actor=replace(self.packers[number], at=self.now), at=self.now)


def _bench(session: Session, number: int) -> Station:
    printer, place = (
        Printer(warehouse_id=WAREHOUSE, name=f"printer {number}", url="file:///tmp/none"),
        Place(warehouse_id=WAREHOUSE, kind=PlaceKind.STATION),
    )
    session.add_all([printer, place])
    made = Station(
        warehouse_id=WAREHOUSE,
        id=place.id,
        barcode=own_code(CodeKind.STATION, number),
        name=f"PACK {number}",
        printer_id=printer.id,
    )
    session.add(made)
    session.flush()
    return made
