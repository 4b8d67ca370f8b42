"""A label that was released seals its box by what a scanner reads on the paper, whoever sold it."""

import pytest
from sqlalchemy import select

from printers.preview import ZebrashPreview
from printers.virtual.server import VirtualZebra
from printers.zpl import FOUR_BY_SIX
from printers.zpl import Label as Zpl
from tests import builders
from tests.jobs.prints import print_label
from wms.carriers import offline
from wms.database import reading
from wms.domain.shipping import Label
from wms.jobs.outbox import Context
from wms.services.carriers import recognising_labels


def _barred(*codes: str) -> str:
    label = Zpl(FOUR_BY_SIX)
    for place, code in enumerate(codes):
        label.code128(60, 100 + 300 * place, code, height=200, module_dots=2)
    return label.to_zpl().decode()


def _read(zebra: VirtualZebra) -> list[str]:
    """What a scanner reads on the one label in the tray."""
    with ZebrashPreview() as preview:
        return zebra.tray.codes(1, preview)


@pytest.mark.parametrize("carrier", ["offline", "shippo"])
@pytest.mark.parametrize(
    ("number", "codes"),
    [
        ("05212345678901", ["0082517052123456789011136276"]),
        ("9205 5903 0319 6500 0000 00", ["420432159205590303196500000000"]),
        ("1z999aa10123456784", ["1Z999AA10123456784"]),
        ("1Z999AA10123456784", ["4218251701", "1Z999AA10123456784"]),
    ],
)
def test_the_code_read_on_a_released_label_names_its_box_and_a_routing_code_none(
    number: str, codes: list[str], carrier: str, context: Context, zebra: VirtualZebra
) -> None:
    job = print_label(context, zebra.url, _barred(*codes), number, carrier=carrier)
    *routing, own = sorted(_read(zebra), key=len)
    assert sorted([*routing, own]) == sorted(codes)
    with reading(context.engine) as session:
        label = session.scalars(select(Label)).one()
        assert (job.label_id, label.barcodes) == (label.id, [own])
        assert recognising_labels.is_label_of(session, builders.actor(), label.package_id, own)
        for code in routing:
            assert not recognising_labels.packages_by_label(session, builders.actor(), code)


def test_the_code_that_the_offline_carrier_told_is_kept_once(context: Context, zebra: VirtualZebra) -> None:
    number = offline.tracking_number("P000000017")
    _ = print_label(context, zebra.url, _barred(number), number, carrier="offline")
    assert _read(zebra) == [number]
    with reading(context.engine) as session:
        assert session.scalars(select(Label.barcodes)).one() == [number]
