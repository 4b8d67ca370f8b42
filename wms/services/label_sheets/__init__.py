"""Label sheets: each thing of the house with its code, as rows for a printable page and as ZPL for a label printer."""

from dataclasses import dataclass, replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from wms.domain.actor import Actor, Role
from wms.domain.errors import DomainError, NotFoundError
from wms.domain.floor import Location, Printer
from wms.domain.journal import record
from wms.domain.printing import PrintAsked
from wms.labels import sheets
from wms.labels.sheets import SheetLabel
from wms.services import printing
from wms.services.label_sheets import ranges
from wms.services.label_sheets.kinds import ALL, Choice, SheetKind
from wms.services.label_sheets.rows import rows
from wms.services.printing import Wanted

__all__ = ["ALL", "MOST_LABELS", "Choice", "Sheet", "SheetKind", "aisles", "choose", "queue", "sheet", "zones"]

# So many labels print well within one lease of the outbox, and a job of unknown end leaves few to be looked at.
MOST_LABELS = 50
POSTER_TITLE = "SCAN A COMMAND"


@dataclass(frozen=True, kw_only=True, slots=True)
class Sheet:
    """The labels of a choice, and the SKUs of products that have no code a label could carry."""

    labels: tuple[SheetLabel, ...]
    uncoded: tuple[str, ...] = ()


def choose(session: Session, actor: Actor, choice: Choice) -> Choice:
    """Return a choice with its first aisle filled in, and refuse badges, which are keys, to all but admins."""
    if choice.kind is SheetKind.BADGES and not actor.may(Role.ADMIN):
        raise DomainError("Badges are keys: only an admin prints them.")
    narrowed = choice.aisle or choice.name or choice.first or choice.last
    if choice.kind is not SheetKind.LOCATIONS or narrowed:
        return choice
    return replace(choice, aisle=next(iter(aisles(session, actor, choice.zone)), ALL))


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


def sheet(session: Session, actor: Actor, choice: Choice) -> Sheet:
    """Return the labels of a choice in the order people look for them.

    Raises DomainError for badges without the role, and BadInputError for a range or location that cannot be.
    """
    choice = choose(session, actor, choice)
    kind = choice.kind
    wanted = ranges.read(choice.first, choice.last, kind.counted, named=kind.has_names)
    words = [word for part in choice.name.split(",") if (word := part.strip().lower())] or [""]
    found = [
        label
        for label in rows(session, actor, choice)
        if wanted.holds(label.word if kind.is_of_products else label.name, label.code)
        and any(word in f"{label.word}\n{label.name}\n{label.code}".lower() for word in words)
    ]
    return Sheet(
        labels=tuple(label for label in found if label.code),
        uncoded=tuple(label.word for label in found if not label.code),
    )


def queue(session: Session, actor: Actor, choice: Choice, printer_id: int) -> int:
    """Ask a printer for the labels of a choice, at most `MOST_LABELS` a job; return how many labels that makes."""
    name = session.scalars(
        select(Printer.name).where(Printer.warehouse_id == actor.warehouse_id, Printer.id == printer_id)
    ).one_or_none()
    if name is None:
        raise NotFoundError("printer", printer_id)
    wanted = _formats(choice.kind, sheet(session, actor, choice))
    if not wanted:
        raise DomainError(f"No {choice.kind} here. Choose others.")
    for first in range(0, len(wanted), MOST_LABELS):
        part = wanted[first : first + MOST_LABELS]
        what = f"{choice.kind} {first + 1}-{first + len(part)} of {len(wanted)}"
        zpl = b"".join(part).decode("ascii")
        _ = printing.queue(session, actor, printer_id, Wanted(what=what, zpl=zpl, labels=len(part)))
    record(session, actor, PrintAsked(printer=name, what=choice.kind, labels=len(wanted)))
    return len(wanted)


def _formats(kind: SheetKind, of: Sheet) -> list[bytes]:
    """Return the ZPL of a sheet, one format a physical label."""
    if kind is SheetKind.POSTER:
        return [sheets.poster(POSTER_TITLE, of.labels)] if of.labels else []
    draw = sheets.case if kind is SheetKind.CASES else sheets.small
    return [draw(label) for label in of.labels]
