"""Badges, breaks and log-outs on a bare session: who works on a device, where, and what it says in between."""

import datetime as dt

import pytest
from sqlalchemy.orm import Session

from tests import builders
from wms.domain.actor import Actor
from wms.domain.journal import JournalEntry
from wms.domain.people import Worker, WorkerSession
from wms.services import calling, signing_in
from wms.services.scans.screens import Feedback
from wms.services.signing_in import Browser

LATER = dt.timedelta(minutes=15)
_COOKIE = "a-device's-key"


class Device:
    """One browser with its cookie; each scan is a minute after the one before."""

    def __init__(self, session: Session, key: str = _COOKIE) -> None:
        self.session = session
        self.key = key
        self.token = ""
        self.at = builders.NOW
        self.feedback = Feedback()

    @property
    def actor(self) -> Actor:
        browser = Browser(device_key=self.key, token=self.token)
        return signing_in.actor_of(self.session, builders.WAREHOUSE, browser, self.at)

    @property
    def screen(self) -> signing_in.SignIn:
        return signing_in.screen(self.session, self.actor, "picking")

    def scan(self, code: str) -> Actor:
        """Scan a badge or a command of people; return who acts from now on."""
        self.at += dt.timedelta(minutes=1)
        token = f"{self.key} {self.at}"
        browser = Browser(device_key=self.key, token=self.token)
        before = self.actor
        actor, self.feedback = signing_in.scan(self.session, before, code, browser, token)
        if actor.session_id != before.session_id:
            self.token = token
        self.session.flush()
        return actor

    def stand_at(self, station_id: int) -> None:
        """Scan a packing station, as the packing pages do."""
        found = self.session.get_one(WorkerSession, (builders.WAREHOUSE, self.actor.session_id))
        found.station_id = station_id
        self.session.flush()


def reasons(session: Session) -> list[str]:
    """Why sessions ended, in the order they did."""
    rows = session.query(JournalEntry).filter_by(event="WorkerSignedOut").order_by(JournalEntry.id)
    return [row.data["reason"] for row in rows]


def two(session: Session) -> tuple[Worker, Worker]:
    return builders.worker(session, "Marta"), builders.worker(session, "Tom")


def test_break_ends_the_session_and_the_journal_says_why(session: Session) -> None:
    marta, _ = two(session)
    device = Device(session)
    _ = device.scan(marta.badge)
    assert device.scan("BREAK").worker_id is None
    assert device.feedback.words == "BREAK. Your badge goes on here"
    assert reasons(session) == ["break"]


def test_the_sign_in_screen_says_who_is_on_a_break(session: Session) -> None:
    marta, tom = two(session)
    device = Device(session)
    assert device.screen.on_break == ""
    _ = device.scan(marta.badge)
    _ = device.scan("BREAK")
    assert device.screen.on_break == "Marta"
    _ = device.scan(tom.badge)
    _ = device.scan("LOG OUT")
    assert device.screen.on_break == ""


def test_a_break_on_one_device_is_not_said_on_another(session: Session) -> None:
    marta, tom = two(session)
    device, other = Device(session), Device(session, "another key")
    _ = other.scan(tom.badge)
    _ = other.scan("LOG OUT")
    _ = device.scan(marta.badge)
    _ = device.scan("BREAK")
    other.at = device.at
    assert other.screen.on_break == ""


def test_a_packer_is_back_at_the_bench_after_a_break_but_not_after_logging_out(session: Session) -> None:
    marta, _ = two(session)
    station, device = builders.station(session), Device(session)
    _ = device.scan(marta.badge)
    device.stand_at(station.id)
    _ = device.scan("BREAK")
    device.at += LATER
    assert device.scan(marta.badge).station_id == station.id
    _ = device.scan("LOG OUT")
    assert device.scan(marta.badge).station_id is None


def test_a_break_holds_no_bench_for_somebody_else(session: Session) -> None:
    marta, tom = two(session)
    station, device = builders.station(session), Device(session)
    _ = device.scan(marta.badge)
    device.stand_at(station.id)
    _ = device.scan("BREAK")
    assert device.scan(tom.badge).station_id is None
    assert device.actor.station_id is None


def test_a_bench_goes_on_with_the_worker_it_is_handed_to(session: Session) -> None:
    marta, tom = two(session)
    station, device = builders.station(session), Device(session)
    _ = device.scan(marta.badge)
    device.stand_at(station.id)
    assert device.scan(tom.badge).station_id == station.id
    assert device.actor.name == "Tom"
    assert reasons(session) == ["handed over to Tom"]


@pytest.mark.parametrize("key", [_COOKIE, "another's"])
def test_a_call_goes_on_with_its_worker_after_the_device_has_locked_or_died(session: Session, key: str) -> None:
    marta, tom = two(session)
    device = Device(session)
    _ = calling.call(session, device.scan(marta.badge), "picking", device.screen)
    device.at += LATER
    assert device.actor.worker_id is None
    other = Device(session, key)
    other.at = device.at
    assert calling.shown(session, other.scan(marta.badge)) is not None
    assert calling.shown(session, other.scan(tom.badge)) is None


def test_light_dark_turns_a_workers_pages_dark_at_once_and_light_again(session: Session) -> None:
    marta, _ = two(session)
    device = Device(session)
    assert device.scan(marta.badge).dark is False
    assert device.scan("LIGHT DARK").dark is True
    assert device.feedback.words == "DARK"
    assert device.actor.dark is True
    assert device.scan("LIGHT DARK").dark is False
    assert (device.feedback.words, device.actor.dark) == ("LIGHT", False)


def test_the_colours_come_with_the_badge_to_another_device(session: Session) -> None:
    marta, _ = two(session)
    device, other = Device(session), Device(session, "another key")
    _ = device.scan(marta.badge)
    _ = device.scan("LIGHT DARK")
    assert other.scan(marta.badge).dark is True
