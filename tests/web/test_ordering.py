"""The orders desk, stock and inbox over HTTP, as a supervisor's browser sees them."""

import re
from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine

from tests import builders
from tests.builders import NOW, WAREHOUSE
from tests.web.desk import press, signed_in
from wms.app import create_app
from wms.config import Settings
from wms.database import db, transaction
from wms.domain.addresses import AddressCheck
from wms.domain.base import text_id
from wms.domain.inbox import ExceptionItem, ExceptionKind
from wms.domain.orders import HoldKind, Order, OrderStatus
from wms.domain.stock import Stock, StockMove
from wms.services.ordering.desk import put_hold
from wms.services.orders import cancelling
from wms.services.stock import stocking
from wms.services.stock.stocking import Goods


@pytest.fixture
def app(settings: Settings, engine: Engine) -> Iterator[Flask]:
    """The app with a short order in a tote in a lane, one that is received, and an exception."""
    with transaction(engine) as session:
        mug, location, tote = builders.product(session, "MUG"), builders.location(session), builders.tote(session)
        builders.stock(session, location, mug, 20)
        received, short = builders.order(session, (mug, 2)), builders.order(session, (mug, 3))
        stocking.move(
            session,
            builders.actor(),
            Goods(product_id=mug.id, quantity=2),
            from_place_id=location.id,
            to_place_id=tote.id,
            reason="picked",
        )
        tote.take(short.id)
        tote.stage(location.id, NOW)
        short.status = OrderStatus.SHORT
        stocking.reserve(session, builders.actor(), location.id, Goods(product_id=mug.id, quantity=4))
        session.add(
            ExceptionItem(
                warehouse_id=WAREHOUSE,
                kind=ExceptionKind.SHORT,
                at=NOW,
                text="1 of 3 MUG short",
                order_id=short.id,
                subject_id=short.id,
            )
        )
        lead, picker = builders.worker(session, "Lea", roles="supervisor"), builders.worker(session, "Pia", "picker")
        names = {"LEA": lead.badge, "PIA": picker.badge, "RECEIVED": received.number, "SHORT": short.number}
        names |= {
            "LOCATION": location.code,
            "TOTE": tote.barcode,
            "KEY": text_id(received.id),
            "SHORT_KEY": text_id(short.id),
        }
    app = create_app(settings)
    app.config.update(TESTING=True, ENGINE=engine, **names)
    yield app
    with app.app_context():
        db.engine.dispose()


@pytest.fixture
def lead(app: Flask) -> FlaskClient:
    return signed_in(app, app.config["LEA"])


def _order(app: Flask, name: str) -> Order:
    with transaction(app.config["ENGINE"]) as session:
        return session.query(Order).filter_by(number=app.config[name]).one()


def test_a_scanned_tote_opens_its_order_at_once(app: Flask, lead: FlaskClient) -> None:
    page = lead.get("/desk/orders/", query_string={"q": app.config["TOTE"]}, follow_redirects=True)
    assert f'data-order="{app.config["SHORT"]}"' in page.text
    assert 'data-status="short"' in page.text
    assert f"{app.config['SHORT']} is short, too late to hold. Let it go on, or cancel it." in page.text


def test_the_list_shows_open_orders_newest_first(app: Flask, lead: FlaskClient) -> None:
    page = lead.get("/desk/orders/").text
    assert re.findall(r'<tr data-order="([^"]+)"', page) == [app.config["SHORT"], app.config["RECEIVED"]]


def test_an_order_is_held_and_released(app: Flask, lead: FlaskClient) -> None:
    page = lead.get(f"/desk/orders/{app.config['KEY']}").text
    held = press(lead, page, "data-hold-form", kind="customer", reason="On holiday", until="2099-01-02T08:00")
    assert "is on hold" in held.text
    assert _order(app, "RECEIVED").status is OrderStatus.HELD
    released = press(lead, held.text, "data-release-hold")
    assert "Hold released" in released.text
    assert _order(app, "RECEIVED").status is OrderStatus.RECEIVED


def test_an_address_is_corrected(app: Flask, lead: FlaskClient) -> None:
    page = lead.get(f"/desk/orders/{app.config['KEY']}").text
    assert "Address saved." in press(lead, page, "data-address-form", zip="99999", country="us").text
    assert (_order(app, "RECEIVED").ship_zip, _order(app, "RECEIVED").ship_name) == ("99999", "Ada Buyer")


def _doubt(app: Flask, suggestion: dict[str, str] | None) -> None:
    """Let the carrier doubt the received order's address, and hold the order."""
    with transaction(app.config["ENGINE"]) as session:
        order = session.query(Order).filter_by(number=app.config["RECEIVED"]).one()
        row = AddressCheck(warehouse_id=WAREHOUSE, order_id=order.id, address=order.address_line, due_at=None)
        row.settle(valid=False, messages="No such street.", suggestion=suggestion)
        session.add(row)
        put_hold(session, builders.actor(), order, HoldKind.ADDRESS, "No such street.", None)


def test_a_suggested_address_is_used_by_one_button(app: Flask, lead: FlaskClient) -> None:
    parts = {
        "street1": "2 Main St",
        "street2": "",
        "city": "Springfield",
        "state": "IL",
        "zip": "62702",
        "country": "US",
    }
    _doubt(app, parts)
    page = lead.get(f"/desk/orders/{app.config['KEY']}").text
    assert 'data-address-check="invalid"' in page
    assert "2 Main St, Springfield, IL, 62702, US" in page
    used = press(lead, page, "data-use-suggestion").text
    assert "goes where the carrier suggests" in used
    assert 'data-address-check="valid"' in used
    order = _order(app, "RECEIVED")
    assert (order.status, order.ship_street1, order.ship_zip) == (OrderStatus.RECEIVED, "2 Main St", "62702")


def test_a_doubted_address_is_kept_and_not_asked_about_again(app: Flask, lead: FlaskClient) -> None:
    _doubt(app, None)
    page = lead.get(f"/desk/orders/{app.config['KEY']}").text
    assert "data-use-suggestion" not in page
    kept = press(lead, page, "data-keep-address").text
    assert 'data-address-check="kept"' in kept
    assert "data-keep-address" not in kept
    assert _order(app, "RECEIVED").status is OrderStatus.RECEIVED


def test_a_priority_is_changed_and_a_bad_one_refused(app: Flask, lead: FlaskClient) -> None:
    page = lead.get(f"/desk/orders/{app.config['KEY']}").text
    assert "is 7." in press(lead, page, "data-priority-form", priority="7").text
    assert "from 0 to 9" in press(lead, page, "data-priority-form", priority="x").text


def test_cancelling_needs_a_reason_and_asks_for_the_units_back(app: Flask, lead: FlaskClient) -> None:
    page = lead.get(f"/desk/orders/{app.config['SHORT_KEY']}").text
    assert "Say why" in press(lead, page, "data-cancel-form", why=" ").text
    assert "To put back" in press(lead, page, "data-cancel-form", why="customer called").text
    put_backs = lead.get("/desk/stock/put-backs").text
    assert 'data-put-backs="1"' in put_backs
    assert "2 put back." in press(lead, put_backs, "data-done").text
    assert 'data-put-backs="0"' in lead.get("/desk/stock/put-backs").text
    assert 'data-inbox="0"' in lead.get("/desk/inbox/").text


def test_an_order_cancelled_twice_says_so(app: Flask, lead: FlaskClient) -> None:
    page = lead.get(f"/desk/orders/{app.config['KEY']}").text
    with transaction(app.config["ENGINE"]) as session:
        _ = cancelling.cancel_by_id(session, builders.actor(), int(app.config["KEY"], 16), "meanwhile")
    assert "It cannot be cancelled" in press(lead, page, "data-cancel-form", why="customer called").text


def test_picking_again_says_why_not(app: Flask, lead: FlaskClient) -> None:
    page = lead.get(f"/desk/orders/{app.config['SHORT_KEY']}").text
    assert "not short" in press(lead, page, "data-pick-again").text  # it is in no wave


@pytest.mark.parametrize("address", ["/desk/orders/zz", "/desk/orders/?below=-1", "/desk/orders/?cutoff=now"])
def test_an_address_that_cannot_be_read_says_so(lead: FlaskClient, address: str) -> None:
    assert lead.get(address).status_code == 422


def test_an_order_that_is_none_is_not_found(lead: FlaskClient) -> None:
    assert lead.get("/desk/orders/7").status_code == 404


@pytest.mark.parametrize("by", ["MUG", "LOCATION", "TOTE", "mug"])
def test_stock_is_found_by_item_and_place(app: Flask, lead: FlaskClient, by: str) -> None:
    page = lead.get("/desk/stock/", query_string={"q": app.config.get(by, by)}).text
    assert 'data-sku="MUG"' in page
    assert "picked" in page


def test_stock_is_found_by_a_part_of_its_name(lead: FlaskClient) -> None:
    assert "Which one?" in lead.get("/desk/stock/", query_string={"q": "hing mu"}).text
    assert "Nothing is called no such thing" in lead.get("/desk/stock/", query_string={"q": "no such thing"}).text


def test_a_count_is_corrected_but_never_below_what_is_reserved(app: Flask, lead: FlaskClient) -> None:
    page = lead.get("/desk/stock/", query_string={"q": app.config["LOCATION"]}).text
    assert "Corrected by -3." in press(lead, page, "data-adjust", counted="15", reason="counted").text
    page = lead.get("/desk/stock/", query_string={"q": app.config["LOCATION"]}).text
    refused = press(lead, page, "data-adjust", counted="3", reason="counted").text
    assert f"4 of 15 at {app.config['LOCATION']} are reserved" in refused
    assert "Say why" in press(lead, page, "data-adjust", counted="16", reason="").text
    with transaction(app.config["ENGINE"]) as session:
        assert sorted(row.on_hand for row in session.query(Stock)) == [2, 15]
        assert session.query(StockMove).filter_by(reason="counted").one().quantity == 3


def test_units_found_are_added(app: Flask, lead: FlaskClient) -> None:
    page = lead.get("/desk/stock/", query_string={"q": "MUG"}).text
    said = press(lead, page, "data-found", location=app.config["LOCATION"], sku="MUG", quantity="4", reason="found")
    assert "4 units added." in said.text
    assert (
        "There is no location X."
        in press(lead, page, "data-found", location="X", sku="MUG", quantity="4", reason="found").text
    )


def test_the_inbox_leads_to_the_order_and_is_settled(app: Flask, lead: FlaskClient) -> None:
    page = lead.get("/desk/inbox/").text
    assert f"/desk/orders/{app.config['SHORT_KEY']}" in page
    assert "Pick again" in page
    assert "If nobody decides: wait." in page
    assert "Settled: 1 of 3 MUG short" in press(lead, page, "data-settle").text
    assert "settled this already" in press(lead, page, "data-settle").text


def test_what_becomes_of_a_short_order_is_decided_in_the_inbox(app: Flask, lead: FlaskClient) -> None:
    page = lead.get("/desk/inbox/").text
    assert "is not one of wait, split, cancel" in press(lead, page, "data-decide", policy="burn").text
    after = press(lead, page, "data-decide", policy="split").text
    assert f"{app.config['SHORT']} goes on as picked. The rest is {app.config['SHORT']}-2, allocated." in after
    assert 'data-inbox="0"' in after
    assert _order(app, "SHORT").status is OrderStatus.PICKED


@pytest.mark.parametrize("address", ["/desk/orders/", "/desk/stock/", "/desk/stock/put-backs", "/desk/inbox/"])
def test_a_picker_sees_no_desk_page(app: Flask, address: str) -> None:
    assert signed_in(app, app.config["PIA"]).get(address).status_code == 403


def test_an_orders_packing_slip_is_a_page_for_paper(app: Flask, lead: FlaskClient) -> None:
    address = f"/desk/orders/{app.config['KEY']}"
    assert f'href="{address}/slip"' in lead.get(address).text
    page = lead.get(f"{address}/slip").text
    assert "PACKING SLIP" in page
    assert re.search(r"<td>2 x</td>\s*<td>\s*<bdi>Thing MUG</bdi> <small>MUG</small>", page)
    assert 'class="barcode"' in page
