"""Customs: a label for a box abroad is refused until all is known that customs ask; then it is declared."""

import pytest
from sqlalchemy import Engine, select

from printers.virtual.server import VirtualZebra
from tests import builders
from tests.boxes import full_box
from tests.jobs.labels import the_label
from tests.jobs.working import now, run
from wms.carriers.fake_shippo import FakeShippo
from wms.database import reading, transaction
from wms.domain.calendar import ShippingMethod
from wms.domain.catalog import Product
from wms.domain.inbox import ExceptionItem, ExceptionKind
from wms.domain.orders import Order, OrderLine
from wms.domain.outbox import Job
from wms.domain.packing import Package, PackageStatus
from wms.domain.shipping import Label, LabelStatus
from wms.jobs.outbox import Context
from wms.services.carriers import labelling
from wms.services.carriers.declaring import UndeclaredError


def abroad(engine: Engine, zebra: VirtualZebra, carrier: str = "shippo", *, origin: str = "", cents: int = 1990) -> int:
    """A full box for Canada, of two mugs; its package id."""
    with transaction(engine) as session:
        box = full_box(session, zebra.url, carrier=carrier)
        order, line = session.scalars(select(Order)).one(), session.scalars(select(OrderLine)).one()
        order.ship_country, order.ship_state, order.ship_zip = "CA", "ON", "M5V 2T6"
        order.currency, line.price_cents, line.sku = "USD", cents, "MUG-BLU"
        mug = session.scalars(select(Product)).one()
        mug.origin_country, mug.hs_code = origin, "6912.00"
        return box.id


def want(engine: Engine, package_id: int) -> None:
    """Ask for the box's label, as the page does."""
    with transaction(engine) as session:
        _ = labelling.want(session, now(), package_id)


def told(engine: Engine) -> list[str]:
    """What stands in the inbox about customs."""
    with reading(engine) as session:
        mine = ExceptionItem.kind == ExceptionKind.CUSTOMS, ExceptionItem.settled_at.is_(None)
        return [item.text.split(": ", 1)[1] for item in session.scalars(select(ExceptionItem).where(*mine))]


@pytest.mark.parametrize(
    ("origin", "cents", "missing"),
    [
        ("", 1990, "Customs: no origin for MUG-BLU. See the lead"),
        ("PT", 0, "Customs: no value for MUG-BLU. See the lead"),
    ],
)
def test_no_label_is_wanted_while_customs_would_ask(
    engine: Engine, zebra: VirtualZebra, origin: str, cents: int, missing: str
) -> None:
    want(engine, abroad(engine, zebra, origin=origin, cents=cents))
    label = the_label(engine)
    assert (label.status, label.reason) == (LabelStatus.REFUSED, missing)
    assert told(engine) == [missing]
    with reading(engine) as session:
        assert session.scalars(select(Job)).all() == []


def test_a_weight_that_is_not_known_is_asked_for_too(engine: Engine, zebra: VirtualZebra) -> None:
    package_id = abroad(engine, zebra, origin="PT")
    with transaction(engine) as session:
        session.scalars(select(Product)).one().weight_g = 0
    want(engine, package_id)
    assert the_label(engine).reason == "Customs: no weight for MUG-BLU. See the lead"


def test_the_lead_is_told_once_a_box_and_no_more_when_all_is_known(
    engine: Engine, shippo_context: Context, shippo: FakeShippo, zebra: VirtualZebra
) -> None:
    package_id = abroad(engine, zebra)
    want(engine, package_id)
    with transaction(engine) as session:
        _ = labelling.retry(session, now(), package_id)
    assert len(told(engine)) == 1
    with transaction(engine) as session:
        session.scalars(select(Product)).one().origin_country = "PT"
        session.flush()
        _ = labelling.retry(session, now(), package_id)
    assert told(engine) == []
    run(shippo_context)
    (bought,) = shippo.account.paid
    declared = shippo.account.requests[0]["customs_declaration"]
    assert bought["status"] == "SUCCESS"
    assert declared["certify_signer"] == "North DC"
    item = declared["items"][0]
    assert (item["sku_code"], item["quantity"], item["net_weight"]) == ("MUG-BLU", 2, "400")
    assert (item["value_amount"], item["value_currency"], item["origin_country"]) == ("39.80", "USD", "PT")


def test_the_job_buys_nothing_once_something_is_no_longer_known(
    engine: Engine, shippo_context: Context, shippo: FakeShippo, zebra: VirtualZebra
) -> None:
    want(engine, abroad(engine, zebra, origin="PT"))
    with transaction(engine) as session:
        session.scalars(select(Product)).one().origin_country = ""
    run(shippo_context)
    label = the_label(engine)
    assert (label.status, label.reason) == (LabelStatus.REFUSED, "Customs: no origin for MUG-BLU. See the lead")
    assert told(engine) == [label.reason]
    assert shippo.account.paid == []


def test_a_yen_has_no_hundredths_at_the_border(
    engine: Engine, shippo_context: Context, shippo: FakeShippo, zebra: VirtualZebra
) -> None:
    package_id = abroad(engine, zebra, origin="PT", cents=1990)
    with transaction(engine) as session:
        session.scalars(select(Order)).one().currency = "JPY"
    want(engine, package_id)
    run(shippo_context)
    assert shippo.account.requests[0]["customs_declaration"]["items"][0]["value_amount"] == "3980"


def test_a_hazard_is_told_or_its_label_is_refused(
    engine: Engine, shippo_context: Context, shippo: FakeShippo, zebra: VirtualZebra
) -> None:
    package_id = abroad(engine, zebra, origin="PT")
    with transaction(engine) as session:
        session.scalars(select(Product)).one().is_hazardous = True
        session.flush()
        service = builders.carrier_service(session, "ups", "ups_ground")
        session.scalars(select(Order)).one().carrier_service_id = service.id
        session.scalars(select(ShippingMethod)).one().carrier_service_id = service.id
    want(engine, package_id)
    run(shippo_context)
    label = the_label(engine)
    assert shippo.account.requests[0]["extra"] == {"dangerous_goods": {"contains": True}}
    assert (label.status, shippo.account.paid) == (LabelStatus.REFUSED, [])
    assert "Hazardous: Shippo cannot tell ups_ground" in label.reason


def test_the_way_back_is_declared_too(engine: Engine, zebra: VirtualZebra) -> None:
    package_id = abroad(engine, zebra, "offline", origin="PT")
    want(engine, package_id)
    with transaction(engine) as session:
        box = session.scalars(select(Package)).one()
        _ = box.move_to(PackageStatus.SEALED)
        _ = box.move_to(PackageStatus.HANDED_OVER)
        label = session.scalars(select(Label)).one()
        _ = label.move_to(LabelStatus.BUYING, package=box.barcode, order_id=box.order_id)
        _ = label.move_to(LabelStatus.BOUGHT, package=box.barcode, order_id=box.order_id)
        session.scalars(select(Product)).one().origin_country = ""
        session.flush()
        with pytest.raises(UndeclaredError, match="no origin for MUG-BLU"):
            _ = labelling.want_return(session, now(), package_id)


def test_the_offline_carrier_asks_for_the_same_facts(engine: Engine, context: Context, zebra: VirtualZebra) -> None:
    package_id = abroad(engine, zebra, "offline")
    want(engine, package_id)
    assert the_label(engine).status is LabelStatus.REFUSED
    with transaction(engine) as session:
        session.scalars(select(Product)).one().origin_country = "PT"
        session.flush()
        _ = labelling.retry(session, now(), package_id)
    run(context)
    with reading(engine) as session:
        assert [label.status for label in session.scalars(select(Label).order_by(Label.id))] == ["refused", "bought"]
