"""The hall: 20 aisles of 50 pick faces with reserve above them, lanes at the packing end, carts, stations, people."""

import random
from collections.abc import Iterator
from itertools import product

from wms.domain.base import Base
from wms.domain.codes import CodeKind, own_code
from wms.domain.floor import (
    Cart,
    CartonType,
    Location,
    LocationKind,
    Place,
    PlaceKind,
    Printer,
    Station,
)
from wms.domain.people import Worker
from wms.domain.saying import Language
from wms.domain.totes import Tote

AISLES, BAYS = 20, 25
LEVELS = {"A": LocationKind.PICK, "B": LocationKind.RESERVE}
AISLE_STEP_M, BAY_STEP_M, FIRST_BAY_M = 4.0, 1.2, 2.0
STATIONS = 3
_CART_SLOTS = 8
TOTES = 80
_TOTE_ML = 65_000
_WALL_ROWS, _WALL_COLUMNS = "ABCD", 6
PLACES = len(_WALL_ROWS) * _WALL_COLUMNS
_FIRST_RED_TOTE = TOTES + PLACES + 1
_PEOPLE = {
    "picker": ("Marta", "Tom", "Aisha", "Jonas", "Li", "Rosa"),
    "packer": ("Ana", "Piotr", "Kemal"),
    "picker|packer": ("Sam",),
    "supervisor": ("Ines",),
    "admin": ("Viktor",),
}
# The others read English; docs/languages.md.
_LANGUAGES = {
    "Aisha": Language.ARABIC,
    "Jonas": Language.GERMAN,
    "Piotr": Language.POLISH,
    "Rosa": Language.SPANISH,
}
_WALL_MM = 3
_CARTONS = {  # name -> length, width, height in mm, empty weight in g
    "S1": (220, 160, 100, 70),
    "M2": (320, 240, 160, 150),
    "L3": (420, 320, 260, 280),
    "X4": (620, 420, 400, 560),
}


def pick_faces(warehouse_id: int, rng: random.Random) -> Iterator[Base]:
    """Yield the places and locations: zones A and B, bays on both sides of each aisle, pick faces below reserve."""
    number = 0
    for aisle in range(1, AISLES + 1):
        for bay in range(1, BAYS + 1):
            for side in (1, 2):
                for level, kind in LEVELS.items():
                    number += 1
                    place = Place(warehouse_id=warehouse_id, kind=PlaceKind.LOCATION)
                    yield place
                    yield Location(
                        warehouse_id=warehouse_id,
                        id=place.id,
                        code=f"A{aisle:02d}-{bay:02d}-{level}{side}",
                        barcode=own_code(CodeKind.LOCATION, number),
                        check=f"{rng.randrange(1000):03d}",
                        kind=kind,
                        zone="A" if aisle <= AISLES // 2 else "B",
                        aisle=f"{aisle:02d}",
                        bay=f"{bay:02d}",
                        level=level,
                        position=str(side),
                        x_m=aisle * AISLE_STEP_M,
                        y_m=FIRST_BAY_M + bay * BAY_STEP_M,
                        pick_sequence=number,
                    )


def lanes(warehouse_id: int) -> Iterator[Base]:
    """Yield the depot, the docks and the lanes for packing, holding and meeting parts, all at the front of the hall."""
    kinds = [(LocationKind.DEPOT, "DEPOT")]
    kinds += [(LocationKind.LANE, f"PACK {number}") for number in range(1, STATIONS + 1)]
    kinds += [(LocationKind.HOLD, "HOLD 1"), (LocationKind.HOSPITAL, "HOSPITAL")]
    kinds += [(LocationKind.DOCK, f"DOCK {number}") for number in range(1, 4)]
    kinds += [(LocationKind.CONSOLIDATION, "MEET 1")]
    for number, (kind, code) in enumerate(kinds, 1):
        place = Place(warehouse_id=warehouse_id, kind=PlaceKind.LOCATION)
        yield place
        letter = CodeKind.LANE if kind in Location.LANES else CodeKind.LOCATION
        first = 0 if letter is CodeKind.LANE else AISLES * BAYS * 2 * len(LEVELS)
        yield Location(
            warehouse_id=warehouse_id,
            id=place.id,
            code=code,
            barcode=own_code(letter, first + number),
            check=f"{number:03d}",
            kind=kind,
            x_m=AISLE_STEP_M * number,
            y_m=0.0,
        )


def equipment(warehouse_id: int) -> Iterator[Base]:
    """Yield 8 carts, 80 totes, a put wall of 24 places, red totes and the cartons."""
    for number in range(1, 9):
        yield Cart(
            warehouse_id=warehouse_id,
            barcode=own_code(CodeKind.CART, number),
            name=f"Cart {number}",
            slots=_CART_SLOTS,
            volume_ml=_CART_SLOTS * _TOTE_ML,
            weight_g=150_000,
        )
    for number in range(1, TOTES + 1):
        place = Place(warehouse_id=warehouse_id, kind=PlaceKind.TOTE)
        yield place
        yield Tote(warehouse_id=warehouse_id, id=place.id, barcode=own_code(CodeKind.TOTE, number), volume_ml=_TOTE_ML)
    yield from _put_wall(warehouse_id)
    yield from _red_totes(warehouse_id)
    for number, (name, (length_mm, width_mm, height_mm, weight_g)) in enumerate(_CARTONS.items(), 1):
        yield CartonType(
            warehouse_id=warehouse_id,
            barcode=own_code(CodeKind.CARTON, number),
            name=name,
            length_mm=length_mm,
            width_mm=width_mm,
            height_mm=height_mm,
            wall_mm=_WALL_MM,
            weight_g=weight_g,
        )


def _put_wall(warehouse_id: int) -> Iterator[Base]:
    for number, (row, column) in enumerate(product(_WALL_ROWS, range(1, _WALL_COLUMNS + 1)), TOTES + 1):
        place = Place(warehouse_id=warehouse_id, kind=PlaceKind.TOTE)
        yield place
        yield Tote(
            warehouse_id=warehouse_id,
            id=place.id,
            barcode=own_code(CodeKind.TOTE, number),
            wall="W1",
            wall_slot=f"{row}{column}",
            volume_ml=_TOTE_ML,
        )


def _red_totes(warehouse_id: int) -> Iterator[Base]:
    """Yield a red tote for each packing station."""
    for number in range(_FIRST_RED_TOTE, _FIRST_RED_TOTE + STATIONS):
        place = Place(warehouse_id=warehouse_id, kind=PlaceKind.TOTE)
        yield place
        yield Tote(
            warehouse_id=warehouse_id,
            id=place.id,
            barcode=own_code(CodeKind.TOTE, number),
            is_red=True,
            volume_ml=_TOTE_ML,
        )


def stations(warehouse_id: int) -> Iterator[Base]:
    """Yield the packing stations, each with a virtual printer and the first with a simulated scale.

    The demo writes their addresses when it starts them.
    """
    for number in range(1, STATIONS + 1):
        printer = Printer(warehouse_id=warehouse_id, name=f"pack-{number}", url="virtual://127.0.0.1:9100")
        place = Place(warehouse_id=warehouse_id, kind=PlaceKind.STATION)
        yield printer
        yield place
        yield Station(
            warehouse_id=warehouse_id,
            id=place.id,
            barcode=own_code(CodeKind.STATION, number),
            name=f"PACK {number}",
            printer_id=printer.id,
            scale="virtual://127.0.0.1:9104" if number == 1 else "",
        )


_LINES_PUT = 1000
"""Lines that the demo's workers have put before: nobody there is new."""


def people(warehouse_id: int) -> Iterator[Worker]:
    """Yield twelve workers; their badges count up, which only a demo may do."""
    number = 0
    for roles, names in _PEOPLE.items():
        for name in names:
            number += 1
            yield Worker(
                warehouse_id=warehouse_id,
                name=name,
                badge=own_code(CodeKind.BADGE, number),
                roles_text=roles,
                lines_put=_LINES_PUT,
                language=_LANGUAGES.get(name, Language.ENGLISH).value,
            )
