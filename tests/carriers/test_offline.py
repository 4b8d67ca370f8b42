import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from printers.decode import decode
from printers.lettering import printable
from printers.preview import ZebrashPreview
from tests.carriers.shipments import a_request
from wms.carriers.base import Carrier, Parcel, Prepared, RefusedError, VoidStatus
from wms.carriers.offline import TARIFFS, OfflineCarrier, Tariff, gs1_check_digit, is_tracking_number, tracking_number
from wms.carriers.offline_label import width_dots, wrap

CHINESE_NAME = "李小龙"


def test_the_offline_carrier_is_a_carrier_that_charges_nothing() -> None:
    carrier: Carrier = OfflineCarrier()
    label = carrier.buy(carrier.prepare(a_request()))
    assert (carrier.charged, label.charged, label.amount_cents) == (False, False, 0)


def test_the_same_reference_gives_the_same_label_again() -> None:
    prepared = OfflineCarrier().prepare(a_request())
    assert OfflineCarrier().buy(prepared) == OfflineCarrier().buy(prepared) == OfflineCarrier().find(prepared)


def test_a_prepared_label_survives_being_stored() -> None:
    prepared = OfflineCarrier().prepare(a_request(name=CHINESE_NAME))
    assert Prepared.from_json(prepared.to_json()) == prepared


def test_a_hundred_thousand_references_have_a_hundred_thousand_numbers() -> None:
    assert len({tracking_number(f"intent-{at}") for at in range(100_000)}) == 100_000


def test_a_check_digit_is_that_of_gs1() -> None:
    assert gs1_check_digit("629104150021") == "3"  # the example of GS1's own page on check digits


@given(st.text(min_size=1), st.integers(0, 23), st.integers(1, 9))
def test_a_tracking_number_with_one_wrong_digit_is_none(reference: str, at: int, off_by: int) -> None:
    number = tracking_number(reference)
    wrong = number[:at] + str((int(number[at]) + off_by) % 10) + number[at + 1 :]
    assert is_tracking_number(number)
    assert not is_tracking_number(wrong)


def test_rates_are_the_whole_table_cheapest_first() -> None:
    rates = OfflineCarrier().rates(a_request())
    assert len(rates) == len(TARIFFS)
    assert rates == sorted(rates, key=lambda rate: (rate.amount_cents, rate.service))


def test_each_kilogram_begun_costs_more() -> None:
    tariff = Tariff(service="x", title="X", days=1, base_cents=500, kg_cents=100)
    parcels = [Parcel(weight_g=weight_g, length_mm=9, width_mm=9, height_mm=9) for weight_g in (1, 1000, 1001)]
    assert [tariff.price_cents(parcel) for parcel in parcels] == [600, 600, 700]


def test_an_unknown_service_is_refused_with_the_known_ones() -> None:
    with pytest.raises(RefusedError, match="use one of economy, standard, express") as refused:
        _ = OfflineCarrier().prepare(a_request(service="pigeon"))
    assert refused.value.permanent


def test_a_void_is_done_at_once() -> None:
    assert OfflineCarrier().void(tracking_number("intent-1")).status is VoidStatus.VOIDED
    assert OfflineCarrier().find_refund(tracking_number("intent-1")).status is VoidStatus.VOIDED


@pytest.mark.parametrize("number", ["", "05", "9400111899223344556677", "05²" + "0" * 21])
def test_a_void_of_somebody_elses_number_is_refused(number: str) -> None:
    with pytest.raises(RefusedError):
        _ = OfflineCarrier().void(number)


def test_the_label_is_four_by_six_and_says_that_it_is_not_paid() -> None:
    carrier = OfflineCarrier()
    zpl = carrier.buy(carrier.prepare(a_request())).zpl.decode("ascii")
    assert zpl.count("^XA") == zpl.count("^XZ") == 1
    assert "^PW812^LL1218" in zpl
    for text in ("NOT A PAID LABEL", "Not postage", "PRIORITY", "Order 1043", "Box 1 of 2", "1.25 kg"):
        assert text in zpl


@pytest.mark.parametrize(
    ("service", "name"),
    [("usps_priority", "Laura Łódźka-Müller"), ("express", CHINESE_NAME), ("economy", "Bob ^XZ^XA~JA" * 9)],
)
def test_a_scanner_reads_the_tracking_number_from_the_printed_label(
    preview: ZebrashPreview, service: str, name: str
) -> None:
    carrier = OfflineCarrier()
    label = carrier.buy(carrier.prepare(a_request(service=service, name=name)))
    png = preview.draw(label.zpl)
    assert decode(png) == [label.tracking_number] == list(label.barcodes)


@pytest.mark.parametrize("text", ["W" * 400, "long words " * 60, "Ł" * 300])
def test_nothing_is_printed_outside_the_frame(preview: ZebrashPreview, text: str) -> None:
    carrier = OfflineCarrier()
    label = carrier.buy(carrier.prepare(a_request(name=text, company=text, street1=text, city=text, state=text)))
    with Image.open(io.BytesIO(preview.draw(label.zpl))) as picture:
        ink = picture.convert("L").point([255] * 128 + [0] * 128).getbbox()
    assert ink == (20, 20, 792, 1198)


@pytest.mark.parametrize(
    ("name", "printed"),
    [
        ("Łódź Müller", "Łódź Müller"),
        (CHINESE_NAME, "LiXiaoLong"),
        ("Владимир", "Vladimir"),
        ("Zoë\u200b\tO’Neil\n", "Zoë O'Neil"),  # noqa: RUF001 - as shops export it
        ("e\u0301", "é"),
    ],
)
def test_a_name_in_any_script_prints_as_latin_letters(name: str, printed: str) -> None:
    assert printable(name) == printed


@given(st.text(max_size=300), st.sampled_from([22, 30, 46]))
@settings(deadline=None)
def test_wrapped_text_fits_its_room_and_loses_nothing(text: str, height: int) -> None:
    shown = printable(text)
    lines = wrap(shown, 300, height)
    assert all(width_dots(line, height) <= 300 for line in lines)
    assert "".join(lines).replace(" ", "") == shown.replace(" ", "")
