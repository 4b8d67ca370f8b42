"""Carts, totes, cartons, printers and packing stations."""

from collections.abc import Mapping
from urllib.parse import urlsplit

from sqlalchemy.orm import Session

from wms.domain.actor import Actor
from wms.domain.base import Base
from wms.domain.codes import CodeKind
from wms.domain.floor import Cart, CartonType, PlaceKind, Printer, Station
from wms.domain.totes import USUAL_TOTE_ML, Tote, ToteStatus
from wms.scales.address import check
from wms.scales.base import BadAddressError
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
    required,
)

_TOTE_LOAD_G = 15_000
_MOST_SLOTS = 99  # a slot's code has two digits
_ADDRESSES = "tcp://host:9100, virtual://host:9100, file:///folder or queue://NAME"
_NO_SCALE = "none"
_BARCODE = optional("barcode", "its code or number; made where blank")


def _keep_coded(
    session: Session, actor: Actor, cells: Cells, table: type[Base], kind: CodeKind, given: Mapping[str, object]
) -> Outcome:
    """Keep a thing known by its name that carries one of our own codes."""
    key = {"name": cells.needed("name", 40)}
    barcode = own_barcode(cells, kind)
    refuse_taken(session, actor, table, key, "barcode", barcode)

    def fresh() -> dict[str, object]:
        made: dict[str, object] = {"barcode": barcode or fresh_code(session, actor, table, kind)}
        if kind is CodeKind.STATION:
            made["id"] = new_place(session, actor, PlaceKind.STATION)
        return made

    return keep(session, actor, table, key, {"barcode": barcode, **given}, fresh)[1]


def _keep_cart(session: Session, actor: Actor, cells: Cells) -> Outcome:
    slots = cells.needed_whole("slots", least=1, most=_MOST_SLOTS)
    old = find(session, actor, Cart, name=cells.needed("name", 40))
    volume_ml, weight_g = cells.whole("volume_ml", least=1), cells.whole("weight_g", least=1)
    given = {
        "slots": slots,
        "volume_ml": volume_ml or (None if old else slots * USUAL_TOTE_ML),
        "weight_g": weight_g or (None if old else slots * _TOTE_LOAD_G),
    }
    return _keep_coded(session, actor, cells, Cart, CodeKind.CART, given)


CARTS = Kind(
    name="carts",
    about="picking carts: how many totes they carry, and at most how much",
    keep=_keep_cart,
    columns=(
        keyed("name", "such as Cart 12"),
        required("slots", "places for totes, 1 to 99"),
        optional("volume_ml", "millilitres; 30000 a slot where blank"),
        optional("weight_g", "grams; 15000 a slot where blank"),
        _BARCODE,
    ),
)


def _keep_tote(session: Session, actor: Actor, cells: Cells) -> Outcome:
    _ = cells.needed("barcode", 40)
    key = {"barcode": own_barcode(cells, CodeKind.TOTE)}
    given = {
        "volume_ml": cells.whole("volume_ml", least=1),
        "wall": cells.text("wall", 16),
        "wall_slot": cells.text("wall_slot", 8),
        "is_red": cells.yes("is_red"),
    }
    tote, outcome = keep(session, actor, Tote, key, given, lambda: {"id": new_place(session, actor, PlaceKind.TOTE)})
    return outcome if _is_as_told(tote, cells.word("status", ToteStatus)) else Outcome.CHANGED


def _is_as_told(tote: Tote, told: ToteStatus | None) -> bool:
    """Let a tote be out of use or in it again; tell whether it was so. What a walk has it for cannot be told here."""
    if told in {None, tote.status}:
        return True
    match tote.status, told:
        case ToteStatus.LOST, ToteStatus.FREE:
            tote.free()
        case ToteStatus.FREE, ToteStatus.LOST:
            tote.lose()
        case _:
            raise BadRowError(f"the tote is {tote.status}; only a lost one is freed, and a free one lost")
    return False


TOTES = Kind(
    name="totes",
    about="containers that carry units from the shelf to packing, and the places of put walls",
    keep=_keep_tote,
    columns=(
        keyed("barcode", "T code, or its number such as 12"),
        optional("volume_ml", "millilitres; 30000 where blank"),
        optional("wall", "of a put wall's place: the wall's name, such as W1"),
        optional("wall_slot", "its name in the wall, such as B4"),
        optional("is_red", "yes for a red tote, which takes wrong units at packing"),
        optional("status", "lost takes a free one out of use, free brings it back; else left alone"),
    ),
)


def _keep_carton(session: Session, actor: Actor, cells: Cells) -> Outcome:
    sizes = {name: cells.needed_whole(name, least=1) for name in ("length_mm", "width_mm", "height_mm")}
    given = {
        **sizes,
        "wall_mm": cells.whole("wall_mm", most=100),
        "weight_g": cells.whole("weight_g"),
        "max_weight_g": cells.whole("max_weight_g", least=1),
    }
    return _keep_coded(session, actor, cells, CartonType, CodeKind.CARTON, given)


CARTONS = Kind(
    name="cartons",
    about="box sizes one can choose",
    keep=_keep_carton,
    columns=(
        keyed("name", "such as M2"),
        required("length_mm", "inside, millimetres"),
        required("width_mm", "inside, millimetres"),
        required("height_mm", "inside, millimetres"),
        optional("wall_mm", "how much thicker each side is outside, where carriers measure"),
        optional("weight_g", "the empty box, grams"),
        optional("max_weight_g", "the most it carries, grams; 30000 where blank"),
        _BARCODE,
    ),
)


def _can_be_opened(url: str) -> bool:
    """Tell whether an address is one that printers.drivers opens; a test holds the two together."""
    try:
        parts = urlsplit(url)
        rights = {
            "virtual": bool(parts.hostname and parts.port),
            "tcp": bool(parts.hostname and parts.port),
            "file": not parts.netloc and parts.path.startswith("/") and parts.path != "/",
            "queue": bool((parts.netloc + parts.path).strip("/")),
        }
    except ValueError:  # an address whose port or brackets cannot be read
        return False
    return rights.get(parts.scheme, False)


def _keep_printer(session: Session, actor: Actor, cells: Cells) -> Outcome:
    url = cells.needed("url", 200)
    if not _can_be_opened(url):
        raise BadRowError(f"the url {quoted(url)} is not {_ADDRESSES}")
    return keep(session, actor, Printer, {"name": cells.needed("name", 40)}, {"url": url})[1]


PRINTERS = Kind(
    name="printers",
    about="label printers by their address",
    keep=_keep_printer,
    columns=(
        keyed("name", "such as PACK 1"),
        required("url", _ADDRESSES),
    ),
)


def _keep_station(session: Session, actor: Actor, cells: Cells) -> Outcome:
    name = cells.text("printer", 40)
    printer = find(session, actor, Printer, name=name) if name else None
    if name and printer is None:
        raise BadRowError(f"the printer {quoted(name)} is not known; import printers first")
    given = {"printer_id": printer.id if printer else None, "scale": _scale(cells)}
    return _keep_coded(session, actor, cells, Station, CodeKind.STATION, given)


def _scale(cells: Cells) -> str | None:
    """Return a scale's address, '' for the word none and None for a blank cell."""
    url = cells.text("scale", 200)
    if url is None or url == _NO_SCALE:
        return None if url is None else ""
    try:
        check(url)
    except BadAddressError as error:
        raise BadRowError(f"the scale {quoted(url)} {error.reason}: {error.todo}") from error
    return url


STATIONS = Kind(
    name="stations",
    about="packing stations, each with its printer and at most one scale",
    keep=_keep_station,
    columns=(
        keyed("name", "such as PACK 1"),
        optional("printer", "a printer's name"),
        optional(
            "scale", "serial:///dev/ttyUSB0?format=sics, tcp://host:4001?format=and, virtual://host:port, or none"
        ),
        _BARCODE,
    ),
)
