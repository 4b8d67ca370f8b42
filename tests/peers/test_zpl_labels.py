"""Labels nobody here wrote: zebrash's public test files, drawn and read by what releases our own labels."""

from pathlib import Path

import pytest

from printers import formats
from printers.decode import decode
from printers.errors import PreviewError
from printers.preview import ZebrashPreview
from printers.reading import Legibility, read
from wms.domain.codes import plain
from wms.jobs.releasing import Verdict, judge_bytes, judge_picture

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


# The number that each carrier prints as its label's own, read off the paper by a person.
RELEASED = {
    "bstc": "BST000089132",
    "dhlparceluk": "AGL55655500001868043001",
    "fedex": "271053820000",
    "glscz": "903844384574",
    "glsdk_return": "063070246563",
    "jcpenney": "00 00 28028 000000068 0",
    "kmart": "00 0 00 12345 555555555 8",
    "labelary": "12345678",
    "pnldpd": "03015151800000",
    "pocztex": "PX6719400000",
    "swisspost": "996000000000000000",
    "templating": "87654321",
    "ups": "1Z 680 RA4 DL 0872 0000",
    "ups_surepost": "92612903000000000000000000",
    "usps": "92055 90303 19650 00000 00",
}
# Some of the rest, and why they go on no box as they are.
HELD = {
    "amazon": ("AMZNCC00000010000000", "no barcode of the label holds AMZNCC00000010000000 (read: 1AAAAAAA)"),
    "dhlpaket": ("222200000000000000", "the barcode with 222200000000000000 lies beyond the label's edge"),
    "dbs": ("573313433000000000", "the barcode with 573313433000000000 lies beyond the label's edge"),
    "pnldpd": ("03015151899999", "no barcode of the label holds 03015151899999"),
    "templating": ("99999999", "no barcode of the label holds 99999999 (read: 12345678)"),
    "posten": ("LA00100748NO", "no barcode of the label can be read; LA00100748NO is wanted"),
}


def shared(name: str) -> str:
    """A label's text; skips the test where it is not beside this checkout."""
    path = LABELS / f"{name}.zpl"
    if not path.exists():
        pytest.skip("the labels are not beside this checkout")
    return path.read_text("utf-8")


def test_the_bytes_of_each_label_are_released_as_the_labels_they_make_and_as_no_others() -> None:
    files = sorted(LABELS.glob("*.zpl"))
    if not files:
        pytest.skip("the labels are not beside this checkout")
    for path in files:
        zpl = path.read_text("utf-8")
        pages = len(formats.pages(zpl.encode()))
        assert pages == LABELS_IN.get(path.stem, 1), path.name
        assert judge_bytes(zpl, pages) == Verdict(), path.name
        assert judge_bytes(zpl, pages + 1) == Verdict(fault=f"the data makes {pages} labels, {pages + 1} are wanted")
        assert judge_bytes(zpl[:-8], pages) != Verdict(), path.name


@pytest.mark.parametrize("name", list(RELEASED))
def test_a_carriers_label_is_released_by_the_number_it_prints(name: str) -> None:
    number = RELEASED[name]
    verdict = judge_picture(shared(name), number, may_be_unreadable=False)
    assert (verdict.fault, verdict.warning) == ("", "")
    # What a scanner at the bench will read of it, each once.
    assert verdict.codes
    assert all(plain(number) in plain(code) for code in verdict.codes)
    assert len(set(verdict.codes)) == len(verdict.codes)


@pytest.mark.parametrize("name", list(HELD))
def test_a_label_whose_number_cannot_be_scanned_is_held(name: str) -> None:
    number, fault = HELD[name]
    assert judge_picture(shared(name), number, may_be_unreadable=False).fault.startswith(fault)


@pytest.mark.parametrize("name", ["posten", "dbs", "amazon"])
def test_only_a_label_of_which_nothing_can_be_read_may_be_let_go_with_a_warning(name: str) -> None:
    number, sentence = HELD[name]
    verdict = judge_picture(shared(name), number, may_be_unreadable=True)
    assert verdict == (Verdict(warning=sentence) if name == "posten" else Verdict(fault=sentence))
