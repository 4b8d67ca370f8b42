"""Locations: addresses with coordinates, a code to scan and a check string to speak."""

import re
import secrets

from sqlalchemy import select
from sqlalchemy.orm import Session

from wms.domain.actor import Actor
from wms.domain.codes import CodeKind
from wms.domain.floor import Location, LocationKind, PlaceKind, Profile, Zone
from wms.services.importing.cells import BadRowError, Cells, quoted
from wms.services.importing.kinds import (
    Kind,
    Outcome,
    find,
    fresh_code,
    keep,
    keyed,
    new_place,
    optional,
    own_barcode,
    refuse_taken,
)

_CHECK = re.compile(r"[0-9]{3}", re.ASCII)
_CHECKS = 1000


def _letter(kind: LocationKind) -> CodeKind:
    return CodeKind.LANE if kind in Location.LANES else CodeKind.LOCATION


def _fresh_check(session: Session, actor: Actor, aisle: str) -> str:
    """Return three random digits that no other location of the aisle has, as long as there are some."""
    beside = select(Location.check).where(Location.warehouse_id == actor.warehouse_id, Location.aisle == aisle)
    taken = set(session.scalars(beside))
    free = [check for check in (f"{number:03d}" for number in range(_CHECKS)) if check not in taken]
    return secrets.choice(free) if free else f"{secrets.randbelow(_CHECKS):03d}"


def _keep(session: Session, actor: Actor, cells: Cells) -> Outcome:
    key = {"code": cells.needed("code", 40)}
    old = find(session, actor, Location, **key)
    kind = cells.word("kind", LocationKind)
    if old is not None and kind is not None and _letter(kind) is not _letter(old.kind):
        raise BadRowError(f"the location is a {old.kind} and its label says so; make a new one for a {kind}")
    letter = _letter(kind or (old.kind if old else LocationKind.PICK))
    check = cells.text("check", 8)
    if check is not None and not _CHECK.fullmatch(check):
        raise BadRowError(f"the check {quoted(check)} is not three digits")
    barcode = own_barcode(cells, letter)
    refuse_taken(session, actor, Location, key, "barcode", barcode)
    given = {
        "barcode": barcode,
        "check": check,
        "kind": kind,
        **{name: cells.text(name, 16) for name in ("zone", "aisle", "bay", "level", "position")},
        "x_m": cells.metres("x_m"),
        "y_m": cells.metres("y_m"),
        "pick_sequence": cells.whole("pick_sequence"),
    }

    def fresh() -> dict[str, object]:
        return {
            "id": new_place(session, actor, PlaceKind.LOCATION),
            "barcode": barcode or fresh_code(session, actor, Location, letter),
            "check": check or _fresh_check(session, actor, cells.text("aisle", 16) or ""),
            "kind": LocationKind.PICK,
        }

    return keep(session, actor, Location, key, given, fresh)[1]


def _keep_zone(session: Session, actor: Actor, cells: Cells) -> Outcome:
    zone = cells.needed("zone", 16)
    known = zone == Zone.EVERY or find(session, actor, Location, zone=zone) is not None
    if not known:
        raise BadRowError(f"no location is in the zone {quoted(zone)}")
    given: dict[str, object] = {"profile": cells.word("profile", Profile), "counts_each": cells.yes("counts_each")}
    given["asks_empty"] = cells.yes("asks_empty")
    return keep(session, actor, Zone, {"zone": zone}, given)[1]


ZONES = Kind(
    name="zones",
    about="which scans picking needs, by zone",
    keep=_keep_zone,
    columns=(
        keyed("zone", f"as locations name it; {Zone.EVERY} for all that have no row"),
        optional("profile", f"{', '.join(Profile)}; standard where blank"),
        optional("counts_each", "yes: each unit is scanned; no: one scan takes a line's units"),
        optional("asks_empty", "yes: a shelf that should be empty is asked about; no where blank"),
    ),
)


LOCATIONS = Kind(
    name="locations",
    about="where stock stands, with coordinates in metres",
    keep=_keep,
    columns=(
        keyed("code", "the address people read, such as A07-03-B2"),
        optional("zone", "part of the building"),
        optional("aisle", "aisle"),
        optional("bay", "bay"),
        optional("level", "level"),
        optional("position", "position on the level"),
        optional("x_m", "metres, such as 12.5"),
        optional("y_m", "metres, such as 3"),
        optional("kind", f"{', '.join(LocationKind)}; pick where blank"),
        optional("pick_sequence", "a whole number: the order of a walk by number"),
        optional("check", "three digits to speak; made where blank"),
        optional("barcode", "L or D code or its number; made where blank"),
    ),
)
