"""The job that looks after a wave: asked for with the release, again and again until the wave is over."""

import datetime as dt

from sqlalchemy import Engine, delete, select, update

from tests import builders
from tests.builders import WAREHOUSE
from tests.jobs.books import inbox
from wms.database import reading, transaction
from wms.domain.catalog import Product
from wms.domain.floor import Cart
from wms.domain.orders import Hold, HoldKind, Order, OrderStatus
from wms.domain.outbox import Job, JobKind, JobStatus
from wms.domain.waves import Wave, WaveOrder
from wms.jobs import outbox
from wms.jobs.handlers import HANDLERS
from wms.jobs.labels import system
from wms.jobs.outbox import Context
from wms.services import ordering, planning
from wms.services.planning import undoing
from wms.services.planning.selection import CollectionKey, Rules

CUTOFF = dt.timedelta(hours=3)


def released(engine: Engine) -> int:
    """A wave of two orders for a collection in three hours, released now; its id."""
    with transaction(engine) as session:
        _ = builders.cart(session, slots=4)
        product = builders.product(session, "P0")
        builders.stock(session, builders.location(session), product, 50)
        cutoff_at = system().at + CUTOFF
        for _ in range(2):
            builders.order(session, (product, 1)).cutoff_at = cutoff_at
    key = CollectionKey(carrier="usps", cutoff_at=cutoff_at)
    done = planning.plan_wave(lambda: transaction(engine), system(), key, Rules())
    assert done.wave_id is not None
    return done.wave_id


def the_job(engine: Engine) -> Job:
    with reading(engine) as session:
        return session.scalars(select(Job).where(Job.kind == JobKind.KEEP_WAVE)).one()


def let_time_pass(engine: Engine) -> None:
    with transaction(engine) as session:
        _ = session.execute(update(Job).values(due_at=system().at - dt.timedelta(seconds=1)))


def test_a_wave_is_looked_at_until_it_is_over(engine: Engine, context: Context) -> None:
    wave_id = released(engine)
    assert outbox.drain(context, HANDLERS) == 1
    job = the_job(engine)
    assert (job.status, job.attempt, job.owner, job.error) == (JobStatus.OPEN, 0, "", "")
    assert job.due_at > system().at
    with transaction(engine) as session:
        _ = undoing.take_back(session, system(), wave_id)
    let_time_pass(engine)
    assert outbox.drain(context, HANDLERS) == 1
    assert the_job(engine).status is JobStatus.DONE


def test_an_order_that_comes_is_in_the_wave_after_the_next_look(engine: Engine, context: Context) -> None:
    wave_id = released(engine)
    assert outbox.drain(context, HANDLERS) == 1
    with transaction(engine) as session:
        new = builders.order(session, (session.query(Product).one(), 1))
        new.received_at, new.cutoff_at = system().at, session.get_one(Wave, (WAREHOUSE, wave_id)).cutoff_at
    let_time_pass(engine)
    assert outbox.drain(context, HANDLERS) == 1
    with reading(engine) as session:
        assert session.get_one(Order, (WAREHOUSE, new.id)).status is OrderStatus.WAVED
    assert the_job(engine).status is JobStatus.OPEN


def test_an_order_let_go_by_a_supervisor_joins_the_wave_at_once(engine: Engine, context: Context) -> None:
    wave_id = released(engine)
    assert outbox.drain(context, HANDLERS) == 1
    with transaction(engine) as session:
        new = builders.order(session, (session.query(Product).one(), 1))
        new.cutoff_at = session.get_one(Wave, (WAREHOUSE, wave_id)).cutoff_at
        _ = ordering.hold(session, system(), new.id, kind=HoldKind.CUSTOMER, reason="Asked to wait.")
        session.flush()
        hold_id = session.query(Hold).filter_by(order_id=new.id).one().id
    assert outbox.drain(context, HANDLERS) == 0
    with transaction(engine) as session:
        order = ordering.release_hold(session, system(), new.id, hold_id)
        order.cutoff_at = session.get_one(Wave, (WAREHOUSE, wave_id)).cutoff_at  # as promised before
    assert outbox.drain(context, HANDLERS) == 1
    with reading(engine) as session:
        assert session.get_one(WaveOrder, (WAREHOUSE, new.id)).wave_id == wave_id


def test_a_wave_that_only_a_person_can_put_right_is_in_the_inbox_until_it_is(engine: Engine, context: Context) -> None:
    _ = released(engine)
    with transaction(engine) as session:
        _ = session.execute(delete(Cart))
    for _ in range(2):
        let_time_pass(engine)
        assert outbox.drain(context, HANDLERS) == 1
        job = the_job(engine)
        assert (job.status, job.attempt) == (JobStatus.OPEN, 0)
        assert inbox(engine) == ["Wave 1: No cart is set up. Add a cart first."]
    with transaction(engine) as session:
        _ = builders.cart(session, slots=4)
    let_time_pass(engine)
    assert outbox.drain(context, HANDLERS) == 1
    assert inbox(engine) == []
