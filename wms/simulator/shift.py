"""A shift: orders come in, people work until nothing is left to do, and what came of it is counted."""

import datetime as dt
import random
import secrets
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sqlalchemy import Engine, select

from wms.config import WAREHOUSE_ID
from wms.database import reading, transaction
from wms.demo import seed as demo
from wms.domain.actor import Actor, Role
from wms.domain.errors import WmsError
from wms.domain.orders import Order
from wms.domain.people import Warehouse
from wms.simulator import expectation, outcome, trays
from wms.simulator.hall import Hall, TooFewError
from wms.simulator.line import Conditions, Line, StoppedError
from wms.simulator.packer import Packer
from wms.simulator.person import Floor, Habits
from wms.simulator.picker import Picker
from wms.simulator.report import Report
from wms.simulator.supervisor import Supervisor
from wms.simulator.tally import Tally

_WATCH_S = 0.2


class StuckError(WmsError):
    """Nothing went forward on the floor although the server answered."""

    def __init__(self, still_s: float) -> None:
        super().__init__(f"Nothing has moved for {still_s:.0f} s. Look at what each person sees.")
        self.still_s = still_s


@dataclass(frozen=True, kw_only=True, slots=True)
class Plan:
    """A shift to be tried. `stuck_s` is longer than a dead worker's lease of 60 s, after which its work goes on.

    `at_wall`: orders of several units are sorted at the put wall, as long as it has places.
    """

    orders: int
    pickers: int
    packers: int
    seed: int
    habits: Habits = Habits()  # noqa: RUF009 - frozen
    drop_rate: float = 0.0
    patience_s: float = 120.0
    stuck_s: float = 100.0
    at_wall: bool = False


class Shift:
    """One run of a plan on a database and the server that works on it."""

    def __init__(self, engine: Engine, url: str, plan: Plan) -> None:
        """Take the orders in, look at what must ship, and gather the people; WmsError where something lacks."""
        self._engine = engine
        self._plan = plan
        self.tally = Tally()
        self._stop = threading.Event()
        self._failures: list[Exception] = []
        self._began_at = dt.datetime.now(dt.UTC)
        with reading(engine) as session:
            _refuse_real_money(session.get(Warehouse, WAREHOUSE_ID))
            paper = trays.Trays(trays.addresses(session, WAREHOUSE_ID))
        self.floor = Floor(
            hall=Hall(engine, WAREHOUSE_ID),
            trays=paper,
            tally=self.tally,
            habits=plan.habits,
            conditions=Conditions(url=url, drop_rate=plan.drop_rate, patience_s=plan.patience_s, stop=self._stop),
            closing=threading.Event(),
        )
        self._supervisor = self._gather()
        self._added = _add_orders(engine, plan, self._began_at)
        with reading(engine) as session:
            self._expected = expectation.expect(session, WAREHOUSE_ID, self._began_at)

    def _gather(self) -> Supervisor:
        plan, hall, floor = self._plan, self.floor.hall, self.floor
        supervisor = hall.team(Role.SUPERVISOR, 1)[0]
        pickers = hall.team(Role.PICKER, plan.pickers, busy=[supervisor[1]])
        packers = hall.team(Role.PACKER, plan.packers, busy=[supervisor[1], *(badge for _, badge in pickers)])
        benches, carts = hall.benches(), hall.carts()
        if len(benches) < plan.packers:
            raise TooFewError("packing stations with a printer", has=len(benches), needs=plan.packers)
        idle_carts = [cart for cart in carts if cart not in hall.carts_in_use()]
        walking = sum(bool(hall.cart_of(badge)) for _, badge in pickers)
        if len(idle_carts) + walking < plan.pickers:
            raise TooFewError("free carts", has=len(idle_carts) + walking, needs=plan.pickers)
        dice = random.Random(plan.seed)  # noqa: S311 - people's habits, no secret
        desk = Supervisor(floor, *supervisor, dice.getrandbits(32), at_wall=plan.at_wall)
        for name, badge in pickers:
            cart = hall.cart_of(badge) or idle_carts.pop(0)
            desk.team.append(Picker(floor, name, badge, dice.getrandbits(32), cart))
        for (name, badge), bench in zip(packers, benches, strict=False):
            desk.team.append(Packer(floor, name, badge, dice.getrandbits(32), bench))
        return desk

    def run(self, tell: Callable[[str], None]) -> Report:
        """Work until the floor closes or something stops the shift, telling the progress; then count."""
        threads = [self._thread(person.name, person.work) for person in self._supervisor.team]
        threads.append(self._thread(self._supervisor.name, self._supervisor.work))
        for thread in threads:
            thread.start()
        try:
            self._watch(threads, tell)
        finally:
            self._stop.set()
            for thread in threads:
                thread.join()
            for line in self._lines():
                line.close()
        return outcome.count(self._engine, self._facts())

    def _thread(self, name: str, work: Callable[[], None]) -> threading.Thread:
        def guarded() -> None:
            try:
                work()
            except Exception as error:  # noqa: BLE001 - whatever stops one person stops the shift and is reported
                self._failures.append(error)

        return threading.Thread(target=guarded, name=name, daemon=True)

    def _watch(self, threads: Sequence[threading.Thread], tell: Callable[[str], None]) -> None:
        silent_s = 0.0
        while any(thread.is_alive() for thread in threads) and not self._failures:
            time.sleep(_WATCH_S)
            if any(line.silent_since_s for line in self._lines()):
                silent_s = time.monotonic()
            still_s = time.monotonic() - max(self.tally.moved_s, silent_s)
            if still_s > self._plan.stuck_s:
                self._failures.append(StuckError(still_s))
            tell(
                f"{time.monotonic() - self.tally.began_s:4.0f} s  {self.tally['scans']} scans, "
                f"{self.tally['lines_picked']} lines, {self.tally['boxes_sealed']} of "
                f"{len(self._expected.must_ship)} boxes"
            )

    def _lines(self) -> list[Line]:
        return [self._supervisor.line, *(person.line for person in self._supervisor.team)]

    def _facts(self) -> outcome.Facts:
        """What the counting needs; the people's screens only where they did not go home by themselves."""
        failure = next((error for error in self._failures if not isinstance(error, StoppedError)), None)
        people = {person.name: person.page.screen for person in self._supervisor.team} if failure else {}
        return outcome.Facts(
            tally=self.tally,
            trays=self.floor.trays,
            lost_products={self.floor.hall.units_of[code][0] for code in self.tally.lost},
            expected=self._expected,
            added=self._added,
            began_at=self._began_at,
            dice=random.Random(self._plan.seed),  # noqa: S311 - which labels are read, no secret
            stopped_because=_sentence(failure),
            people=people,
        )


def _sentence(failure: Exception | None) -> str:
    if failure is None or isinstance(failure, WmsError):
        return str(failure or "")
    return f"{type(failure).__name__}: {failure}"


def _refuse_real_money(warehouse: Warehouse | None) -> None:
    if warehouse is None:
        raise WmsError("The database has no warehouse. Run wms demo, or wms db upgrade and the imports.")
    if warehouse.carrier != "offline":
        raise WmsError(f"This warehouse buys labels from {warehouse.carrier}. Simulate on a copy with carrier offline.")


def _add_orders(engine: Engine, plan: Plan, at: dt.datetime) -> frozenset[int]:
    """Take the shift's orders in and return their ids; their numbers are no other shift's."""
    prefix = f"S{secrets.token_hex(3).upper()}"
    actor = Actor(
        warehouse_id=WAREHOUSE_ID, at=at, name="simulation", device="simulation", roles=frozenset({Role.ADMIN})
    )
    with transaction(engine) as session:
        told = demo.add_orders(session, actor, plan.orders, seed=plan.seed, prefix=prefix)
        return frozenset(
            session.scalars(
                select(Order.id).where(
                    Order.warehouse_id == WAREHOUSE_ID,
                    Order.channel == demo.CHANNEL,
                    Order.external_id.in_([order.external_id for order in told]),
                )
            )
        )
