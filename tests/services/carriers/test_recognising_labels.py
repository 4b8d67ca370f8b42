"""Whose label a scan is: what its bars say counts, however its carrier writes the number, and never another box's."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests import builders, packers
from tests.packers import Floor
from wms.carriers.base import Track
from wms.domain.codes import Command
from wms.domain.packing import PackageStatus
from wms.domain.shipping import AnyLabel
from wms.services.carriers import recognising_labels, tracking
from wms.services.ordering import box, finding
from wms.services.ordering.finding import Search

# What a carrier told as the number, and what its label's bars hold (DPD: postcode, number, service, country).
_WRITTEN = [
    ("05212345678901", "0082517052123456789011136276"),
    ("92055 90303 19650 00000 00", "420432159205590303196500000000"),
    ("1z999aa10123456784", "1Z999AA10123456784"),
    ("RR 123 456 785 GB", "rr123456785gb"),
    ("794612345678", "9622001900000000000000794612345678"),
    ("3S12345678", "JJD000390012345678901234 3S12345678 NL 1017AB" + " and more than bars can hold"),
]


def _labelled(session: Session, tracking_number: str, *codes: str, other: Floor | None = None) -> Floor:
    floor = packers.weighed(session, other)
    packers.buy(session, floor.order, tracking_number).barcodes = list(codes)
    session.flush()
    return floor


@pytest.mark.parametrize(("number", "code"), _WRITTEN)
def test_what_a_labels_bars_say_seals_its_box(session: Session, number: str, code: str) -> None:
    floor = _labelled(session, number, code)
    assert floor.packer.scan(code).cue == "complete"


@pytest.mark.parametrize(("number", "code"), _WRITTEN)
def test_a_number_seals_however_it_is_written(session: Session, number: str, code: str) -> None:
    floor = _labelled(session, number, code)
    assert floor.packer.scan(number).cue == "complete"


@pytest.mark.parametrize(("number", "code"), _WRITTEN[:5])
def test_the_bars_of_another_boxs_label_are_named_and_seal_nothing(session: Session, number: str, code: str) -> None:
    first = _labelled(session, number, code)
    second = _labelled(session, "OFF0002", other=first)
    verdict = second.packer.scan(code)
    assert (verdict.cue, verdict.words) == ("stop", f"This label is for order {first.order.number}")
    assert packers.package_of(session, second.order).status is PackageStatus.OPEN


@pytest.mark.parametrize(("number", "code"), _WRITTEN[:5])
def test_the_bars_of_a_void_label_are_named(session: Session, number: str, code: str) -> None:
    floor = _labelled(session, number, code)
    _ = floor.packer.scan(Command.VOID, Command.YES)
    label = session.scalars(select(AnyLabel)).one()
    packers.take_back(session, floor.order, label)
    _ = floor.packer.scan("N720")
    _ = packers.buy(session, floor.order, "OFF0002")
    assert floor.packer.scan(code).words == "That label is void. Throw it away"


@pytest.mark.parametrize("code", ["9400112345678", "420432159400112345678"])
def test_a_short_number_that_ends_anothers_takes_no_label_of_it(session: Session, code: str) -> None:
    first = _labelled(session, "12345678")
    second = _labelled(session, "9400112345678", other=first)
    assert first.packer.scan(code).words == f"This label is for order {second.order.number}"
    assert packers.package_of(session, first.order).status is PackageStatus.OPEN
    assert second.packer.scan(code).cue == "complete"


def test_a_code_that_fits_two_boxes_in_the_house_seals_neither(session: Session) -> None:
    first = _labelled(session, "9400112345678")
    second = _labelled(session, "9400112345678", other=first)
    for floor, owner in ((first, second), (second, first)):
        assert floor.packer.scan("420432159400112345678").words == f"This label is for order {owner.order.number}"
        assert packers.package_of(session, floor.order).status is PackageStatus.OPEN


def test_a_number_that_its_carrier_gives_out_again_means_the_box_in_the_house(session: Session) -> None:
    gone = _labelled(session, "9400112345678")
    _ = gone.packer.scan("9400112345678")
    _ = packers.package_of(session, gone.order).move_to(PackageStatus.HANDED_OVER)
    session.flush()
    now = _labelled(session, "9400112345678", other=gone)
    assert now.packer.scan("9400112345678").cue == "complete"


@pytest.mark.parametrize(("number", "code"), _WRITTEN[:5])
def test_a_sealed_box_is_found_by_what_its_label_says(session: Session, number: str, code: str) -> None:
    floor = _labelled(session, number, code)
    _ = floor.packer.scan(code)
    package = packers.package_of(session, floor.order)
    assert package.status is PackageStatus.SEALED
    actor = builders.actor()
    for text in (number, code, number.lower(), f" {code} "):
        assert recognising_labels.packages_by_label(session, actor, text) == {package.id}
        assert box.find(session, actor, text) == (floor.order.id, package.id)
        assert box.find_by_any(session, actor, text) == {package.id: package.barcode}
        found = finding.find(session, actor, Search(text=text)).rows
        assert [row.number for row in found] == [floor.order.number]
    assert floor.packer.scan(code).words == f"{floor.order.number} has its label. Scan a tote"


@pytest.mark.parametrize("number", [number for number, _ in _WRITTEN])
def test_what_a_carrier_tells_of_a_number_is_of_its_label_however_it_is_written(session: Session, number: str) -> None:
    _ = _labelled(session, number)
    label = session.scalars(select(AnyLabel)).one()
    for text in (number, number.lower(), number.replace(" ", "")):
        track = Track(tracking_number=text, external_id="", events=())
        assert tracking.label_of(session, builders.actor(), track) is label
    other = Track(tracking_number=f"{number}9", external_id="", events=())
    assert tracking.label_of(session, builders.actor(), other) is None
