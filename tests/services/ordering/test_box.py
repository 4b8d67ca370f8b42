"""A box's whole life on one page: who picked what from where and how it was proved, label, prints, seal."""

import pytest
from sqlalchemy.orm import Session

from tests import builders, packers
from tests.services.conftest import Walk
from wms.domain.errors import DomainError
from wms.domain.journal import record
from wms.domain.orders import OrderSplit
from wms.domain.packing import Package, PackageStatus, PackingStarted
from wms.domain.printing import PrintStatus
from wms.domain.shipping import LabelStatus
from wms.services.ordering import box
from wms.services.ordering.box import BoxPage


def packed(walk: Walk) -> Package:
    """Order one, picked by Marta and packed by Ana into a box that is sealed with the label T1."""
    marta = walk.begin()
    while marta.screen.name != "drop_cart":
        _ = marta.pick()
    _ = marta.scan(walk.lane.barcode)
    _ = builders.carton_type(walk.session)
    packer = packers.packer(walk.session, builders.station(walk.session))
    _ = packer.scan(walk.totes[0].barcode, walk.mug_code, walk.mug_code, walk.pen_code, "N720")
    _ = packers.buy(walk.session, walk.orders[0], "T1")
    _ = packer.scan("T1")
    return packers.package_of(walk.session, walk.orders[0])


def page_of(session: Session, package: Package) -> BoxPage:
    return box.box_page(session, builders.actor(), package.id)


def test_a_box_is_found_by_its_own_code_and_by_its_labels(walk: Walk) -> None:
    package = packed(walk)
    for code in (package.barcode, package.barcode.lower(), "T1", "42000000T1"[-2:]):
        assert box.find(walk.session, builders.actor(), code) == (walk.orders[0].id, package.id)
    for code in ("", "T2", walk.orders[0].number):
        assert box.find(walk.session, builders.actor(), code) is None


def test_its_page_says_who_did_what_to_each_unit(walk: Walk) -> None:
    page = page_of(walk.session, packed(walk))
    assert (page.status, page.weight_g, page.weighed, page.packer) == (PackageStatus.SEALED, 720, True, "Ana")
    mugs, pens = page.units
    assert (mugs.sku, mugs.quantity, pens.quantity) == (walk.mug.sku, 2, 1)
    assert [pick.quantity for pick in mugs.picks] in ([2], [1, 1])
    pick = pens.picks[0]
    assert pick.worker == walk.marta.worker.name
    assert {proof.split(":")[0] for proof in pick.proofs} == {"shelf", "item", "tote"}
    label = page.labels[0]
    assert (label.status, label.tracking_number, len(label.prints)) == (LabelStatus.BOUGHT, "T1", 1)
    told = " | ".join(moment.words for moment in page.life)
    for words in ("in tote", f"in box {page.barcode}", "weighs 720 g", f"Box {page.barcode} sealed"):
        assert words in told


def test_its_life_leaves_other_boxes_of_the_order_out(walk: Walk) -> None:
    package = packed(walk)
    before = [moment.words for moment in page_of(walk.session, package).life]
    actor = builders.actor()
    record(walk.session, actor, PackingStarted(order_id=package.order_id, package="P999", station="PACK 9"))
    record(walk.session, actor, OrderSplit(order_id=package.order_id, number="1", backorder="1-2", units=1))
    walk.session.flush()
    after = [moment.words for moment in page_of(walk.session, package).life]
    assert [words for words in after if words not in before] == ["1 units it lacks are order 1-2 now"]


def test_a_label_prints_again_for_a_reason_and_is_not_voided_once_sealed(walk: Walk) -> None:
    package = packed(walk)
    assert page_of(walk.session, package).can == {"reprint", "print_slip"}
    job = box.reprint(walk.session, builders.actor(), package.id, "the label tore")
    assert (job.copy, job.status, job.reason) == (2, PrintStatus.QUEUED, "the label tore")
    with pytest.raises(DomainError, match="being printed"):
        _ = box.reprint(walk.session, builders.actor(), package.id, "again")


def test_an_open_box_s_label_may_be_given_back(walk: Walk) -> None:
    package = packed(walk)
    package.status = PackageStatus.OPEN
    assert page_of(walk.session, package).can == {"reprint", "print_slip", "void"}
