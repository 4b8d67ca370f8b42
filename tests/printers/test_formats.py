"""How many labels bytes make, counted as the printer's paper counts them."""

import pytest

from printers import formats

LABEL = b"^XA^FO20,20^A0N,40^FDHello^FS^XZ"


@pytest.mark.parametrize(
    ("zpl", "labels"),
    [
        (LABEL, 1),
        (LABEL + LABEL, 2),
        (LABEL.replace(b"^XZ", b"^PQ3,0,1,Y^XZ"), 3),
        (LABEL.lower(), 1),
        (LABEL.replace(b"^XZ", b"^PQ0^XZ"), 1),
        (b"^XA^LT0^MNW^PW812^XZ" + LABEL, 1),
        (b"^XA^DFR:S.ZPL^FO1,1^FN1^FD^FS^XZ^XA^XFR:S.ZPL^FN1^FDx^FS^XZ", 1),
        (b"^XA^FX ^PQ is no order in a comment's place, ^FX nor here^XZ", 0),
        (b"^XA^CC-\n-FO1,1-FDa ^PQ9 b-FS-PQ2-CC^^FS^XZ", 2),
        (b"^XA^IDR:*.*^FS^XZ", 0),
        (b"hello", 0),
    ],
)
def test_only_formats_with_a_field_make_labels(zpl: bytes, labels: int) -> None:
    assert formats.physical_labels(zpl) == labels


@pytest.mark.parametrize("zpl", [b"", b"hello", b"^XA^FDno end", b"^XZ^XA", LABEL + b"^XA", LABEL + b"^XZ"])
def test_data_that_leaves_a_format_open_is_not_whole(zpl: bytes) -> None:
    assert not formats.is_whole(zpl)
    assert formats.is_whole(LABEL + b"\n^XA^LL1200\n" + LABEL)
