"""wms export fulfillments, as the shell runs it."""

import csv
import datetime as dt
import json
from pathlib import Path

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from tests import builders
from tests.cli.conftest import Wms
from wms.cli.export import since_moment
from wms.database import transaction
from wms.domain.catalog import Product
from wms.domain.errors import BadInputError
from wms.domain.floor import Place, PlaceKind
from wms.domain.orders import OrderLine, OrderStatus
from wms.domain.packing import Package, PackageLine, PackageStatus
from wms.domain.shipping import Label, LabelStatus

NOW = dt.datetime(2026, 11, 24, 12, 0, tzinfo=dt.UTC)


def _ship(session: Session, at: dt.datetime, tracking_number: str, status: OrderStatus = OrderStatus.SHIPPED) -> str:
    """An order whose one parcel left, with a voided label besides the one that counts; its number."""
    order = builders.order(session, (builders.product(session), 1))
    order.status, order.shipped_at = status, at
    place = Place(warehouse_id=1, kind=PlaceKind.PACKAGE)
    package = Package(
        warehouse_id=1,
        id=place.id,
        barcode=f"P{tracking_number}",
        order_id=order.id,
        number=1,
        station_id=builders.station(session).id,
        opened_at=at,
        worker_id=None,
        status=PackageStatus.HANDED_OVER,
        handed_over_at=at,
    )
    session.add_all([place, package])
    for label_status, number in ((LabelStatus.VOIDED, "OLD"), (LabelStatus.BOUGHT, tracking_number)):
        session.add(
            Label(
                warehouse_id=1,
                package_id=package.id,
                carrier="usps",
                service="usps_priority",
                wanted_at=at,
                status=label_status,
                tracking_number=number,
            )
        )
    return order.number


@pytest.fixture
def shipped(engine: Engine) -> list[str]:
    """The numbers of two shipped orders, the older first; a third is still packed."""
    with transaction(engine) as session:
        _ = _ship(session, NOW, "T3", OrderStatus.PACKED)
        newer = _ship(session, NOW, "T2")
        return [_ship(session, NOW - dt.timedelta(days=3), "T1"), newer]


def test_each_parcel_that_left_is_a_row(wms: Wms, shipped: list[str]) -> None:
    ran = wms("export", "fulfillments")
    assert ran.status == 0
    assert list(csv.reader(ran.out.splitlines())) == [
        ["order", "tracking_number", "carrier", "service", "shipped_at"],
        [shipped[0], "T1", "usps", "usps_priority", "2026-11-21T12:00:00Z"],
        [shipped[1], "T2", "usps", "usps_priority", "2026-11-24T12:00:00Z"],
    ]


def test_since_leaves_the_older_ones_out(wms: Wms, shipped: list[str], tmp_path: Path) -> None:
    out = tmp_path / "shipped.csv"
    ran = wms("export", "fulfillments", "--since", "2026-11-22", "--out", out, "--json")
    assert json.loads(ran.out)["fulfillments"] == 1
    with out.open(encoding="utf-8", newline="") as file:
        assert [row["order"] for row in csv.DictReader(file)] == [shipped[1]]


def test_machines_get_the_rows_as_json(wms: Wms, shipped: list[str]) -> None:
    facts = json.loads(wms("export", "fulfillments", "--json").out)
    assert [row["tracking_number"] for row in facts["rows"]] == ["T1", "T2"]


def test_since_that_is_no_moment_says_what_is_right(wms: Wms) -> None:
    ran = wms("export", "fulfillments", "--since", "lately")
    assert (ran.status, "such as 24h" in ran.err) == (2, True)


def _pack(
    session: Session, tracking_number: str, sku: str, quantity: int, *, instead_of: str = "", **which: str
) -> None:
    """Say of a parcel that left that units are in it, of a line that the customer bought or of its substitute."""
    package = session.scalars(select(Package).where(Package.barcode == f"P{tracking_number}")).one()
    known = session.scalars(select(Product).where(Product.sku == sku)).one_or_none()
    item = known or builders.product(session, sku)
    of_order = session.scalars(select(OrderLine).where(OrderLine.order_id == package.order_id)).all()
    bought = {line.sku: line for line in of_order}
    line = bought.get(sku)
    if line is None:
        line = OrderLine(
            warehouse_id=1, order_id=package.order_id, position=len(of_order) + 1, product_id=item.id, sku=sku,
            name=sku, quantity=quantity, to_pick=quantity, price_cents=0,
            replaces_id=bought[instead_of].id if instead_of else None,
        )  # fmt: skip
        session.add(line)
        session.flush()
    session.add(
        PackageLine(
            warehouse_id=1, package_id=package.id, line_id=line.id, product_id=item.id, quantity=quantity, **which
        )
    )
    session.flush()


def test_what_was_really_sent_is_told_beside_what_was_ordered(wms: Wms, shipped: list[str], engine: Engine) -> None:
    with transaction(engine) as session:
        _pack(session, "T1", "TEA", 1)
        _pack(session, "T2", "MUG", 1, lot="A")
        _pack(session, "T2", "MUG", 2, lot="B")
        _pack(session, "T2", "TOWEL", 1)
        _pack(session, "T2", "MUG-RED", 4, instead_of="MUG")
    ran = wms("export", "fulfillments", "--lines")
    header, *rows = csv.reader(ran.out.splitlines())
    assert header[-3:] == ["sku", "quantity", "ordered_sku"]
    assert [(row[0], row[1], *row[5:]) for row in rows] == [
        (shipped[0], "T1", "TEA", "1", "TEA"),
        (shipped[1], "T2", "MUG", "3", "MUG"),
        (shipped[1], "T2", "MUG-RED", "4", "MUG"),
        (shipped[1], "T2", "TOWEL", "1", "TOWEL"),
    ]
    facts = json.loads(wms("export", "fulfillments", "--lines", "--since", "2026-11-22", "--json").out)
    assert (facts["fulfillments"], len(facts["rows"])) == (1, 3)
    assert facts["rows"][1] | {"shipped_at": ""} == {
        "order": shipped[1], "tracking_number": "T2", "carrier": "usps", "service": "usps_priority",
        "shipped_at": "", "sku": "MUG-RED", "quantity": "4", "ordered_sku": "MUG",
    }  # fmt: skip


def test_substitutes_are_written_as_their_import_reads_them(wms: Wms, engine: Engine, tmp_path: Path) -> None:
    with transaction(engine) as session:
        mug, red, green = (builders.product(session, sku) for sku in ("MUG", "MUG-RED", "MUG-GREEN"))
        builders.substitute(session, mug, red, 2)
        builders.substitute(session, mug, green, 1)
    out = tmp_path / "substitutes.csv"
    assert wms("export", "substitutes", "--out", out).status == 0
    assert out.read_text(encoding="utf-8") == "sku,substitute,rank\nMUG,MUG-GREEN,1\nMUG,MUG-RED,2\n"
    assert json.loads(wms("import", "substitutes", out, "--json").out)["known"] == 2


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("24h", NOW - dt.timedelta(hours=24)),
        ("30m", NOW - dt.timedelta(minutes=30)),
        ("7d", NOW - dt.timedelta(days=7)),
        ("2026-11-22", dt.datetime(2026, 11, 22, tzinfo=dt.UTC)),
        ("2026-11-22T10:00:00+02:00", dt.datetime(2026, 11, 22, 8, tzinfo=dt.UTC)),
        ("2026-11-22T10:00:00Z", dt.datetime(2026, 11, 22, 10, tzinfo=dt.UTC)),
    ],
)
def test_since_is_read_as_people_write_it(text: str, moment: dt.datetime) -> None:
    assert since_moment(text, NOW) == moment


@pytest.mark.parametrize("text", ["", "soon", "24", "24x", "0001-01-01T00:00:00+14:00"])
def test_since_refuses_what_is_no_moment(text: str) -> None:
    with pytest.raises(BadInputError, match="24h"):
        _ = since_moment(text, NOW)
