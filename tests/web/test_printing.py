"""The printing page and the label sheets over HTTP, down to a virtual printer's paper."""

import datetime as dt
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, select
from werkzeug.test import TestResponse

from printers.decode import decode
from printers.preview import ZebrashPreview
from printers.virtual.engine import Position, Quirk, Switch
from printers.virtual.server import VirtualZebra
from tests import builders
from wms.app import create_app
from wms.config import Settings
from wms.database import db, reading, transaction
from wms.domain.catalog import Product
from wms.domain.floor import Printer
from wms.domain.printing import PrintJob, PrintStatus
from wms.jobs import outbox
from wms.jobs.handlers import HANDLERS
from wms.jobs.outbox import Context
from wms.services import printing
from wms.services.label_sheets import SheetKind
from wms.services.printing import Wanted


@pytest.fixture
def zebra(tmp_path: Path) -> Iterator[VirtualZebra]:
    with VirtualZebra(name="office", tray=tmp_path / "trays") as printer:
        yield printer


@pytest.fixture
def app(settings: Settings, engine: Engine, zebra: VirtualZebra) -> Iterator[Flask]:
    """The app with a virtual printer, a cart of 60 slots, and people to sign in."""
    with transaction(engine) as session:
        session.add(Printer(warehouse_id=builders.WAREHOUSE, name="office", url=f"{zebra.url}?http=9109"))
        _ = builders.cart(session, slots=60)
        people = {
            role: builders.worker(session, role.title(), roles=role).badge for role in ("picker", "supervisor", "admin")
        }
    app = create_app(settings)
    app.config.update(TESTING=True, PEOPLE=people)
    yield app
    with app.app_context():
        db.engine.dispose()


def signed_in(app: Flask, role: str) -> FlaskClient:
    """A browser in which somebody with a role is signed in."""
    client = app.test_client()
    page = client.get("/sign-in").text
    _ = client.post("/sign-in", data={"code": app.config["PEOPLE"][role], "csrf_token": token(page)})
    return client


@pytest.fixture
def lead(app: Flask) -> FlaskClient:
    return signed_in(app, "supervisor")


def token(page: str) -> str:
    """The page's CSRF token."""
    found = re.search(r'name="csrf_token"\s+value="([^"]*)"', page)
    assert found
    return found[1]


def press(client: FlaskClient, address: str, words: str) -> TestResponse:
    """Press the button with these words on a page."""
    page = client.get(address).text
    for form in re.findall(r"<form method=\"post\".*?</form>", page, flags=re.DOTALL):
        if words in form:
            action = re.search(r'action="([^"]+)"', form)
            assert action
            return client.post(action[1], data={"csrf_token": token(form)}, follow_redirects=True)
    raise AssertionError(f"no button {words!r}")


def print_sheet(client: FlaskClient, kind: str) -> TestResponse:
    """Print a sheet on the first printer."""
    page = client.get(f"/desk/labels?kind={kind}").text
    printer = re.search(r'<option value="([0-9a-f]+)"[^>]*>office', page)
    assert printer
    data = {"csrf_token": token(page), "kind": kind, "zone": "*", "aisle": "", "name": "", "printer": printer[1]}
    return client.post("/desk/labels", data=data, follow_redirects=True)


def unknown_job(engine: Engine) -> None:
    """A job of unknown end."""
    with transaction(engine) as session:
        printer_id = session.scalars(select(Printer.id)).one()
        wanted = Wanted(what="hello", zpl="^XA^FO20,20^A0N,40^FDHello^FS^XZ")
        actor = builders.actor(at=dt.datetime.now(dt.UTC))
        printing.queue(session, actor, printer_id, wanted).status = PrintStatus.UNKNOWN


def statuses(engine: Engine) -> list[PrintStatus]:
    """How the print jobs stand, oldest first."""
    with reading(engine) as session:
        return list(session.scalars(select(PrintJob.status).order_by(PrintJob.id)))


def test_a_sheet_is_on_paper_whole_and_readable(
    lead: FlaskClient, engine: Engine, settings: Settings, zebra: VirtualZebra
) -> None:
    assert "61 labels on the way." in print_sheet(lead, "carts").text
    assert 'data-waiting="2"' in lead.get("/desk/printing").text
    _ = outbox.drain(Context(engine=engine, settings=settings), HANDLERS)
    assert statuses(engine) == [PrintStatus.PRINTED, PrintStatus.PRINTED]
    assert len(zebra.tray.numbers()) == 61
    with ZebrashPreview() as preview:
        (code,) = decode(preview.draw(zebra.tray.zpl(61)))
    assert code.endswith("60")


def test_the_printing_page_tells_printers_and_trays_to_people_and_programs(
    lead: FlaskClient, zebra: VirtualZebra
) -> None:
    page = " ".join(lead.get("/desk/printing", base_url="http://localhost:8000").text.split())
    assert f'data-printer="office" data-url="{zebra.url}?http=9109" data-waiting="0"' in page
    assert 'href="http://localhost:9109/"' in page


def test_a_printer_says_how_it_is_and_one_that_prints_is_left_alone(
    lead: FlaskClient, engine: Engine, zebra: VirtualZebra
) -> None:
    asked = re.search(r'hx-get="([^"]+/state)"', lead.get("/desk/printing").text)
    assert asked
    assert "ready" in lead.get(asked[1]).text
    assert "0 labels in its life" in lead.get(asked[1]).text
    zebra.switch(Switch.PAPER_OUT, Position.ANSWERS)
    assert "paper out" in lead.get(asked[1]).text
    zebra.switch(Switch.PAPER_OUT, Position.OFF)
    zebra.switch(Switch.CUTTER_FAULT, Position.ANSWERS)
    assert "cutter fault" in lead.get(asked[1]).text
    zebra.switch(Switch.CUTTER_FAULT, Position.OFF)
    zebra.set_quirk(Quirk.PAPER_LOW, is_on=True)
    assert '<span class="chip chip--warn">ready, paper nearly out</span>' in lead.get(asked[1]).text
    with transaction(engine) as session:
        printer_id = session.scalars(select(Printer.id)).one()
        job = printing.queue(session, builders.actor(), printer_id, Wanted(what="trial", zpl="^XA^XZ"))
        job.status = PrintStatus.SENDING
    assert "printing" in lead.get(asked[1]).text
    with transaction(engine) as session:
        session.scalars(select(PrintJob)).one().status = PrintStatus.DROPPED
        session.scalars(select(Printer)).one().url = "tcp://127.0.0.1:9"
    assert "check its power, cable and address" in lead.get(asked[1]).text


def test_a_test_label_comes_out(lead: FlaskClient, engine: Engine, settings: Settings, zebra: VirtualZebra) -> None:
    assert "A test label is on its way." in press(lead, "/desk/printing", "Print a test label").text
    _ = outbox.drain(Context(engine=engine, settings=settings), HANDLERS)
    assert zebra.tray.numbers() == [1]


def test_a_person_says_that_a_job_printed(lead: FlaskClient, engine: Engine) -> None:
    unknown_job(engine)
    page = press(lead, "/desk/printing", "It printed").text
    assert "hello: printed." in page
    assert "data-unsettled=" not in page
    assert statuses(engine) == [PrintStatus.PRINTED]


def test_a_person_says_that_a_job_did_not_print(lead: FlaskClient, engine: Engine) -> None:
    unknown_job(engine)
    page = press(lead, "/desk/printing", "It did not: print again").text
    assert "hello: copy 2 is on its way." in page
    assert statuses(engine) == [PrintStatus.DROPPED, PrintStatus.QUEUED]


@pytest.mark.parametrize("kind", sorted(set(SheetKind) - {SheetKind.BADGES}))
def test_each_sheet_shows_a_barcode_a_label(lead: FlaskClient, kind: str) -> None:
    page = lead.get(f"/desk/labels?kind={kind}").text
    shown = re.search(r'data-labels="(\d+)"', page)
    assert shown
    assert page.count('class="barcode"') == int(shown[1])


def test_a_range_narrows_the_page_and_stays_for_the_label_printer(lead: FlaskClient) -> None:
    page = lead.get("/desk/labels?kind=quantities&first=3&last=N5").text
    assert re.findall(r'data-code="(\w+)"', page) == ["N3", "N4", "N5"]
    (form,) = re.findall(r"<form[^>]*data-print-labels.*?</form>", page, flags=re.DOTALL)
    assert dict(re.findall(r'name="(first|last)" value="(\w*)"', form)) == {"first": "3", "last": "N5"}
    assert "Print 3 labels" in " ".join(form.split())


def test_a_range_that_cannot_be_is_named_on_the_page(lead: FlaskClient) -> None:
    answer = lead.get("/desk/labels?kind=totes&first=9&last=2")
    assert (answer.status_code, "9 comes after 2. Swap them." in answer.text) == (422, True)
    assert 'data-labels="0"' in answer.text


def test_a_product_without_a_code_is_named_on_the_page(lead: FlaskClient, engine: Engine) -> None:
    with transaction(engine) as session:
        session.add(Product(warehouse_id=builders.WAREHOUSE, sku="N12", name="Tea"))
    assert "so no label: N12." in lead.get("/desk/labels?kind=products").text


def test_more_labels_than_a_page_holds_are_counted(lead: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("wms.web.printing.MOST_SHOWN", 20)
    page = lead.get("/desk/labels?kind=quantities").text
    assert page.count('class="barcode"') == 20
    assert "The first 20 of 24 are shown." in page


def test_badges_are_shown_to_admins_only(app: Flask, lead: FlaskClient) -> None:
    badge = app.config["PEOPLE"]["picker"]
    refused = lead.get("/desk/labels?kind=badges")
    assert (refused.status_code, badge in refused.text) == (409, False)
    assert "kind=badges" not in lead.get("/desk/labels").text
    assert f'data-code="{badge}"' in signed_in(app, "admin").get("/desk/labels?kind=badges").text


def test_a_picker_sees_neither_page(app: Flask) -> None:
    picker = signed_in(app, "picker")
    assert [picker.get(f"/desk/{page}").status_code for page in ("printing", "labels")] == [403, 403]


def test_words_and_ids_that_mean_nothing_are_refused_with_a_sentence(lead: FlaskClient) -> None:
    wrong = lead.get("/desk/labels?kind=cats")
    assert wrong.status_code == 422
    assert "no label sheets of &#39;cats&#39;" in wrong.text
    csrf = {"csrf_token": token(lead.get("/desk/labels").text)}
    assert lead.post("/desk/printing/jobs/ffffffffffffffff/again", data=csrf).status_code == 422
    assert lead.post("/desk/printing/jobs/7/again", data=csrf).status_code == 404
