"""A handheld brought to each state of the UX paper's table 4.2 once, and put back there by its database's copy."""

import sqlite3
from contextlib import closing
from pathlib import Path

from flask import Flask
from sqlalchemy.orm import Session

from tests import builders
from tests.builders import WAREHOUSE
from tests.handheld import Handheld
from tests.services.picking.picker import Picker
from wms.domain.catalog import Product
from wms.domain.codes import CodeKind, own_code, slot_code
from wms.domain.floor import Location, LocationKind
from wms.domain.orders import Order
from wms.domain.picking import BatchOrder, Method
from wms.domain.stock import Lot

SCANS_TO = {
    "LOGIN": (),
    "HOME": ("own badge",),
    "BUILD": ("cart", "first tote"),
    "PICK-LOC": ("second tote",),
    "LOGIN-AGAIN": ("BREAK",),
    "PICK-ITEM": ("own badge", "right shelf"),
    "SHORT": ("right item", "SHORT"),
    "PICK-LAST": ("UNDO",),
    "PICK-TOTE": ("right item",),
    "PICK-MILK": ("first tote", "milk shelf"),
    "PICK-LOT": ("milk", "milk"),
    "PICK-FULL": ("LOT-A",),
    "PICK-SERIAL": ("first tote", "phone shelf", "phone"),
    "DROP": ("SN-1", "first tote", "pen shelf", "pen", "second tote"),
    "BROKEN": ("BROKEN TOTE",),
    "BROKEN-NEW": ("first tote",),
    "WRONG": ("UNDO", "WRONG ITEM"),
    "WRONG-ITEM": ("first tote",),
    "THERE": ("other item",),
    "WALL": ("DONE", "lane", "wall tote"),
    "WALL-EMPTY": ("SHORT",),
    "WALL-DAMAGED": ("DAMAGED",),
    "WALL-SLOT": ("UNDO", "cup"),
}
"""What is scanned to come from the state before, in this sequence, to a state."""


def make_floor(session: Session) -> dict[str, str]:
    """Make a walk of 2 mugs, 2 milk of lot A and 1 phone for an order, 1 pen for another; return codes by their words.

    All stand in a Strict zone where each unit is scanned, so that every scan is asked for.
    """
    lane = builders.location(session, "PACK 1", kind=LocationKind.LANE)
    wall = _to_be_sorted(session, lane)
    products, locations = _stocked(session)
    other = builders.product(session, "OTHER")
    builders.stock(session, locations["pen"], other, 3)
    orders = _released(session, products, locations)
    cart, totes = builders.cart(session), [builders.tote(session) for _ in range(3)]
    return {
        "own badge": builders.worker(session, "Marta").badge,
        "other badge": builders.worker(session, "Tom").badge,
        "unknown badge": own_code(CodeKind.BADGE, 99_999_999),
        "cart": cart.barcode,
        "cart name": cart.name,
        "other cart": builders.cart(session).barcode,
        "first slot": slot_code(cart.barcode, 1),
        "second slot": slot_code(cart.barcode, 2),
        "other slot": slot_code(cart.barcode, 7),
        "first tote": totes[0].barcode,
        "second tote": totes[1].barcode,
        "free tote": totes[2].barcode,
        "right shelf": locations["mug"].barcode,
        "other shelf": builders.location(session, "Z9").barcode,
        **{f"{word} shelf": location.barcode for word, location in locations.items()},
        "right item": builders.barcode(session, products["mug"]),
        "other item": builders.barcode(session, other),
        **{word: builders.barcode(session, product) for word, product in products.items()},
        "milk of lot B": f"]d201{builders.barcode(session, products['milk'])}10LOT-B",
        "milk without separators": f"01{builders.barcode(session, products['milk'])}10LOT-A21SN77",
        "other product of lot B": f"]d201{builders.barcode(session, products['pen'])}10LOT-B",
        "phone of serial 7": f"]d201{builders.barcode(session, products['phone'])}21SN-7",
        "lane": lane.barcode,
        **wall,
        "hold lane": builders.location(session, "HOLD 1", kind=LocationKind.HOLD).barcode,
        "order": orders[0].barcode,
        "order number": orders[0].number,
        "station": own_code(CodeKind.STATION, 1),
        "receipt": own_code(CodeKind.RECEIPT, 1),
        "carton": own_code(CodeKind.CARTON, 1),
        "package": own_code(CodeKind.PACKAGE, 1),
    }


def _to_be_sorted(session: Session, lane: Location) -> dict[str, str]:
    """Put a tote into the lane that two orders share, of 2 cups and of a jar, and a wall with places for both."""
    cup, jar = builders.product(session, "CUP"), builders.product(session, "JAR")
    batch = builders.waiting_batch(session, builders.order(session, (cup, 2)), builders.order(session, (jar, 1)))
    for row in session.query(BatchOrder).filter_by(batch_id=batch.id):
        row.method, row.slot = Method.PUT_WALL, 1
    tote, places = builders.tote(session), [builders.tote(session) for _ in range(2)]
    for number, place in enumerate(places, 1):
        place.wall, place.wall_slot = "W1", f"A{number}"
    wilma = Picker(session)
    _ = wilma.begin(builders.cart(session), tote)
    while wilma.screen.name != "drop_cart":
        _ = wilma.pick()
    _ = wilma.scan(lane.barcode)
    return {
        "wall tote": tote.barcode,
        "cup": builders.barcode(session, cup),
        "first place": places[0].barcode,
        "second place": places[1].barcode,
    }


def _stocked(session: Session) -> tuple[dict[str, Product], dict[str, Location]]:
    products = {word: builders.product(session, word.upper()) for word in ("mug", "milk", "phone", "pen")}
    products["phone"].has_serials = True
    locations = {word: builders.location(session, f"A{number}") for number, word in enumerate(products, 1)}
    for word, product in products.items():
        for lot in ("LOT-A", "LOT-B") if word == "milk" else ("",):
            builders.stock(session, locations[word], product, 5, lot=lot)
            if lot:
                session.add(Lot(warehouse_id=WAREHOUSE, product_id=product.id, lot=lot, expiry=None))
    return products, locations


def _released(session: Session, products: dict[str, Product], locations: dict[str, Location]) -> list[Order]:
    orders = [
        builders.order(session, (products["mug"], 2), (products["milk"], 2), (products["phone"], 1)),
        builders.order(session, (products["pen"], 1)),
    ]
    batch = builders.waiting_batch(
        session,
        *orders,
        locations={products[word].id: location for word, location in locations.items()},
        lots={products["milk"].id: "LOT-A"},
    )
    batch.name = "W1-1"
    return orders


class States:
    """One handheld that can be put into any of the states."""

    def __init__(self, app: Flask, database: Path, codes: dict[str, str]) -> None:
        self.codes = codes
        self._handheld = Handheld(app)
        self._database = database
        self._kept: dict[str, tuple[sqlite3.Connection, str]] = {}
        for state, scans in SCANS_TO.items():
            for scan in scans:
                _ = self._handheld.scan(self.code(scan))
                assert self._handheld.tone in {"ok", "info"}, (state, scan, self._handheld.said)
            self._keep(state)

    def code(self, scan: str) -> str:
        """The code of a thing, or what is written itself: a command's word, a lot."""
        return self.codes.get(scan, scan)

    def at(self, state: str) -> Handheld:
        """Put the handheld into a state."""
        copy, cookie = self._kept[state]
        with closing(sqlite3.connect(self._database)) as database:
            copy.backup(database)
        self._handheld.client.set_cookie("session", cookie)
        _ = self._handheld.look()
        return self._handheld

    def _keep(self, state: str) -> None:
        copy = sqlite3.connect(":memory:")
        with closing(sqlite3.connect(self._database)) as database:
            database.backup(copy)
        cookie = self._handheld.client.get_cookie("session")
        assert cookie is not None
        self._kept[state] = copy, cookie.value

    def close(self) -> None:
        for copy, _ in self._kept.values():
            copy.close()
