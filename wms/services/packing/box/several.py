"""An order in several boxes: what goes into this one, SPLIT when it is full, and the next box after its seal."""

from collections import Counter
from dataclasses import dataclass, replace

from sqlalchemy.orm import Session

from wms.cartons import Box, CartonSize, Thing, propose
from wms.domain.actor import Actor
from wms.domain.codes import Command
from wms.domain.floor import Station
from wms.domain.journal import record
from wms.domain.orders import Order
from wms.domain.packing import BoxFilled, BoxReopened
from wms.domain.saying import say
from wms.services.packing.bench import box_anew
from wms.services.packing.box import recounts
from wms.services.packing.on_bench import Bench, Carton, Take, Units
from wms.services.packing.screens import BoxAndWeigh, ScanItems
from wms.services.packing.tote.totes import start_box
from wms.services.packing.unit import filling
from wms.services.scans import feedback
from wms.services.scans.screens import Feedback


@dataclass(frozen=True, kw_only=True, slots=True)
class Plan:
    """What this box is proposed to take, in which carton (None: none is large enough), and how many more there are.

    `takes` is empty where all that is left goes in.
    """

    carton: Carton | None
    takes: tuple[Take, ...] = ()
    more_boxes: int = 0


def plan(bench: Bench, offered: tuple[Carton, ...]) -> Plan:
    """Propose this box: in the carton chosen, else in the smallest that takes all, else as the first of several.

    It stays the same while units are scanned, since what is in and what is left are packed together.
    """
    if bench.own_box:
        return Plan(carton=None)
    chosen = next((carton for carton in offered if carton.carton_type_id == bench.carton_type_id), None)
    things = things_of(bench)
    boxes = propose(things, tuple(map(size_of, (chosen,) if chosen else offered))).boxes
    if len(boxes) <= 1:
        return Plan(carton=chosen or (_carton(offered, boxes[0]) if boxes else None))
    loads = [(box, _load(box, things)) for box in boxes]
    here = Counter({row.line_id: row.here for row in bench.units if row.here})
    for box, load in loads:
        if here <= load:
            takes = tuple(_take(row, load) for row in bench.units if load[row.line_id])
            return Plan(carton=chosen or _carton(offered, box), takes=takes, more_boxes=len(boxes) - 1)
    return Plan(carton=chosen)  # packed otherwise: the packer says when it is full


def must_hold(screen: BoxAndWeigh | ScanItems) -> tuple[Thing, ...]:
    """What another carton must take: all, or where the order needs several boxes what is in already."""
    is_part = isinstance(screen, ScanItems) and screen.more_boxes > 0
    return things_of(replace(screen.bench, full=True) if is_part else screen.bench)


def things_of(bench: Bench) -> tuple[Thing, ...]:
    """What is in the box and what may still go in."""
    return tuple(
        Thing(key=row.line_id, quantity=units, sizes_mm=row.sizes_mm, weight_g=row.weight_g)
        for row in bench.units
        if not row.is_own_box and (units := row.here + (0 if bench.is_full else row.left))
    )


def size_of(carton: Carton) -> CartonSize:
    """The carton as the search knows it."""
    return CartonSize(
        key=carton.carton_type_id,
        sizes_mm=carton.sizes_mm,
        weight_g=carton.weight_g,
        max_weight_g=carton.max_weight_g,
    )


def _carton(offered: tuple[Carton, ...], box: Box) -> Carton | None:
    return next((carton for carton in offered if carton.carton_type_id == box.carton), None)


def _load(box: Box, things: tuple[Thing, ...]) -> Counter[int]:
    """Units by line in a proposed box; what has no sizes has no place in a proposal, and may go into any."""
    return Counter(placed.key for placed in box.placed) + Counter(
        {thing.key: thing.quantity for thing in things if not thing.is_measured}
    )


def _take(row: Units, load: Counter[int]) -> Take:
    return Take(line_id=row.line_id, name=row.name, sku=row.sku, quantity=load[row.line_id], here=row.here)


def split(session: Session, actor: Actor, bench: Bench) -> Feedback:
    """SPLIT: nothing more goes into this box, the rest goes into others."""
    if not bench.here:
        return feedback.wrong(say("The box is empty. Scan items first"))
    package = box_anew(session, actor, bench.package_id)
    package.full = True
    record(session, actor, BoxFilled(order_id=bench.order_id, package=bench.package, units=bench.here))
    session.flush()
    filling.close(session, actor, package)
    return feedback.complete(say("Box {n} is full. Weigh it", n=bench.box))


def reopen(session: Session, actor: Actor, bench: Bench) -> Feedback:
    """UNDO of a SPLIT: the box takes units again."""
    package = box_anew(session, actor, bench.package_id)
    package.full = package.weighed = False
    if not recounts.is_doubted(session, actor, bench):
        package.weight_g = 0
    record(session, actor, BoxReopened(order_id=bench.order_id, package=bench.package))
    return feedback.told(say("UNDO. Box {n} takes items again", n=bench.box))


def open_next(session: Session, actor: Actor, bench: Bench, order: Order) -> Feedback:
    """Open the next box of a locked order at the bench, where one was sealed and units are left."""
    station = session.get_one(Station, (actor.warehouse_id, bench.station_id))
    _ = start_box(session, actor, station, order)
    return feedback.complete(say("Box {n} sealed. Now box {next}", n=bench.box, next=bench.box + 1))


def as_planned(screen: ScanItems) -> ScanItems:
    """Let a screen of one box of several take only what is planned for it, and SPLIT once that is in."""
    if screen.has_all_it_takes:
        return replace(screen, accept=(Command.SPLIT.value,))
    if not screen.takes:
        return screen
    open_lines = {take.line_id for take in screen.takes if not take.is_in}
    planned = {code for row in screen.bench.units if row.line_id in open_lines for code, _ in row.codes}
    return replace(screen, accept=tuple(code for code in screen.accept or () if code in planned))
