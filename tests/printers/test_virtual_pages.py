"""The tray in a browser: pictures, switches, and a count that nobody has to draw for."""

from collections.abc import Callable

import pytest

from printers.preview import ZebrashPreview
from printers.virtual.engine import Position, Switch
from printers.virtual.server import LineFault, VirtualZebra
from tests.printers.sending import driver, label
from tests.printers.trays import get, post, serving, status_of, tray


def test_the_tray_lists_every_physical_label_with_its_codes(
    switch_on: Callable[..., VirtualZebra], preview: ZebrashPreview
) -> None:
    left, right = switch_on("LEFT"), switch_on("RIGHT")
    _ = driver(left).send(label("P000000017", copies=2), labels=2, timeout_s=10)
    with serving(preview, left, right) as url:
        body = tray(url)
        assert [(one["number"], one["codes"]) for one in body["LEFT"]] == [(1, ["P000000017"]), (2, ["P000000017"])]
        assert body["LEFT"][0]["sha256"] == body["LEFT"][1]["sha256"]
        assert body["RIGHT"] == []
        assert get(url + body["LEFT"][1]["png"]).startswith(b"\x89PNG")
        assert get(f"{url}/LEFT/1.zpl") == label("P000000017", copies=2).strip()


def test_labels_are_counted_without_drawing_any(switch_on: Callable[..., VirtualZebra]) -> None:
    left, right = switch_on("LEFT"), switch_on("RIGHT")
    _ = driver(left).send(label(), labels=1, timeout_s=10)
    with serving(None, left, right) as url:
        body = tray(url, "?codes=0")
        assert {name: len(labels) for name, labels in body.items()} == {"LEFT": 1, "RIGHT": 0}
        assert "codes" not in body["LEFT"][0]
        assert list(tray(url, "?codes=0&printer=RIGHT")) == ["RIGHT"]
        assert status_of(f"{url}/tray.json") == 503
        assert status_of(f"{url}/LEFT/1.png") == 503


def test_a_label_that_cannot_be_drawn_still_counts(zebra: VirtualZebra, preview: ZebrashPreview) -> None:
    _ = driver(zebra).send(b"^XA^FO1,1^GFA,zz^FS^XZ", labels=1, timeout_s=10)
    with serving(preview, zebra) as url:
        assert tray(url)["Z"][0]["codes"] == []
        assert "cannot be drawn" in tray(url)["Z"][0]["error"]


def test_the_page_shows_pictures_and_refreshes_itself_without_a_script(zebra: VirtualZebra) -> None:
    with serving(None, zebra) as url:
        assert b"No label yet." in get(url)
        _ = driver(zebra).send(label(), labels=1, timeout_s=10)
        zebra.switch(Switch.HEAD_OPEN, Position.SILENT)
        page = get(url)
    assert b'<img src="/Z/1.png" alt="Label 1">' in page
    assert b'<meta http-equiv="refresh"' in page
    assert b'<span class="trouble">head open</span>' in page
    assert b"<script" not in page


def test_switches_faults_and_power_are_set_over_http(zebra: VirtualZebra) -> None:
    with serving(None, zebra) as url:
        post(f"{url}/Z/switch", paper_out="silent", fault="never_read")
        assert (zebra.state().is_silent, zebra.fault) == (True, LineFault.NEVER_READ)
        post(f"{url}/Z/switch", paper_out="off", paused="flag", fault="none", status_pieces="3")
        assert zebra.pace.status_pieces == 3
        post(f"{url}/Z/switch", power_cycle="1")
        assert not any(zebra.state().is_on(switch) for switch in Switch)


@pytest.mark.parametrize("path", ["/nowhere", "/Z/2.png", "/Z/1.txt", "/Z/x.zpl", "/Y/1.zpl", "/Z/../../etc/passwd"])
def test_what_is_not_there_is_not_found(zebra: VirtualZebra, path: str) -> None:
    _ = driver(zebra).send(label(), labels=1, timeout_s=10)
    with serving(None, zebra) as url:
        assert status_of(url + path) == 404


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("/Y/switch", b"paused=off", 404),
        ("/Z/other", b"paused=off", 404),
        ("/Z/switch", b"paused=maybe", 400),
        ("/Z/switch", b"colour=red", 400),
        ("/Z/switch", b"fault=all", 400),
    ],
)
def test_a_switch_that_does_not_exist_is_refused(zebra: VirtualZebra, path: str, body: bytes, status: int) -> None:
    with serving(None, zebra) as url:
        assert status_of(url + path, body) == status
