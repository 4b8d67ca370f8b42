"""Labels nobody here wrote: zebrash's public test files, drawn and read by what releases our own labels."""

from pathlib import Path

import pytest

from printers import formats
from printers.decode import decode
from printers.errors import PreviewError
from printers.preview import ZebrashPreview
from printers.reading import Legibility, read

LABELS = Path(__file__).parents[3] / "shared/data/zpl-labels"
EDGE = "its code lies beyond the edge of the 4x6 label it says nothing against"
UNREAD = {
    "custom_ttf_by_alias": EDGE,
    "dbs": EDGE,
    "icapaket": EDGE,
    "posten": "the word TEST is printed over its bars",
    "qr_code_ft_manual": "a line is printed over its QR code",
    "custom_ttf_by_path": "it has no code",
    "dpdpl": "it has no code",
    "encodings_013": "it has no code",
    "gs": "it has no code",
    "reverse": "it has no code",
    **dict.fromkeys(["gb_0_height", "gb_0_width", "gb_normal", "gb_rounded"], "it has no code"),
    **dict.fromkeys([f"text_fo_{turn}" for turn in "bnir"], "it has no code"),
    **dict.fromkeys([f"text_ft_{turn}" for turn in "bnir"], "it has no code"),
    **dict.fromkeys(["text_ft_auto_pos", "text_multiline"], "it has no code"),
}
BEYOND_EDGE = {"custom_ttf_by_alias": "1234543323695", "dbs": "573313433000000000", "icapaket": "00770000000000000000"}


# All but these two files hold one label.
LABELS_IN = {"pnldpd": 2, "templating": 2}


def test_all_labels_are_drawn_and_all_that_can_be_read_are_read() -> None:
    files = sorted(LABELS.glob("*.zpl"))
    if not files:
        pytest.skip("the labels are not beside this checkout")
    codes: dict[str, list[str]] = {}
    not_drawn = {}
    with ZebrashPreview() as preview:
        for path in files:
            zpl = path.read_bytes()
            assert formats.is_whole(zpl), path.name
            assert formats.physical_labels(zpl) == LABELS_IN.get(path.stem, 1), path.name
            try:
                codes[path.stem] = decode(preview.draw(zpl))
            except PreviewError as error:
                not_drawn[path.stem] = str(error)
    assert not_drawn == {}
    assert {name for name, found in codes.items() if not found} == set(UNREAD)
    assert sum(map(bool, codes.values())) >= 35


def test_a_code_off_the_label_is_told_from_one_that_nobody_can_read() -> None:
    if not LABELS.exists():
        pytest.skip("the labels are not beside this checkout")
    with ZebrashPreview() as preview:
        for name, wanted in BEYOND_EDGE.items():
            found = read((LABELS / f"{name}.zpl").read_bytes(), wanted, preview)
            assert (found.codes, found.legibility) == ((), Legibility.BEYOND_EDGE), name
        posten = read((LABELS / "posten.zpl").read_bytes(), "LA00100748NO", preview)
        assert posten.legibility is Legibility.NOTHING_READ
        usps = read((LABELS / "usps.zpl").read_bytes(), "92055 90303 19650 00000 00", preview)
        assert usps.legibility is Legibility.READ
