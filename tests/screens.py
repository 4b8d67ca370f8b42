"""Every floor screen as an example: found by itself, filled by the names of its fields with what a floor really says.

A new screen is shown without a line here as long as its fields have names or types known below; one that has others
fails the test that shows it, which says what to add.
"""

import datetime as dt
from collections.abc import Iterator
from dataclasses import MISSING, Field, dataclass, fields, is_dataclass
from enum import Enum
from types import NoneType
from typing import Any, TypeVar, get_args, get_origin, get_type_hints

from wms.services.packing import on_bench
from wms.services.packing import screens as packing
from wms.services.picking import screens as picking
from wms.services.picking.walk import at_stop
from wms.services.scans.screens import Screen
from wms.services.shipping import screens as shipping
from wms.web import blueprints

T = TypeVar("T")

# Every station is loaded by these, and with it every screen.
STATIONS = blueprints.ALL
LONG_NAME = "Tea towel, striped, organic cotton, red and white, 50 x 70 cm, pack of two"
# What a screen says, by its fields' names.
_VALUES: dict[str, object] = {
    "accept": ("L0001236",),
    "alone": "",
    "batch": "W31-2",
    "bound": 3,
    "carrier": "usps",
    "carriers": (("usps", 12), ("dhl", 7), ("ups", 1)),
    "cart": "Cart 12",
    "cart_code": "C0123",
    "caught": "",
    "check": "472",
    "code": "T000417",
    "codes": (("04006381333931", 1),),
    "copies": 1,
    "counted": 1,
    "device": "14",
    "docks": ("DOCK 1", "DOCK 2"),
    "done": 11,
    "doubted_g": 0,
    "due": "14:30",
    "expected_g": 1225,
    "found": 1,
    "in_hand": 1,
    "insert": "Gift card with envelope",
    "job": "W31-2 Cart 12",
    "lanes": ("PACK 1", "PACK 2"),
    "last": "#1042",
    "expiry": dt.date(2027, 1, 31),
    "location": "A12-03-B2",
    "location_code": "L0001236",
    "lot": "L2409-B",
    "name": LONG_NAME,
    "next": "A12-04-A1",
    "next_carrier": "usps",
    "next_due": "14:30",
    "next_minutes": 48,
    "note": "Gift: no price slip, and the card goes on top.",
    "number": "#1043",
    "of": 2,
    "order_units": 5,
    "oldest_minutes": 22,
    "package": "P000000017",
    "previous": "A11-03-B2",
    "print_reason": "paper out",
    "printing": "done",
    "product": LONG_NAME,
    "quantity": 4,
    "scale": "",
    "right": "99.9",
    "sorted_units": 3,
    "reason": "The carrier does not know the street 1 Main St in Springfield.",
    "serial": "SN-88213",
    "shared": ("T000421", "T000433"),
    "short_reason": "none here",
    "sizes_mm": (300, 205, 150),
    "sku": "TWL-STR-RED-2",
    "station": "PACK 2",
    "today": dt.date(2026, 11, 27),
    "token": "7",
    "total": 46,
    "tote": "T000417",
    "tracking_tail": "4471",
    "units_today": 412,
    "unserialled": 1,
    "waiting": 14,
    "wants": "item",
    "wall_slot": "B4",
    "weight_g": 1240,
    "why": "short",
    "wrong_unit": "",
    "words": "Happy birthday, and many happy returns of the day to you all!",
    "worker": "Maria Fernanda",
}
# The rows of a screen, by what they are.
_ROWS: dict[Any, tuple[object, ...]] = {}
# Fields with a default that a screen in use does not leave at it.
_SELDOM_DEFAULT = frozenset({"accept", "job", "done", "total"})


@dataclass(frozen=True, kw_only=True, slots=True)
class Shown:
    """A screen as a test shows it, with a word that tells it from others of its kind."""

    screen: Screen
    word: str = ""

    @property
    def name(self) -> str:
        """The test's name for it."""
        return " ".join([self.screen.template.removesuffix(".html"), self.word]).strip()


def kinds(base: type[Screen] = Screen) -> Iterator[type[Screen]]:
    """The screens that are shown: those that others are built on have no template."""
    for kind in base.__subclasses__():
        if kind.__subclasses__():
            yield from kinds(kind)
        elif kind.__module__.startswith("wms."):
            yield kind


def shown() -> list[Shown]:
    """Every screen, and those that look different at times once more."""
    return [*(Shown(screen=example(kind)) for kind in kinds()), *_at_times(), *_at_the_bench()]


def example(kind: type[T], **given: object) -> T:
    """One of a kind of dataclass; `given` fields are as told."""
    hints = get_type_hints(kind)
    values = {
        field.name: _value(kind, field.name, hints[field.name]) for field in _filled(kind) if field.name not in given
    }
    return kind(**values, **given)


def _filled(kind: type) -> list[Field[Any]]:
    def has_default(field: Field[Any]) -> bool:
        return field.default is not MISSING or field.default_factory is not MISSING

    return [field for field in fields(kind) if not has_default(field) or field.name in _SELDOM_DEFAULT]


def _value(kind: type, name: str, hint: Any) -> object:
    (hint, *_) = (
        [choice for choice in get_args(hint) if choice is not NoneType] if NoneType in get_args(hint) else [hint]
    )
    each = get_args(hint)[0] if get_origin(hint) is tuple else None
    if each in _ROWS:
        return _ROWS[each]
    if name in _VALUES and isinstance(_VALUES[name], get_origin(hint) or hint):
        return _VALUES[name]
    if isinstance(each, type) and is_dataclass(each):
        return tuple(example(each) for _ in range(3))
    if isinstance(hint, type) and is_dataclass(hint):
        return example(hint)
    if hint in {int, bool}:
        return hint(0) if hint is bool else 3
    if isinstance(hint, type) and issubclass(hint, Enum):
        return next(iter(hint))
    raise LookupError(f"{kind.__name__}.{name}: say in tests/screens.py what such a field holds")


_VALUES["carton"] = example(on_bench.Carton, name="M2", code="X017")
_ROWS[picking.ToSort] = tuple(picking.ToSort(code=f"T00{number}417", lane=f"PACK {number}") for number in (1, 2))
_ROWS[at_stop.Slot] = tuple(
    at_stop.Slot(number=number, code=f"T{number:05d}7" if number < 7 else "", here=number == 3)
    for number in range(1, 9)
)
_ROWS[on_bench.BenchTote] = tuple(
    on_bench.BenchTote(tote_id=number, code=f"T00{number}417", is_open=number == 1) for number in (1, 2)
)
_ROWS[on_bench.Units] = tuple(
    example(on_bench.Units, packed=packed, wanted=wanted, sku=f"SKU-{wanted}")
    for packed, wanted in ((2, 2), (1, 3), (0, 12))
)
_ROWS[on_bench.Content] = ()
_ROWS[on_bench.Take] = ()
_TAKES = tuple(
    example(on_bench.Take, line_id=number, quantity=number, here=here, sku=f"SKU-{number}")
    for number, here in ((2, 2), (3, 1), (12, 0))
)


def _at_times() -> Iterator[Shown]:
    yield Shown(
        screen=example(picking.Home, waiting=example(picking.Waiting, batches=0), to_sort=()), word="without work"
    )
    nothing = example(picking.Waiting, batches=0, half_done=())
    yield Shown(screen=example(picking.Home, waiting=nothing), word="with totes to sort")
    to_come = example(picking.Waiting, batches=0, half_done=(), next_orders=128, next_due="Wed 14:30")
    yield Shown(screen=example(picking.Home, waiting=to_come), word="before the next wave")
    yield Shown(screen=example(picking.BuildCart, bound=0), word="empty")
    yield Shown(screen=example(picking.BuildCart, sharing=12), word="for a shared tote")
    yield Shown(screen=example(picking.BuildCart, missing_of="#1043"), word="for missing units")
    yield Shown(
        screen=example(picking.GoTo, stop=example(at_stop.Stop, location="MEZZ-A112-103-B12")), word="long address"
    )
    yield Shown(
        screen=example(picking.ScanItem, stop=example(at_stop.Stop, replaces="TWL-STR-BLU-2")), word="of a substitute"
    )
    yield Shown(screen=example(picking.BrokenTote, tote=""), word="not known yet")
    yield Shown(screen=example(picking.BrokenTote, batch_id=None, slots=()), word="at the put wall")
    yield Shown(screen=example(picking.WrongItem, wants="tote", tote="", slots=()), word="between walks")
    yield Shown(screen=example(picking.PutInSlot, wall_slot=""), word="of a full wall")
    yield Shown(screen=example(picking.Short, stop=example(at_stop.Stop, quantity=12)), word="of twelve")
    yield Shown(
        screen=example(picking.DropCart, turn=picking.Turn.HOLD, lanes=tuple(f"HOLD {n}" for n in range(1, 8))),
        word="on hold",
    )
    yield Shown(screen=example(picking.DropCart, turn=picking.Turn.MEET, lanes=("MEET 1",)), word="of parts")
    yield Shown(screen=example(picking.DropCart, alone="T000041"), word="of a tote alone")
    yield Shown(screen=example(shipping.ScanBox, waiting=0, carriers=()), word="without boxes")


def _at_the_bench() -> Iterator[Shown]:
    yield Shown(
        screen=example(packing.ScanTote, waiting=0, unsorted=0, singles=0, shared=(), last=""), word="without totes"
    )
    yield Shown(screen=example(packing.ScanTote, waiting=0), word="of items alone")
    yield Shown(screen=example(packing.ScanTote, waiting=0, singles=0, shared=()), word="of totes to sort")
    yield Shown(screen=example(packing.ScanItems, takes=_TAKES), word="for one box of several")
    yield Shown(screen=example(packing.ScanItems, takes=_TAKES[:1]), word="with a full box of several")
    caught = example(on_bench.Bench, caught="04006381333931")
    yield Shown(screen=example(packing.ScanItems, bench=caught), word="with a wrong unit")
    yield Shown(screen=example(packing.BoxAndWeigh, bench=caught), word="with a wrong unit")
    yield Shown(screen=example(packing.RedTote, bench=caught), word="with its cause")
    yield Shown(screen=example(packing.RedTote, bench=caught, product="", sku=""), word="for what nobody knows")
    yield Shown(screen=example(packing.BoxAndWeigh, doubted_g=1480), word="in doubt")
    yield Shown(screen=example(packing.BoxAndWeigh, carton=None), word="without box")
    for scale in ("unasked", "silent", "empty", "own", "strange"):
        yield Shown(screen=example(packing.BoxAndWeigh, scale=scale), word=f"scale {scale}")
    yield Shown(screen=example(packing.BoxAndWeigh, doubted_g=1480, scale="taken"), word="in doubt by its scale")
    yield Shown(screen=example(packing.BuyingLabel, waited_s=48, may_leave=True), word="for too long")
    yield Shown(screen=example(packing.BuyingLabel, waited_s=75, may_leave=True), word="late")
    yield Shown(screen=example(packing.ScanLabel, waited_s=75), word="late")
    refused = "The carrier has scanned this label already, and takes it back no more."
    yield Shown(screen=example(packing.ScanLabel, waited_s=75, void_refused=refused), word="of a void refused")
    yield Shown(screen=example(packing.LabelFailed, has_other=True), word="with another carrier")
    for printing in ("waiting", "failed", "unknown", "under way"):
        yield Shown(screen=example(packing.ScanLabel, printing=printing, copies=2), word=printing)
