"""wms box: a box by any of its codes, its whole life, and its label printed again or given back."""

import json

import pytest
from sqlalchemy import Engine, select

from tests import boxes
from tests.cli.conftest import Wms
from wms.database import reading, transaction
from wms.domain.orders import Order
from wms.domain.packing import Package, PackageStatus
from wms.domain.printing import PrintJob
from wms.domain.refunds import RefundStatus
from wms.domain.shipping import Label, LabelStatus


@pytest.fixture
def codes(engine: Engine) -> list[str]:
    """Every code of a box with a bought label: its own, the label's, the order's barcode and number."""
    with transaction(engine) as session:
        box = boxes.full_box(session, "file:///tmp/none")
        _ = boxes.label(session, box, LabelStatus.BOUGHT, "0512345")
        order = session.scalars(select(Order).where(Order.id == box.order_id)).one()
        return [box.barcode, box.barcode.lower(), "0512345", order.barcode, order.number]


def test_any_code_finds_the_box_and_tells_its_life(wms: Wms, codes: list[str]) -> None:
    for code in codes:
        shown = wms("box", code)
        assert shown.status == 0, code
        assert f"Box {codes[0]}, box 1 of order {codes[-1]}: open" in shown.out
        assert "bought 0512345 offline usps_priority" in shown.out
        assert "2 x SKU-" in shown.out


def test_the_same_facts_come_as_json(wms: Wms, codes: list[str]) -> None:
    facts = json.loads(wms("box", codes[0], "--json").out)
    assert (facts["barcode"], facts["labels"][0]["tracking_number"]) == (codes[0], "0512345")
    assert facts["can"] == ["print_slip", "reprint", "void"]


def test_a_label_given_back_still_finds_its_box(wms: Wms, engine: Engine, codes: list[str]) -> None:
    assert wms("box", codes[0], "--void", "wrong service").status == 0
    with reading(engine) as session:
        label = session.scalars(select(Label)).one()
    assert (label.status, label.reason) == (LabelStatus.VOIDING, "wrong service")
    assert "voiding 0512345" in wms("box", "0512345").out


@pytest.mark.parametrize("status", RefundStatus)
def test_the_money_of_a_label_given_back_is_told(wms: Wms, engine: Engine, status: RefundStatus) -> None:
    with transaction(engine) as session:
        box = boxes.full_box(session, "file:///tmp/none")
        _ = boxes.refund(session, box, status, "it was used")
    shown = wms("box", box.barcode).out
    assert f": {status}" in next(line for line in shown.splitlines() if "refund asked for" in line)
    assert ("it was used" in shown) == (status is not RefundStatus.PENDING)


def test_a_reprint_gives_its_reason(wms: Wms, engine: Engine, codes: list[str]) -> None:
    assert wms("box", codes[2], "--reprint", "it tore").status == 0
    with reading(engine) as session:
        assert session.scalars(select(PrintJob.reason)).one() == "it tore"


def test_a_sealed_box_keeps_its_label(wms: Wms, engine: Engine, codes: list[str]) -> None:
    with transaction(engine) as session:
        _ = session.scalars(select(Package)).one().move_to(PackageStatus.SEALED)
    refused = wms("box", codes[0], "--void", "why not")
    assert (refused.status, "carries its label" in refused.err) == (2, True)


def test_what_is_no_box_and_two_wishes_at_once_are_bad_use(wms: Wms, codes: list[str]) -> None:
    assert wms("box", "nothing").err == "Error: There is no box nothing.\n"
    both = wms("box", codes[0], "--void", "a", "--reprint", "b")
    assert (both.status, both.err) == (2, "Error: Choose one of --void and --reprint.\n")
