"""What each scan means in each state: the rows LOGIN to SHORT, DROP and WALL of the UX paper's table 4.2, by hand.

A cell that is blank in the paper means that the scan is named and the state stays as it is. Where the house differs
from the paper, the row says why. SAME is the screen of the state itself.
"""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import builders
from tests.web.picking_states import SCANS_TO, States, make_floor
from wms import config
from wms.app import create_app
from wms.database import db, make_engine, transaction

SAME = ""
SCREENS = {
    "LOGIN": "sign_in",
    "HOME": "home",
    "BUILD": "build_cart",
    "PICK-LOC": "go_to",
    "LOGIN-AGAIN": "sign_in",
    "PICK-ITEM": "scan_item",
    "SHORT": "short",
    "PICK-LAST": "scan_item",
    "PICK-TOTE": "put_in_tote",
    "PICK-MILK": "scan_item",
    "PICK-LOT": "scan_lot",
    "PICK-FULL": "put_in_tote",
    "PICK-SERIAL": "scan_serial",
    "DROP": "drop_cart",
    "BROKEN": "broken_tote",
    "BROKEN-NEW": "broken_tote",
    "WRONG": "wrong_item",
    "WRONG-ITEM": "wrong_item",
    "THERE": "is_it_there",
    "WALL": "sort_item",
    "WALL-EMPTY": "is_tote_empty",
    "WALL-DAMAGED": "scan_damaged",
    "WALL-SLOT": "put_in_slot",
}
# Where the paper's cell is blank: a badge takes the walk over wherever its picker stands, as in BUILD.
TAKES_OVER = (SAME, "info", "Hand over from Marta? YES or badge again", "every badge takes a walk over, as in BUILD")
# scan -> next screen, tone, words, and why it is not as the paper says ("" where it is)
Cell = tuple[str, str, str, str] | tuple[str, str, str]
TABLE: dict[str, dict[str, Cell]] = {
    "LOGIN": {
        "own badge": ("home", "ok", "Hello Marta"),
        "unknown badge": (SAME, "wrong", "Badge not known. See the lead"),
        "right shelf": (SAME, "wrong", "That is a SHELF. Scan the BADGE"),
        "right item": (SAME, "wrong", "That is a PRODUCT. Scan the BADGE"),
        "first tote": (SAME, "wrong", "That is a TOTE. Scan the BADGE"),
        "cart": (SAME, "wrong", "That is a CART. Scan the BADGE"),
        "SKIP": (SAME, "wrong", "SKIP means nothing here. Scan the BADGE"),
        "N2": (SAME, "wrong", "That is a QUANTITY. Scan the BADGE"),
        "12-WHAT-IS-IT": (SAME, "wrong", "Not known: ...AT-IS-IT. HELP card"),
    },
    "HOME": {
        "cart": ("build_cart", "ok", "W1-1, 2 orders"),
        "own badge": (SAME, "ok", "Marta, go on"),
        "other badge": (SAME, "info", "Hand over from Marta? YES or badge again"),
        "LOG OUT": ("sign_in", "info", "Logged out"),
        "BREAK": ("sign_in", "info", "BREAK. Your badge goes on here"),
        "right shelf": (SAME, "info", "A1: MUG (5)"),
        "other shelf": (SAME, "info", "Z9 is empty"),
        "right item": (SAME, "info", "MUG: A1 (5)"),
        "phone of serial 7": (SAME, "info", "PHONE: A3 (5)"),
        "first tote": (SAME, "info", "{first tote} is free"),
        "WRONG ITEM": ("wrong_item", "info", "Scan its tote"),
        "BROKEN TOTE": (SAME, "wrong", "BROKEN TOTE means nothing here. Scan the CART"),
        "receipt": (SAME, "wrong", "That is a RECEIPT. Scan the CART", "receiving comes with a later issue"),
        "station": (SAME, "wrong", "That is a STATION. Scan the CART", "packing has an address of its own, /pack/"),
        "order": (SAME, "info", "{order number}: 0 of 5 picked"),
        "first slot": (SAME, "wrong", "That is a SLOT. Scan the CART"),
        "lane": (SAME, "info", "PACK 1 is empty"),
        "N2": (SAME, "wrong", "That is a QUANTITY. Scan the CART"),
        "UNDO": (SAME, "wrong", "UNDO means nothing here. Scan the CART"),
        "12-WHAT-IS-IT": (SAME, "wrong", "Not known: ...AT-IS-IT. HELP card"),
    },
    "BUILD": {
        "second tote": ("go_to", "ok", "Cart is ready. Go"),
        "first tote": (SAME, "warn", "{first tote} is in slot 1"),
        "second slot": (SAME, "info", "Slot 2. Scan its tote"),
        "first slot": (SAME, "wrong", "Slot 1 has a tote"),
        "cart": (SAME, "wrong", "That is a CART. Scan the TOTE"),
        "right shelf": (SAME, "wrong", "That is a SHELF. Scan the TOTE"),
        "right item": (SAME, "wrong", "That is a PRODUCT. Scan the TOTE"),
        "other badge": (SAME, "info", "Hand over from Marta? YES or badge again"),
        "UNDO": (SAME, "info", "Take {first tote} off the cart"),
        "DONE": ("go_to", "info", "1 order waits for another cart"),
        "SKIP": (SAME, "wrong", "SKIP means nothing here. Scan the TOTE"),
        "lane": (SAME, "wrong", "That is a LANE. Scan the TOTE"),
        "12-WHAT-IS-IT": (SAME, "wrong", "Not known: ...AT-IS-IT. HELP card"),
    },
    "PICK-LOC": {
        "right shelf": ("scan_item", "ok", "Take 2"),
        "other shelf": (SAME, "wrong", "That is Z9. Go to A1"),
        "lane": (SAME, "wrong", "That is PACK 1. Go to A1"),
        "right item": (SAME, "wrong", "Scan the shelf first"),
        "other item": (SAME, "wrong", "That is a PRODUCT. Scan the SHELF"),
        "first tote": (SAME, "wrong", "That is a TOTE. Scan the SHELF"),
        "cart": (SAME, "wrong", "That is a CART. Scan the SHELF"),
        "other badge": TAKES_OVER,
        "SKIP": (SAME, "info", "Skipped. It comes last"),
        "NONE HERE": ("short", "info", "NONE HERE. Then scan the shelf"),
        "HELP": (SAME, "info", "HELP is called. Go on if you can"),
        "SAY AGAIN": (SAME, "ok", "Cart is ready. Go"),
        "DONE": (SAME, "wrong", "4 lines are open. Go on"),
        "YES": (SAME, "wrong", "YES means nothing here"),
        "UNDO": (SAME, "wrong", "Nothing to undo"),
        "N2": (SAME, "wrong", "That is a QUANTITY. Scan the SHELF"),
        "12-WHAT-IS-IT": (SAME, "wrong", "Not known: ...AT-IS-IT. HELP card"),
    },
    "LOGIN-AGAIN": {
        "own badge": ("go_to", "ok", "Hello Marta"),
        "other badge": ("home", "ok", "Hello Tom"),
        "right shelf": (SAME, "wrong", "That is a SHELF. Scan the BADGE"),
        "cart": (SAME, "wrong", "That is a CART. Scan the BADGE"),
    },
    "PICK-ITEM": {
        "right shelf": (SAME, "info", "You are at A1"),
        "other shelf": ("go_to", "wrong", "That is Z9. Go to A1"),
        "right item": (SAME, "ok", "1 of 2"),
        "other item": (SAME, "wrong", "PUT IT BACK"),
        "milk of lot B": (SAME, "wrong", "PUT IT BACK"),
        "first tote": (SAME, "wrong", "That is a TOTE. Scan the ITEM"),
        "cart": (SAME, "wrong", "That is a CART. Scan the ITEM"),
        "SHORT": ("short", "info", "SHORT. Then scan the shelf"),
        "DAMAGED": ("short", "info", "DAMAGED. Then scan the shelf"),
        "OTHER ITEM HERE": ("short", "info", "OTHER ITEM. Then scan the shelf"),
        "N2": (SAME, "wrong", "Scan the item first"),
        "QTY": (SAME, "wrong", "Scan the item first"),
        "NO BARCODE": (SAME, "info", "Type the SKU, then OK"),
        "SKIP": ("go_to", "info", "Skipped. It comes last"),
        "UNDO": ("go_to", "info", "Scan the shelf again"),
        "other badge": TAKES_OVER,
        "lane": ("go_to", "wrong", "That is PACK 1. Go to A1"),
        "carton": (SAME, "wrong", "That is a CARTON. Scan the ITEM"),
        "12-WHAT-IS-IT": (SAME, "wrong", "Not known: ...AT-IS-IT. HELP card"),
    },
    "SHORT": {
        "N1": (SAME, "info", "1 found. Scan the shelf"),
        "N2": ("scan_item", "info", "All found. Nothing is missing"),
        "N3": (SAME, "wrong", "Only 2 asked"),
        "right item": ("put_in_tote", "info", "All found. Nothing is missing"),
        "other item": (SAME, "wrong", "PUT IT BACK"),
        "right shelf": ("put_in_tote", "ok", "Put 1 in the tote", "the shelf's scan confirms: the paper's own 8.8"),
        "other shelf": (SAME, "wrong", "That is Z9. Go to A1"),
        "YES": (SAME, "wrong", "YES means nothing here", "the shelf's scan confirms: the paper's own 8.8"),
        "DAMAGED": (SAME, "info", "DAMAGED. Then scan the shelf"),
        "NONE HERE": (SAME, "info", "NONE HERE. Then scan the shelf"),
        "OTHER ITEM HERE": (SAME, "info", "OTHER ITEM. Then scan the shelf"),
        "UNDO": ("scan_item", "info", "SHORT taken back"),
        "first tote": (SAME, "wrong", "That is a TOTE. Scan the SHELF"),
        "cart": (SAME, "wrong", "That is a CART. Scan the SHELF"),
        "SKIP": (SAME, "wrong", "UNDO first, then SKIP"),
        "other badge": TAKES_OVER,
        "12-WHAT-IS-IT": (SAME, "wrong", "Not known: ...AT-IS-IT. HELP card"),
    },
    "PICK-LAST": {
        "right item": ("put_in_tote", "ok", "2 of 2"),
        "N2": ("put_in_tote", "ok", "2 of 2"),
        "N3": (SAME, "wrong", "1 of 2 so far"),
        "QTY": (SAME, "info", "Type how many, then OK"),
        "first tote": (SAME, "wrong", "That is a TOTE. Scan the ITEM"),
        "UNDO": (SAME, "info", "Put 1 back on the shelf"),
    },
    "PICK-TOTE": {
        "first tote": ("go_to", "ok", "1 of 4"),
        "first slot": ("go_to", "ok", "1 of 4"),
        "second tote": (SAME, "wrong", "TAKE IT OUT OF {second tote}, PUT IN {first tote}"),
        "second slot": (SAME, "wrong", "TAKE IT OUT OF {second tote}, PUT IN {first tote}"),
        "free tote": (SAME, "wrong", "TAKE IT OUT OF {free tote}, PUT IN {first tote}"),
        "right item": (SAME, "warn", "Already in. 2 of 2"),
        "other item": (SAME, "wrong", "PUT IT BACK"),
        "right shelf": (SAME, "wrong", "That is a SHELF. Scan the TOTE"),
        "cart": (SAME, "wrong", "That is a CART. Scan the TOTE"),
        "TOTE FULL": (SAME, "wrong", "{first tote} is empty. Use it", "an empty tote is not full"),
        "UNDO": ("scan_item", "info", "Put 1 back on the shelf"),
        "N2": (SAME, "wrong", "That is a QUANTITY. Scan the TOTE", "what is in hand is counted before the tote"),
        "SKIP": (SAME, "wrong", "UNDO first, then SKIP"),
        "lane": (SAME, "wrong", "That is a LANE. Scan the TOTE"),
        "other badge": TAKES_OVER,
        "12-WHAT-IS-IT": (SAME, "wrong", "Not known: ...AT-IS-IT. HELP card"),
    },
    "PICK-MILK": {
        "milk": (SAME, "ok", "1 of 2"),
        "milk of lot B": (SAME, "ok", "1 of 2"),
        "milk without separators": (SAME, "ok", "1 of 2. Scanner loses FNC1"),
        "other product of lot B": (SAME, "wrong", "PUT IT BACK"),
        "LOT-A": (SAME, "wrong", "Not known: ...LOT-A. HELP card"),
    },
    "PICK-LOT": {
        "LOT-A": ("put_in_tote", "ok", "Lot LOT-A"),
        "lot-b": ("put_in_tote", "ok", "Lot LOT-B"),
        "milk of lot B": ("put_in_tote", "ok", "Lot LOT-B"),
        "LOT-X": (SAME, "wrong", "Lot LOT-X is not open here. Scan LOT-A"),
        "milk": (SAME, "wrong", "Scan the LOT, not the item"),
        "other item": (SAME, "wrong", "PUT IT BACK"),
        "other product of lot B": (SAME, "wrong", "PUT IT BACK"),
        "milk shelf": (SAME, "wrong", "That is a SHELF. Scan the LOT"),
        "Z9": (SAME, "wrong", "That is a SHELF. Scan the LOT"),
        "first tote": (SAME, "wrong", "That is a TOTE. Scan the LOT"),
        "cart": (SAME, "wrong", "That is a CART. Scan the LOT"),
        "N2": (SAME, "wrong", "That is a QUANTITY. Scan the LOT"),
        "UNDO": ("scan_item", "info", "Put 1 back on the shelf"),
        "SKIP": (SAME, "wrong", "UNDO first, then SKIP"),
        "QTY": (SAME, "wrong", "2 of 2 so far", "the units are counted before their lot"),
        "milk without separators": ("put_in_tote", "ok", "Lot LOT-A. Scanner loses FNC1"),
        "HELP": (SAME, "info", "HELP is called. Go on if you can"),
        "other badge": TAKES_OVER,
    },
    "PICK-FULL": {
        "TOTE FULL": ("build_cart", "info", "{first tote} is full. Scan another tote"),
        "milk": (SAME, "warn", "Already in. 2 of 2"),
        "QTY": (SAME, "wrong", "2 of 2 so far", "what is in hand is counted before the tote"),
        "first tote": ("go_to", "ok", "2 of 4"),
        "UNDO": ("scan_lot", "info", "Scan the lot again"),
    },
    "PICK-SERIAL": {
        "SN-1": ("put_in_tote", "ok", "1 of 1"),
        "phone of serial 7": ("put_in_tote", "ok", "1 of 1"),
        "phone": (SAME, "wrong", "Scan the SERIAL, not the item"),
        "other item": (SAME, "wrong", "PUT IT BACK"),
        "phone shelf": (SAME, "wrong", "That is a SHELF. Scan the SERIAL"),
        "Z9": (SAME, "wrong", "That is a SHELF. Scan the SERIAL"),
        "first tote": (SAME, "wrong", "That is a TOTE. Scan the SERIAL"),
        "cart": (SAME, "wrong", "That is a CART. Scan the SERIAL"),
        "first slot": (SAME, "wrong", "That is a SLOT. Scan the SERIAL"),
        "N2": (SAME, "wrong", "That is a QUANTITY. Scan the SERIAL"),
        "UNDO": ("scan_item", "info", "Put 1 back on the shelf"),
        "SKIP": (SAME, "wrong", "UNDO first, then SKIP"),
        "HELP": (SAME, "info", "HELP is called. Go on if you can"),
        "other badge": TAKES_OVER,
    },
    "DROP": {
        "lane": ("home", "ok", "W1-1 is done"),
        "hold lane": (SAME, "wrong", "HOLD 1 is wrong. Scan a lane for packing"),
        "right shelf": (SAME, "wrong", "That is a SHELF. Scan the LANE"),
        "first tote": (SAME, "info", "{first tote} goes down alone"),
        "second slot": (SAME, "info", "{second tote} goes down alone"),
        "free tote": (SAME, "wrong", "{free tote} is not on this cart"),
        "cart": (SAME, "info", "All of them together"),
        "other cart": (SAME, "wrong", "That is a CART. Scan the LANE"),
        "right item": (SAME, "wrong", "That is a PRODUCT. Scan the LANE"),
        "UNDO": ("put_in_tote", "info", "Take 1 out of {second tote}"),
        "BROKEN TOTE": ("broken_tote", "info", "Scan the broken tote"),
        "WRONG ITEM": ("wrong_item", "info", "Scan its tote"),
        "DONE": (SAME, "wrong", "DONE means nothing here. Scan the LANE"),
        "N2": (SAME, "wrong", "That is a QUANTITY. Scan the LANE"),
        "other badge": TAKES_OVER,
        "12-WHAT-IS-IT": (SAME, "wrong", "Not known: ...AT-IS-IT. HELP card"),
    },
    "BROKEN": {
        "first tote": (SAME, "ok", "{first tote} is broken. Scan a free one"),
        "first slot": (SAME, "ok", "{first tote} is broken. Scan a free one"),
        "other slot": (SAME, "wrong", "That slot is empty"),
        "free tote": (SAME, "wrong", "{free tote} is not on this cart"),
        "first place": (SAME, "wrong", "A1 is a place of the put wall"),
        "right shelf": (SAME, "wrong", "That is a SHELF. Scan the TOTE"),
        "right item": (SAME, "wrong", "That is a PRODUCT. Scan the TOTE"),
        "lane": (SAME, "wrong", "That is a LANE. Scan the TOTE"),
        "SHORT": (SAME, "wrong", "SHORT means nothing here. Scan the TOTE"),
        "UNDO": ("drop_cart", "info", "Nothing was changed"),
        "other badge": TAKES_OVER,
        "12-WHAT-IS-IT": (SAME, "wrong", "Not known: ...AT-IS-IT. HELP card"),
    },
    "BROKEN-NEW": {
        "free tote": ("drop_cart", "ok", "5 units are in {free tote} now"),
        "first tote": (SAME, "warn", "That is the broken one"),
        "second tote": (SAME, "wrong", "{second tote} is on {cart name}"),
        "first place": (SAME, "wrong", "A1 is a place of the put wall"),
        "wall tote": (SAME, "wrong", "{wall tote} is in PACK 1"),
        "right item": (SAME, "wrong", "That is a PRODUCT. Scan the TOTE"),
        "UNDO": ("drop_cart", "info", "Nothing was changed"),
    },
    "WRONG": {
        "first tote": (SAME, "ok", "{first tote}. Scan the wrong item"),
        "first slot": (SAME, "ok", "{first tote}. Scan the wrong item"),
        "free tote": (SAME, "wrong", "{free tote} is not on this cart"),
        "right item": (SAME, "wrong", "That is a PRODUCT. Scan the TOTE"),
        "right shelf": (SAME, "wrong", "That is a SHELF. Scan the TOTE"),
        "UNDO": ("drop_cart", "info", "Nothing was changed"),
        "other badge": TAKES_OVER,
    },
    "WRONG-ITEM": {
        "other item": ("is_it_there", "ok", "Out. Bring it to HOLD 1"),
        "right item": ("is_it_there", "ok", "Out. Bring it to HOLD 1"),
        "first tote": (SAME, "wrong", "That is a TOTE. Scan the ITEM"),
        "right shelf": (SAME, "wrong", "That is a SHELF. Scan the ITEM"),
        "N2": (SAME, "wrong", "That is a QUANTITY. Scan the ITEM"),
        "12-WHAT-IS-IT": (SAME, "wrong", "Not known: ...AT-IS-IT. HELP card"),
        "UNDO": ("drop_cart", "info", "Nothing was changed"),
    },
    "THERE": {
        "YES": (SAME, "ok", "It is there"),
        "NO": ("go_to", "info", "Thing PHONE is to pick again"),
        "DONE": ("drop_cart", "info", "OK"),
        "right item": (SAME, "wrong", "That is a PRODUCT. YES or NO?"),
        "UNDO": (SAME, "wrong", "UNDO means nothing here. YES or NO?", "what came out stays out"),
        "other badge": TAKES_OVER,
    },
    "WALL": {
        "cup": ("put_in_slot", "ok", "1 x Thing CUP"),
        "other item": (SAME, "wrong", "NOT FOR THIS WALL. PUT IT ASIDE"),
        "right shelf": (SAME, "wrong", "That is a SHELF. Scan the ITEM"),
        "first place": (SAME, "wrong", "That is a TOTE. Scan the ITEM"),
        "wall tote": (SAME, "ok", "3 units to sort"),
        "cart": (SAME, "wrong", "That is a CART. Scan the ITEM"),
        "lane": (SAME, "wrong", "That is a LANE. Scan the ITEM"),
        "other badge": TAKES_OVER,
        "SHORT": ("is_tote_empty", "info", "SHORT. Then scan {wall tote}"),
        "DAMAGED": ("scan_damaged", "info", "DAMAGED. Then scan the item"),
        "UNDO": (SAME, "wrong", "Nothing to undo"),
        "WRONG ITEM": ("wrong_item", "info", "{wall tote}. Scan the wrong item"),
        "BROKEN TOTE": ("broken_tote", "info", "{wall tote} is broken. Scan a free one"),
        "DONE": ("home", "info", "{wall tote} waits", "a person may leave a tote half sorted"),
        "SKIP": (SAME, "wrong", "SKIP means nothing here. Scan the ITEM"),
        "12-WHAT-IS-IT": (SAME, "wrong", "Not known: ...AT-IS-IT. HELP card"),
    },
    "WALL-EMPTY": {
        "wall tote": ("home", "info", "2 orders are short"),
        "first tote": (SAME, "wrong", "That is not {wall tote}"),
        "first place": (SAME, "wrong", "That is not {wall tote}"),
        "cup": ("put_in_slot", "ok", "1 x Thing CUP", "the tote is not empty after all"),
        "other item": (SAME, "wrong", "NOT FOR THIS WALL. PUT IT ASIDE"),
        "right shelf": (SAME, "wrong", "That is a SHELF. Scan the TOTE"),
        "DAMAGED": ("scan_damaged", "info", "DAMAGED. Then scan the item", "the tote is not empty after all"),
        "UNDO": ("sort_item", "info", "SHORT taken back"),
        "NO": ("sort_item", "info", "SHORT taken back"),
        "YES": (SAME, "wrong", "YES means nothing here. Scan the TOTE", "the tote's own scan confirms"),
        "DONE": ("home", "info", "{wall tote} waits"),
        "other badge": TAKES_OVER,
    },
    "WALL-DAMAGED": {
        "cup": ("sort_item", "info", "DAMAGED. Throw it away"),
        "other item": (SAME, "wrong", "NOT FOR THIS WALL. PUT IT ASIDE"),
        "wall tote": (SAME, "wrong", "That is a TOTE. Scan the ITEM"),
        "first place": (SAME, "wrong", "That is a TOTE. Scan the ITEM"),
        "right shelf": (SAME, "wrong", "That is a SHELF. Scan the ITEM"),
        "cart": (SAME, "wrong", "That is a CART. Scan the ITEM"),
        "lane": (SAME, "wrong", "That is a LANE. Scan the ITEM"),
        "N2": (SAME, "wrong", "That is a QUANTITY. Scan the ITEM"),
        "UNDO": ("sort_item", "info", "DAMAGED taken back"),
        "NO": ("sort_item", "info", "DAMAGED taken back"),
        "SHORT": (SAME, "wrong", "SHORT means nothing here. Scan the ITEM", "the item is in hand"),
        "DONE": (SAME, "wrong", "DONE means nothing here. Scan the ITEM"),
        "other badge": TAKES_OVER,
        "12-WHAT-IS-IT": (SAME, "wrong", "Not known: ...AT-IS-IT. HELP card"),
    },
    "WALL-SLOT": {
        "first place": ("sort_item", "ok", "1 in A1"),
        "second place": (SAME, "wrong", "TAKE IT OUT OF A2, PUT IN A1"),
        "cup": (SAME, "wrong", "That is a PRODUCT. Scan the TOTE"),
        "right shelf": (SAME, "wrong", "That is a SHELF. Scan the TOTE"),
        "cart": (SAME, "wrong", "That is a CART. Scan the TOTE"),
        "lane": (SAME, "wrong", "That is a LANE. Scan the TOTE"),
        "DAMAGED": ("sort_item", "info", "DAMAGED. Throw it away"),
        "UNDO": ("sort_item", "info", "Put it back into {wall tote}"),
        "SHORT": (SAME, "wrong", "SHORT means nothing here. Scan the TOTE", "the units are in hand"),
        "12-WHAT-IS-IT": (SAME, "wrong", "Not known: ...AT-IS-IT. HELP card"),
    },
}


@pytest.fixture(scope="module")
def states(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[States]:
    """A handheld that can be put into each state; on SQLite, for words are the same on both engines."""
    folder = tmp_path_factory.mktemp("table")
    path = Path(shutil.copy(sqlite_template, folder / "wms.db"))
    settings = config.load({"WMS_DATABASE_URL": f"sqlite:///{path}", "WMS_DATA_DIR": str(folder)})
    engine = make_engine(settings)
    with transaction(engine) as session:
        _ = builders.warehouse(session)
        codes = make_floor(session)
    engine.dispose()
    app = create_app(settings)
    made = States(app, path, codes)
    yield made
    made.close()
    with app.app_context():
        db.engine.dispose()


def test_the_table_has_each_state() -> None:
    assert list(SCREENS) == list(TABLE)
    assert set(SCREENS) == set(SCANS_TO)


@pytest.mark.parametrize(("state", "scan"), [(state, scan) for state, row in TABLE.items() for scan in row])
def test_a_scan_in_a_state_means_what_the_table_says(states: States, state: str, scan: str) -> None:
    screen, tone, words, *_ = TABLE[state][scan]
    handheld = states.at(state)
    assert handheld.screen == SCREENS[state]
    assert handheld.scan(states.code(scan)) == (screen or SCREENS[state])
    first = handheld.said.removeprefix("line ").partition(" you have ")[0]
    assert (handheld.tone, first) == (tone, words.format_map(states.codes))
