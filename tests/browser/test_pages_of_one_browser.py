"""A packing station is open on one page of a browser: a second tab, or a copy, says so; a reload does not."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, expect
from sqlalchemy import Engine, select

from tests import packers
from tests.browser.conftest import HOST
from tests.browser.test_journey import Scanner
from tests.packers import Floor
from tests.served import served
from wms.app import create_app
from wms.config import Settings
from wms.database import db, reading, transaction
from wms.domain.people import Worker


@pytest.fixture
def floor(engine: Engine, tmp_path: Path) -> Floor:
    with transaction(engine) as session:
        return packers.bench(session, printer_url=f"file://{tmp_path}")


@pytest.fixture
def url(settings: Settings, floor: Floor) -> Iterator[str]:
    assert floor.station.id
    app = create_app(settings)
    with served(app) as url:
        yield f"{url.replace('127.0.0.1', HOST)}/pack/"
    with app.app_context():
        db.engine.dispose()


@pytest.fixture
def context(chromium: Browser) -> Iterator[BrowserContext]:
    context = chromium.new_context(viewport={"width": 1366, "height": 768})
    yield context
    context.close()


@pytest.fixture
def first(context: BrowserContext, url: str, engine: Engine, floor: Floor) -> Scanner:
    """A tab whose packer stands at the station, with a tote open and a unit scanned."""
    scanner = Scanner(context.new_page(), url)
    with reading(engine) as session:
        badge = session.scalars(select(Worker.badge).where(Worker.id == floor.packer.actor.worker_id)).one()
    scanner.scan(badge, floor.station.barcode, floor.tote.barcode, floor.mug_code)
    scanner.sees("scan_items")
    return scanner


def test_a_second_tab_says_that_the_station_is_open_on_the_other(
    first: Scanner, context: BrowserContext, url: str, floor: Floor
) -> None:
    second = Scanner(context.new_page(), url)
    second.sees("other_screen")
    second.scan(floor.mug_code)
    second.sees("other_screen")
    first.scan(floor.mug_code)
    expect(first.page.locator("#feedback")).to_contain_text("2 of 2")
    second.scan(floor.station.barcode)
    second.sees("scan_items")
    first.scan(floor.towel_code)
    first.sees("other_screen")
    expect(first.page.locator("#feedback")).to_contain_text("Not counted")


def test_a_copied_tab_is_another_page_though_it_has_the_first_ones_storage(
    first: Scanner, context: BrowserContext
) -> None:
    with context.expect_page() as opened:
        _ = first.page.evaluate("() => { window.open(location.href); }")
    copy = opened.value
    expect(copy.locator("#screen")).to_have_attribute("data-screen", "other_screen")
    kept = "sessionStorage.getItem('wms-page')"
    assert copy.evaluate(kept) != first.page.evaluate(kept)
    _ = first.page.reload()
    first.sees("scan_items")
    _ = copy.reload()
    expect(copy.locator("#scan[data-waiting]")).to_be_attached()
    expect(copy.locator("#screen")).to_have_attribute("data-screen", "other_screen")


def test_a_reload_and_the_way_back_stay_the_same_page(first: Scanner, floor: Floor, url: str) -> None:
    page = first.page
    _ = page.reload()
    expect(page.locator("#scan[data-waiting]")).to_be_attached()
    first.scan(floor.mug_code)
    expect(page.locator("#feedback")).to_contain_text("2 of 2")
    _ = page.goto(url.replace("/pack/", "/"))
    _ = page.go_back()
    expect(page.locator("#scan[data-waiting]")).to_be_attached()
    first.scan(floor.towel_code)
    first.sees("box_and_weigh")


def test_a_tab_opened_after_the_first_was_closed_goes_on_at_the_station(
    first: Scanner, context: BrowserContext, url: str, floor: Floor
) -> None:
    first.page.close()
    again = Scanner(context.new_page(), url)
    again.scan(floor.mug_code)
    again.sees("scan_items")
    expect(again.page.locator("#feedback")).to_contain_text("2 of 2")
