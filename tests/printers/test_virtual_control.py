"""The control API: labels as objects, faults by their names, and the manual's field for each of them."""

import base64
import io
import json
import socket
import urllib.error
import urllib.request
from collections.abc import Callable
from typing import Any

import pytest
from PIL import Image

from printers.preview import ZebrashPreview
from printers.printer import OutcomeKind
from printers.virtual.engine import Position, Switch
from printers.virtual.server import LineFault, VirtualZebra
from tests.printers.asking import ask, host_status
from tests.printers.sending import driver, label
from tests.printers.trays import get, serving, status_of

# ZPL II Programming Guide, ~HS: the fields of the three strings and their widths. A letter is the manual's name.
FIELDS = (
    {"a": 3, "b": 1, "c": 1, "d": 4, "e": 3, "f": 1, "g": 1, "h": 1, "i": 3, "j": 1, "k": 1, "l": 1},
    {"m": 3, "n": 1, "o": 1, "p": 1, "q": 1, "r": 1, "s": 1, "t": 1, "u": 8, "v": 1, "w": 3},
    {"x": 4, "y": 1},
)


def fields(reply: bytes) -> dict[str, str]:
    """The fields of a ~HS answer by the manual's letters, cut at the manual's widths."""
    found: dict[str, str] = {}
    for widths, frame in zip(FIELDS, reply.split(b"\r\n"), strict=False):
        assert (frame[:1], frame[-1:]) == (b"\x02", b"\x03")
        texts = frame[1:-1].decode("ascii").split(",")
        assert [len(text) for text in texts] == list(widths.values())
        found |= dict(zip(widths, texts, strict=True))
    return found


def changed(zebra: VirtualZebra, ready: dict[str, str]) -> dict[str, str]:
    return dict(set(fields(host_status(zebra)).items()) - set(ready.items()))


def put(url: str, **wanted: object) -> Any:
    request = urllib.request.Request(f"{url}/faults", data=json.dumps(wanted).encode(), method="PUT")  # noqa: S310 - our own server
    with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310 - our own server
        return json.loads(answer.read())


@pytest.mark.parametrize(
    ("fault", "says"),
    [
        ("paper_out", {"b": "1"}),
        ("paused", {"c": "1"}),
        ("head_open", {"o": "1"}),
        ("ribbon_out", {"p": "1"}),
        ("over_temperature", {"l": "1"}),
    ],
)
def test_a_fault_shows_in_the_manuals_field_and_in_no_other(
    zebra: VirtualZebra, fault: str, says: dict[str, str]
) -> None:
    ready = fields(host_status(zebra))
    with serving(None, zebra) as url:
        assert put(url, **{fault: "flag"})[fault] == "flag"
        assert changed(zebra, ready) == says
        assert put(url, **{fault: None})[fault] is None
        assert changed(zebra, ready) == {}


@pytest.mark.parametrize("fault", ["cutter_fault", "motor_hot", "bad_head", "paper_low", "worn_head"])
def test_the_manuals_host_status_has_no_field_for_what_only_the_error_query_tells(
    zebra: VirtualZebra, fault: str
) -> None:
    ready = fields(host_status(zebra))
    with serving(None, zebra) as url:
        assert put(url, **{fault: "flag"})[fault] == "flag"
        assert changed(zebra, ready) == {}
        assert b" 1 00000000 000000" in ask(zebra, b"~HQES", end=b"\x03\r\n")
        assert put(url, **{fault: None})[fault] is None
        assert b" 1 00000000 000000" not in ask(zebra, b"~HQES", end=b"\x03\r\n")


def test_what_waits_shows_in_the_manuals_fields(switch_on: Callable[..., VirtualZebra]) -> None:
    zebra = switch_on(buffer_bytes=60)
    ready = fields(host_status(zebra))
    with serving(None, zebra) as url:
        _ = put(url, paper_out="flag")
        # The question rides behind the last label the buffer still takes.
        reply = ask(zebra, b"^XA^LL0203^FDx^PQ12^XZ~HS", end=b",0\x03\r\n")
        assert dict(set(fields(reply).items()) - set(ready.items())) == {
            "b": "1",
            "d": "0203",
            "e": "001",
            "u": "00000012",
        }
        reply = ask(
            zebra, b"^XA^LL0203^FDx^FX a comment that fills the buffer to its end and over^XZ^XA~HS", end=b",0\x03\r\n"
        )
        assert (fields(reply)["e"], fields(reply)["f"], fields(reply)["h"]) == ("002", "1", "1")


def test_labels_are_objects_with_number_bytes_codes_and_picture(zebra: VirtualZebra, preview: ZebrashPreview) -> None:
    sent = label("P000000017", copies=2)
    with serving(preview, zebra) as url:
        _ = driver(zebra).send(sent, labels=2, timeout_s=10)
        _ = driver(zebra).send(b"^XA^FO1,1^GFA,zz^FS^XZ", labels=1, timeout_s=10)
        first, second, third = json.loads(get(f"{url}/labels"))
        assert json.loads(get(f"{url}/odometer")) == {"odometer": 3}
        assert json.loads(get(f"{url}/labels?codes=0"))[1] == {"n": 2, "zpl": sent.decode().strip()}
    assert list(first) == ["n", "zpl", "codes", "png"]
    assert (first["n"], second["n"], second["codes"]) == (1, 2, ["P000000017"])
    with Image.open(io.BytesIO(base64.b64decode(first["png"]))) as picture:
        assert picture.size == (406, 203)
    assert (third["codes"], third["png"]) == ([], None)
    assert "cannot be drawn" in third["error"]


def test_faults_given_are_set_and_the_others_left(zebra: VirtualZebra) -> None:
    with serving(None, zebra) as url:
        usual = json.loads(get(f"{url}/faults"))
        assert set(usual.values()) == {None, 0, 1}
        assert put(url, head_open="silent", status_delay_ms=40) == usual | {
            "head_open": "silent",
            "status_delay_ms": 40,
        }
        now = put(url, connection="half_open", label_ms=200, status_pieces=7)
        assert (now["head_open"], now["label_ms"], zebra.fault) == ("silent", 200, LineFault.HALF_OPEN)
        assert put(url, **dict.fromkeys(now)) == usual


@pytest.mark.parametrize(
    "wanted",
    [{"paper_out": "no"}, {"paper_out": []}, {"colour": "red"}, {"connection": "none"}, {"label_ms": -1},
     {"status_pieces": 0}, {"paper_low": "silent"}, {"no_query": []}, {"label_ms": True}, {"status_delay_ms": "1"}],
)  # fmt: skip
def test_a_fault_that_does_not_exist_is_refused_and_nothing_is_set(zebra: VirtualZebra, wanted: object) -> None:
    with serving(None, zebra) as url, pytest.raises(urllib.error.HTTPError) as refused:
        _ = put(url, paused="flag", **wanted)  # type: ignore[arg-type] # a wrong one is the point
    with refused.value as error:
        assert error.code == 400
        assert json.loads(error.read())["error"]
    assert not zebra.state().is_on(Switch.PAUSED)


@pytest.mark.parametrize("body", [b"no JSON", b"[" * 100_000, b'{"paper_out":' * 100_000])
def test_a_body_that_is_no_json_or_nests_too_deeply_is_answered(zebra: VirtualZebra, body: bytes) -> None:
    with serving(None, zebra) as url, pytest.raises(urllib.error.HTTPError) as refused:
        _ = urllib.request.urlopen(urllib.request.Request(f"{url}/faults", data=body, method="PUT"), timeout=10)  # noqa: S310 - our own server
    with refused.value as error:
        assert (error.code, json.loads(error.read())) == (400, {"error": "The body is no JSON."})


def test_a_power_cycle_over_http_loses_what_waits(zebra: VirtualZebra) -> None:
    zebra.switch(Switch.PAPER_OUT, Position.ANSWERS)
    with serving(None, zebra) as url, socket.create_connection((zebra.host, zebra.port)) as line:
        line.sendall(label())
        assert zebra.wait_for_formats(1)
        with urllib.request.urlopen(f"{url}/power-cycle", data=b"", timeout=10) as answer:  # noqa: S310 - our own server
            assert json.loads(answer.read()) == {"odometer": 0}
        assert zebra.wait_until_idle()


def test_a_printer_among_several_is_asked_by_name(switch_on: Callable[..., VirtualZebra]) -> None:
    left, right = switch_on("LEFT"), switch_on("RIGHT")
    with serving(None, left, right) as url:
        assert status_of(f"{url}/labels") == 404
        assert put(f"{url}/LEFT", paused="flag")["paused"] == "flag"
        assert json.loads(get(f"{url}/RIGHT/faults"))["paused"] is None


def test_a_forgotten_line_answers_nothing_and_prints_nothing_even_when_mended(zebra: VirtualZebra) -> None:
    with serving(None, zebra) as url, socket.create_connection((zebra.host, zebra.port), timeout=0.3) as line:
        _ = put(url, connection="half_open")
        line.sendall(b"~HS" + label())
        with pytest.raises(TimeoutError):
            _ = line.recv(1)
        _ = put(url, connection=None)
        line.sendall(b"~HS" + label())
        with pytest.raises(TimeoutError):
            _ = line.recv(1)
        assert driver(zebra).send(label(), labels=1, timeout_s=10).kind is OutcomeKind.PRINTED
    assert zebra.tray.numbers() == [1]


def test_answers_late_and_in_many_pieces_say_the_same(zebra: VirtualZebra) -> None:
    ready = host_status(zebra)
    with serving(None, zebra) as url:
        _ = put(url, status_delay_ms=30, status_pieces=20)
        assert host_status(zebra) == ready
        assert driver(zebra).send(label(), labels=1, timeout_s=10).kind is OutcomeKind.PRINTED
