"""Return labels on their way: asked about by themselves from the day they were bought, seldom, and not for ever."""

import datetime as dt
import json

import pytest
from sqlalchemy import Engine, select, update

from printers.virtual.server import VirtualZebra
from tests.jobs.books import breaches, inbox
from tests.jobs.labels import gone
from tests.jobs.working import LONG_AGO, now, run, work
from wms.carriers.fake_shippo import FakeShippo
from wms.carriers.fake_shippo_account import Fault
from wms.carriers.fake_shippo_ways import track_of
from wms.database import reading, transaction
from wms.domain.outbox import Job, JobKind
from wms.domain.packing import Package
from wms.domain.shipping import Label, LabelStatus, ReturnLabel
from wms.domain.tracking import MessageSource, TrackStatus
from wms.jobs.outbox import Context
from wms.services.carriers import labelling, tracking

ASKED = "GET /tracks"


def coming_back(context: Context, zebra: VirtualZebra, carrier: str = "shippo") -> int:
    """A box that left months ago and has a return label since now; its package id."""
    box_id = gone(context, zebra, carrier, ago=dt.timedelta(days=100))
    with transaction(context.engine) as session:
        _ = labelling.want_return(session, now(), box_id)
    run(context)
    return box_id


def the_return(engine: Engine) -> ReturnLabel:
    """The one return label as it stands."""
    with reading(engine) as session:
        return session.scalars(select(ReturnLabel)).one()


def after(context: Context, wait: dt.timedelta) -> None:
    """Run what is due as if so much more time had passed since the return label was bought."""
    with transaction(context.engine) as session:
        label = session.scalars(select(ReturnLabel)).one()
        assert label.bought_at is not None
        label.bought_at -= wait
        label.track_due_at = None if label.track_due_at is None else label.track_due_at - wait
        _ = session.execute(update(Job).where(Job.kind == JobKind.TRACK).values(due_at=LONG_AGO))
    work(context)


def pause_h(context: Context) -> int:
    """After how many hours its carrier is asked again."""
    due_at = the_return(context.engine).track_due_at
    assert due_at is not None
    return round((due_at - now().at) / dt.timedelta(hours=1))


def move_on(shippo: FakeShippo, engine: Engine, steps: int) -> None:
    """Let the box on its way back come so far."""
    shippo.account.steps[the_return(engine).external_id] = steps


def test_a_return_is_followed_to_the_door_though_nothing_was_ever_posted(
    shippo_context: Context, shippo: FakeShippo, zebra: VirtualZebra
) -> None:
    _ = coming_back(shippo_context, zebra)
    engine = shippo_context.engine
    assert (pause_h(shippo_context), shippo.seen.count(ASKED)) == (24, 0)
    move_on(shippo, engine, 3)
    after(shippo_context, dt.timedelta(days=1))
    assert (the_return(engine).track_status, shippo.seen.count(ASKED)) == (TrackStatus.IN_TRANSIT, 1)
    move_on(shippo, engine, 4)
    after(shippo_context, dt.timedelta(days=1))
    back = the_return(engine)
    assert (back.track_status, back.track_due_at) == (TrackStatus.DELIVERED, None)
    assert (inbox(engine), breaches(engine, "tracking")) == ([], [])


def test_a_return_that_nobody_uses_is_asked_about_once_a_day_for_weeks_and_then_let_be(
    shippo_context: Context, shippo: FakeShippo, zebra: VirtualZebra
) -> None:
    _ = coming_back(shippo_context, zebra)
    move_on(shippo, shippo_context.engine, 1)
    for days in (1, 1, 80):
        after(shippo_context, dt.timedelta(days=days))
        assert pause_h(shippo_context) == 24
    assert shippo.seen.count(ASKED) == 3
    after(shippo_context, dt.timedelta(days=3))
    assert (the_return(shippo_context.engine).track_due_at, inbox(shippo_context.engine)) == (None, [])


def test_a_return_that_got_lost_on_its_way_is_told_once(
    shippo_context: Context, shippo: FakeShippo, zebra: VirtualZebra
) -> None:
    _ = coming_back(shippo_context, zebra)
    engine = shippo_context.engine
    move_on(shippo, engine, 2)
    after(shippo_context, dt.timedelta(days=1))
    after(shippo_context, dt.timedelta(weeks=12))
    post = track_of(shippo.account.get("transactions", the_return(engine).external_id), "usps", 3)
    with transaction(engine) as session:
        body = json.dumps({"event": "track_updated", "data": post}).encode()
        _ = tracking.keep(session, now(), "shippo", MessageSource.HOOK, body)
    work(shippo_context)
    (told,) = inbox(engine)
    assert told.endswith(": on its way back, and not here 12 weeks after its label was bought")
    assert the_return(engine).track_due_at is None


def test_a_return_given_back_is_asked_about_no_more(
    shippo_context: Context, shippo: FakeShippo, zebra: VirtualZebra
) -> None:
    box_id = coming_back(shippo_context, zebra)
    with transaction(shippo_context.engine) as session:
        labelling.void_return(session, now(), box_id, "the customer keeps it")
    work(shippo_context)
    after(shippo_context, dt.timedelta(days=2))
    assert (the_return(shippo_context.engine).status, shippo.seen.count(ASKED)) == (LabelStatus.VOIDED, 0)


def test_a_return_whose_void_is_refused_is_asked_about_on(
    shippo_context: Context, shippo: FakeShippo, zebra: VirtualZebra
) -> None:
    box_id = coming_back(shippo_context, zebra)
    shippo.fail(Fault.REFUSED, on="POST /refunds")
    with transaction(shippo_context.engine) as session:
        labelling.void_return(session, now(), box_id, "the customer keeps it")
    work(shippo_context)
    after(shippo_context, dt.timedelta(days=2))
    assert (the_return(shippo_context.engine).status, shippo.seen.count(ASKED)) == (LabelStatus.BOUGHT, 1)


def test_a_post_about_a_label_that_was_given_back_has_nobody_asked_about_it(
    shippo_context: Context, shippo: FakeShippo, zebra: VirtualZebra
) -> None:
    _ = gone(shippo_context, zebra, ago=dt.timedelta(days=10))
    engine, (bought,) = shippo_context.engine, shippo.account.paid
    with transaction(engine) as session:
        _ = session.execute(update(Label).values(status=LabelStatus.VOIDED))
        tracking.follow(session, now(), session.scalars(select(Package.id)).all())
        body = json.dumps({"event": "track_updated", "data": track_of(bought, "usps", 1)}).encode()
        _ = tracking.keep(session, now(), "shippo", MessageSource.HOOK, body)
    work(shippo_context)
    with transaction(engine) as session:
        _ = session.execute(update(Label).where(Label.track_due_at.is_not(None)).values(track_due_at=LONG_AGO))
        _ = session.execute(update(Job).where(Job.kind == JobKind.TRACK).values(due_at=LONG_AGO))
    work(shippo_context)
    assert shippo.seen.count(ASKED) == 0


@pytest.mark.parametrize("days", [0, 30])
def test_the_offline_carrier_makes_up_no_way_back(context: Context, zebra: VirtualZebra, days: int) -> None:
    _ = coming_back(context, zebra, "offline")
    after(context, dt.timedelta(days=1 + days))
    assert the_return(context.engine).track_status is None
