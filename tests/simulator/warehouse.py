"""A small warehouse for simulated shifts: enough of everything for two pickers and one packer."""

import itertools

from sqlalchemy.orm import Session

from tests import builders
from tests.builders import WAREHOUSE
from wms.domain.calendar import CarrierService, Pickup
from wms.domain.floor import LocationKind, Printer

PRODUCTS, UNITS_EACH = 12, 40
CARTS, SLOTS, TOTES = 3, 4, 16
PLACES = 7  # of the put wall: too few for it to be chosen where nobody asks for it
RED_TOTES = 2
# (roles, names): one more of each than the small shifts need.
PEOPLE = (("picker", ("Marta", "Tom")), ("packer", ("Ana", "Piotr")), ("supervisor", ("Ines",)))
# People of a shift do not read words, whoever they are.
LANGUAGES = {"Tom": "ar", "Piotr": "pl"}


def furnish(session: Session, printer_url: str = "virtual://127.0.0.1:9") -> None:
    """Fill the bare warehouse of the `engine` fixture: goods on two shelves each, and what moves and packs them."""
    for _ in range(PRODUCTS):
        product = builders.product(session)
        for _ in range(2):
            builders.stock(session, builders.location(session), product, UNITS_EACH // 2)
    for kind in (LocationKind.LANE, LocationKind.HOLD, LocationKind.DEPOT):
        _ = builders.location(session, kind=kind)
    for _ in range(CARTS):
        _ = builders.cart(session, SLOTS)
    for number in range(TOTES + RED_TOTES):
        builders.tote(session).is_red = number >= TOTES
    for number in range(1, PLACES + 1):
        place = builders.tote(session)
        place.wall, place.wall_slot = "W1", f"A{number}"
    for name in ("M2", "X4"):
        _ = builders.carton_type(session, name)
    for roles, names in PEOPLE:
        for name in names:
            _ = builders.worker(session, name, roles, LANGUAGES.get(name, "en"))
    _bench_printers(session, printer_url)
    _every_day(session)
    session.flush()


def _bench_printers(session: Session, printer_url: str) -> None:
    for number in (1, 2):
        station = builders.station(session)
        printer = session.get_one(Printer, (WAREHOUSE, station.printer_id))
        printer.name, printer.url = f"pack-{number}", printer_url


def _every_day(session: Session) -> None:
    """Let a van come each day, so that the shift does not depend on the weekday."""
    days = itertools.product(session.query(CarrierService).filter_by(warehouse_id=WAREHOUSE).all(), range(5, 7))
    session.add_all(
        Pickup(warehouse_id=WAREHOUSE, carrier=service.carrier, weekday=day, cutoff="14:30", pickup="15:00")
        for service, day in days
    )
