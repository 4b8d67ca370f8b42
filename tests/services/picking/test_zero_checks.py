"""After the last unit of a shelf the picker is asked whether it is empty, where the zone asks for it."""

from dataclasses import replace

from tests import builders
from tests.builders import WAREHOUSE
from tests.services.conftest import Walk
from tests.services.picking.picker import Picker
from wms.domain.codes import Command
from wms.domain.counting import CountStatus, CountTask
from wms.domain.floor import ADJUSTMENT_ID, Zone
from wms.domain.journal import JournalEntry
from wms.domain.picking import TaskStatus
from wms.domain.stock import Stock
from wms.services import verifying
from wms.services.orders import cancelling
from wms.services.picking.walk import giving_back
from wms.services.stock import counting, stocking
from wms.services.stock.stocking import Goods


def _at_last_unit(walk: Walk) -> Picker:
    """The zone asks, and order one's pens are the last on their shelf."""
    walk.session.get_one(Zone, (WAREHOUSE, Zone.EVERY)).asks_empty = True
    task = next(task for task in walk.tasks() if task.product_id == walk.pen.id)
    row = walk.session.query(Stock).filter_by(place_id=task.location_id).one()
    spare = Goods(product_id=walk.pen.id, quantity=row.available)
    stocking.move(
        walk.session,
        builders.actor(),
        spare,
        from_place_id=row.place_id,
        to_place_id=ADJUSTMENT_ID,
        reason="gone",
    )
    marta = walk.begin()
    while marta.screen.name != "drop_cart" and marta.stop.product_id != walk.pen.id:
        _ = marta.pick()
    return marta


def _answers(walk: Walk) -> list[bool]:
    return [row.data["is_empty"] for row in walk.session.query(JournalEntry).filter_by(event="LocationLookedAt")]


def test_yes_is_kept_as_a_confirmed_zero_and_nothing_is_counted(walk: Walk) -> None:
    marta = _at_last_unit(walk)
    assert marta.pick() == "zero_check"
    assert marta.scan(walk.mug_code) == "zero_check"
    assert marta.said == "That is a PRODUCT. YES or NO?"
    assert marta.scan(Command.YES) in {"go_to", "drop_cart"}
    assert (_answers(walk), walk.session.query(CountTask).count()) == ([True], 0)
    assert verifying.verify(walk.session, WAREHOUSE) == []


def test_no_lets_the_location_be_counted(walk: Walk) -> None:
    marta = _at_last_unit(walk)
    _ = marta.pick()
    _ = marta.scan(Command.NO)
    assert marta.screen.name != "zero_check"
    assert _answers(walk) == [False]
    assert walk.session.query(CountTask).one().reason == "not empty after its last unit was picked"


def test_undo_takes_the_put_back_and_the_question_with_it(walk: Walk) -> None:
    marta = _at_last_unit(walk)
    _ = marta.pick()
    assert marta.scan(Command.UNDO) == "put_in_tote"
    assert marta.scan(marta.stop.tote) == "zero_check"
    assert _answers(walk) == []
    assert TaskStatus.PICKED in {task.status for task in walk.tasks()}


def test_undo_takes_the_answer_back_before_the_put_and_calls_the_count_off(walk: Walk) -> None:
    marta = _at_last_unit(walk)
    _ = marta.pick()
    for answer in (Command.NO, Command.YES):
        _ = marta.scan(answer)
        assert marta.scan(Command.UNDO) == "zero_check"
        assert marta.said == "YES or NO?"
        assert {count.status for count in walk.session.query(CountTask)} == {CountStatus.CANCELLED}
    assert marta.scan(Command.UNDO) == "put_in_tote"
    assert verifying.verify(walk.session, WAREHOUSE) == []


def test_an_answer_is_taken_back_by_whoever_goes_on_with_the_cart(walk: Walk) -> None:
    marta = _at_last_unit(walk)
    _ = marta.pick()
    _ = marta.scan(Command.NO)
    _ = giving_back.give_back_for(walk.session, builders.actor(), walk.batch.id)
    tom = Picker(walk.session, device="2")
    assert tom.scan(walk.cart.barcode, Command.UNDO) == "zero_check"


def test_once_the_location_was_counted_undo_takes_the_put_back(walk: Walk) -> None:
    marta = _at_last_unit(walk)
    _ = marta.pick()
    _ = marta.scan(Command.NO)
    count = walk.session.query(CountTask).one()
    _ = counting.close(walk.session, replace(builders.actor(), at=marta.actor.at), count.id, {}, count.opened_at)
    assert marta.scan(Command.UNDO) == "put_in_tote"


def test_an_undo_that_comes_too_late_leaves_the_question_to_be_answered(walk: Walk) -> None:
    marta = _at_last_unit(walk)
    _ = marta.pick()
    cancelling.cancel(walk.session, builders.actor(), walk.orders[0], "changed their mind")
    assert marta.scan(Command.UNDO) == "zero_check"
    assert marta.said == "Too late. That order is cancelled"
    _ = marta.scan(Command.NO)
    assert walk.session.query(CountTask).count() == 1


def test_the_question_waits_on_the_cart_of_a_walk_given_back(walk: Walk) -> None:
    _ = _at_last_unit(walk).pick()
    _ = giving_back.give_back_for(walk.session, builders.actor(), walk.batch.id)
    tom = Picker(walk.session, device="2")
    assert tom.scan(walk.cart.barcode) == "zero_check"
    _ = tom.scan(Command.NO)
    assert (_answers(walk), walk.session.query(CountTask).count()) == ([False], 1)


def test_a_location_that_holds_more_stops_nobody(walk: Walk) -> None:
    walk.session.get_one(Zone, (WAREHOUSE, Zone.EVERY)).asks_empty = True
    marta = walk.begin()
    while marta.screen.name != "drop_cart":
        assert marta.pick() != "zero_check"
    assert _answers(walk) == []
