"""What a label looks like, and what a scanner reads from its pixels."""

import io
import os
import signal
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from PIL import Image

from printers.decode import decode
from printers.errors import PreviewError
from printers.preview import BUNDLE_VARIABLE, PATIENCE_S, ZebrashPreview, find_bundle, label_size
from printers.zpl import FOUR_BY_SIX, Label, LabelSize

BOX = b"^XA^FO1,1^GB50,50,50^FS^XZ"
HOSTILE = "Bob ^XZ^XA~JA_41 \\&"


@pytest.mark.parametrize("data", ["P000000017", "1Z999AA10123456784", "123456789012", "12345", "A>10^~_x", " a b "])
def test_code_128_reads_back_from_pixels(preview: ZebrashPreview, data: str) -> None:
    label = Label()
    label.code128(40, 40, data)
    assert decode(preview.draw(label.to_zpl())) == [data]


def test_every_symbology_reads_back_with_hostile_data(preview: ZebrashPreview) -> None:
    label = Label()
    label.text(40, 20, HOSTILE, block_width=700, lines=2)
    label.code128(40, 120, "A^XZ~JA", height=160)
    label.qr(40, 400, f"{HOSTILE} Łódź €")
    label.datamatrix(40, 800, "A^XZ~JA_1")
    assert decode(preview.draw(label.to_zpl())) == ["A^XZ~JA", f"{HOSTILE} Łódź €", "A^XZ~JA_1"]


def test_a_picture_has_a_pixel_for_each_dot(preview: ZebrashPreview) -> None:
    for size in (FOUR_BY_SIX, LabelSize(width_dots=406, height_dots=203)):
        label = Label(size)
        label.box(0, 0, 20, 20)
        with Image.open(io.BytesIO(preview.draw(label.to_zpl()))) as image:
            assert image.size == (size.width_dots, size.height_dots)


def test_white_text_stands_out_of_a_black_ground(preview: ZebrashPreview) -> None:
    label = Label()
    label.box(0, 0, 812, 200, thickness=200)
    plain = preview.draw(label.to_zpl())
    label.text(20, 40, "NOT PAID", height=100, reverse=True)
    assert white(preview.draw(label.to_zpl())) > white(plain)


def white(png: bytes) -> int:
    with Image.open(io.BytesIO(png)) as image:
        return image.convert("L").histogram()[255]


@pytest.mark.parametrize("zpl", [b"", b"hello", b"^XA^FO1,1^GFA,zz^FS^XZ"])
def test_what_cannot_be_drawn_is_said_and_the_next_label_is_drawn(preview: ZebrashPreview, zpl: bytes) -> None:
    with pytest.raises(PreviewError, match="cannot be drawn") as refused:
        _ = preview.draw(zpl)
    assert refused.value.reason
    assert preview.draw(BOX).startswith(b"\x89PNG")


def test_a_renderer_that_died_is_said_once_and_started_again() -> None:
    with ZebrashPreview() as preview:
        _ = preview.draw(BOX)
        assert preview._child is not None
        os.kill(preview._child.pid, signal.SIGKILL)
        with pytest.raises(PreviewError, match="stopped"):
            _ = preview.draw(BOX)
        assert preview.draw(BOX).startswith(b"\x89PNG")


def test_a_renderer_that_hangs_is_killed_and_started_again_for_all_who_wait() -> None:
    with ZebrashPreview() as preview, ThreadPoolExecutor(2) as pool:
        _ = preview.draw(BOX)
        assert preview._child is not None
        preview.patience_s = 0.5
        os.kill(preview._child.pid, signal.SIGSTOP)
        first = pool.submit(preview.draw, BOX)
        with pytest.raises(PreviewError, match=r"more than 0\.5 s"):
            _ = first.result(timeout=10)
        preview.patience_s = PATIENCE_S
        assert pool.submit(preview.draw, BOX).result(timeout=PATIENCE_S).startswith(b"\x89PNG")


def test_a_renderer_that_hangs_does_not_keep_the_program_from_ending() -> None:
    preview = ZebrashPreview()
    _ = preview.draw(BOX)
    child = preview._child
    assert child is not None
    os.kill(child.pid, signal.SIGSTOP)
    preview.patience_s = 0.2
    preview.close()
    assert child.returncode == -signal.SIGKILL


def test_threads_take_turns_and_get_their_own_pictures(preview: ZebrashPreview) -> None:
    def read(code: str) -> list[str]:
        label = Label(LabelSize(width_dots=406, height_dots=203))
        label.code128(20, 20, code)
        return decode(preview.draw(label.to_zpl()))

    codes = [f"T{number:04d}" for number in range(8)]
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(read, codes)) == [[code] for code in codes]


def test_a_missing_renderer_says_how_to_get_it(tmp_path: Path) -> None:
    with pytest.raises(PreviewError, match="make setup"):
        _ = find_bundle(tmp_path)


def test_the_renderer_is_found_in_an_installed_application(tmp_path: Path) -> None:
    vendored = tmp_path / "wms/static/vendor/zpl-renderer.umd.js"
    vendored.parent.mkdir(parents=True)
    vendored.touch()
    assert find_bundle(tmp_path) == vendored


def test_the_renderer_can_be_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    named = tmp_path / "renderer.js"
    named.touch()
    monkeypatch.setenv(BUNDLE_VARIABLE, str(named))
    assert find_bundle() == named


@pytest.mark.parametrize(
    ("zpl", "size"),
    [
        (b"^XA^XZ", FOUR_BY_SIX),
        (b"^XA^PW406^LL203^XZ", LabelSize(width_dots=406, height_dots=203)),
        (b"^XA^PW99999^XZ", LabelSize(width_dots=4000, height_dots=1218)),
    ],
)
def test_the_size_of_a_label_stands_in_its_format(zpl: bytes, size: LabelSize) -> None:
    assert label_size(zpl) == size
