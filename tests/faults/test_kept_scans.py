"""Scans kept while the line is cut: through a killed browser, a hand-over, and a session that ended meanwhile."""

import datetime as dt
import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, expect
from sqlalchemy import select, update

from tests.browser.conftest import HANDHELD, launch_options
from tests.faults.bad_radio import opened, page_on
from tests.faults.hasty_picker import HastyPicker
from tests.faults.radio import BadRadio
from tests.faults.wave import Wave, served
from wms.config import Settings
from wms.database import reading, transaction
from wms.domain.journal import Scan
from wms.domain.people import WorkerSession

LINES = 3


@pytest.fixture
def wave(empty: Settings) -> Iterator[Wave]:
    with served(empty, LINES) as wave:
        yield wave


@pytest.fixture
def radio(wave: Wave) -> Iterator[BadRadio]:
    with BadRadio(to_port=wave.server.port, seed=1) as radio:
        yield radio


@contextmanager
def browser_of_its_own(chromium: Browser, profile: Path) -> Iterator[BrowserContext]:
    """A whole browser on a profile, as after the handheld was switched on."""
    context = chromium.browser_type.launch_persistent_context(profile, **launch_options(), **HANDHELD)
    yield context
    context.close()


def kill(profile: Path) -> None:
    """End the browser that has the profile open, at once and without a word to its pages."""
    host_and_process = (profile / "SingletonLock").readlink().name
    os.kill(int(host_and_process.rpartition("-")[2]), signal.SIGKILL)


def keep_two(marta: HastyPicker, radio: BadRadio) -> None:
    """Walk to a shelf, and scan it and a unit after the line was cut."""
    marta.work(until=lambda look: look.screen == "go_to" and not look.waiting)
    radio.cut()
    marta.work(until=lambda look: look.waiting == 2)
    expect(marta.page.locator("#network")).to_have_text("NO NETWORK. 2 kept")


def test_a_browser_killed_during_a_cut_loses_no_scan_it_kept(
    chromium: Browser, wave: Wave, radio: BadRadio, tmp_path: Path
) -> None:
    profile = tmp_path / "profile"
    with browser_of_its_own(chromium, profile) as context:
        marta = HastyPicker(wave=wave, page=opened(context, radio), seed=1, badge=wave.badges[0], cart=wave.carts[0])
        keep_two(marta, radio)
        kill(profile)
    radio.mend()
    with browser_of_its_own(chromium, profile) as context:
        marta.page = opened(context, radio)
        marta.work()
    wave.assert_counted(marta.taken)


def test_another_badge_during_a_cut_hands_over_only_after_what_was_kept(
    chromium: Browser, wave: Wave, radio: BadRadio
) -> None:
    with page_on(chromium, radio) as page:
        marta = HastyPicker(wave=wave, page=page, seed=1, badge=wave.badges[0], cart=wave.carts[0])
        keep_two(marta, radio)
        assert marta.scan(wave.badges[1])
        assert marta.look().stopped
        radio.mend()
        expect(page.locator("#feedback")).to_have_text("Hand over from Marta? YES or badge again")
        for card, words in (("K109", "Hello Tom"), (wave.badges[0], "Hand over from Tom?"), ("K109", "Hello Marta")):
            assert marta.scan(card)
            expect(page.locator("#feedback")).to_contain_text(words)
        marta.work()
    wave.assert_counted(marta.taken)


def test_what_was_kept_waits_for_its_worker_when_another_signs_in(
    chromium: Browser, wave: Wave, radio: BadRadio
) -> None:
    with page_on(chromium, radio) as page:
        marta = HastyPicker(wave=wave, page=page, seed=1, badge=wave.badges[0], cart=wave.carts[0])
        keep_two(marta, radio)
        with transaction(wave.engine) as session:
            _ = session.execute(update(WorkerSession).values(ended_at=dt.datetime.now(dt.UTC)))
        radio.mend()
        expect(page.locator("#feedback")).to_have_text("Scan your badge to go on")
        assert marta.scan(wave.badges[1])
        expect(page.locator("#feedback")).to_have_text("Hello Tom")
        kept = {one.scan for one in marta.taken if one.ask.endswith(f"@{wave.workers[0]}")}
        with reading(wave.engine) as session:
            counted = set(session.scalars(select(Scan.scan)))
            assert session.query(Scan).filter_by(worker_id=wave.workers[1]).count() == 0
        assert len(kept - counted) == 2
        assert marta.scan("K185")
        expect(page.locator("#feedback")).to_have_text("Logged out")
        marta.work()
    wave.assert_counted(marta.taken)
