"""Boxes: which carton is proposed, what it should weigh, and the weighing that asks for the label."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from wms.cartons import Thing, holds
from wms.domain.actor import Actor
from wms.domain.codes import Code, CodeKind, Command
from wms.domain.floor import CartonType
from wms.domain.inbox import ExceptionItem, ExceptionKind
from wms.domain.journal import record
from wms.domain.packing import PackageWeighed
from wms.domain.saying import say
from wms.services.carriers import labelling
from wms.services.packing.bench import box_anew
from wms.services.packing.box import recounts
from wms.services.packing.box.several import must_hold, size_of
from wms.services.packing.on_bench import Bench, Carton, tolerance_g
from wms.services.packing.screens import BoxAndWeigh, CountAgain, ScanItems
from wms.services.scans import feedback
from wms.services.scans.screens import Feedback


def cartons(session: Session, actor: Actor) -> tuple[Carton, ...]:
    """The carton types of the warehouse, smallest first."""
    rows = session.scalars(select(CartonType).where(CartonType.warehouse_id == actor.warehouse_id))
    return tuple(_carton(row) for row in sorted(rows, key=lambda row: (row.volume_ml, row.name)))


def _carton(row: CartonType) -> Carton:
    return Carton(
        carton_type_id=row.id,
        code=row.barcode,
        name=row.name,
        sizes_mm=(row.length_mm, row.width_mm, row.height_mm),
        weight_g=row.weight_g,
        max_weight_g=row.max_weight_g,
    )


def _too_long_mm(carton: Carton, things: Sequence[Thing]) -> int:
    """The longest side of a unit that does not go into the carton however it is turned; 0 where all go in."""
    inside = sorted(carton.sizes_mm)
    sides = [sorted(thing.sizes_mm) for thing in things]
    return max(
        (unit[-1] for unit in sides if any(side > room for side, room in zip(unit, inside, strict=True))), default=0
    )


def judge(session: Session, actor: Actor, code: Code, screen: BoxAndWeigh) -> Feedback:
    """Take another carton, or a weight: typed, scanned or computed."""
    if is_about_carton(code) and screen.bench.own_box:
        return feedback.wrong(say("No box: label on the item"))
    if is_about_carton(code):
        return change_carton(session, actor, code, screen)
    if code.kind is CodeKind.QUANTITY:
        return _weigh(session, actor, screen, code.quantity)
    if code.command is Command.WEIGH:
        return _compute(session, actor, screen)
    return feedback.wrong_type(code, "weight")


def is_about_carton(code: Code) -> bool:
    """Tell whether a code asks for another carton: its own code, or the card that means the next."""
    return code.kind is CodeKind.CARTON or code.command is Command.OTHER_BOX


def change_carton(session: Session, actor: Actor, code: Code, screen: BoxAndWeigh | ScanItems) -> Feedback:
    """Take the carton scanned, unless a unit or the weight forbids it, or the next one that fits."""
    if code.command is Command.OTHER_BOX:
        return _next_carton(session, actor, screen)
    carton = next((carton for carton in cartons(session, actor) if carton.code == code.text), None)
    if carton is None:
        return feedback.unknown(code)
    things = must_hold(screen)
    too_long_mm = _too_long_mm(carton, things)
    if too_long_mm:
        return feedback.wrong(say("Too small: {cm} cm item", cm=too_long_mm / 10))
    if sum(thing.quantity * thing.weight_g for thing in things) > size_of(carton).payload_g:
        return feedback.wrong(say("Too heavy for {box}: over {kg} kg", box=carton.name, kg=carton.max_weight_g / 1000))
    _choose(session, actor, screen, carton)
    return feedback.accepted(say("Box {box}", box=carton.name))


def _next_carton(session: Session, actor: Actor, screen: BoxAndWeigh | ScanItems) -> Feedback:
    """Take the next larger carton that fits, after the largest the smallest again."""
    things = must_hold(screen)
    fits = [carton for carton in cartons(session, actor) if holds(size_of(carton), things)]
    if not fits:
        return feedback.wrong(say("No box is large enough. Scan one"))
    now = screen.carton.carton_type_id if screen.carton else None
    place = next((index for index, carton in enumerate(fits) if carton.carton_type_id == now), -1)
    carton = fits[(place + 1) % len(fits)]
    _choose(session, actor, screen, carton)
    return feedback.told(say("Box {box}", box=carton.name))


def _choose(session: Session, actor: Actor, screen: BoxAndWeigh | ScanItems, carton: Carton) -> None:
    """Take a carton; the weight in another is not known, but one that was doubted stands until the box is weighed."""
    package = box_anew(session, actor, screen.bench.package_id)
    if package.carton_type_id == carton.carton_type_id:
        return
    package.carton_type_id = carton.carton_type_id
    if package.weighed:
        package.weight_g, package.weighed = 0, False


def _weigh(session: Session, actor: Actor, screen: BoxAndWeigh, weight_g: int) -> Feedback:
    """Take a weight; one far from the expected is asked for again, and counts when it comes twice.

    Where the expected weight was learned, all units are counted in between: catalogs are wrong more often than boxes,
    what past boxes weighed is not.
    """
    if screen.carton is None and not screen.bench.own_box:
        return feedback.wrong(say("No box is large enough. Scan one"))
    if weight_g == 0:
        return feedback.wrong(say("0 g. Put the box on the scale"))
    expected_g = screen.expected_g
    fits = not expected_g or screen.bench.fits(weight_g, expected_g)
    confirmed = screen.doubted_g and abs(weight_g - screen.doubted_g) <= tolerance_g(screen.doubted_g)
    if not fits and not confirmed:
        package = box_anew(session, actor, screen.bench.package_id)
        package.carton_type_id = screen.carton.carton_type_id if screen.carton else None
        package.weight_g, package.weighed = weight_g, False
        recounts.begin(session, actor, screen.bench)
        return feedback.wrong(say("{g} g, not {expected} g. Count again", g=weight_g, expected=expected_g))
    if not fits:
        _tell(session, actor, screen.bench, f"weighs {weight_g} g, expected {expected_g} g")
    return _want_label(session, actor, screen, weight_g, weighed=True)


def _compute(session: Session, actor: Actor, screen: BoxAndWeigh) -> Feedback:
    if screen.carton is None and not screen.bench.own_box:
        return feedback.wrong(say("No box is large enough. Scan one"))
    if screen.doubted_g:
        return feedback.wrong(say("Count the units, then weigh again"))
    if not screen.expected_g:
        return feedback.wrong(say("Weight not known. Type N and grams"))
    return _want_label(session, actor, screen, screen.expected_g, weighed=False)


def accept(session: Session, actor: Actor, screen: CountAgain) -> Feedback:
    """Take the weight that was doubted, on the word of whoever asks."""
    return _want_label(session, actor, screen, screen.doubted_g, weighed=True)


def _want_label(
    session: Session, actor: Actor, screen: BoxAndWeigh | CountAgain, weight_g: int, *, weighed: bool
) -> Feedback:
    package = box_anew(session, actor, screen.bench.package_id)
    package.carton_type_id = screen.carton.carton_type_id if screen.carton else None
    package.weight_g, package.weighed = weight_g, weighed
    session.flush()
    recounts.end(session, actor, package.id)
    weighing = PackageWeighed(
        order_id=screen.bench.order_id,
        package=screen.bench.package,
        weight_g=weight_g,
        expected_g=screen.expected_g,
        weighed=weighed,
    )
    record(session, actor, weighing)
    _ = labelling.want(session, actor, screen.bench.package_id)
    return feedback.accepted(say("{g} g", g=weight_g) if weighed else say("{g} g, not weighed", g=weight_g))


def _tell(session: Session, actor: Actor, bench: Bench, words: str) -> None:
    session.add(
        ExceptionItem(
            warehouse_id=actor.warehouse_id,
            kind=ExceptionKind.MISMATCH,
            at=actor.at,
            text=f"{bench.number} {words}, at {bench.station}",
            order_id=bench.order_id,
            subject_id=bench.package_id,
        )
    )
