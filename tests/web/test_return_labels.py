"""The way back, on a box's page: bought, downloaded, printed and given back by buttons."""

from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import Engine, update

from tests import boxes, builders
from tests.web.desk import press, signed_in
from wms.app import create_app
from wms.config import Settings
from wms.database import db, transaction
from wms.domain.base import text_id
from wms.domain.packing import PackageStatus
from wms.domain.shipping import LabelStatus, ReturnLabel


@pytest.fixture
def app(settings: Settings, engine: Engine) -> Iterator[Flask]:
    """A box that has left, and a supervisor."""
    with transaction(engine) as session:
        box = boxes.full_box(session, "file:///tmp/none")
        _ = boxes.label(session, box, LabelStatus.BOUGHT, "0512345")
        _ = box.move_to(PackageStatus.SEALED)
        _ = box.move_to(PackageStatus.HANDED_OVER)
        lead = builders.worker(session, "Lea", roles="supervisor")
    app = create_app(settings)
    page = f"/desk/orders/{text_id(box.order_id)}/boxes/{text_id(box.id)}"
    app.config.update(TESTING=True, LEAD=lead.badge, PAGE=page)
    yield app
    with app.app_context():
        db.engine.dispose()


def test_a_return_label_is_bought_downloaded_printed_and_given_back_from_the_box_s_page(
    app: Flask, engine: Engine
) -> None:
    lead, address = signed_in(app, app.config["LEAD"]), app.config["PAGE"]
    assert lead.get(f"{address}/return.pdf").status_code == 404
    assert "A return label is asked for." in press(lead, lead.get(address).text, "data-return").text
    with transaction(engine) as session:
        bought = {"status": LabelStatus.BOUGHT, "zpl": "^XA^FO50,50^ADN,36,20^FDBACK^FS^XZ", "tracking_number": "0599"}
        _ = session.execute(update(ReturnLabel).values(**bought))
    page = lead.get(address).text
    assert "data-return " not in page
    file = lead.get(f"{address}/return.pdf")
    assert (file.mimetype, file.data[:4]) == ("application/pdf", b"%PDF")
    assert "return-0599.pdf" in file.headers["Content-Disposition"]
    assert "Copy 1 of the return label is printed." in press(lead, page, "data-return-print").text
    assert "Say why." in press(lead, page, "data-return-void").text
    assert "The return label is given back." in press(lead, page, "data-return-void", why="not needed").text
