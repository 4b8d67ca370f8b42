"""BROKEN TOTE: all that is in it goes on in another tote of the same slot, and it is out of use until it is freed."""

import pytest

from tests import builders
from tests.builders import WAREHOUSE
from tests.services.conftest import Walk
from tests.services.picking.picker import Picker
from wms.domain.codes import Command, slot_code
from wms.domain.errors import BadInputError
from wms.domain.journal import JournalEntry
from wms.domain.orders import OrderStatus
from wms.domain.picking import BatchOrder, FullTote, Method
from wms.domain.putbacks import PutBack
from wms.domain.totes import Tote, ToteStatus
from wms.services import administering, verifying
from wms.services.administering.kinds import SETTINGS
from wms.services.importing.kinds import Outcome
from wms.services.orders import cancelling
from wms.services.stock import putting_back


def _holds_up(walk: Walk) -> bool:
    walk.session.flush()
    return verifying.verify(walk.session, WAREHOUSE) == []


def _to_the_end(walk: Walk) -> None:
    while walk.marta.screen.name != "drop_cart":
        _ = walk.marta.pick()
    assert walk.marta.scan(walk.lane.barcode) == "home"


def _bound(walk: Walk) -> list[int | None]:
    rows = walk.session.query(BatchOrder).order_by(BatchOrder.order_id).populate_existing()
    return [row.tote_id for row in rows]


def test_its_units_its_slot_and_the_rest_of_its_order_go_on_in_the_other(walk: Walk) -> None:
    marta, broken, other = walk.begin(), walk.totes[0], builders.tote(walk.session)
    _ = marta.pick()
    assert marta.scan(Command.BROKEN_TOTE) == "broken_tote"
    assert marta.scan(broken.barcode) == "broken_tote"
    assert marta.said == f"{broken.barcode} is broken. Scan a free one"
    assert marta.scan(other.barcode) == "go_to"
    assert marta.said == f"2 units are in {other.barcode} now"
    assert (walk.units(broken, walk.mug), walk.units(other, walk.mug)) == (0, 2)
    assert (broken.status, broken.order_id) == (ToteStatus.LOST, None)
    assert (other.status, other.order_id) == (ToteStatus.PICKING, walk.orders[0].id)
    assert _bound(walk) == [other.id, walk.totes[1].id]
    entry = walk.session.query(JournalEntry).filter_by(event="ToteBroken").one()
    told = {"batch": walk.batch.name, "tote": broken.barcode, "other": other.barcode, "units": 2}
    assert (entry.order_id, entry.data) == (walk.orders[0].id, told)
    _to_the_end(walk)
    assert (other.status, other.lane_id) == (ToteStatus.STAGED, walk.lane.id)
    assert {order.status for order in walk.orders} == {OrderStatus.PICKED}
    assert _holds_up(walk)


def test_units_in_hand_go_into_the_tote_that_came_for_the_broken_one(walk: Walk) -> None:
    marta, other = walk.begin(), builders.tote(walk.session)
    _ = marta.reach()
    _ = marta.scan(*[builders.barcode(walk.session, walk.mug)] * 2)
    _ = marta.scan(Command.BROKEN_TOTE, slot_code(walk.cart.barcode, 1))
    assert marta.scan(other.barcode) == "put_in_tote"
    assert marta.stop.tote == other.barcode
    _ = marta.scan(other.barcode)
    assert walk.units(other, walk.mug) == 2
    assert _holds_up(walk)


def test_undo_takes_out_of_the_other_what_was_put_into_the_broken_one(walk: Walk) -> None:
    marta, broken, other = walk.begin(), walk.totes[0], builders.tote(walk.session)
    _ = marta.pick()
    _ = marta.scan(Command.BROKEN_TOTE, broken.barcode, other.barcode)
    assert marta.scan(Command.UNDO) == "put_in_tote"
    assert marta.said == f"Take 2 out of {other.barcode}"
    assert marta.scan(broken.barcode) == "put_in_tote"
    assert marta.said == f"TAKE IT OUT OF {broken.barcode}, PUT IN {other.barcode}"
    _ = marta.scan(other.barcode)
    _to_the_end(walk)
    assert _holds_up(walk)


def test_a_full_tote_that_breaks_is_full_in_its_other_one(walk: Walk) -> None:
    marta, broken = walk.begin(), walk.totes[0]
    second, other = builders.tote(walk.session), builders.tote(walk.session)
    _ = marta.pick()
    while marta.stop.order_id != walk.orders[0].id:
        _ = marta.pick()
    _ = marta.scan(Command.TOTE_FULL, second.barcode)
    _ = marta.scan(Command.BROKEN_TOTE, broken.barcode, other.barcode)
    assert [row.tote_id for row in walk.session.query(FullTote).populate_existing()] == [other.id]
    _to_the_end(walk)
    assert {tote.status for tote in (second, other)} == {ToteStatus.STAGED}
    assert broken.status is ToteStatus.LOST
    assert _holds_up(walk)


def test_a_full_totes_second_one_may_break_too(walk: Walk) -> None:
    marta, first = walk.begin(), walk.totes[0]
    second, third = builders.tote(walk.session), builders.tote(walk.session)
    _ = marta.pick()
    while marta.stop.order_id != walk.orders[0].id:
        _ = marta.pick()
    _ = marta.scan(Command.TOTE_FULL, second.barcode)
    _ = marta.scan(Command.BROKEN_TOTE, second.barcode, third.barcode)
    assert marta.scan(Command.UNDO) == marta.screen.name
    assert marta.said == f"{first.barcode} is not full"
    assert third.status is ToteStatus.FREE
    _to_the_end(walk)
    assert _holds_up(walk)


def test_a_tote_that_orders_share_breaks_for_all_of_them(walk: Walk) -> None:
    for row in walk.session.query(BatchOrder):
        row.method, row.slot = Method.PUT_WALL, 1
    marta, broken, other = walk.marta, walk.totes[0], builders.tote(walk.session)
    _ = marta.begin(walk.cart, broken)
    _ = marta.pick()
    _ = marta.scan(Command.BROKEN_TOTE, broken.barcode, other.barcode)
    assert _bound(walk) == [other.id, other.id]
    assert (other.order_id, other.status) == (None, ToteStatus.PICKING)
    _to_the_end(walk)
    assert other.status is ToteStatus.STAGED
    assert _holds_up(walk)


def test_what_was_to_be_put_back_from_it_is_put_back_from_the_other(walk: Walk) -> None:
    marta, broken, other = walk.begin(), walk.totes[0], builders.tote(walk.session)
    _ = marta.pick()
    cancelling.cancel(walk.session, builders.actor(), walk.orders[0], "customer")
    _ = marta.scan(Command.BROKEN_TOTE, broken.barcode, other.barcode)
    back = walk.session.query(PutBack).one()
    assert back.from_place_id == other.id
    while marta.screen.name != "drop_cart":
        _ = marta.pick()
    _ = marta.scan(walk.hold.barcode, walk.lane.barcode)
    _ = putting_back.done(walk.session, builders.actor(), back.id)
    assert _holds_up(walk)


@pytest.mark.parametrize(
    ("which", "words"),
    [
        ("foreign", "{tote} is not on this cart"),
        ("wall", "A1 is a place of the put wall"),
        ("unknown", "Not known: ...T999997. HELP card"),
    ],
)
def test_a_tote_that_is_not_on_the_cart_is_refused_with_a_sentence(walk: Walk, which: str, words: str) -> None:
    marta, foreign, place = walk.begin(), builders.tote(walk.session), builders.tote(walk.session)
    place.wall, place.wall_slot = "W1", "A1"
    code = {"foreign": foreign.barcode, "wall": place.barcode, "unknown": "T999997"}[which]
    assert marta.scan(Command.BROKEN_TOTE, code) == "broken_tote"
    assert (marta.feedback.tone, marta.said) == ("wrong", words.format(tote=foreign.barcode))


def test_only_a_free_tote_takes_its_place(walk: Walk) -> None:
    marta, (broken, bound) = walk.begin(), walk.totes
    place, lost, red = (builders.tote(walk.session) for _ in range(3))
    place.wall, place.wall_slot = "W1", "A1"
    red.is_red = True
    lost.lose()
    _ = marta.scan(Command.BROKEN_TOTE, broken.barcode)
    said = []
    for tote in (broken, bound, place, lost, red):
        assert marta.scan(tote.barcode) == "broken_tote"
        said.append(marta.said)
    assert said == [
        "That is the broken one",
        f"{bound.barcode} is on {walk.cart.name}",
        "A1 is a place of the put wall",
        f"{lost.barcode} is lost. See the lead",
        f"{red.barcode} is a red tote",
    ]
    assert broken.status is ToteStatus.PICKING


def test_undo_leaves_it_and_nothing_was_changed(walk: Walk) -> None:
    marta = walk.begin()
    _ = marta.pick()
    before = marta.screen
    _ = marta.scan(Command.BROKEN_TOTE, walk.totes[0].barcode)
    assert marta.scan(Command.UNDO) == before.name
    assert (marta.said, marta.screen) == ("Nothing was changed", before)


def test_it_can_break_at_the_end_of_the_walk_and_not_without_one(walk: Walk) -> None:
    marta, other = walk.begin(), builders.tote(walk.session)
    while marta.screen.name != "drop_cart":
        _ = marta.pick()
    assert marta.scan(Command.BROKEN_TOTE, walk.totes[0].barcode, other.barcode) == "drop_cart"
    assert marta.scan(walk.lane.barcode) == "home"
    assert marta.scan(Command.BROKEN_TOTE) == "home"
    assert marta.said == "BROKEN TOTE means nothing here. Scan the CART"
    assert _holds_up(walk)


def test_a_broken_tote_is_not_bound_before_it_is_freed_at_the_desk(walk: Walk) -> None:
    broken, actor = builders.tote(walk.session), builders.actor()
    broken.lose()
    marta = walk.marta
    _ = marta.scan(walk.cart.barcode, broken.barcode)
    assert marta.said == f"{broken.barcode} is lost. See the lead"
    cells = {"barcode": broken.barcode, "status": "free"}
    assert administering.keep(walk.session, actor, SETTINGS["totes"], cells) is Outcome.CHANGED
    _ = marta.scan(broken.barcode)
    assert marta.said == f"{broken.barcode} in slot 1"
    with pytest.raises(BadInputError, match="the tote is picking; only a lost one is freed"):
        _ = administering.keep(walk.session, actor, SETTINGS["totes"], cells)


def test_the_desk_takes_a_free_tote_out_of_use(walk: Walk) -> None:
    cells = {"barcode": walk.totes[0].barcode, "status": "lost"}
    assert administering.keep(walk.session, builders.actor(), SETTINGS["totes"], cells) is Outcome.CHANGED
    assert walk.session.get_one(Tote, (WAREHOUSE, walk.totes[0].id)).status is ToteStatus.LOST


@pytest.mark.parametrize("end", ["build_cart", "drop_cart"])
def test_it_can_break_on_the_device_that_came_for_a_dead_one(walk: Walk, end: str) -> None:
    marta, other = walk.marta, builders.tote(walk.session)
    _ = marta.begin(walk.cart, walk.totes[0]) if end == "build_cart" else walk.begin()
    while marta.screen.name != end:
        _ = marta.pick()
    again = Picker(walk.session, worker=marta.worker, device="2")
    assert again.scan(Command.BROKEN_TOTE) == "broken_tote"
    assert again.scan(walk.totes[0].barcode, other.barcode) == end
    assert walk.totes[0].status is ToteStatus.LOST
    assert marta.screen.name == "moved"
    assert _holds_up(walk)
