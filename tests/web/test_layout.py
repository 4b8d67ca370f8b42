"""The layout page over HTTP: drawn for admins, its odd locations named, a given layout forgotten by a button."""

import flask
from flask.testing import FlaskClient
from sqlalchemy import Engine

from tests import builders
from tests.web.test_administering import admin, app, post, signed_in
from wms.database import transaction
from wms.domain.floor import Location
from wms.services.planning import layouts

__all__ = ["admin", "app"]

PAGE = "/desk/admin/layout"


def test_the_floor_is_drawn_with_its_kind(admin: FlaskClient) -> None:
    page = admin.get(PAGE).text
    assert 'data-layout="derived"' in page
    assert "Blocks: the shortest walks there are." in page
    assert page.count('class="floor__plan"') == 1
    assert "style=" not in page
    assert f'href="{PAGE}"' in admin.get("/desk/admin/").text


def test_an_odd_location_is_named_and_leads_to_its_row(admin: FlaskClient, engine: Engine) -> None:
    with transaction(engine) as session:
        for bay in range(4):
            place = builders.location(session, f"Z-{bay}")
            place.aisle, place.x_m, place.y_m = "Z", 90.0 if bay == 3 else 40.0, float(bay)
    page = admin.get(PAGE).text
    assert 'data-odd="Z-3"' in page
    assert "Stands 50.0 m beside the middle of its aisle Z." in page
    assert "/desk/admin/locations?search=Z-3" in page


def test_a_given_layout_is_forgotten_by_a_button(admin: FlaskClient, engine: Engine) -> None:
    with transaction(engine) as session:
        _ = layouts.give(session, builders.actor(), layouts.document_in_use(session, builders.actor()))
    assert 'data-layout="given"' in admin.get(PAGE).text
    assert post(admin, PAGE, f"{PAGE}/derive").status_code == 303
    page = admin.get(PAGE).text
    assert "derived from the locations again" in page
    assert 'data-layout="derived"' in page


def test_without_a_pick_location_the_page_says_what_to_do(admin: FlaskClient, engine: Engine) -> None:
    with transaction(engine) as session:
        _ = session.query(Location).delete()
    assert "Add locations with their x and y first." in admin.get(PAGE).text


def test_a_supervisor_does_not_see_it(app: flask.Flask) -> None:
    assert signed_in(app, app.config["INES"]).get(PAGE).status_code == 403
