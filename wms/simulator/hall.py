"""What people see with their eyes: labels on badges, carts, totes and stations, goods in totes, totes in lanes.

Eyes need no page, so this reads the database, and never a table that a page or a printer answers for.
"""

import threading
from collections import Counter, defaultdict
from collections.abc import Sequence

from sqlalchemy import Engine, Select, and_, func, select
from sqlalchemy.orm import aliased

from wms.database import reading
from wms.domain.actor import Role
from wms.domain.catalog import Barcode
from wms.domain.errors import WmsError
from wms.domain.floor import Cart, CartonType, Location, LocationKind, Printer, Profile, Station, Zone
from wms.domain.people import Worker
from wms.domain.picking import Batch, BatchStatus, PickTask, TaskStatus
from wms.domain.stock import Stock
from wms.domain.totes import Tote, ToteStatus


class TooFewError(WmsError):
    """The hall has fewer badges, carts or stations than the shift needs."""

    def __init__(self, thing: str, *, has: int, needs: int) -> None:
        super().__init__(f"The shift needs {needs} {thing}, the warehouse has {has}. Ask for fewer people or add some.")
        self.thing = thing
        self.has = has
        self.needs = needs


class Hall:
    """The hall of one warehouse; what people carry and what lies in totes is known here and to nobody's table."""

    def __init__(self, engine: Engine, warehouse_id: int) -> None:
        self._engine = engine
        self._warehouse_id = warehouse_id
        self._lock = threading.Lock()
        self._claimed: set[str] = set()
        self.units_of = self._barcodes()
        self.singles = sorted(code for code, (_, units) in self.units_of.items() if units == 1 and code.isdigit())
        self.locations = self._texts(
            select(Location.barcode).where(Location.warehouse_id == warehouse_id, Location.kind == LocationKind.PICK)
        )
        self.profile_of = self._profiles()
        self.totes = self._texts(select(Tote.barcode).where(Tote.warehouse_id == warehouse_id))
        self.inside = self._inside()

    def _barcodes(self) -> dict[str, tuple[int, int]]:
        """Read the barcodes on goods: product and units by code."""
        with reading(self._engine) as session:
            rows = session.execute(
                select(Barcode.code, Barcode.product_id, Barcode.quantity).where(
                    Barcode.warehouse_id == self._warehouse_id
                )
            )
            return {row.code: (row.product_id, row.quantity) for row in rows}

    def _profiles(self) -> dict[str, Profile]:
        """Read the profile by which each shelf's zone is picked, by the shelf's code."""
        every = aliased(Zone)
        with reading(self._engine) as session:
            rows = session.execute(
                select(Location.barcode, func.coalesce(Zone.profile, every.profile, Profile.STANDARD))
                .outerjoin(Zone, and_(Zone.warehouse_id == Location.warehouse_id, Zone.zone == Location.zone))
                .outerjoin(every, and_(every.warehouse_id == Location.warehouse_id, every.zone == Zone.EVERY))
                .where(Location.warehouse_id == self._warehouse_id, Location.kind == LocationKind.PICK)
            )
            return {code: Profile(profile) for code, profile in rows}

    def _texts(self, statement: Select[str]) -> list[str]:
        with reading(self._engine) as session:
            return sorted(session.scalars(statement))

    def _inside(self) -> dict[str, Counter[int]]:
        """Look into all totes before the shift: units by product."""
        found: dict[str, Counter[int]] = defaultdict(Counter)
        with reading(self._engine) as session:
            for tote, product_id, units in session.execute(
                select(Tote.barcode, Stock.product_id, Stock.on_hand)
                .join(Stock, and_(Stock.warehouse_id == Tote.warehouse_id, Stock.place_id == Tote.id))
                .where(Tote.warehouse_id == self._warehouse_id, Stock.on_hand > 0)
            ):
                found[tote][product_id] += units
        return found

    def team(self, role: Role, count: int, busy: Sequence[str] = ()) -> list[tuple[str, str]]:
        """Return (name, badge) of so many workers, those with fewest roles first; TooFewError."""
        with reading(self._engine) as session:
            workers = session.scalars(
                select(Worker).where(Worker.warehouse_id == self._warehouse_id, Worker.active.is_(True))
            ).all()
        roles = {role, Role.ADMIN} if role is Role.SUPERVISOR else {role}
        able = [worker for worker in workers if roles & worker.roles and worker.badge not in busy]
        able.sort(key=lambda worker: (role not in worker.roles, len(worker.roles), worker.badge))
        if len(able) < count:
            raise TooFewError(f"{role} badges", has=len(able), needs=count)
        return [(worker.name, worker.badge) for worker in able[:count]]

    def carts(self) -> list[str]:
        """The carts' codes."""
        return self._texts(select(Cart.barcode).where(Cart.warehouse_id == self._warehouse_id))

    def cart_of(self, badge: str) -> str:
        """The cart with which somebody walks already, '' for none."""
        found = self._texts(
            select(Cart.barcode)
            .join(Batch, and_(Batch.warehouse_id == Cart.warehouse_id, Batch.cart_id == Cart.id))
            .join(Worker, and_(Worker.warehouse_id == Batch.warehouse_id, Worker.id == Batch.worker_id))
            .where(
                Cart.warehouse_id == self._warehouse_id,
                Batch.status == BatchStatus.STARTED,
                Worker.badge == badge,
            )
        )
        return found[0] if found else ""

    def carts_in_use(self) -> set[str]:
        """The carts with which somebody walks."""
        return set(
            self._texts(
                select(Cart.barcode)
                .join(Batch, and_(Batch.warehouse_id == Cart.warehouse_id, Batch.cart_id == Cart.id))
                .where(Cart.warehouse_id == self._warehouse_id, Batch.status == BatchStatus.STARTED)
            )
        )

    def in_hand_of(self, badge: str) -> Counter[int]:
        """The units by product that somebody holds before the shift."""
        found: Counter[int] = Counter()
        with reading(self._engine) as session:
            for product_id, units in session.execute(
                select(PickTask.product_id, PickTask.in_hand)
                .join(Batch, and_(Batch.warehouse_id == PickTask.warehouse_id, Batch.id == PickTask.batch_id))
                .join(Worker, and_(Worker.warehouse_id == Batch.warehouse_id, Worker.id == Batch.worker_id))
                .where(
                    PickTask.warehouse_id == self._warehouse_id,
                    PickTask.status == TaskStatus.OPEN,
                    PickTask.in_hand > 0,
                    Batch.status == BatchStatus.STARTED,
                    Worker.badge == badge,
                )
            ):
                found[product_id] += units
        return found

    def benches(self) -> list[tuple[str, str, str]]:
        """Return (station code, printer's name, scale's address or '') of the stations that have a printer."""
        with reading(self._engine) as session:
            return [
                (code, printer, scale)
                for code, printer, scale in session.execute(
                    select(Station.barcode, Printer.name, Station.scale)
                    .join(
                        Printer,
                        and_(Printer.warehouse_id == Station.warehouse_id, Printer.id == Station.printer_id),
                    )
                    .where(Station.warehouse_id == self._warehouse_id)
                    .order_by(Station.barcode)
                )
            ]

    def largest_carton(self) -> str:
        """The code of the largest box."""
        with reading(self._engine) as session:
            cartons = session.scalars(select(CartonType).where(CartonType.warehouse_id == self._warehouse_id)).all()
        if not cartons:
            raise TooFewError("carton types", has=0, needs=1)
        return max(cartons, key=lambda carton: carton.volume_ml).barcode

    def take_tote(self) -> str:
        """Take an empty tote off the pile, '' when there is none just now."""
        empty = self._texts(
            select(Tote.barcode).where(
                Tote.warehouse_id == self._warehouse_id, Tote.status == ToteStatus.FREE, Tote.wall == "", ~Tote.is_red
            )
        )
        with self._lock:
            for tote in empty:
                if tote not in self._claimed and not +self.inside[tote]:
                    self._claimed.add(tote)
                    return tote
        return ""

    def take(self, totes: Sequence[str]) -> str:
        """Take the first of these totes that nobody else fetches, '' for none."""
        with self._lock:
            free = next((tote for tote in totes if tote not in self._claimed), "")
            if free:
                self._claimed.add(free)
            return free

    def holds(self, tote: str) -> bool:
        """Tell whether anything is in a tote."""
        with self._lock:
            return any(self.inside[tote].values())

    def take_out(self, tote: str, wanted: Sequence[str]) -> str:
        """Take one unit with one of these barcodes out of a tote; return the barcode, '' for none."""
        with self._lock:
            for code in wanted:
                product_id, units = self.units_of.get(code, (0, 0))
                if units == 1 and self.inside[tote][product_id]:
                    self.inside[tote][product_id] -= 1
                    return code
            return ""

    def codes_of(self, product_id: int) -> list[str]:
        """The barcodes on single units of a product."""
        return [code for code in self.singles if self.units_of[code][0] == product_id]

    def put_in(self, tote: str, code: str) -> None:
        """Put one unit back into a tote."""
        with self._lock:
            self.inside[tote][self.units_of[code][0]] += 1

    def let_go(self, tote: str) -> None:
        """Say that nobody holds the tote any more: it is on a cart, on a bench, or back where it stood."""
        with self._lock:
            self._claimed.discard(tote)
