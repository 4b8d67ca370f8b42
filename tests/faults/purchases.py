"""Buys labels from a carrier that fails, by workers that are killed at random, and says what came of each purchase.

What no waiting mends is a person's work here as at the bench: a refusal is answered, a paid label that cannot be
printed is voided and the box gets another, and a void that its carrier refused is asked for again.

`python -m tests.faults.purchases --boxes 1000` (make faults) prints the figures, and fails where one must be zero and
is not.
"""

import argparse
import datetime as dt
import logging
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from tests import builders
from tests.faults.node import let_leases_end, node
from tests.faults.sale import Sale
from tests.served import served
from wms import config, migrations
from wms.app import create_app
from wms.carriers.fake_shippo import FakeShippo
from wms.carriers.fake_shippo_account import Fault
from wms.carriers.fake_shippo_ways import WAY
from wms.config import WAREHOUSE_ID, Settings
from wms.database import db, make_engine, reading, transaction
from wms.domain.actor import Actor
from wms.domain.catalog import Product
from wms.domain.floor import SUPPLIER_ID, CartonType, Place, PlaceKind, Station
from wms.domain.inbox import ExceptionItem, ExceptionKind
from wms.domain.orders import OrderLine, OrderStatus
from wms.domain.outbox import Job, JobKind, JobStatus, hasten
from wms.domain.packing import Package, PackageLine
from wms.domain.people import Warehouse
from wms.domain.shipping import STANDING, Label, LabelStatus
from wms.domain.tracking import TrackingEvent, TrackStatus
from wms.services.carriers import labelling
from wms.services.orders import cancelling
from wms.services.stock import stocking
from wms.services.stock.stocking import Goods
from wms.services.verifying import verify

WORKERS, THREADS = 2, 6
HANGS_UP_S, SETTLE_S = 1.0, 4.0
AT_ONCE = 100
LOOK_S, WATCH_S = 0.8, 0.005
# Requests between two kills.
KILL_AFTER = (60, 240)
# They get nowhere: so long no request came to the carrier, or so many came for each box.
PATIENCE_S, MOST_REQUESTS = 120.0, 60
# Requests between two orders cancelled.
CANCEL_AFTER = 90
# What comes once in each run, however short: the rest is left to chance.
AT_LEAST = {
    "POST /shipments": (Fault.ODD_RATES, Fault.THROTTLED_FOR_EVER),
    "POST /transactions": (
        Fault.LATIN_1,
        Fault.NO_LABEL_FILE,
        Fault.LONG_NUMBER,
        Fault.REFUSED_ODDLY,
        Fault.QUEUED_IN_VAIN,
    ),
    "POST /refunds": (Fault.REFUSED,),
}
_PAID = frozenset({"SUCCESS", "QUEUED"})
HOOK_TOKEN = "a-token-of-the-test-s-own"  # noqa: S105 - protects nothing
# Told with half a character and a NUL behind each: the half is a question mark, the NUL is nothing.
THE_WAY = Counter(f"{words}?" for _, words, _, _ in WAY)
# A label file that is none, and a tracking number that no barcode of ours is compared with.
NO_FILE, LONGEST_NUMBER = ".html", 60


@dataclass(kw_only=True)
class Shop:
    """The database, the carrier, and the people who press the buttons."""

    engine: Engine
    fake: FakeShippo
    dice: random.Random
    wanted: set[int] = field(default_factory=set)
    cancelled: set[int] = field(default_factory=set)

    def look_after(self) -> bool:
        """Let waiting times pass, do what only people do, cancel orders; say whether a purchase is open still."""
        with transaction(self.engine) as session:
            actor = now()
            for kind in (JobKind.BUY_LABEL, JobKind.VOID_LABEL, JobKind.READ_TRACKING):
                hasten(session, actor, kind)
            for package_id in self._without_label(session):
                _ = labelling.retry(session, actor, package_id)
            for package_id in self._to_void(session):
                labelling.void(session, actor, package_id, "of no use")
            while len(self.cancelled) < len(self.fake.seen) // CANCEL_AFTER:
                package_id = self.dice.choice(sorted(self.wanted - self.cancelled))
                order_id = session.scalars(select(Package.order_id).where(Package.id == package_id)).one()
                _ = cancelling.cancel_by_id(session, actor, order_id, "the customer changed their mind")
                self.cancelled.add(package_id)
        return self.is_busy()

    def is_busy(self) -> bool:
        """Tell whether a label is to be bought or given back, by a job or by a person."""
        with reading(self.engine) as session:
            kinds = JobKind.BUY_LABEL, JobKind.VOID_LABEL, JobKind.READ_TRACKING
            jobs = Job.kind.in_(kinds), Job.status == JobStatus.OPEN
            is_work = bool(self._without_label(session) or self._to_void(session))
            return is_work or (session.scalar(select(func.count()).where(*jobs)) or 0) > 0

    def _without_label(self, session: Session) -> list[int]:
        """Boxes that are wanted still and whose label was refused or given back."""
        standing = select(Label.package_id).where(Label.status.in_(STANDING))
        return sorted(
            set(session.scalars(select(Label.package_id).where(Label.package_id.not_in(standing)))) - self.cancelled
        )

    def _to_void(self, session: Session) -> list[int]:
        """Boxes whose paid label nobody can print, or that are cancelled with a label whose carrier keeps the money."""
        known = select(Label).where(
            Label.status.in_((LabelStatus.BOUGHT, LabelStatus.UNSETTLED)), Label.external_id != ""
        )
        bought = self.fake.account.objects["transactions"]
        return [
            label.package_id
            for label in session.scalars(known.order_by(Label.id))
            if (label.status is LabelStatus.BOUGHT and label.package_id in self.cancelled)
            or is_unprintable(bought[label.external_id])
        ]


def is_unprintable(bought: Mapping[str, Any]) -> bool:
    """Tell whether no label ever comes of a purchase."""
    return bought["label_url"].endswith(NO_FILE) or len(bought["tracking_number"]) > LONGEST_NUMBER


def now() -> Actor:
    """The program, at this moment."""
    return builders.actor(at=dt.datetime.now(dt.UTC))


def fill(shop: Shop, count: int) -> None:
    """Pack so many boxes and ask for their labels."""
    with transaction(shop.engine) as session:
        session.get_one(Warehouse, WAREHOUSE_ID).carrier = "shippo"
        _ = builders.location(session)  # where a cancelled order's units go back to
        things = builders.product(session), builders.carton_type(session), builders.station(session)
        things[2].printer_id = None  # nothing is printed here
    begun = 0
    while begun < count:
        with transaction(shop.engine) as session:
            for number in range(begun, min(begun + AT_ONCE, count)):
                shop.wanted.add(full_box(session, number, *things))
        begun += AT_ONCE


def full_box(session: Session, number: int, mug: Product, carton: CartonType, station: Station) -> int:
    """An order of one mug, in an open, weighed box whose label is wanted; the package's id."""
    order = builders.order(session, (mug, 1))
    order.status = OrderStatus.PICKED
    line = session.scalars(select(OrderLine).where(OrderLine.order_id == order.id)).one()
    place = Place(warehouse_id=WAREHOUSE_ID, kind=PlaceKind.PACKAGE)
    box = Package(
        warehouse_id=WAREHOUSE_ID,
        id=place.id,
        barcode=f"P{number:08d}",
        order_id=order.id,
        number=1,
        station_id=station.id,
        opened_at=builders.NOW,
        worker_id=None,
        carton_type_id=carton.id,
        weight_g=520,
    )
    session.add_all([place, box])
    goods = Goods(product_id=mug.id, quantity=1)
    stocking.move(session, builders.actor(), goods, from_place_id=SUPPLIER_ID, to_place_id=box.id, reason="packed")
    session.add(
        PackageLine(warehouse_id=WAREHOUSE_ID, package_id=box.id, line_id=line.id, product_id=mug.id, quantity=1)
    )
    session.flush()
    _ = labelling.want(session, now(), box.id)
    return box.id


@dataclass(kw_only=True)
class Crew:
    """Worker processes, of which one is killed now and then and another started."""

    engine: Engine
    settings: Settings
    notes: Path
    fake: FakeShippo
    dice: random.Random
    kill_at: int = KILL_AFTER[0]
    hands: list[ExitStack] = field(default_factory=list)
    pids: list[int] = field(default_factory=list)
    kills: int = 0

    def start(self, number: int) -> None:
        """Start a worker as shipped."""
        stack = ExitStack()
        environ = {
            "WMS_SHIPPO_URL": self.settings.shippo_url,
            "WMS_SHIPPO_KEY": "shippo_test_x",
            "WMS_SHIPPO_S": str(HANGS_UP_S),
            "WMS_SETTLE_S": str(SETTLE_S),
        }
        process = stack.enter_context(node(self.settings, self.notes, threads=THREADS, **environ))
        self.hands.insert(number, stack)
        self.pids.insert(number, process.pid)
        _ = stack.callback(process.kill)

    def work(self, seconds: float) -> None:
        """Let them work for a while, and kill one as soon as the carrier has got so many requests more."""
        ends_at = time.monotonic() + seconds
        while time.monotonic() < ends_at:
            time.sleep(WATCH_S)
            if len(self.fake.seen) >= self.kill_at:
                self.kill_one()
                self.kill_at = len(self.fake.seen) + self.dice.randint(*KILL_AFTER)

    def kill_one(self) -> None:
        """Kill one at whatever it does; its leases run out, and a new one comes."""
        number = self.dice.randrange(len(self.hands))
        stack, pid = self.hands.pop(number), self.pids.pop(number)
        stack.close()
        self.kills += 1
        let_leases_end(self.engine, pid)
        self.start(number)

    def stop(self) -> None:
        """End the shift."""
        for stack in self.hands:
            stack.close()


def sell(settings: Settings, folder: Path, *, boxes: int, chance: float = 0.3, seed: int = 1) -> Sale:
    """Buy a label for each box from a carrier of whose answers that share fails."""
    began_s = time.monotonic()
    engine = make_engine(settings)
    migrations.upgrade(engine)
    with transaction(engine) as session:
        _ = builders.warehouse(session)
    dice = random.Random(seed)  # noqa: S311 - whom it hits is no secret
    with FakeShippo() as fake, ExitStack() as stack:
        _ = stack.callback(engine.dispose)
        fake.storm(chance, seed=seed)
        for call, faults in AT_LEAST.items():
            for fault in faults:
                fake.fail(fault, on=call)
        shop = Shop(engine=engine, fake=fake, dice=dice)
        there = replace(settings, shippo_url=fake.url)
        crew = Crew(engine=engine, settings=there, notes=folder / "visits.txt", fake=fake, dice=dice)
        _ = stack.callback(crew.stop)
        for number in range(WORKERS):
            crew.start(number)
        fill(shop, boxes)
        seen, ends_at = 0, time.monotonic() + PATIENCE_S
        while shop.look_after():
            if len(fake.seen) > seen:
                seen, ends_at = len(fake.seen), time.monotonic() + PATIENCE_S
            if time.monotonic() > ends_at or seen > boxes * MOST_REQUESTS:
                raise TimeoutError(f"The purchases do not come to their end: {seen} requests for {boxes} boxes.")
            crew.work(LOOK_S)
        posted = tell_the_ways(shop, there)
        while shop.is_busy():
            crew.work(LOOK_S)
        crew.stop()
        return judged(shop, crew.kills, posted, time.monotonic() - began_s)


def tell_the_ways(shop: Shop, settings: Settings) -> int:
    """Let the carrier post its boxes' ways to our door while the workers read them; return how many posts it sent."""
    app = create_app(replace(settings, hook_token=HOOK_TOKEN))
    try:
        with served(app) as url:
            return shop.fake.post_ways(f"{url}/hooks/shippo?token={HOOK_TOKEN}")
    finally:
        with app.app_context():
            db.engine.dispose()


def judged(shop: Shop, kills: int, posted: int, seconds: float) -> Sale:
    """Compare the carrier's account with our books, box by box."""
    fake = shop.fake
    with reading(shop.engine) as session:
        labels = {label.id: label for label in session.scalars(select(Label))}
        open_items = session.scalars(
            select(ExceptionItem).where(ExceptionItem.kind == ExceptionKind.LABEL, ExceptionItem.settled_at.is_(None))
        ).all()
        breaches = [f"{breach.check}: {breach.text}" for breach in verify(session, WAREHOUSE_ID)]
        ways = {label_id: Counter(told) for label_id, told in told_of(session).items()}
    bought = fake.account.objects["transactions"].values()
    paid = [one for one in bought if one["status"] in _PAID]
    box_of = {one["object_id"]: labels[int(one["metadata"].removeprefix("wms-"))].package_id for one in paid}
    standing = {label.external_id: label.package_id for label in labels.values() if label.status is LabelStatus.BOUGHT}
    a_box = Counter(box_of.values())
    still_wanted = shop.wanted - shop.cancelled
    asked_in_vain = {label.id for label in labels.values() if label.status is LabelStatus.BOUGHT}
    return Sale(
        boxes=len(shop.wanted),
        requests=len(fake.seen),
        failed=fake.failed,
        kills=kills,
        labels=Counter(label.status.value for label in labels.values()),
        paid=len(paid),
        given_back=sum(one["status"] == "REFUNDPENDING" for one in bought),
        answers_kept=sum(bool(label.answer) for label in labels.values()),
        seconds=seconds,
        paid_twice=sum(count > 1 for count in a_box.values()),
        lost=sum(standing.get(external_id) != package_id for external_id, package_id in box_of.items()),
        unusable=sum(map(is_unprintable, paid)),
        unprintable=sum(map(is_unprintable, bought)),
        unpaid=len(still_wanted - set(box_of.values())) + len(set(box_of.values()) - still_wanted),
        posted=posted,
        events=sum(way.total() for way in ways.values()),
        misplaced=sum(
            ways.get(label.id) != THE_WAY or label.track_status is not TrackStatus.DELIVERED
            for label in labels.values()
            if label.external_id in box_of and label.status is LabelStatus.BOUGHT
        ),
        wrong=(*breaches, *(item.text for item in open_items if item.subject_id in asked_in_vain)),
    )


def told_of(session: Session) -> dict[int, list[str]]:
    """What was told of each label's box, in the carrier's words."""
    told: dict[int, list[str]] = {}
    for label_id, details in session.execute(select(TrackingEvent.label_id, TrackingEvent.details)):
        told.setdefault(label_id, []).append(details)
    return told


def main(argv: Sequence[str] | None = None) -> int:
    """Print the figures of a long sale on SQLite; return 1 where one is not as it must be, else 0."""
    parser = argparse.ArgumentParser(description=__doc__)
    _ = parser.add_argument("--boxes", type=int, default=1000)
    _ = parser.add_argument("--chance", type=float, default=0.3)
    _ = parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args(argv)
    logging.getLogger("werkzeug").setLevel(logging.WARNING)  # thousands of posts
    with tempfile.TemporaryDirectory() as name:
        settings = config.load({"WMS_DATABASE_URL": f"sqlite:///{name}/wms.db", "WMS_DATA_DIR": name})
        sale = sell(settings, Path(name), boxes=options.boxes, chance=options.chance, seed=options.seed)
    print(sale)
    return int(not sale.is_right)


if __name__ == "__main__":
    sys.exit(main())
