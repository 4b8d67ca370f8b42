"""The packing station over HTTP: from badge to sealed box, with the worker, the offline carrier and a printer."""

import datetime as dt
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from tests import builders, packers
from tests.handheld import Handheld
from tests.packers import Floor
from tests.web.desk import signed_in
from wms.app import create_app
from wms.config import Settings
from wms.database import db, reading, transaction
from wms.domain.floor import LocationKind
from wms.domain.journal import JournalEntry
from wms.domain.outbox import Job, JobKind
from wms.domain.packing import Package, PackageStatus
from wms.domain.people import Worker
from wms.domain.printing import PrintJob
from wms.domain.shipping import Label
from wms.domain.weighing import LearnedWeight
from wms.jobs import outbox, weighing
from wms.jobs.handlers import HANDLERS
from wms.jobs.outbox import Context
from wms.scales.virtual import VirtualScale
from wms.services.orders import cancelling
from wms.services.verifying import verify


@pytest.fixture
def floor(engine: Engine, tmp_path: Path) -> Floor:
    """A bench whose printer writes into a folder."""
    tray = tmp_path / "tray"
    tray.mkdir()
    with transaction(engine) as session:
        made = packers.bench(session, printer_url=f"file://{tray}")
        _ = builders.location(session, "DOCK-1", kind=LocationKind.DOCK)
        return made


@pytest.fixture
def app(settings: Settings, floor: Floor) -> Iterator[Flask]:
    app = create_app(settings)
    app.config.update(TESTING=True)
    yield app
    with app.app_context():
        db.engine.dispose()


@pytest.fixture
def station(app: Flask, floor: Floor, engine: Engine) -> Handheld:
    """A browser at /pack/ whose packer has scanned badge and station."""
    with reading(engine) as session:
        badge = session.scalars(select(Worker.badge).where(Worker.name == "Ana")).one()
    browser = Handheld(app, "/pack/")
    assert browser.screen == "sign_in"
    _ = browser.scan(badge)
    assert browser.screen == "scan_station"
    _ = browser.scan(floor.station.barcode)
    assert browser.screen == "scan_tote"
    return browser


def _work(settings: Settings, engine: Engine) -> int:
    return outbox.drain(Context(engine=engine, settings=settings), HANDLERS)


def _count(engine: Engine, table: type[Label | Job]) -> int:
    with reading(engine) as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


def test_a_tote_becomes_a_sealed_box_and_leaves(
    station: Handheld, floor: Floor, engine: Engine, settings: Settings, app: Flask
) -> None:
    _ = station.scan(floor.tote.barcode, floor.mug_code, floor.mug_code, floor.towel_code)
    assert station.screen == "box_and_weigh"
    assert station.sees("PUT IN BOX M2")
    _ = station.scan("N720")
    assert station.screen == "buying_label"
    assert _work(settings, engine) >= 2
    assert station.look() == "scan_label"
    assert station.accept
    _ = station.scan(station.accept[0])
    assert station.hears("complete")
    assert station.screen == "scan_tote"
    station.address = "/ship/"
    assert station.look() == "scan_box"
    with reading(engine) as session:
        package = session.scalars(select(Package)).one()
        assert package.status is PackageStatus.SEALED
    _ = station.scan(package.barcode)
    assert station.screen == "scan_dock"
    assert station.accept
    _ = station.scan(station.accept[0])
    assert station.hears("complete")
    with reading(engine) as session:
        assert verify(session, builders.WAREHOUSE) == []


def test_a_packer_reads_that_the_paper_is_nearly_out_when_a_label_is_printed(
    station: Handheld, floor: Floor, engine: Engine, settings: Settings
) -> None:
    _ = station.scan(floor.tote.barcode, floor.mug_code, floor.mug_code, floor.towel_code, "N720")
    assert _work(settings, engine) >= 2
    assert station.look() == "scan_label"
    assert not station.sees("paper nearly out")
    with transaction(engine) as session:
        session.scalars(select(PrintJob)).one().reason = "paper nearly out"
    assert station.look() == "scan_label"
    assert station.sees("paper nearly out")
    assert station.sees("STICK LABEL, SCAN LABEL")


def test_a_house_without_a_hold_lane_shows_yes(station: Handheld, floor: Floor, engine: Engine) -> None:
    with transaction(engine) as session:
        session.delete(session.merge(floor.hold))
    _ = station.scan(floor.tote.barcode, floor.mug_code)
    with transaction(engine) as session:
        _ = cancelling.cancel_by_id(session, builders.actor(), floor.order.id, "changed their mind")
    assert station.look() == "hold_tote"
    assert station.sees("ORDER CANCELLED. PUT ALL BACK, THEN YES")
    assert station.sees("give it to the lead")
    assert station.scan("YES") == "scan_tote"


def test_a_bench_goes_on_after_a_break_and_with_the_packer_it_is_handed_to(
    station: Handheld, floor: Floor, engine: Engine
) -> None:
    with transaction(engine) as session:
        ana = session.scalars(select(Worker.badge).where(Worker.name == "Ana")).one()
        tom = builders.worker(session, "Tom", roles="packer").badge
    assert station.scan(floor.tote.barcode, floor.mug_code) == "scan_items"
    assert station.scan("BREAK") == "sign_in"
    assert station.scan(ana) == "scan_items"
    assert station.scan(tom, "YES") == "scan_items"
    assert station.sees("Hello Tom")
    assert station.sees("1 / 2")


def test_no_post_whatever_gets_a_label_while_a_unit_is_missing(
    station: Handheld, floor: Floor, engine: Engine, settings: Settings
) -> None:
    _ = station.scan(floor.tote.barcode, floor.mug_code, floor.mug_code)
    with reading(engine) as session:
        package = session.scalars(select(Package)).one()
    _ = station.scan(floor.carton.barcode)
    assert station.screen == "scan_items"
    for code in ("N720", "K161", "K109", "K123", "K130", "K086", package.barcode):
        for token in (station.token, "ready", f"{package.id:x}", "", "label"):
            _ = station.scan(code, token=token)
            assert station.screen == "scan_items"
            assert station.tone in {"wrong", "warn"}
    response = station.post(
        code="N720", ask=station.token, scan="s1", weight_g="720", screen="box_and_weigh", label="1"
    )
    assert response.status_code == 200
    assert _work(settings, engine) == 0
    assert _count(engine, Label) == 0
    assert _count(engine, Job) == 0


def test_a_wrong_unit_shows_both_things_over_the_whole_screen(station: Handheld, floor: Floor) -> None:
    _ = station.scan(floor.tote.barcode, floor.towel_code, floor.towel_code)
    assert station.hears("stop")
    assert station.sees("EXTRA. PUT IN RED TOTE")
    assert station.sees("Thing TOWEL")
    assert station.sees("Thing MUG")
    _ = station.scan(floor.mug_code)
    assert not station.sees("RED TOTE")


def test_only_screens_that_wait_ask_again_by_themselves(
    station: Handheld, floor: Floor, engine: Engine, settings: Settings
) -> None:
    polls = re.compile(r'hx-trigger="every 1s"')

    def page() -> str:
        return station.client.get("/pack/").text

    assert not polls.search(page())
    _ = station.scan(floor.tote.barcode, floor.mug_code, floor.mug_code, floor.towel_code)
    assert not polls.search(page())
    _ = station.scan("N720")
    assert polls.search(page())
    assert '<a class="command" href="/pack/">' in page()
    _ = _work(settings, engine)
    assert not polls.search(page())


def test_a_label_not_scanned_turns_the_page_amber_by_itself_after_a_minute(
    station: Handheld, floor: Floor, engine: Engine, settings: Settings
) -> None:
    _ = station.scan(floor.tote.barcode, floor.mug_code, floor.mug_code, floor.towel_code, "N720")
    _ = _work(settings, engine)
    page = station.client.get("/pack/").text
    delay = re.search(r'hx-trigger="load delay:(\d+)s"', page)
    assert delay
    assert 50 < int(delay[1]) <= 60
    assert "instruction--late" not in page
    with transaction(engine) as session:
        label = session.scalars(select(Label)).one()
        label.bought_at = label.wanted_at - dt.timedelta(minutes=1)
    page = station.client.get("/pack/").text
    assert "instruction--late" in page
    assert "Not scanned for long. Scan label, or VOID" in page
    assert "load delay" not in page


def test_a_wrong_unit_goes_to_the_red_tote_before_the_next_item(
    station: Handheld, floor: Floor, engine: Engine
) -> None:
    with transaction(engine) as session:
        red = builders.tote(session)
        red.is_red = True
    _ = station.scan(floor.tote.barcode, floor.towel_code, floor.towel_code)
    assert station.hears("stop")
    assert station.sees("EXTRA. PUT IN RED TOTE, SCAN TOTE")
    assert station.screen == "red_tote"
    assert station.sees("Wrong pick")
    _ = station.scan(floor.mug_code)
    assert (station.screen, station.tone) == ("red_tote", "wrong")
    _ = station.scan(red.barcode)
    assert station.screen == "scan_items"


def test_a_second_browser_at_the_station_says_that_it_is_open_on_the_other(
    station: Handheld, floor: Floor, app: Flask, engine: Engine
) -> None:
    with transaction(engine) as session:
        badge = builders.worker(session, name="Cem", roles="packer").badge
    second = Handheld(app, "/pack/")
    _ = second.scan(badge, floor.station.barcode)
    assert second.screen == "other_screen"
    assert second.sees("OPEN ON THE OTHER SCREEN")
    _ = station.scan(floor.tote.barcode)
    assert station.screen == "scan_items"
    _ = second.scan(floor.station.barcode)
    assert second.screen == "scan_items"
    _ = station.scan(floor.mug_code)
    assert station.screen == "other_screen"
    assert station.sees("Not counted. Look at the screen")


def test_a_scan_from_a_second_page_of_the_browser_that_has_the_station_does_not_count(
    station: Handheld, floor: Floor
) -> None:
    station.headers = {"X-Page": "page1"}
    _ = station.scan(floor.station.barcode, floor.tote.barcode)
    token = station.token
    assert station.screen == "scan_items"
    station.headers = {"X-Page": "page2"}
    assert station.scan(floor.mug_code, token=token) == "other_screen"
    assert station.sees("Not counted. Look at the screen")
    station.headers = {"X-Page": "page1"}
    assert station.look() == "scan_items"
    assert station.sees("0 of 3")
    station.headers = {"X-Page": "not a page's id" * 9}
    assert station.look() == "scan_items"


def test_a_screen_that_asks_for_itself_leaves_the_verdict_standing(
    station: Handheld, floor: Floor, engine: Engine, settings: Settings
) -> None:
    _ = station.scan(floor.tote.barcode, floor.mug_code, floor.mug_code, floor.towel_code, "N720")
    address = re.search(r'hx-get="([^"]*)"', station.client.get("/pack/").text)
    assert address

    def poll() -> str:
        return station.client.get(address[1], headers={"HX-Request": "true"}).text

    assert 'id="feedback"' not in poll()
    _ = _work(settings, engine)
    assert 'id="feedback"' in poll()


def test_a_screen_that_asks_its_scale_shows_how_it_stands_and_hears_the_weight(
    station: Handheld, floor: Floor, engine: Engine, settings: Settings
) -> None:
    with VirtualScale(settle_ms=0) as virtual:
        with transaction(engine) as session:
            session.merge(floor.station).scale = virtual.url
        _ = station.scan(floor.tote.barcode, floor.mug_code, floor.mug_code, floor.towel_code)
        assert 'data-scale="unasked"' in station.client.get("/pack/").text

        def ask() -> TestResponse:
            form = {"csrf_token": station.csrf_token}
            headers = {"HX-Request": "true"}
            return station.client.post("/pack/weight?seen=box_and_weigh", data=form, headers=headers)

        def look() -> None:
            context = Context(engine=engine, settings=settings)
            _ = outbox.run_one(context, {JobKind.WEIGH: weighing.weigh}, "worker")

        answer = ask()
        assert 'data-scale="waiting"' in answer.text
        assert 'data-action="/pack/"' in answer.text
        assert 'id="feedback"' not in answer.text
        look()
        assert "Put the box on the scale." in ask().text
        virtual.scale.put(500)
        look()
        heard = ask()
        assert heard.headers["X-Cue"] == "wrong"
        assert "500 g, not 720 g. Count again" in heard.text
        assert 'id="feedback"' not in ask().text
        for load_g in (0, 722):
            virtual.scale.put(load_g)
            look()
        assert ask().headers["X-Cue"] == "step"
    assert station.look() == "buying_label"


def _learn(session: Session, floor: Floor) -> None:
    """Let past boxes have told what mugs and towels weigh."""
    session.add_all(
        LearnedWeight(
            warehouse_id=builders.WAREHOUSE,
            product_id=item.id,
            unit_mg=200_500,
            spread_mg=100,
            samples=7,
            learned_at=builders.NOW,
        )
        for item in (floor.mug, floor.towel)
    )


def test_a_wrong_weight_by_learned_weights_asks_for_each_item_again_and_the_desk_sees_what_was_learned(
    app: Flask, station: Handheld, floor: Floor, engine: Engine
) -> None:
    with transaction(engine) as session:
        lead = builders.worker(session, "Ines", roles="supervisor").badge
        _learn(session, floor)
    _ = station.scan(floor.tote.barcode, floor.mug_code, floor.mug_code, floor.towel_code, "N500")
    assert station.screen == "count_again"
    assert station.sees("WRONG WEIGHT. SCAN EACH ITEM AGAIN")
    assert station.accept == [floor.mug_code, floor.towel_code]
    _ = station.scan(floor.mug_code, floor.mug_code, floor.towel_code)
    assert station.screen == "box_and_weigh"
    page = signed_in(app, lead).get("/desk/stock/?q=MUG").text
    assert "Weighs 200.5 g, learned from its last 7 boxes that tell it." in page


def test_the_lead_accepts_a_wrong_weight_by_badge_and_yes_at_the_packers_station(
    station: Handheld, floor: Floor, engine: Engine
) -> None:
    with transaction(engine) as session:
        lead = builders.worker(session, "Ines", roles="supervisor").badge
        _learn(session, floor)
    _ = station.scan(floor.tote.barcode, floor.mug_code, floor.mug_code, floor.towel_code, "N500", "YES")
    assert station.sees("Only the lead may. Count again")
    _ = station.scan(lead, lead)
    assert station.screen == "count_again"
    _ = station.scan("YES")
    assert station.screen == "buying_label"
    with reading(engine) as session:
        entry = session.scalars(select(JournalEntry).where(JournalEntry.event == "PackageWeighed")).one()
        assert session.get_one(Worker, (builders.WAREHOUSE, entry.worker_id)).name == "Ines"


def test_nobody_signed_in_asks_no_scale(app: Flask, engine: Engine) -> None:
    browser = Handheld(app, "/pack/")
    assert 'data-screen="sign_in"' in browser.client.post("/pack/weight", data={"csrf_token": browser.csrf_token}).text
    with reading(engine) as session:
        assert session.scalars(select(Job)).all() == []


def test_a_refused_rule_is_a_sentence_on_the_same_screen(station: Handheld, floor: Floor, engine: Engine) -> None:
    with transaction(engine) as session:
        session.merge(floor.order).carrier_service_id = None
    _ = station.scan(floor.tote.barcode, floor.mug_code, floor.mug_code, floor.towel_code, "N720")
    assert station.status == 409
    assert station.screen == "box_and_weigh"
    assert station.sees("has no carrier service")


def test_a_picker_cannot_pack(app: Flask, engine: Engine) -> None:
    with transaction(engine) as session:
        badge = builders.worker(session, "Pia", roles="picker").badge
    browser = Handheld(app, "/pack/")
    _ = browser.scan(badge)
    assert browser.screen == "sign_in"
    assert browser.sees("No packer badge")


def test_the_keys_of_the_station_are_cards(station: Handheld, floor: Floor) -> None:
    _ = station.scan(floor.tote.barcode)
    page = station.client.get("/pack/").text
    keys = dict(re.findall(r'data-code="(K\d+)"[^>]*data-key="(F\d+)"', page))
    assert keys == {"K017": "F1", "K031": "F2", "K062": "F3", "K147": "F4", "K154": "F6", "K093": "F10"}
