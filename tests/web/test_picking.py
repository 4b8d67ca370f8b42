"""The picking pages over HTTP: who may come in, and every screen drawn."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from flask import Flask
from sqlalchemy import Engine

from tests import builders
from tests.handheld import Handheld
from tests.web import desk
from wms.app import create_app
from wms.config import Settings
from wms.database import db, transaction
from wms.domain.catalog import Barcode, Product
from wms.domain.codes import CodeKind, own_code
from wms.domain.floor import LocationKind
from wms.resources import resource_dir
from wms.services.picking import JUDGES


@dataclass(frozen=True, kw_only=True)
class Floor:
    """An app, two workers' badges, and the codes of one walk: a mug twice, then a pen."""

    app: Flask
    marta: str
    tom: str
    cart: str
    tote: str
    lane: str
    hold: str
    mug: str
    pen: str


@pytest.fixture
def floor(engine: Engine, settings: Settings) -> Iterator[Floor]:
    with transaction(engine) as session:
        mug, pen = builders.product(session), builders.product(session)
        _ = builders.waiting_batch(session, builders.order(session, (mug, 2), (pen, 1)))
        app = create_app(settings)
        made = Floor(
            app=app,
            marta=builders.worker(session, "Marta").badge,
            tom=builders.worker(session, "Tom").badge,
            cart=builders.cart(session).barcode,
            tote=builders.tote(session).barcode,
            lane=builders.location(session, kind=LocationKind.LANE).barcode,
            hold=builders.location(session, kind=LocationKind.HOLD).barcode,
            mug=builders.barcode(session, mug),
            pen=builders.barcode(session, pen),
        )
    yield made
    with app.app_context():
        db.engine.dispose()


def test_every_screen_has_its_template() -> None:
    templates = resource_dir("templates")
    words = {screen.__name__: re.sub(r"(?<!^)(?=[A-Z])", "_", screen.__name__).lower() for screen in JUDGES}
    assert [name for name, word in words.items() if not (templates / "picking" / f"{word}.html").exists()] == []


def test_a_walk_by_scanning_alone(floor: Floor) -> None:
    handheld = Handheld(floor.app)
    assert handheld.sees("SCAN YOUR BADGE")
    assert handheld.scan(floor.marta) == "home"
    assert handheld.sees("Hello Marta")
    assert handheld.sees("SCAN A CART TO START")
    assert handheld.scan(floor.cart) == "build_cart"
    assert handheld.scan(floor.tote) == "go_to"
    assert handheld.sees("take 2")
    while handheld.screen != "drop_cart":
        assert handheld.accept
        _ = handheld.scan(handheld.accept[0])
        assert handheld.tone == "ok"
    assert handheld.accept == [floor.lane]
    assert handheld.scan(floor.lane) == "home"
    assert handheld.hears("complete")
    assert handheld.sees("Today 3 units")


def test_the_other_screens_are_drawn_too(floor: Floor) -> None:
    marta, tom = Handheld(floor.app), Handheld(floor.app)
    _ = marta.scan(floor.marta, floor.cart, floor.tote)
    assert marta.scan("NONE HERE") == "short"
    assert marta.sees("HOW MANY DID YOU FIND?")
    assert marta.scan(floor.pen) == "short"
    assert marta.sees("PUT IT BACK")
    assert tom.scan(floor.tom, floor.cart) == "take_over"
    assert tom.sees("Move Marta's batch here?")
    assert tom.scan("YES") == "short"
    assert marta.look() == "moved"
    assert marta.sees("Moved to device 2")
    assert tom.accept
    assert tom.scan(tom.accept[0]) == "go_to"
    assert tom.accept
    assert tom.scan(tom.accept[0], floor.pen, floor.tote) == "drop_cart"
    assert tom.sees("PUT THESE ON HOLD")
    assert tom.scan(floor.hold) == "home"


def test_an_unknown_badge_comes_to_nothing(floor: Floor) -> None:
    handheld = Handheld(floor.app)
    assert handheld.scan(own_code(CodeKind.BADGE, 4711)) == "sign_in"
    assert handheld.sees("Badge not known. See the lead")
    assert handheld.hears("wrong")


def test_a_serial_that_reads_like_a_badge_nobody_has_is_a_serial(floor: Floor, engine: Engine) -> None:
    with transaction(engine) as session:
        for product in session.query(Product):
            product.has_serials = True
    handheld = Handheld(floor.app)
    nobodys = own_code(CodeKind.BADGE, 4711)
    assert handheld.scan(floor.marta, floor.cart, floor.tote) == "go_to"
    assert handheld.accept
    assert handheld.scan(handheld.accept[0], nobodys) == "scan_item"
    assert handheld.sees("Badge not known. See the lead")
    assert handheld.scan(floor.mug, nobodys) == "scan_item"
    assert handheld.sees("1 of 2")
    assert handheld.scan(floor.mug, floor.tom) == "scan_serial"
    assert handheld.sees("Hand over from Marta? YES or badge again")


def test_a_sku_that_reads_like_a_badge_nobody_has_is_a_sku(floor: Floor, engine: Engine) -> None:
    nobodys = own_code(CodeKind.BADGE, 4711)
    with transaction(engine) as session:
        mug = session.query(Product).join(Barcode, Barcode.product_id == Product.id).filter(Barcode.code == floor.mug)
        mug.one().sku = nobodys
    handheld = Handheld(floor.app)
    assert handheld.scan(floor.marta, floor.cart, floor.tote) == "go_to"
    assert handheld.accept
    assert handheld.scan(handheld.accept[0], "NO BARCODE", nobodys) == "scan_item"
    assert handheld.sees("1 of 2")


def test_a_badge_whose_answer_was_lost_signs_in_when_it_comes_again(floor: Floor) -> None:
    handheld = Handheld(floor.app)
    with handheld.client.session_transaction() as cookie:
        before = dict(cookie)
    token = handheld.token
    assert handheld.scan(floor.marta, token=token, scan="lost") == "home"
    with handheld.client.session_transaction() as cookie:
        cookie.clear()
        cookie.update(before)
    assert handheld.scan(floor.marta, token=token, scan="lost") == "home"
    assert handheld.scan(floor.cart) == "build_cart"
    assert handheld.scan("LOG OUT") == "sign_in"
    assert handheld.scan(floor.marta, token=token, scan="lost") == "sign_in"


def test_a_packer_may_not_pick(floor: Floor, engine: Engine) -> None:
    with transaction(engine) as session:
        badge = builders.worker(session, "Pia", roles="packer").badge
    handheld = Handheld(floor.app)
    assert handheld.scan(badge) == "sign_in"
    assert handheld.sees("No picker badge. See the lead")


def test_log_out_ends_the_session_and_the_walk_waits_for_the_next_badge(floor: Floor) -> None:
    handheld = Handheld(floor.app)
    _ = handheld.scan(floor.marta, floor.cart, floor.tote)
    assert handheld.scan("LOG OUT") == "sign_in"
    assert handheld.scan(floor.marta) == "go_to"


def test_a_break_is_said_on_the_sign_in_screen_and_the_badge_goes_on_where_it_was(floor: Floor) -> None:
    handheld = Handheld(floor.app)
    _ = handheld.scan(floor.marta, floor.cart, floor.tote)
    location = handheld.accept
    assert handheld.scan("BREAK") == "sign_in"
    assert handheld.sees("Marta is on a break")
    assert handheld.look() == "sign_in"
    assert handheld.sees("Marta is on a break")
    assert handheld.scan(floor.marta) == "go_to"
    assert handheld.accept == location


def test_light_dark_changes_the_page_with_its_answer(floor: Floor) -> None:
    handheld = Handheld(floor.app)
    _ = handheld.scan(floor.marta)
    assert 'data-theme="light"' in handheld.client.get("/pick/").text
    response = handheld.post(code="LIGHT DARK", ask=handheld.token, scan="dark")
    assert 'data-theme="dark"' in response.text
    assert handheld.scan("BREAK") == "sign_in"
    assert "data-theme" not in handheld.client.get("/pick/").text


def test_say_again_between_a_question_and_its_answer_lets_the_question_stand(floor: Floor) -> None:
    handheld = Handheld(floor.app)
    _ = handheld.scan(floor.marta, floor.cart, floor.tote)
    assert handheld.scan(floor.tom, "SAY AGAIN") == "go_to"
    assert handheld.sees("Hand over from Marta? YES or badge again")
    assert handheld.scan("YES") == "go_to"
    assert handheld.sees("is yours")


def test_why_a_line_is_skipped_again_is_asked_on_a_screen_and_read_in_the_inbox(floor: Floor, engine: Engine) -> None:
    handheld = Handheld(floor.app)
    assert handheld.scan(floor.marta, floor.cart, floor.tote, "SKIP", "SKIP", "SKIP") == "skip_why"
    assert handheld.sees("WHY SKIP AGAIN?")
    assert handheld.look() == "skip_why"
    assert handheld.scan("TOO HIGH") == "go_to"
    with transaction(engine) as session:
        lead = builders.worker(session, "Lea", roles="supervisor").badge
    assert "2 times: too high" in desk.signed_in(floor.app, lead).get("/desk/inbox/").text


def test_an_answer_opens_the_keypad_where_something_is_to_be_typed(floor: Floor) -> None:
    handheld = Handheld(floor.app)
    _ = handheld.scan(floor.marta, floor.cart, floor.tote)
    assert handheld.accept
    _ = handheld.scan(handheld.accept[0])
    response = handheld.post(code="NO BARCODE", ask=handheld.token, scan="none")
    assert 'data-opens="letters"' in response.text


def test_another_badge_takes_the_device_over(floor: Floor) -> None:
    handheld = Handheld(floor.app)
    assert handheld.scan(floor.marta, floor.cart, floor.tote) == "go_to"
    assert handheld.scan(floor.tom) == "go_to"
    assert handheld.sees("Hand over from Marta? YES or badge again")
    assert handheld.scan("YES") == "go_to"
    assert handheld.said.startswith("Hello Tom. ")
    assert handheld.said.endswith(" is yours")


def test_another_badge_scanned_again_takes_the_device_over(floor: Floor) -> None:
    handheld = Handheld(floor.app)
    assert handheld.scan(floor.marta, floor.cart, floor.tote) == "go_to"
    assert handheld.scan(floor.tom, floor.tom) == "go_to"
    assert handheld.sees("is yours")


def test_no_and_any_other_scan_leave_the_device_with_its_worker(floor: Floor) -> None:
    handheld = Handheld(floor.app)
    assert handheld.scan(floor.marta, floor.cart, floor.tote, floor.tom, "NO") == "go_to"
    assert handheld.sees("NO. Marta goes on")
    assert handheld.accept is not None
    assert handheld.scan(floor.tom, handheld.accept[0]) == "scan_item"
    assert handheld.scan("YES") == "scan_item"
    assert handheld.sees("YES means nothing here")


def test_an_answer_is_small(floor: Floor) -> None:
    handheld = Handheld(floor.app)
    _ = handheld.scan(floor.marta, floor.cart)
    response = handheld.client.post(
        "/pick/",
        data={"code": floor.tote, "scan": "a", "ask": handheld.token, "at": "1", "csrf_token": handheld.csrf_token},
        headers={"HX-Request": "true", "Accept-Encoding": "gzip"},
    )
    assert response.headers["Content-Encoding"] == "gzip"
    assert len(response.data) <= 3_000


def test_the_desks_sign_in_form_takes_a_badge(floor: Floor) -> None:
    client = floor.app.test_client()
    assert "Scan your badge" in client.get("/sign-in").text


def test_an_error_page_says_what_to_do(floor: Floor) -> None:
    response = floor.app.test_client().get("/nowhere")
    assert response.status_code == 404
    assert "Start again" in response.text
