"""WRONG ITEM, then NO: of several units with serial numbers the one that is picked again is the one that is missing."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests import builders
from tests.packers import packer
from tests.services.picking.picker import Picker
from tests.services.picking.spot import Spot, serials
from wms.domain.codes import Command
from wms.domain.floor import LocationKind
from wms.domain.inbox import ExceptionItem
from wms.domain.orders import OrderStatus
from wms.domain.picked import PickedUnits
from wms.domain.totes import Tote
from wms.services.picking.screens import WhichSerials
from wms.services.planning import again as planning_again


@pytest.fixture
def picked(phones: Spot) -> Spot:
    """Phones SN-1 and SN-2 are in the tote by the books."""
    _ = phones.marta.scan(phones.code, "SN-1", phones.code, "SN-2", phones.tote.barcode)
    return phones


@pytest.fixture
def cup(session: Session) -> str:
    """The code of a product that is in no order: the wrong item."""
    product = builders.product(session, "CUP")
    builders.stock(session, builders.location(session), product, 4)
    _ = builders.location(session, kind=LocationKind.HOSPITAL)
    return builders.barcode(session, product)


def _ask(spot: Spot, cup: str) -> str:
    """Take the cup out of the tote, and say NO to "is this in the tote?"."""
    return spot.marta.scan(Command.WRONG_ITEM, spot.tote.barcode, cup, Command.NO)


def _question(picker: Picker) -> WhichSerials:
    screen = picker.screen
    assert isinstance(screen, WhichSerials)
    return screen


def _known(spot: Spot, tote: Tote | None = None) -> list[str]:
    """The serial numbers that the books have in the order's tote, or another one."""
    tote_id = (tote or spot.tote).id
    rows = select(PickedUnits.serial).where(PickedUnits.tote_id == tote_id, PickedUnits.lost_at.is_(None))
    return sorted(spot.session.scalars(rows))


@pytest.mark.parametrize(("there", "missing"), [("SN-1", "SN-2"), ("SN-2", "SN-1")])
def test_the_unit_whose_serial_is_not_there_is_picked_again(picked: Spot, cup: str, there: str, missing: str) -> None:
    assert _ask(picked, cup) == "which_serials"
    assert picked.marta.said == "Scan each serial that is there"
    assert (_question(picked.marta).accept, _question(picked.marta).seen) == (("SN-1", "SN-2"), 0)
    assert picked.marta.scan(there) == "go_to"
    assert _known(picked) == [there]
    assert picked.holds_up()
    _ = picked.marta.reach()
    assert picked.marta.scan(picked.code) == "scan_serial"
    assert picked.marta.scan(there) == "scan_serial"
    assert picked.marta.said == f"Serial ...{there} was scanned before"
    assert picked.marta.scan(missing, picked.tote.barcode) == "drop_cart"
    assert _known(picked) == ["SN-1", "SN-2"]
    assert picked.holds_up()


def test_a_gs1_code_names_its_serial_too(picked: Spot, cup: str) -> None:
    _ = _ask(picked, cup)
    assert picked.marta.scan(f"]d201{picked.code}21SN-1") == "go_to"
    assert _known(picked) == ["SN-1"]


def test_by_done_no_more_are_there_and_each_other_one_is_picked_again(picked: Spot, cup: str) -> None:
    _ = _ask(picked, cup)
    assert picked.marta.scan(Command.DONE) == "go_to"
    assert (_known(picked), serials_of_all(picked)) == ([], [])
    assert picked.holds_up()
    while picked.marta.screen.name != "drop_cart":
        _ = picked.marta.reach()
        free = "SN-1" if "SN-1" not in serials_of_all(picked) else "SN-2"
        _ = picked.marta.scan(picked.code, free)
        if picked.marta.screen.name == "put_in_tote":
            _ = picked.marta.scan(picked.tote.barcode)
    assert _known(picked) == ["SN-1", "SN-2"]
    assert picked.holds_up()


def serials_of_all(spot: Spot) -> list[str]:
    """All serial numbers that are picked."""
    return sorted(spot.session.scalars(select(PickedUnits.serial)))


def test_undo_goes_back_to_the_question_and_nothing_was_changed(picked: Spot, cup: str) -> None:
    _ = _ask(picked, cup)
    assert picked.marta.scan("OTHER-9") == "which_serials"
    assert (picked.marta.feedback.tone, picked.marta.said) == ("wrong", "That serial was not put in there")
    assert picked.marta.scan(Command.SKIP) == "which_serials"
    assert picked.marta.said == "SKIP means nothing here. Scan the SERIAL"
    assert picked.marta.scan(Command.UNDO) == "is_it_there"
    assert picked.marta.scan(Command.YES) == "drop_cart"
    assert (_known(picked), serials(picked)) == (["SN-1", "SN-2"], ["SN-1", "SN-2"])
    assert picked.holds_up()


def _three(phones: Spot) -> Tote:
    """Let another order's phones A, B and C be in a tote on a cart."""
    session, marta = phones.session, phones.marta
    _ = marta.scan(phones.code, "SN-1", phones.code, "SN-2", phones.tote.barcode)
    _ = marta.scan(builders.location(session, kind=LocationKind.LANE).barcode)
    order = builders.order(session, (phones.milk, 3))
    _ = builders.waiting_batch(session, order, locations={phones.milk.id: phones.place})
    tote = builders.tote(session)
    _ = marta.scan(builders.cart(session).barcode, tote.barcode)
    _ = marta.reach()
    for serial in ("A", "B", "C"):
        _ = marta.scan(phones.code, serial)
    assert marta.scan(tote.barcode) == "drop_cart"
    return tote


def test_of_three_two_are_scanned_and_none_counts_twice(phones: Spot, cup: str) -> None:
    tote, marta = _three(phones), phones.marta
    _ = marta.scan(Command.WRONG_ITEM, tote.barcode, cup, Command.NO)
    assert marta.scan("C") == "which_serials"
    assert marta.said == "1 of 3"
    assert marta.scan("c") == "which_serials"
    assert marta.feedback.tone == "warn"
    assert marta.scan("A") == "go_to"
    assert _known(phones, tote) == ["A", "C"]
    assert phones.holds_up()


def test_where_another_has_found_out_meanwhile_nothing_more_is_picked_again(phones: Spot, cup: str) -> None:
    tote, marta, tom = _three(phones), phones.marta, Picker(phones.session, device="2")
    _ = marta.scan(builders.location(phones.session, kind=LocationKind.LANE).barcode)
    for picker in (marta, tom):
        assert picker.scan(Command.WRONG_ITEM, tote.barcode, cup, Command.NO) == "which_serials"
    assert marta.scan("A") == "which_serials"
    assert tom.scan("A", "B") == "home"
    assert _known(phones, tote) == ["A", "B"]
    assert marta.scan("B") == "home"
    assert marta.said == "It is there"
    assert _known(phones, tote) == ["A", "B"]
    assert phones.holds_up()


def test_in_a_lane_the_order_lacks_the_missing_one_and_its_serial_is_free(picked: Spot, cup: str) -> None:
    session, marta = picked.session, picked.marta
    _ = marta.scan(builders.location(session, kind=LocationKind.LANE).barcode)
    assert _ask(picked, cup) == "which_serials"
    assert marta.scan("SN-2") == "home"
    assert picked.order.status is OrderStatus.SHORT
    assert session.query(ExceptionItem).one().text.startswith(f"{picked.order.number} lacks 1 of ")
    assert _known(picked) == ["SN-2"]
    assert picked.holds_up()
    assert planning_again.pick_again(session, builders.actor(), picked.order.id).batch
    other = builders.tote(session)
    _ = marta.scan(builders.cart(session).barcode, other.barcode)
    _ = marta.reach()
    assert marta.scan(picked.code, "SN-1", other.barcode) == "drop_cart"
    assert picked.holds_up()


def test_in_a_lane_none_is_there_and_the_order_lacks_both(picked: Spot, cup: str) -> None:
    _ = picked.marta.scan(builders.location(picked.session, kind=LocationKind.LANE).barcode)
    _ = _ask(picked, cup)
    assert picked.marta.scan(Command.DONE) == "home"
    (needs,) = planning_again.missing(picked.session, builders.actor(), [picked.order.id]).values()
    assert [need.quantity for need in needs] == [2]
    assert picked.session.query(ExceptionItem).one().text.startswith(f"{picked.order.number} lacks 2 of ")
    assert picked.holds_up()


def test_what_went_into_a_box_meanwhile_leaves_it_unknown_which_is_missing(picked: Spot, cup: str) -> None:
    session, marta = picked.session, picked.marta
    _ = marta.scan(builders.location(session, kind=LocationKind.LANE).barcode)
    hold = builders.location(session, kind=LocationKind.HOLD)
    _ = packer(session, builders.station(session)).scan(picked.tote.barcode, picked.code, Command.SHORT, hold.barcode)
    assert _ask(picked, cup) == "home"
    assert marta.said == "Thing PHONE is missing. The lead knows"
    (needs,) = planning_again.missing(session, builders.actor(), [picked.order.id]).values()
    assert [need.quantity for need in needs] == [2]
    assert picked.holds_up()
