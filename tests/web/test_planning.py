"""Wave pages over HTTP, as a supervisor's browser sees them."""

import re
from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, update
from werkzeug.test import TestResponse

from tests import builders
from wms import batching
from wms.app import create_app
from wms.config import Settings
from wms.database import db, transaction
from wms.domain.calendar import Pickup
from wms.domain.floor import Cart
from wms.domain.inbox import ExceptionItem, ExceptionKind
from wms.domain.orders import Order, OrderStatus
from wms.domain.people import Worker
from wms.domain.picking import Batch, BatchOrder
from wms.domain.waves import Wave, WaveStatus
from wms.services.orders import cancelling


@pytest.fixture
def app(settings: Settings, engine: Engine) -> Iterator[Flask]:
    """The app on a warehouse whose carrier collects every day at 23:59, with three orders on the shelves."""
    with transaction(engine) as session:
        _ = session.execute(update(Pickup).values(cutoff="23:59", pickup="23:59"))
        session.add_all(
            Pickup(warehouse_id=1, carrier="usps", weekday=day, cutoff="23:59", pickup="23:59") for day in (5, 6)
        )
        _ = builders.cart(session)
        product = builders.product(session, "MUG")
        builders.stock(session, builders.location(session), product, 20)
        for _number in range(3):
            builders.order(session, (product, 2)).cutoff_at = None
        lead = builders.worker(session, "Lea", roles="supervisor")
        picker = builders.worker(session, "Pia", roles="picker")
    app = create_app(settings)
    app.config.update(TESTING=True, LEA=lead.badge, PIA=picker.badge)
    yield app
    with app.app_context():
        db.engine.dispose()


@pytest.fixture
def lead(app: Flask) -> FlaskClient:
    return _signed_in(app, app.config["LEA"])


def _signed_in(app: Flask, badge: str) -> FlaskClient:
    client = app.test_client()
    page = client.get("/sign-in").text
    _ = client.post("/sign-in", data={"code": badge, "csrf_token": _field(page, "csrf_token")})
    return client


def _field(page: str, name: str) -> str:
    found = re.search(rf'name="{name}"\s+value="([^"]*)"', page)
    assert found, name
    return found[1]


def _preview(client: FlaskClient, **rules: str) -> str:
    page = client.get("/desk/waves/").text
    key = re.search(r'data-collection="([^"]+)"', page)
    assert key
    return client.get("/desk/waves/new", query_string={"collection": key[1], **rules}).text


def _release(client: FlaskClient, page: str) -> TestResponse:
    form = page[page.index("data-release") :]
    names = ("csrf_token", "collection", "max_orders", "totes", "pickers", "orders")
    return client.post("/desk/waves/", data={name: _field(form, name) for name in names}, follow_redirects=True)


def _post(client: FlaskClient, page: str, marker: str) -> TestResponse:
    """Press the button of the form that carries a marker."""
    tag = re.search(rf"<form[^>]*{marker}[^>]*>", page)
    assert tag, marker
    address = re.search(r'action="([^"]+)"', tag[0])
    assert address
    token = _field(page[tag.end() :], "csrf_token")
    return client.post(address[1], data={"csrf_token": token}, follow_redirects=True)


def test_a_wave_is_previewed_released_and_taken_back(lead: FlaskClient, engine: Engine) -> None:
    page = _preview(lead)
    assert 'data-orders="3"' in page
    assert "Release 3 orders" in page
    released = _release(lead, page)
    assert "Wave 1: 3 orders in 1 batch." in released.text
    assert 'data-batch="W1-1"' in released.text
    assert 'data-wave="1" data-status="released"' in lead.get("/desk/waves/").text
    back = _post(lead, released.text, "data-take-back")
    assert "Taken back. 3 orders wait again." in back.text
    with transaction(engine) as session:
        assert {order.status for order in session.query(Order)} == {OrderStatus.RECEIVED}


def test_a_wave_and_its_preview_show_what_the_plan_saves_and_how_near_the_best_it_is(
    lead: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    for planner in ("preview", "waves"):  # on a busy machine a fifth of a second may not do for the proof
        monkeypatch.setattr(f"wms.services.planning.{planner}.stop_for", lambda *_: batching.Gap(0.0))
    page = _preview(lead)
    for shown in (page, _release(lead, page).text):
        assert "less than one by one" in shown
        assert "less than as they came" in shown
        assert "data-bound" in shown
        assert "proven the shortest" in shown


def test_a_preview_says_until_when_the_pickers_walk_for_the_wave_before(lead: FlaskClient) -> None:
    _ = _release(lead, _preview(lead, max_orders="2"))
    for pickers, said in (("1", "The picker walks for other waves first, until"), ("3", "1 of 3 pickers walk for")):
        page = " ".join(_preview(lead, pickers=pickers).split())
        assert f"<p data-busy> {said}" in page


def test_an_order_that_came_since_joins_a_wave_that_is_planned_again(lead: FlaskClient, engine: Engine) -> None:
    released = _release(lead, _preview(lead, max_orders="2")).text
    again = _post(lead, released, "data-again")
    assert "Wave 1: 1 order joined, 1 batch new," in again.text
    assert "Wave 1 stays as it is" in _post(lead, again.text, "data-again").text
    with transaction(engine) as session:
        assert {order.status for order in session.query(Order)} == {OrderStatus.WAVED}


def test_the_desk_gives_a_walk_back_whose_worker_has_left(lead: FlaskClient, engine: Engine) -> None:
    released = _release(lead, _preview(lead)).text
    assert "data-give-back" not in released
    with transaction(engine) as session:
        batch, cart = session.query(Batch).one(), session.query(Cart).one()
        _ = batch.start(cart_id=cart.id, worker_id=session.query(Worker).first().id, device="1", at=builders.NOW)  # type: ignore[union-attr] # two were made
        tote, row = builders.tote(session), session.query(BatchOrder).order_by(BatchOrder.slot).limit(1).one()
        tote.take(row.order_id)
        row.tote_id = tote.id
        name = cart.name
    page = lead.get(f"/desk/waves/{_wave_key(released)}").text
    back = _post(lead, page, "data-give-back")
    assert f"W1-1 goes on when {name} is scanned." in back.text
    assert f"half done on {name}" in back.text
    assert "Nobody is on it." in _post(lead, page, "data-give-back").text


def test_the_desk_says_that_a_walk_given_back_is_over_where_all_its_orders_were_cancelled(
    lead: FlaskClient, engine: Engine
) -> None:
    released = _release(lead, _preview(lead)).text
    with transaction(engine) as session:
        batch, cart = session.query(Batch).one(), session.query(Cart).one()
        worker = builders.worker(session)
        _ = batch.start(cart_id=cart.id, worker_id=worker.id, device="1", at=builders.NOW)
        for order in session.query(Order).order_by(Order.id):
            cancelling.cancel(session, builders.actor(), order, "changed their mind")
    page = lead.get(f"/desk/waves/{_wave_key(released)}").text
    assert "W1-1 is over. All its orders were cancelled." in _post(lead, page, "data-give-back").text


def _wave_key(page: str) -> str:
    found = re.search(r'/desk/waves/([^/"]+)/take-back', page)
    assert found
    return found[1]


def test_the_same_button_pressed_twice_releases_once(lead: FlaskClient, engine: Engine) -> None:
    page = _preview(lead, max_orders="2")
    _ = _release(lead, page)
    again = _release(lead, page)
    assert "No order was released." in again.text
    with transaction(engine) as session:
        assert session.query(Wave).count() == 1
        assert session.query(Order).filter_by(status=OrderStatus.RECEIVED).count() == 1


def test_orders_that_stay_out_are_listed_with_their_sentence(lead: FlaskClient) -> None:
    page = _preview(lead, max_orders="2")
    assert "Over the limit of 2 orders a wave." in page
    assert 'data-why="over the limit"' in page


def test_a_started_wave_offers_no_way_back(lead: FlaskClient, engine: Engine) -> None:
    released = _release(lead, _preview(lead))
    with transaction(engine) as session:
        picker, cart = builders.worker(session), builders.cart(session)
        batch = session.query(Batch).one()
        _ = batch.start(cart_id=cart.id, worker_id=picker.id, device="1", at=builders.NOW)
        _ = session.query(Wave).one().move_to(WaveStatus.PICKING)
    refused = _post(lead, released.text, "data-take-back")
    assert "Wave 1 is picking and cannot be taken back." in refused.text
    assert "data-take-back" not in refused.text
    recalled = _post(lead, refused.text, "data-recall")
    assert "Recalled. 3 orders wait again." in recalled.text
    assert "data-recall" not in recalled.text.replace("data-recalled", "")


def test_a_dead_planners_draft_is_offered_to_be_finished(lead: FlaskClient, engine: Engine) -> None:
    _ = _release(lead, _preview(lead))
    with transaction(engine) as session:
        wave = session.query(Wave).one()
        wave.status, wave.planned_at = WaveStatus.DRAFT, builders.NOW.replace(year=2020)
    assert 'data-draft="1"' in lead.get("/desk/waves/").text


def test_a_short_order_shows_what_it_lacks(lead: FlaskClient, engine: Engine) -> None:
    _ = _release(lead, _preview(lead))
    with transaction(engine) as session:
        order = session.query(Order).first()
        assert order is not None
        order.status = OrderStatus.SHORT
    page = lead.get("/desk/waves/short").text
    assert f'data-short="{order.number}"' in page
    pressed = _post(lead, page, "data-pick-again")
    assert f"{order.number}:" in pressed.text


def test_the_front_page_and_the_desk_open(lead: FlaskClient, app: Flask) -> None:
    doors = app.test_client().get("/").text
    assert all(f'href="{address}"' in doors for address in ("/pick/", "/pack/", "/desk/", "/board"))
    assert 'data-number="To release" data-count="3"' in lead.get("/desk/").text


def test_a_picker_cannot_release(app: Flask) -> None:
    assert _signed_in(app, app.config["PIA"]).get("/desk/waves/").status_code == 403


@pytest.mark.parametrize(
    "address",
    [
        "/desk/waves/new?collection=nonsense",
        "/desk/waves/new?collection=usps.9&max_orders=x",
        "/desk/waves/zz",
        f"/desk/waves/{'f' * 16}",
    ],
)
def test_nonsense_in_the_address_gets_a_sentence(lead: FlaskClient, address: str) -> None:
    assert lead.get(address).status_code == 422


@pytest.mark.parametrize("typed", ["x", "-1", "100000", "0000000001000000"])
def test_bad_rules_are_refused_on_their_own_form(lead: FlaskClient, typed: str) -> None:
    page = _preview(lead, max_orders=typed)
    assert "Orders: give a whole number from 0 to" in page
    assert _field(page[page.index("data-rules") :], "collection")
    assert f'value="{typed}"' in page


def test_an_unknown_wave_is_not_found_and_the_menu_stays(lead: FlaskClient) -> None:
    answer = lead.get("/desk/waves/abc", headers={"Referer": "http://localhost/desk/waves/?a=b"})
    assert answer.status_code == 404
    assert 'href="/desk/waves/?a=b">Go back' in answer.text
    assert 'href="/desk/orders/"' in answer.text


def test_an_error_page_leads_to_no_other_site(lead: FlaskClient) -> None:
    answer = lead.get("/desk/waves/abc", headers={"Referer": "http://elsewhere.example/desk/waves/"})
    assert 'href="/desk/">Go back' in answer.text


def test_the_menu_leads_straight_to_each_page(lead: FlaskClient) -> None:
    menu = lead.get("/desk/").text.partition("</ul>")[0]
    addresses = re.findall(r'<a href="([^"]+)"', menu)
    assert len(addresses) > 5
    for address in addresses:
        page = lead.get(address)
        assert page.status_code == 200
        assert re.findall(r'<a href="([^"]+)" aria-current="page"', page.text) == [address]


def test_the_menu_counts_what_waits_in_the_inbox(lead: FlaskClient, engine: Engine) -> None:
    assert "desk-nav__count" not in lead.get("/desk/").text
    with transaction(engine) as session:
        session.add(ExceptionItem(warehouse_id=1, kind=ExceptionKind.CHANNEL, text="x", at=builders.NOW))
    assert re.search(r"desk-nav__count.*</span>1</span>", lead.get("/desk/").text)
