import io

import pytest
from PIL import Image

from printers.decode import decode
from printers.preview import ZebrashPreview
from wms.carriers.fake_shippo_labels import label_file
from wms.carriers.label_file import LabelFileError, escaped, to_zpl

NUMBER = "9400111800000000000007"


def label_picture() -> Image.Image:
    """A 4x6 in label at 203 dpi."""
    return Image.open(io.BytesIO(label_file(NUMBER, "png"))).convert("L")


def saved(picture: Image.Image, kind: str) -> bytes:
    """The picture as a PNG or PDF file at 203 dpi."""
    file = io.BytesIO()
    picture.save(file, kind, resolution=203)
    return file.getvalue()


def on_a_letter_page() -> Image.Image:
    """The label somewhere on a page of letter size, as carriers send it that know no other paper."""
    page = Image.new("L", (1726, 2233), "white")
    page.paste(label_picture(), (500, 90))
    return page


PICTURES = {
    "as it is": label_picture,
    "at 300 dpi": lambda: label_picture().resize((1200, 1800)),
    "lying on its side": lambda: label_picture().rotate(90, expand=True),
    "on a letter page": on_a_letter_page,
}


@pytest.mark.parametrize("kind", ["PNG", "PDF"])
@pytest.mark.parametrize("looks", PICTURES)
def test_a_pictured_label_still_scans_as_zpl(preview: ZebrashPreview, looks: str, kind: str) -> None:
    zpl = to_zpl(saved(PICTURES[looks](), kind))
    assert zpl.count(b"^XA") == 1
    assert decode(preview.draw(zpl)) == [NUMBER]


def test_transparent_paper_stays_white(preview: ZebrashPreview) -> None:
    black = Image.new("L", label_picture().size, 0)
    clear = Image.merge("LA", (black, label_picture().point([255] * 128 + [0] * 128)))
    assert decode(preview.draw(to_zpl(saved(clear, "PNG")))) == [NUMBER]


def test_each_page_of_a_pdf_is_a_label() -> None:
    file = io.BytesIO()
    label_picture().save(file, "PDF", save_all=True, append_images=[label_picture()], resolution=203)
    assert to_zpl(file.getvalue()).count(b"^XA") == 2


def test_zpl_stays_as_it_is() -> None:
    zpl = b"CT~~CD,~CC^~CT~\n^XA^FO1,1^FDx^FS^XZ\n"
    assert to_zpl(zpl) == zpl


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"<html>expired</html>",
        b"^XA^FDcut off",
        b"%PDF-1.4 nothing",
        label_file(NUMBER, "png")[:900],
        saved(Image.new("1", (5000, 5000)), "PNG"),
        saved(Image.new("1", (9000, 9000)), "PDF"),
    ],
    ids=["empty", "web page", "cut ZPL", "broken PDF", "cut PNG", "huge PNG", "huge PDF"],
)
def test_a_file_that_cannot_be_printed_is_refused(content: bytes) -> None:
    with pytest.raises(LabelFileError):
        _ = to_zpl(content)


@pytest.mark.parametrize(
    ("field", "becomes"),
    [
        (b"^FDM\xfcller^FS", b"^FH^FDM_FCller^FS"),
        (b"^FDa_b\xfc^FS", b"^FH^FDa_5Fb_FC^FS"),  # what was an underscore stays one
        (b"^FH^FDa_26b\xfc^FS", b"^FH^FDa_26b_FC^FS"),
        (b"^FH\\^FDa\\26_\xfc^FS", b"^FH\\^FDa\\26_\\FC^FS"),
        (b"^FDone^FS^FV\xe9\x00^FS", b"^FDone^FS^FH^FV_E9_00^FS"),
        (b"^FXcaf\xe9^FS^FDx^FS\xff", b"^FXcaf^FS^FDx^FS"),
        (b"^FH^FDa^FS^FD_\xfc^FS", b"^FH^FDa^FS^FH^FD_5F_FC^FS"),  # ^FH is for one field
    ],
)
def test_bytes_no_text_can_keep_become_hexadecimal_in_their_field(field: bytes, becomes: bytes) -> None:
    assert escaped(b"^XA" + field + b"^XZ") == b"^XA" + becomes + b"^XZ"


def test_a_file_in_latin_1_says_the_same_as_before(preview: ZebrashPreview) -> None:
    zpl = to_zpl(label_file(NUMBER, "latin1"))
    assert "\0" not in zpl.decode()
    assert decode(preview.draw(zpl)) == [NUMBER]


def test_a_file_in_utf_8_stays_as_it_is() -> None:
    content = "^XA^CI28^FDMüller^FS^XZ".encode()
    assert to_zpl(content) == content


def test_a_picture_in_bare_bytes_is_no_text() -> None:
    with pytest.raises(LabelFileError, match="bare bytes"):
        _ = to_zpl(b"^XA^GFB,2,2,1,\xff\x00^FS^XZ")
