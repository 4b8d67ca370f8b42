"""Label sheets: each thing of the house with its code, as rows for a printable page and as ZPL for a label printer."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from wms.domain.actor import Actor, Role
from wms.domain.codes import Command, slot_code
from wms.domain.errors import DomainError, NotFoundError
from wms.domain.floor import Cart, CartonType, Location, Printer, Station
from wms.domain.journal import record
from wms.domain.people import Worker
from wms.domain.printing import PrintAsked
from wms.domain.totes import Tote
from wms.labels import sheets
from wms.labels.sheets import CartLabel, CartonLabel, LocationLabel, ThingLabel
from wms.services import printing
from wms.services.printing import Wanted

# So many labels print well within one lease of the outbox, and a job of unknown end leaves few to be looked at.
MOST_LABELS = 50
QUANTITY_CARDS = 24
ALL = "*"


class SheetKind(StrEnum):
    """What a sheet holds labels of."""

    LOCATIONS = "locations"
    LANES = "lanes"
    TOTES = "totes"
    CARTS = "carts"
    STATIONS = "stations"
    CARTONS = "cartons"
    CARDS = "cards"
    BADGES = "badges"


@dataclass(frozen=True, kw_only=True, slots=True)
class Choice:
    """Which labels of a kind: those whose name or code holds `name`, of locations those of a zone and aisle.

    `ALL` is every zone or aisle; an empty `aisle` the first one, because a whole hall is seldom wanted.
    """

    kind: SheetKind
    zone: str = ALL
    aisle: str = ""
    name: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class SheetLabel:
    """One label: what it is, its name for people, its code for scanners, and the same as ZPL.

    `note` stands large beside the code (a check string), `slot` is the number of a cart's slot (0 = none).
    """

    word: str
    name: str
    code: str
    zpl: bytes
    note: str = ""
    slot: int = 0


def choose(session: Session, actor: Actor, choice: Choice) -> Choice:
    """Return a choice with its first aisle filled in, and refuse badges, which are keys, to all but admins."""
    if choice.kind is SheetKind.BADGES and not actor.may(Role.ADMIN):
        raise DomainError("Badges are keys: only an admin prints them.")
    if choice.kind is not SheetKind.LOCATIONS or choice.aisle or choice.name:
        return choice
    first = next(iter(aisles(session, actor, choice.zone)), ALL)
    return Choice(kind=choice.kind, zone=choice.zone, aisle=first)


def zones(session: Session, actor: Actor) -> list[str]:
    """Return the zones that locations stand in."""
    found = select(Location.zone).distinct().where(Location.warehouse_id == actor.warehouse_id, Location.zone != "")
    return sorted(session.scalars(found))


def aisles(session: Session, actor: Actor, zone: str = ALL) -> list[str]:
    """Return the aisles of a zone, or of all zones."""
    found = select(Location.aisle).distinct().where(Location.warehouse_id == actor.warehouse_id, Location.aisle != "")
    if zone != ALL:
        found = found.where(Location.zone == zone)
    return sorted(session.scalars(found))


def labels(session: Session, actor: Actor, choice: Choice) -> list[SheetLabel]:
    """Return the labels of a choice in the order people look for them; DomainError for badges without the role."""
    choice = choose(session, actor, choice)
    wanted = choice.name.strip().lower()
    found = _ROWS[choice.kind](session, actor, choice)
    return [label for label in found if wanted in label.name.lower() or wanted in label.code.lower()]


def queue(session: Session, actor: Actor, choice: Choice, printer_id: int) -> int:
    """Ask a printer for the labels of a choice, at most `MOST_LABELS` a job; return how many labels that makes."""
    name = session.scalars(
        select(Printer.name).where(Printer.warehouse_id == actor.warehouse_id, Printer.id == printer_id)
    ).one_or_none()
    if name is None:
        raise NotFoundError("printer", printer_id)
    wanted = labels(session, actor, choice)
    if not wanted:
        raise DomainError(f"No {choice.kind} here. Choose others.")
    for first in range(0, len(wanted), MOST_LABELS):
        part = wanted[first : first + MOST_LABELS]
        what = f"{choice.kind} {first + 1}-{first + len(part)} of {len(wanted)}"
        zpl = "".join(label.zpl.decode("ascii") for label in part)
        _ = printing.queue(session, actor, printer_id, Wanted(what=what, zpl=zpl, labels=len(part)))
    record(session, actor, PrintAsked(printer=name, what=choice.kind, labels=len(wanted)))
    return len(wanted)


def _here(model: Any, actor: Actor) -> Select[Any]:
    return select(model).where(model.warehouse_id == actor.warehouse_id)


def _locations(session: Session, actor: Actor, choice: Choice) -> Iterator[SheetLabel]:
    found = _here(Location, actor).where(Location.kind.not_in(Location.LANES))
    if choice.zone != ALL:
        found = found.where(Location.zone == choice.zone)
    if choice.aisle not in {ALL, ""}:
        found = found.where(Location.aisle == choice.aisle)
    for row in session.scalars(found.order_by(Location.pick_sequence, Location.code)):
        label = LocationLabel(code=row.barcode, address=row.code, check_string=row.check)
        yield SheetLabel(word="LOCATION", name=row.code, code=row.barcode, note=row.check, zpl=sheets.location(label))


def _lanes(session: Session, actor: Actor, _: Choice) -> Iterator[SheetLabel]:
    found = _here(Location, actor).where(Location.kind.in_(Location.LANES)).order_by(Location.barcode)
    for row in session.scalars(found):
        yield _thing("LANE", row.code, row.barcode, sheets.lane)


def _totes(session: Session, actor: Actor, _: Choice) -> Iterator[SheetLabel]:
    for row in session.scalars(_here(Tote, actor).order_by(Tote.barcode)):
        yield _thing("TOTE", row.barcode, row.barcode, sheets.tote)


def _carts(session: Session, actor: Actor, _: Choice) -> Iterator[SheetLabel]:
    for row in session.scalars(_here(Cart, actor).order_by(Cart.barcode)):
        slots = tuple(
            ThingLabel(code=slot_code(row.barcode, number), name=f"{row.name} / {number}")
            for number in range(1, row.slots + 1)
        )
        own, *zpls = sheets.cart(CartLabel(code=row.barcode, name=row.name, slots=slots))
        yield SheetLabel(word="CART", name=row.name, code=row.barcode, zpl=own)
        for number, (slot, zpl) in enumerate(zip(slots, zpls, strict=True), 1):
            yield SheetLabel(word="SLOT", name=slot.name, code=slot.code, zpl=zpl, slot=number)


def _stations(session: Session, actor: Actor, _: Choice) -> Iterator[SheetLabel]:
    for row in session.scalars(_here(Station, actor).order_by(Station.barcode)):
        yield _thing("STATION", row.name, row.barcode, sheets.station)


def _cartons(session: Session, actor: Actor, _: Choice) -> Iterator[SheetLabel]:
    for row in session.scalars(_here(CartonType, actor).order_by(CartonType.barcode)):
        label = CartonLabel(
            code=row.barcode,
            name=row.name,
            length_mm=row.length_mm,
            width_mm=row.width_mm,
            height_mm=row.height_mm,
        )
        word = f"BOX {sheets.inner_size(label)}"
        yield SheetLabel(word=word, name=row.name, code=row.barcode, zpl=sheets.carton_type(label))


def _cards(_session: Session, _actor: Actor, _: Choice) -> Iterator[SheetLabel]:
    for command in Command:
        yield _thing("COMMAND", command.name.replace("_", " "), command.value, sheets.command_card)
    for quantity in range(1, QUANTITY_CARDS + 1):
        yield _thing("QUANTITY", str(quantity), f"N{quantity}", sheets.quantity_card)


def _badges(session: Session, actor: Actor, _: Choice) -> Iterator[SheetLabel]:
    for row in session.scalars(_here(Worker, actor).where(Worker.active).order_by(Worker.name)):
        yield _thing("BADGE", row.name, row.badge, sheets.badge)


def _thing(word: str, name: str, code: str, zpl: Callable[[ThingLabel], bytes]) -> SheetLabel:
    return SheetLabel(word=word, name=name, code=code, zpl=zpl(ThingLabel(code=code, name=name)))


_ROWS: dict[SheetKind, Callable[[Session, Actor, Choice], Iterator[SheetLabel]]] = {
    SheetKind.LOCATIONS: _locations,
    SheetKind.LANES: _lanes,
    SheetKind.TOTES: _totes,
    SheetKind.CARTS: _carts,
    SheetKind.STATIONS: _stations,
    SheetKind.CARTONS: _cartons,
    SheetKind.CARDS: _cards,
    SheetKind.BADGES: _badges,
}
