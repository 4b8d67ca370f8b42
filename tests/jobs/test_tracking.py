"""Tracking: what a carrier posts is taken once and in its own order, and one that is silent is asked, within limits."""

import datetime as dt
import json
import random

import pytest
from sqlalchemy import Engine, func, select, update

from printers.virtual.server import VirtualZebra
from tests import builders
from tests.jobs.books import breaches
from tests.jobs.labels import gone, the_label
from tests.jobs.working import LONG_AGO, now, work
from wms.carriers.fake_shippo import FakeShippo
from wms.carriers.fake_shippo_account import Fault
from wms.carriers.fake_shippo_ways import FIRST_AT, WAY, posts, track_of
from wms.database import reading, transaction
from wms.domain.inbox import ExceptionItem
from wms.domain.journal import JournalEntry
from wms.domain.outbox import Job, JobKind
from wms.domain.packing import Package
from wms.domain.shipping import Label
from wms.domain.tracking import MessageSource, TrackingEvent, TrackingMessage, TrackStatus
from wms.jobs.outbox import Context
from wms.services.carriers import tracking
from wms.services.ordering.box import box_page
from wms.services.watching.delivering import deliveries


def on_its_way(
    context: Context, zebra: VirtualZebra, carrier: str, *, left: dt.timedelta = dt.timedelta(hours=7)
) -> int:
    """A box with a bought label that left some time ago; its package id."""
    box_id = gone(context, zebra, carrier, ago=left)
    with transaction(context.engine) as session:
        tracking.follow(session, builders.actor(at=now().at - left), [box_id])
    return box_id


def hear(engine: Engine, *bodies: bytes) -> None:
    """Take in what is posted."""
    for body in bodies:
        with transaction(engine) as session:
            _ = tracking.keep(session, now(), "shippo", MessageSource.HOOK, body)


def ask_now(context: Context) -> None:
    """Run what is due as if the label's and the job's waiting times had passed."""
    with transaction(context.engine) as session:
        _ = session.execute(update(Label).where(Label.track_due_at.is_not(None)).values(track_due_at=LONG_AGO))
        _ = session.execute(update(Job).where(Job.kind == JobKind.TRACK).values(due_at=LONG_AGO))
    work(context)


def events(engine: Engine) -> list[tuple[TrackStatus, dt.datetime]]:
    """What was said, in the carrier's order."""
    with reading(engine) as session:
        rows = session.execute(select(TrackingEvent.status, TrackingEvent.at).order_by(TrackingEvent.at))
        return [(status, at) for status, at in rows]


WHOLE_WAY = [
    (status, FIRST_AT + dt.timedelta(hours=hours))
    for status, (_, _, _, hours) in zip(
        (TrackStatus.ANNOUNCED, TrackStatus.IN_TRANSIT, TrackStatus.IN_TRANSIT, TrackStatus.DELIVERED), WAY, strict=True
    )
]


@pytest.mark.parametrize("seed", range(3))
def test_posts_heard_twice_and_in_any_order_are_each_event_once_and_the_right_end(
    shippo_context: Context, shippo: FakeShippo, zebra: VirtualZebra, seed: int
) -> None:
    box_id = on_its_way(shippo_context, zebra, "shippo")
    engine = shippo_context.engine
    hear(engine, *posts(shippo.account.paid, random.Random(seed)))  # noqa: S311 - which comes first is no secret
    work(shippo_context)
    label = the_label(engine)
    assert events(engine) == WHOLE_WAY
    assert (label.track_status, label.delivered_at) == (TrackStatus.DELIVERED, WHOLE_WAY[-1][1])
    assert label.track_due_at is None
    with reading(engine) as session:
        assert breaches(engine, "tracking") == []
        way = box_page(session, now(), box_id).labels[0].way
        assert [row.details for row in way] == [words for _, words, _, _ in WAY]


def test_an_old_event_that_comes_late_does_not_take_a_box_back(
    shippo_context: Context, shippo: FakeShippo, zebra: VirtualZebra
) -> None:
    _ = on_its_way(shippo_context, zebra, "shippo")
    engine, (bought,) = shippo_context.engine, shippo.account.paid
    for steps in (4, 2):
        hear(engine, json.dumps({"event": "track_updated", "data": track_of(bought, "usps", steps)}).encode())
        work(shippo_context)
    assert the_label(engine).track_status is TrackStatus.DELIVERED
    with reading(engine) as session:
        told = session.scalars(select(JournalEntry.data).where(JournalEntry.event == "TrackingMoved")).all()
    assert [data["then"] for data in told] == ["delivered"]


def test_words_no_database_takes_keep_no_post_from_being_read(
    shippo_context: Context, shippo: FakeShippo, zebra: VirtualZebra
) -> None:
    _ = on_its_way(shippo_context, zebra, "shippo")
    hear(shippo_context.engine, *posts(shippo.account.paid, random.Random(1), oddly=True))  # noqa: S311 - no secret
    work(shippo_context)
    assert events(shippo_context.engine) == WHOLE_WAY
    with reading(shippo_context.engine) as session:
        details = session.scalars(select(TrackingEvent.details).order_by(TrackingEvent.at))
        assert list(details) == [f"{words}?" for _, words, _, _ in WAY]


def test_a_post_that_is_faster_than_the_purchase_is_read_later(shippo_context: Context, zebra: VirtualZebra) -> None:
    post = {"event": "track_updated", "data": {"tracking_number": "9400", "tracking_history": []}}
    hear(shippo_context.engine, json.dumps(post).encode())
    work(shippo_context)
    with reading(shippo_context.engine) as session:
        message, job = session.scalars(select(TrackingMessage)).one(), session.scalars(select(Job)).one()
    assert (message.read_at, job.status, job.error) == (None, "open", "9400 is no label of ours yet.")
    assert zebra.tray.numbers() == []


def test_what_never_becomes_ours_and_what_cannot_be_read_says_so(shippo_context: Context) -> None:
    engine = shippo_context.engine
    hear(
        engine,
        b"no JSON",
        b'{"event": "batch_created"}',
        b'{"event": "track_updated", "data": {"tracking_number": "94"}}',
    )
    with transaction(engine) as session:
        _ = session.execute(update(TrackingMessage).values(received_at=LONG_AGO))
    work(shippo_context)
    with reading(engine) as session:
        said = session.scalars(select(TrackingMessage.error).order_by(TrackingMessage.id)).all()
        assert session.scalar(select(func.count()).where(TrackingMessage.read_at.is_(None))) == 0
    assert said == [
        "The post is no JSON (JSONDecodeError).", "not about a box on its way", "94 is no label of ours",
    ]  # fmt: skip


def test_a_silent_carrier_is_asked_and_its_answer_kept_as_it_came(
    shippo_context: Context, shippo: FakeShippo, zebra: VirtualZebra
) -> None:
    _ = on_its_way(shippo_context, zebra, "shippo")
    shippo.account.steps[shippo.account.paid[0]["object_id"]] = 3
    ask_now(shippo_context)
    label = the_label(shippo_context.engine)
    assert (label.track_status, events(shippo_context.engine)) == (TrackStatus.IN_TRANSIT, WHOLE_WAY[:3])
    with reading(shippo_context.engine) as session:
        message = session.scalars(select(TrackingMessage)).one()
    assert (message.source, message.body[:5]) == (MessageSource.POLL, "200 {")
    shippo.account.steps[shippo.account.paid[0]["object_id"]] = 4
    ask_now(shippo_context)
    assert the_label(shippo_context.engine).delivered_at == WHOLE_WAY[-1][1]
    seen = len(shippo.seen)
    ask_now(shippo_context)
    assert len(shippo.seen) == seen, "a box that has come is not asked about again"


def test_a_box_that_has_just_left_is_not_asked_about(
    shippo_context: Context, shippo: FakeShippo, zebra: VirtualZebra
) -> None:
    _ = on_its_way(shippo_context, zebra, "shippo", left=dt.timedelta(hours=1))
    work(shippo_context)
    assert "GET /tracks" not in shippo.seen


@pytest.mark.parametrize("fault", [Fault.BROKEN, Fault.CUT, Fault.THROTTLED, Fault.NO_JSON])
def test_a_carrier_that_cannot_answer_is_asked_again_later(
    shippo_context: Context, shippo: FakeShippo, zebra: VirtualZebra, fault: Fault
) -> None:
    _ = on_its_way(shippo_context, zebra, "shippo")
    shippo.fail(fault, on="GET /tracks")
    ask_now(shippo_context)
    with reading(shippo_context.engine) as session:
        job = session.scalars(select(Job).where(Job.kind == JobKind.TRACK)).one()
    label = the_label(shippo_context.engine)
    assert shippo.seen.count("GET /tracks") == 1
    assert job.status == "open"
    assert now().at < job.due_at < now().at + dt.timedelta(minutes=2)
    assert label.track_due_at is not None
    assert label.track_due_at > now().at + dt.timedelta(minutes=10)


def test_the_longer_a_carrier_is_silent_the_later_it_is_asked_again(
    shippo_context: Context, shippo: FakeShippo, zebra: VirtualZebra
) -> None:
    pauses = []
    _ = on_its_way(shippo_context, zebra, "shippo")
    for days in (0, 0.5, 9):
        with transaction(shippo_context.engine) as session:
            _ = session.execute(update(Package).values(handed_over_at=now().at - dt.timedelta(days=days)))
        ask_now(shippo_context)
        due_at = the_label(shippo_context.engine).track_due_at
        assert due_at is not None
        pauses.append(round((due_at - now().at) / dt.timedelta(hours=1)))
    assert pauses == [6, 12, 24]
    assert shippo.seen.count("GET /tracks") == 3


def test_a_box_that_does_not_come_for_weeks_is_told_and_asked_about_no_more(
    shippo_context: Context, zebra: VirtualZebra
) -> None:
    _ = on_its_way(shippo_context, zebra, "shippo", left=dt.timedelta(days=46))
    ask_now(shippo_context)
    assert the_label(shippo_context.engine).track_due_at is None
    with reading(shippo_context.engine) as session:
        assert "not delivered 45 days after it left" in session.scalars(select(ExceptionItem.text)).one()


def test_the_offline_carrier_delivers_after_a_day_and_says_that_it_is_simulated(
    context: Context, zebra: VirtualZebra
) -> None:
    box_id = on_its_way(context, zebra, "offline", left=dt.timedelta(hours=30))
    ask_now(context)
    label = the_label(context.engine)
    assert label.track_status is TrackStatus.DELIVERED
    with reading(context.engine) as session:
        row = box_page(session, now(), box_id).labels[0]
        came = deliveries(session, builders.WAREHOUSE, now().at)
    assert [event.simulated for event in row.way] == [True, True]
    assert (came.delivered, came.simulated, came.promised) == (1, 1, 1)


def test_on_time_is_by_the_promised_day_s_end(context: Context, zebra: VirtualZebra) -> None:
    box_id = on_its_way(context, zebra, "offline", left=dt.timedelta(hours=30))
    ask_now(context)
    label = the_label(context.engine)
    # usps_priority is named three days, and the collection was promised for the builders' day.
    assert label.promised_at is not None
    assert label.promised_at == builders.NOW.replace(hour=0) + dt.timedelta(days=4)
    verdicts = []
    for late in (False, True):
        with transaction(context.engine) as session:
            came_at = label.promised_at + dt.timedelta(minutes=1 if late else -1)
            _ = session.execute(update(Label).values(delivered_at=came_at))
        with reading(context.engine) as session:
            came = deliveries(session, builders.WAREHOUSE, came_at)
            verdicts.append((box_page(session, now(), box_id).labels[0].on_time, came.on_time, came.on_time_pct))
    assert verdicts == [(True, 1, 100.0), (False, 0, 0.0)]


def test_a_status_that_its_events_do_not_say_is_a_breach(context: Context, zebra: VirtualZebra) -> None:
    _ = on_its_way(context, zebra, "offline", left=dt.timedelta(hours=30))
    ask_now(context)
    assert breaches(context.engine, "tracking") == []
    with transaction(context.engine) as session:
        _ = session.execute(update(Label).values(track_status=TrackStatus.RETURNED))
    assert "its events say delivered" in breaches(context.engine, "tracking")[0]
