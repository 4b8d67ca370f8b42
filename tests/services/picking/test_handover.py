"""A walk moves between devices and workers; two of them at once lose and double nothing."""

import functools
from collections.abc import Callable
from dataclasses import replace

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from tests import builders, together
from tests.services.conftest import Walk
from tests.services.picking.picker import Picker
from wms.database import transaction
from wms.domain.actor import Actor
from wms.domain.codes import parse
from wms.domain.floor import Cart
from wms.domain.picking import Batch, BatchStatus, PickTask
from wms.domain.stock import Stock
from wms.domain.totes import ToteStatus
from wms.services import picking, verifying
from wms.services.picking.screens import DropCart, Home, TakeOver, TaskScreen
from wms.services.picking.walk import drops
from wms.services.scans import feedback, scanning
from wms.services.scans.scanning import Pulled
from wms.services.scans.screens import Answer


def test_a_walk_is_taken_over_by_scanning_its_cart_and_saying_yes(walk: Walk) -> None:
    marta = walk.at_location()
    _ = marta.scan(walk.mug_code)
    tom = Picker(walk.session, device="14")
    assert tom.scan(walk.cart.barcode) == "take_over"
    screen = tom.screen
    assert isinstance(screen, TakeOver)
    assert (screen.worker, screen.device) == (marta.worker.name, "1")
    assert tom.scan(walk.mug_code) == "take_over"
    assert tom.scan("YES") == "scan_item"
    assert tom.stop.in_hand == 1
    assert (walk.batch.worker_id, walk.batch.device) == (tom.worker.id, "14")


def test_a_put_taken_back_counts_against_the_worker_who_made_it(walk: Walk) -> None:
    marta = walk.begin()
    _ = marta.pick()
    tom = Picker(walk.session, device="14")
    assert tom.scan(walk.cart.barcode, "YES", "UNDO") == "put_in_tote"
    walk.session.expire_all()
    assert (marta.worker.lines_put, tom.worker.lines_put) == (0, 0)
    assert tom.scan("UNDO", "UNDO", "UNDO", "GIVE BACK") == "home"
    for screen in (marta.screen, tom.screen):
        assert isinstance(screen, Home)
        assert screen.units_today == 0


def test_no_leaves_the_walk_where_it_is(walk: Walk) -> None:
    _ = walk.begin()
    tom = Picker(walk.session, device="14")
    assert tom.scan(walk.cart.barcode, "NO") == "home"
    assert walk.batch.device == "1"


def test_the_device_that_lost_its_walk_says_where_it_went_once(walk: Walk) -> None:
    marta = walk.begin()
    token = marta.screen.token
    tom = Picker(walk.session, device="14")
    _ = tom.scan(walk.cart.barcode, "YES")
    assert marta.scan(tom.stop.location_code, token=token) == "moved"
    assert (marta.said, marta.feedback.tone, marta.feedback.cue) == ("Moved to device 14", "info", "moved")
    assert marta.scan(walk.mug_code) == "moved"
    assert marta.scan("DONE") == "home"
    assert marta.scan(walk.cart.barcode, "YES") == "go_to"
    assert tom.screen.name == "moved"


def test_a_worker_goes_on_by_badge_on_another_device(walk: Walk) -> None:
    marta = walk.begin()
    later = Picker(walk.session, marta.worker, device="7")
    assert later.screen.name == "go_to"
    assert later.reach() == "scan_item"
    assert walk.batch.device == "7"
    assert marta.screen.name == "moved"
    assert marta.scan(walk.cart.barcode) == "scan_item"
    assert later.screen.name == "moved"


def test_a_worker_has_one_walk_at_a_time(walk: Walk) -> None:
    marta = walk.begin()
    later = Picker(walk.session, marta.worker, device="7")
    _ = later.reach()
    other = builders.cart(walk.session)
    _ = marta.scan("DONE")
    assert marta.scan(other.barcode) == "home"
    assert marta.said == f"Finish {walk.batch.name} first"


def test_a_walk_goes_on_with_the_worker_whose_badge_took_the_device_over(walk: Walk) -> None:
    marta = walk.at_location()
    _ = marta.scan(walk.mug_code)
    tom = Picker(walk.session)
    verdict = picking.hand_over(walk.session, marta.actor, tom.actor)
    assert verdict is not None
    assert verdict.words == f"Hello {tom.worker.name}. {walk.batch.name} is yours"
    assert (tom.screen.name, tom.stop.in_hand) == ("scan_item", 1)
    assert (walk.batch.worker_id, walk.batch.device) == (tom.worker.id, "1")
    assert marta.screen.name == "home"
    assert Picker(walk.session, marta.worker, device="7").screen.name == "home"


def test_a_worker_with_a_walk_of_their_own_keeps_it_and_takes_no_second(walk: Walk) -> None:
    marta = walk.begin()
    tom = Picker(walk.session, device="14")
    _ = builders.waiting_batch(walk.session, builders.order(walk.session, (walk.mug, 1)))
    _ = tom.begin(builders.cart(walk.session), builders.tote(walk.session))
    verdict = picking.hand_over(walk.session, marta.actor, replace(tom.actor, device="1"))
    assert verdict is not None
    assert verdict.words == f"Hello {tom.worker.name}. {marta.worker.name} keeps {walk.batch.name}"
    assert walk.batch.worker_id == marta.worker.id


def test_a_walk_on_another_device_stays_with_its_worker(walk: Walk) -> None:
    marta = walk.begin()
    elsewhere = Picker(walk.session, marta.worker, device="7")
    tom = Picker(walk.session, device="7")
    assert picking.hand_over(walk.session, elsewhere.actor, tom.actor) is None
    assert walk.batch.worker_id == marta.worker.id


def test_a_lane_scanned_while_undo_opens_a_line_again_drops_nothing(walk: Walk) -> None:
    marta = walk.begin()
    for _ in range(3):
        _ = marta.pick()
    before = marta.screen
    assert isinstance(before, DropCart)
    _ = Picker(walk.session, marta.worker).scan("UNDO")
    verdict = drops.judge(walk.session, marta.actor, parse(walk.lane.barcode), before)
    assert verdict == feedback.NOT_COUNTED
    assert {tote.status for tote in walk.totes} == {ToteStatus.PICKING}
    assert walk.batch.status is BatchStatus.STARTED


def at_once(engine: Engine, *scans: tuple[Actor, str, str, str]) -> list[Answer]:
    """Post scans (actor, scan id, code, token) from as many handhelds, each with a session of its own."""

    def post(actor: Actor, scan: str, code: str, token: str) -> Answer:
        with transaction(engine) as session:
            pulled = Pulled(code=code, scan=scan, token=token)
            actor = replace(actor, scan=scan)
            return scanning.take(session, actor, "picking", pulled, picking.current_screen, picking.judge)

    return together.at_once(*(functools.partial(post, *one) for one in scans))


def set_up(engine: Engine, make: Callable[[Session], tuple[Picker, Cart]]) -> tuple[Picker, Cart]:
    """Make something in a transaction of its own, and give back a picker on a session that only reads."""
    with transaction(engine) as session:
        marta, cart = make(session)
    return Picker(Session(engine, expire_on_commit=False), marta.worker), cart


def one_line(session: Session) -> tuple[Picker, Cart]:
    """A walk with one line of two mugs, its shelf reached."""
    mug, cart = builders.product(session), builders.cart(session)
    _ = builders.waiting_batch(session, builders.order(session, (mug, 2)))
    marta = Picker(session)
    _ = marta.begin(cart, builders.tote(session))
    _ = marta.reach()
    return marta, cart


def test_two_handhelds_on_one_line_never_take_more_than_is_asked(engine: Engine) -> None:
    marta, _ = set_up(engine, one_line)
    screen = marta.screen
    assert isinstance(screen, TaskScreen)
    mug = screen.stop.codes[0][0]
    marta.session.rollback()
    _ = at_once(engine, *((marta.actor, f"item-{n}", mug, screen.token) for n in range(4)))
    with transaction(engine) as session:
        task = session.query(PickTask).one()
        assert (task.in_hand, task.picked) == (2, 0)
    _ = at_once(engine, *((marta.actor, f"tote-{n}", screen.stop.tote, screen.token) for n in range(3)))
    with transaction(engine) as session:
        task = session.query(PickTask).one()
        assert (task.in_hand, task.picked) == (0, 2)
        assert session.query(Stock).filter_by(place_id=screen.stop.tote_id).one().on_hand == 2
        assert verifying.verify(session, builders.WAREHOUSE) == []
    marta.session.close()


def test_the_same_scan_posted_by_two_connections_at_once_counts_once(engine: Engine) -> None:
    marta, _ = set_up(engine, one_line)
    screen = marta.screen
    assert isinstance(screen, TaskScreen)
    marta.session.rollback()
    scan = (marta.actor, "the-same", screen.stop.codes[0][0], screen.token)
    answers = at_once(engine, scan, scan, scan)
    assert {answer.feedback.words for answer in answers} == {"1 of 2"}
    with transaction(engine) as session:
        assert session.query(PickTask).one().in_hand == 1
    marta.session.close()


def test_two_pickers_scanning_carts_at_once_get_a_batch_each(engine: Engine) -> None:
    with transaction(engine) as session:
        mug = builders.product(session)
        for _ in range(2):
            _ = builders.waiting_batch(session, builders.order(session, (mug, 1)))
        scans = [(Picker(session, device=str(n)).actor, builders.cart(session).barcode) for n in range(3)]
    answers = at_once(engine, *((actor, f"cart-{actor.device}", code, "home") for actor, code in scans))
    assert sorted(answer.screen.name for answer in answers) == ["build_cart", "build_cart", "home"]
    with transaction(engine) as session:
        batches = session.query(Batch).all()
        assert {batch.status for batch in batches} == {BatchStatus.STARTED}
        assert len({batch.worker_id for batch in batches}) == 2


def test_two_pickers_scanning_one_cart_at_once_share_nothing(engine: Engine) -> None:
    with transaction(engine) as session:
        mug = builders.product(session)
        for _ in range(2):
            _ = builders.waiting_batch(session, builders.order(session, (mug, 1)))
        cart = builders.cart(session)
        actors = [Picker(session, device=str(n)).actor for n in range(2)]
    answers = at_once(engine, *((actor, f"cart-{actor.device}", cart.barcode, "home") for actor in actors))
    assert sorted(answer.screen.name for answer in answers) == ["build_cart", "take_over"]
