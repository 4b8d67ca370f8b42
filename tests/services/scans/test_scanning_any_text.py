"""Whatever a scanner reads, cut short or not ours at all, gets a verdict: an exception would hold up the handheld."""

from collections.abc import Callable

import hypothesis.strategies as some
from hypothesis import given, settings
from sqlalchemy.orm import Session

from tests import builders
from tests.services.conftest import Walk
from tests.services.picking.picker import Picker
from tests.web.picking_states import SCANS_TO, make_floor
from wms.domain.codes import OWN, check_digit
from wms.domain.journal import JournalEntry, Scan
from wms.domain.people import Worker
from wms.services.scans.recognising import read_gs1

GTIN = "04006381333931"
STATES = ("HOME", *tuple(SCANS_TO)[tuple(SCANS_TO).index("BUILD") : tuple(SCANS_TO).index("BROKEN")])
"""What a picker comes to on the walk; the frame takes the badge, and the wall's work stands on its session."""
FRAMES = {"BREAK", "own badge"}

letters = some.characters(exclude_categories=["Cs"])  # a form's text is decoded: it has no half of a pair
digits = some.text("0123456789", max_size=20)
identifiers = some.sampled_from(["01", "02", "10", "11", "15", "17", "21", "30", "37", "240", "310", "3103", "8005"])
pieces = some.one_of(
    identifiers,
    digits,
    some.sampled_from([GTIN, "\x1d", "\0", "271231", "270200", "٣"]),
    some.text(letters, max_size=8),
)
element_strings = some.lists(pieces, max_size=6).map("".join)
own_codes = some.builds(
    lambda letter, number: letter + str(number) + check_digit(str(number)), some.sampled_from([*OWN, "N"]), digits
)
texts = some.one_of(some.text(letters, max_size=300), element_strings, own_codes)


@settings(deadline=None)
@given(element_strings)
def test_no_text_is_too_broken_to_be_read_as_gs1(text: str) -> None:
    for whole in (text, f"01{text}", f"01{GTIN}{text}"):
        found = read_gs1(whole)
        assert found is None or found.count >= 0


def test_any_text_gets_a_verdict_at_any_step_of_a_walk(session: Session) -> None:
    codes = make_floor(session)
    marta = Picker(session, session.query(Worker).filter_by(badge=codes["own badge"]).one())
    products = [codes["right item"], codes["milk"], codes["phone"]]
    near = some.builds("]d201{}{}".format, some.sampled_from(products), element_strings)
    said_or_scanned = {word: word for scans in SCANS_TO.values() for word in scans} | codes
    reached = ["home"]
    for state in STATES:
        for scan in [scan for scan in SCANS_TO[state] if scan not in FRAMES]:
            reached.append(marta.scan(said_or_scanned[scan]))
            assert marta.feedback.tone in {"ok", "info"}, (state, scan, marta.said)
        every(texts | near, lambda text: verdict_on(marta, text))
    assert {"home", "build_cart", "go_to", "scan_item", "short", "put_in_tote", "scan_lot", "scan_serial"} <= {*reached}


def every(those: some.SearchStrategy[str], judge: Callable[[str], None]) -> None:
    """Judge examples of a text."""
    settings(max_examples=25, deadline=None)(given(those)(judge))()


def verdict_on(picker: Picker, text: str) -> None:
    """Scan a text, and take back whatever came of it."""
    with picker.session.begin_nested() as savepoint:
        _ = picker.scan(text)
        picker.session.flush()
        assert picker.feedback.tone in {"ok", "warn", "wrong", "info"}
        savepoint.rollback()


def test_a_gs1_code_cut_short_in_its_count_is_one_unit(walk: Walk) -> None:
    marta = walk.at_location()
    assert marta.scan(f"]d201{walk.mug_code}30") == "scan_item"
    assert (marta.said, marta.stop.in_hand) == ("1 of 2", 1)


def test_what_is_no_letter_in_a_code_is_not_kept(walk: Walk) -> None:
    marta = walk.at_location()
    assert marta.scan("]C1no\0thing\x1d\x07of ours", scan="odd") == "scan_item"
    assert marta.said == "Not known: ...\u241dOF OURS. HELP card"
    kept = walk.session.get(Scan, (builders.WAREHOUSE, "odd"))
    assert kept is not None
    assert kept.code == "]C1nothing\u241dof ours"
    refused = walk.session.query(JournalEntry).filter_by(event="ScanRefused").one()
    assert refused.data["code"] == "NOTHING\u241dOF OURS"
