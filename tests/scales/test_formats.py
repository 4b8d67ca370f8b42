"""Lines as the makers' manuals print them become whole grams, and nothing else does."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wms.scales.base import Reading
from wms.scales.formats import FORMATS, OutOfRange, grams


def _read(name: str, line: str) -> tuple[int, bool] | None:
    reading: Reading | None = FORMATS[name].read(line)
    return None if reading is None else (reading.weight_g, reading.is_stable)


@pytest.mark.parametrize(
    ("name", "line", "weight_g", "is_stable"),
    [
        ("sics", "S S      1.234 kg", 1234, True),
        ("sics", "S D    -12.4 g", -12, False),
        ("sics", "S S     100.00 g", 100, True),
        ("sics", "S S      2.205 lb", 1000, True),
        ("and", "ST,+0001.234 kg", 1234, True),
        ("and", "ST,+00123.45  g", 123, True),
        ("and", "US,-00183.96  g", -184, False),
        ("and", "ST,GS,+01234.5kg", 1_234_500, True),
        ("and", "ST,OK,+0001.234 kg", 1234, True),
        ("and", "ST,N ,+00012.5lb", 5670, True),
        ("ohaus", "      0.211 kg", 211, True),
        ("ohaus", "      0.211 kg ?", 211, False),
        ("ohaus", "       -0.4500 oz    ?", -13, False),
        ("ohaus", "      192.21 g   00:00:30", 192, True),
        ("nci", "\n001.25lb\r\n\x30\x30\r", 567, True),
        ("nci", "\n  1.234kg\r\n\x31\x30\r", 1234, False),
        ("nci", "\n  0720g \r\n\x30\x30\r", 720, True),
        ("nci", "\n-00.10lb\r\n\x30\x50\x30\r", -45, True),
    ],
)
def test_a_weight_is_read_as_the_manual_prints_it(name: str, line: str, weight_g: int, *, is_stable: bool) -> None:
    assert _read(name, line) == (weight_g, is_stable)


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("sics", "S I"),
        ("sics", "ES"),
        ("sics", "     1.234 kg"),
        ("sics", "S S     1.234 pcs"),
        ("and", "QT,+00012345 PC"),
        ("and", "001.234 kg"),
        ("ohaus", "11 kg"),
        ("ohaus", "   0.211 kg"),
        ("ohaus", "           3 PCS ?"),
        ("nci", "34kg\r\n\x30\x30\r"),
        ("nci", "\n\x30\x30\r"),
        ("nci", "\n?\r"),
    ],
)
def test_a_line_that_is_no_weight_or_only_the_tail_of_one_is_none(name: str, line: str) -> None:
    assert _read(name, line) is None


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("sics", "S +"),
        ("sics", "S -"),
        ("and", "OL,+9999999 kg"),
        ("nci", "\n^^^^^^\r\n\x30\x32\r"),
        ("nci", "\n  1.234kg\r\n\x30\x32\r"),
        ("nci", "\n______\r\n\x30\x31\r"),
    ],
)
def test_a_scale_out_of_its_range_says_so(name: str, line: str) -> None:
    with pytest.raises(OutOfRange):
        _ = FORMATS[name].read(line)


@pytest.mark.parametrize(
    ("number", "unit", "weight_g"),
    [
        ("0.0005", "kg", 1),
        ("0.0015", "kg", 2),
        ("2.675", "g", 3),
        ("0.5", "g", 1),
        ("1", "lb", 454),
        ("16", "oz", 454),
        ("70.5475", "lb", 32_000),
        ("- 12.4", "g", -12),
    ],
)
def test_units_become_whole_grams_by_decimals(number: str, unit: str, weight_g: int) -> None:
    assert grams(number, unit) == weight_g


@given(st.integers(0, 60_000))
def test_whole_grams_come_through_kilograms_unchanged(weight_g: int) -> None:
    assert grams(f"{weight_g // 1000}.{weight_g % 1000:03d}", "kg") == weight_g
