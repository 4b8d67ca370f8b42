"""Two at one shared tote of the put wall in the same moment: the tote comes to its end once, and the books balance."""

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from tests import builders
from tests.services.picking.sorters import Sorter, Wall, make_wall
from tests.services.picking.test_collisions import TIMES, at_once
from wms.database import reading, transaction
from wms.domain.actor import Actor
from wms.domain.errands import Errand
from wms.domain.putbacks import PutBack
from wms.domain.totes import Tote, ToteStatus
from wms.services import picking, verifying
from wms.services.orders import cancelling
from wms.services.scans import scanning
from wms.services.scans.scanning import Pulled
from wms.services.scans.screens import Answer
from wms.services.stock import putting_back


class Hand:
    """A sorter's next scan: the code, for the screen before them."""

    def __init__(self, sorter: Sorter, code: str) -> None:
        self.actor: Actor = sorter.actor
        self.pulled = Pulled(code=code, scan=f"scan-{sorter.device}-{code}", token=sorter.screen.token)

    def scan(self, session: Session) -> Answer:
        """Make the scan."""
        return scanning.take(
            session, self.actor, "picking", self.pulled, picking.current_screen, picking.judge, picking.why_left
        )


def the_last_two(session: Session) -> tuple[Wall, Sorter, Sorter]:
    """Two sorters with one unit each in hand, of two orders: the last ones of the tote."""
    wall = make_wall(session)
    marta, tom = wall.pick(), Sorter(session, device="2")
    _ = marta.scan(wall.tote.barcode, wall.mug, wall.places[0].barcode, wall.mug)
    _ = tom.scan(wall.tote.barcode, wall.pen)
    return wall, marta, tom


def status(engine: Engine, tote_id: int) -> ToteStatus:
    with reading(engine) as session:
        assert verifying.verify(session, builders.WAREHOUSE) == []
        return session.get_one(Tote, (builders.WAREHOUSE, tote_id)).status


@pytest.mark.parametrize("attempt", TIMES)
def test_a_tote_whose_last_units_are_sorted_by_two_at_once_is_free(engine: Engine, attempt: int) -> None:
    with transaction(engine) as session:
        wall, marta, tom = the_last_two(session)
        hands = Hand(marta, wall.places[1].barcode), Hand(tom, wall.places[0].barcode)
    answers = at_once(engine, *(hand.scan for hand in hands))
    assert {answer.feedback.tone for answer in answers} == {"ok"}
    assert status(engine, wall.tote.id) is ToteStatus.FREE


@pytest.mark.parametrize("attempt", TIMES)
def test_a_tote_said_to_be_broken_in_the_moment_of_its_last_put_is_out_of_use_or_not_asked_about(
    engine: Engine, attempt: int
) -> None:
    with transaction(engine) as session:
        wall, marta, tom = the_last_two(session)
        _ = marta.scan(wall.places[1].barcode)
        hands = Hand(marta, "BROKEN TOTE"), Hand(tom, wall.places[0].barcode)
    said, put = at_once(engine, *(hand.scan for hand in hands))
    assert put.feedback.tone == "ok"
    then = ToteStatus.LOST if said.screen.name == "broken_tote" else ToteStatus.FREE
    assert status(engine, wall.tote.id) is then
    with reading(engine) as session:
        assert session.query(Errand).count() == 0


@pytest.mark.parametrize("attempt", TIMES)
def test_what_is_put_back_in_the_moment_its_tote_breaks_comes_out_of_either(engine: Engine, attempt: int) -> None:
    with transaction(engine) as session:
        wall = make_wall(session)
        marta = wall.pick()
        _ = marta.scan(wall.tote.barcode, "BROKEN TOTE")
        cancelling.cancel(session, builders.actor(), wall.orders[1], "changed their mind")
        back_id = session.query(PutBack).one().id
        swap = Hand(marta, wall.spare.barcode)
    swapped, _back = at_once(
        engine, swap.scan, lambda session: putting_back.done(session, builders.actor(), back_id).id
    )
    assert swapped.feedback.words in {f"{n} units are in {wall.spare.barcode} now" for n in (3, 4)}
    assert status(engine, wall.tote.id) is ToteStatus.LOST
