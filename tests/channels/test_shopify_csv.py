"""Shopify's export, read without a database."""

import datetime as dt
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from tests import shopify_files
from tests.house.source import ROOT
from wms.channels.base import ChannelError, IncomingOrder, Payment, Reading
from wms.channels.shopify_csv import ShopifyFile
from wms.channels.shopify_rows import gift_note

SAMPLE = ROOT.parent / "shared" / "data" / "shopify-export" / "sample_orders.csv"
TEXTS = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=30).filter(str.strip)


def _readings(tmp_path: Path, rows: list[dict[str, str]], *, mark: bool = False) -> list[Reading]:
    return list(ShopifyFile(shopify_files.write(tmp_path / "orders.csv", rows, mark=mark)).readings())


def _order(tmp_path: Path, rows: list[dict[str, str]]) -> IncomingOrder:
    (reading,) = _readings(tmp_path, rows)
    assert reading.faults == ()
    assert reading.order is not None
    return reading.order


def test_an_order_is_read_from_its_rows(tmp_path: Path) -> None:
    order = _order(tmp_path, shopify_files.order(7, ("A-1", 2), ("B-2", 1), Total="1234.50"))
    assert (order.external_id, order.number) == ("5000000000007", "#7")
    assert order.placed_at == dt.datetime(2026, 11, 22, 15, 0, tzinfo=dt.UTC)
    assert (order.payment, order.cancelled, order.risky) == (Payment.SETTLED, False, False)
    assert (order.currency, order.total_cents) == ("USD", 123450)
    assert order.note == 'He said "leave it"\nat the door'
    assert (order.ship_to.street1, order.ship_to.street2) == ("1 Main St", "Apt 2")
    assert (order.ship_to.city, order.ship_to.zip, order.ship_to.country) == ("São Paulo", "01234", "US")
    assert [(line.sku, line.quantity, line.to_pick, line.price_cents) for line in order.lines] == [
        ("A-1", 2, 2, 9954),
        ("B-2", 1, 1, 9954),
    ]


@pytest.mark.parametrize(
    ("financial", "payment", "cancelled"),
    [
        ("paid", Payment.SETTLED, False),
        ("partially_refunded", Payment.SETTLED, False),
        ("authorized", Payment.UNSETTLED, False),
        ("pending", Payment.UNSETTLED, False),
        ("partially_paid", Payment.UNSETTLED, False),
        ("expired", Payment.UNSETTLED, False),
        ("", Payment.UNSETTLED, False),
        ("refunded", Payment.RETURNED, True),
        ("voided", Payment.RETURNED, True),
    ],
)
def test_the_financial_status_settles_holds_or_cancels(
    tmp_path: Path, *, financial: str, payment: Payment, cancelled: bool
) -> None:
    order = _order(tmp_path, shopify_files.order(1, ("A", 1), Financial_Status=financial))
    assert (order.payment, order.cancelled) == (payment, cancelled)


def test_a_cancelled_at_cancels_and_a_high_risk_is_risky(tmp_path: Path) -> None:
    changes = {"Cancelled_at": "2026-11-22 10:00:00 -0500", "Risk_Level": "High"}
    order = _order(tmp_path, shopify_files.order(1, ("A", 1), **changes))
    assert (order.cancelled, order.risky) == (True, True)


@pytest.mark.parametrize(("said", "accepts"), [("", False), ("no", False), ("Yes", True), ("TRUE", True)])
def test_an_order_may_accept_substitutes(tmp_path: Path, *, said: str, accepts: bool) -> None:
    order = _order(tmp_path, shopify_files.order(1, ("A", 1), Accepts_Substitutes=said))
    assert order.accepts_substitutes is accepts


def test_only_what_is_not_fulfilled_of_a_partial_order_is_picked(tmp_path: Path) -> None:
    rows = shopify_files.order(1, ("A", 2), ("B", 1), Fulfillment_Status="partial")
    rows[0]["Lineitem fulfillment status"] = "fulfilled"
    order = _order(tmp_path, rows)
    assert [(line.quantity, line.to_pick) for line in order.lines] == [(2, 0), (1, 1)]
    assert not order.nothing_to_pick


def test_a_fulfilled_order_and_one_that_needs_no_shipping_leave_nothing_to_pick(tmp_path: Path) -> None:
    gift = shopify_files.order(2, ("", 1), Lineitem_requires_shipping="false")
    done = shopify_files.order(3, ("A", 1), Fulfillment_Status="fulfilled")
    assert [reading.order and reading.order.nothing_to_pick for reading in _readings(tmp_path, gift + done)] == [
        True,
        True,
    ]


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"Lineitem_sku": ""}, "the SKU is missing"),
        ({"Lineitem_quantity": "0"}, "quantity '0'"),
        ({"Lineitem_quantity": "-3"}, "quantity '-3'"),
        ({"Lineitem_quantity": "1.5"}, "quantity '1.5'"),
        ({"Lineitem_quantity": "٣"}, "quantity '٣'"),
        ({"Created_at": "yesterday"}, "Created at 'yesterday'"),
        ({"Created_at": "2026-11-31 10:00:00 -0500"}, "Created at '2026-11-31"),
        ({"Created_at": "2026-11-22 10:00:00"}, "with a zone"),
        ({"Created_at": "0001-01-01 00:00:00 +1200"}, "Created at"),
        ({"Created_at": ""}, "Created at is missing"),
        ({"Cancelled_at": "soon"}, "Cancelled at 'soon'"),
        ({"Total": "free"}, "the total 'free'"),
        ({"Lineitem_price": "9,95"}, "the price '9,95'"),
        ({"Currency": "dollars"}, "the currency 'dollars'"),
        ({"Fulfillment_Status": "restocked"}, "Fulfillment Status 'restocked'"),
        ({"Notes": "a\0b"}, "Notes holds a NUL character"),
        ({"Shipping_Name": "x" * 201}, "Shipping Name has more than 200 characters"),
        ({"Shipping_Country": "Germany"}, "Shipping Country has more than 2 characters"),
        ({"Name": "", "Id": ""}, "Name and Id are missing"),
    ],
)
def test_a_bad_row_leaves_its_order_out_and_says_why(tmp_path: Path, change: dict[str, str], reason: str) -> None:
    bad = shopify_files.order(1, ("A", 1), ("B", 1), **change)
    left_out, taken = _readings(tmp_path, bad + shopify_files.order(2, ("A", 1)))
    assert left_out.order is None
    assert [fault.line for fault in left_out.faults] == [2]
    assert reason in left_out.faults[0].reason
    assert len(left_out.records) == 2
    assert taken.order is not None


def test_two_bad_rows_of_an_order_are_two_faults(tmp_path: Path) -> None:
    rows = shopify_files.order(1, ("A", 0), ("", 0), ("B", 1))
    (reading,) = _readings(tmp_path, rows)
    assert [fault.line for fault in reading.faults] == [2, 5]
    assert reading.faults[1].reason.count(";") == 1


def test_rows_that_stand_apart_make_one_order(tmp_path: Path) -> None:
    first, second = shopify_files.order(1, ("A", 1), ("B", 1)), shopify_files.order(2, ("C", 1))
    readings = _readings(tmp_path, [first[0], *second, first[1]])
    assert [reading.name for reading in readings] == ["#2", "#1"]
    assert [len(reading.order.lines) for reading in readings if reading.order] == [1, 2]


def test_an_order_that_stands_twice_is_told_twice_and_never_doubled(tmp_path: Path) -> None:
    first, second = shopify_files.order(1, ("A", 1), ("B", 1)), shopify_files.order(2, ("C", 1))
    readings = _readings(tmp_path, [*first, *second, *first])
    assert [len(reading.order.lines) for reading in readings if reading.order] == [2, 1, 2]


def test_an_order_that_stands_twice_in_a_row_is_left_out(tmp_path: Path) -> None:
    order = shopify_files.order(1, ("A", 1), ("B", 1))
    (reading,) = _readings(tmp_path, [*order, *order])
    assert [(fault.line, "again" in fault.reason) for fault in reading.faults] == [(6, True)]


def test_a_row_without_a_name_leaves_the_order_before_it_out(tmp_path: Path) -> None:
    rows = shopify_files.order(1, ("A", 1), ("B", 0))
    rows[1]["Name"] = ""
    (reading,) = _readings(tmp_path, rows)
    assert reading.order is None


def test_two_orders_with_one_name_are_told_apart_by_their_ids(tmp_path: Path) -> None:
    rows = shopify_files.order(1, ("A", 1)) + shopify_files.order(1, ("B", 1), Id="9")
    assert [reading.order and reading.order.external_id for reading in _readings(tmp_path, rows)] == [
        "5000000000001",
        "9",
    ]


def test_without_an_id_the_name_is_the_identity(tmp_path: Path) -> None:
    assert _order(tmp_path, shopify_files.order(1, ("A", 1), Id="")).external_id == "#1"


def test_a_byte_order_mark_does_not_hide_the_first_column(tmp_path: Path) -> None:
    (reading,) = _readings(tmp_path, shopify_files.order(1, ("A", 1)), mark=True)
    assert reading.order is not None


def test_the_digest_changes_with_lines_and_address_and_with_nothing_else(tmp_path: Path) -> None:
    digest = _order(tmp_path, shopify_files.order(1, ("A", 1))).digest
    assert _order(tmp_path, shopify_files.order(1, ("A", 1), Notes="x", Financial_Status="pending")).digest == digest
    assert _order(tmp_path, shopify_files.order(1, ("A", 2))).digest != digest
    assert _order(tmp_path, shopify_files.order(1, ("A", 1), Shipping_City="Bonn")).digest != digest


def test_a_file_of_another_kind_is_refused_by_its_columns(tmp_path: Path) -> None:
    file = tmp_path / "products.csv"
    _ = file.write_text("sku,name\nA,Mug\n")
    with pytest.raises(ChannelError, match="no column Name, Financial Status"):
        _ = ShopifyFile(file)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=30, deadline=None)
@example(name="0", city="0", note="a\rb")
@given(name=TEXTS, city=TEXTS, note=st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")))
def test_any_unicode_comes_through(tmp_path: Path, name: str, city: str, note: str) -> None:
    order = _order(tmp_path, shopify_files.order(1, ("A", 1), Shipping_Name=name, Shipping_City=city, Notes=note))
    assert order.ship_to.name == " ".join(name.split())
    assert order.ship_to.city == " ".join(city.split())
    assert order.note == note.strip()


@pytest.mark.skipif(not SAMPLE.exists(), reason="the sample export lies beside the checkout, not in it")
def test_the_sample_export_has_four_bad_rows() -> None:
    readings = list(ShopifyFile(SAMPLE).readings())
    assert len(readings) == 60
    assert [(reading.name, reading.faults[0].line) for reading in readings if reading.faults] == [
        ("#100017", 43),
        ("#100030", 93),
        ("#100033", 100),
        ("#100042", 126),
    ]


@pytest.mark.parametrize(
    ("attributes", "note"),
    [
        ("", ""),
        ("Gift note: Happy birthday", "Happy birthday"),
        (
            "delivery: Monday\ngift-message: Dear Bo,\nsee you at 5: in the park?\nAda\nwrap: blue",
            "Dear Bo,\nsee you at 5: in the park?\nAda",
        ),
        ("Gift_Note: One", "One"),
        ("Gift wrap: yes", ""),
    ],
)
def test_a_gift_note_is_found_among_the_attributes(attributes: str, note: str) -> None:
    assert gift_note(attributes) == note
