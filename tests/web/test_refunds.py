"""The money of labels given back: on the box's page, and at the day's end where it does not come."""

import re
from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import Engine

from tests import boxes, builders
from tests.web.desk import signed_in
from wms.app import create_app
from wms.config import Settings
from wms.database import db, transaction
from wms.domain.base import text_id
from wms.domain.refunds import RefundStatus


@pytest.fixture
def app(settings: Settings, engine: Engine) -> Iterator[Flask]:
    """A box whose first label's money does not come back, and a supervisor."""
    with transaction(engine) as session:
        box = boxes.full_box(session, "file:///tmp/none")
        _ = boxes.refund(session, box, RefundStatus.REJECTED, "The label was used.")
        lead = builders.worker(session, "Lea", roles="supervisor")
    app = create_app(settings)
    page = f"/desk/orders/{text_id(box.order_id)}/boxes/{text_id(box.id)}"
    app.config.update(TESTING=True, LEAD=lead.badge, PAGE=page)
    yield app
    with app.app_context():
        db.engine.dispose()


def test_a_rejected_refund_stands_on_its_box_s_page_and_at_the_day_s_end(app: Flask) -> None:
    lead = signed_in(app, app.config["LEAD"])
    page = " ".join(lead.get(app.config["PAGE"]).text.split())
    assert 'data-refund="rejected"' in page
    assert re.search(r"refund asked for [^<]+: rejected [^<]+ \(The label was used\.\)", page)
    left = lead.get("/desk/unsettled").text
    assert re.findall(r'data-loose="(\w+)"', left) == ["refund"]
    assert "refund of 8.19 USD for the void label 1Z0512345, order" in left
    assert f'href="{app.config["PAGE"]}"' in left
