"""Where a box is follows from the carrier's own moments, whatever was heard first."""

import datetime as dt
import itertools

from wms.carriers import base as carriers
from wms.domain.tracking import TrackingEvent, TrackStatus, Whereabouts, whereabouts

NOON = dt.datetime(2026, 11, 24, 12, tzinfo=dt.UTC)


def said(status: TrackStatus, hours: int) -> TrackingEvent:
    return TrackingEvent(
        warehouse_id=1, label_id=1, at=NOON + dt.timedelta(hours=hours), status=status, details="", place="",
        heard_at=NOON,
    )  # fmt: skip


def test_every_order_in_which_events_are_heard_comes_to_the_same() -> None:
    way = [said(TrackStatus.ANNOUNCED, 0), said(TrackStatus.IN_TRANSIT, 5), said(TrackStatus.DELIVERED, 50)]
    ends = {whereabouts(heard) for heard in itertools.permutations(way)}
    delivered_at = NOON + dt.timedelta(hours=50)
    assert ends == {Whereabouts(status=TrackStatus.DELIVERED, at=delivered_at, delivered_at=delivered_at)}


def test_of_two_things_said_for_one_moment_the_further_one_counts() -> None:
    assert whereabouts([said(TrackStatus.DELIVERED, 1), said(TrackStatus.IN_TRANSIT, 1)]).status == "delivered"


def test_a_box_said_to_be_delivered_twice_came_the_first_time() -> None:
    now = whereabouts([said(TrackStatus.DELIVERED, 9), said(TrackStatus.DELIVERED, 7)])
    assert now.delivered_at == NOON + dt.timedelta(hours=7)


def test_a_delivery_taken_back_is_none() -> None:
    now = whereabouts([said(TrackStatus.DELIVERED, 7), said(TrackStatus.RETURNED, 90)])
    assert (now.status, now.delivered_at) == (TrackStatus.RETURNED, None)


def test_a_state_that_nobody_here_knows_takes_nothing_back() -> None:
    now = whereabouts([said(TrackStatus.DELIVERED, 7), said(TrackStatus.UNKNOWN, 90)])
    delivered_at = NOON + dt.timedelta(hours=7)
    assert (now.status, now.delivered_at) == (TrackStatus.DELIVERED, delivered_at)
    assert now.at == NOON + dt.timedelta(hours=90), "the carrier has not been silent"


def test_a_box_of_which_only_unknown_states_are_told_is_somewhere_unknown() -> None:
    assert whereabouts([said(TrackStatus.UNKNOWN, 7)]).status is TrackStatus.UNKNOWN


def test_nothing_said_is_nowhere() -> None:
    assert whereabouts([]) == Whereabouts()


def test_the_carriers_words_are_the_houses_words() -> None:
    assert {status.value for status in carriers.TrackStatus} == {status.value for status in TrackStatus}
