"""The simulated scale wobbles and settles, and the drivers read it, its faults and its silence."""

import json
import os
import pty
import threading
import time
import tty
from collections.abc import Iterator

import pytest
import requests

from wms.scales.base import (
    BadAddressError,
    LostError,
    OutOfRangeError,
    Reading,
    SilentError,
    UnreachableError,
    UnreadableError,
)
from wms.scales.registry import open_scale
from wms.scales.virtual import Fault, SimulatedScale, VirtualScale

_PATIENCE_S = 0.3


@pytest.fixture
def virtual() -> Iterator[VirtualScale]:
    with VirtualScale(settle_ms=0) as scale:
        yield scale


def test_a_load_wobbles_and_then_settles() -> None:
    now_s = [0.0]
    scale = SimulatedScale(600, lambda: now_s[0])
    assert scale.read() == Reading(weight_g=0, is_stable=True)
    scale.put(720)
    seen = []
    for now_s[0] in (0.05, 0.1, 0.3, 0.5):
        seen.append(scale.read())
    assert not any(reading.is_stable for reading in seen)
    assert len({reading.weight_g for reading in seen}) > 1
    now_s[0] = 0.6
    assert scale.read() == Reading(weight_g=720, is_stable=True)


def test_a_scale_on_the_network_is_read(virtual: VirtualScale) -> None:
    virtual.scale.put(1234)
    scale = open_scale(virtual.url.replace("virtual://", "tcp://"), _PATIENCE_S)
    assert scale.read() == Reading(weight_g=1234, is_stable=True)
    virtual.scale.put(0)
    assert scale.read().weight_g == 0
    scale.close()


@pytest.mark.parametrize(
    ("fault", "error"),
    [(Fault.SILENT, SilentError), (Fault.BUSY, UnreadableError), (Fault.OVER_RANGE, OutOfRangeError)],
)
def test_a_fault_is_told_as_what_it_is(virtual: VirtualScale, fault: Fault, error: type[Exception]) -> None:
    scale = open_scale(virtual.url, _PATIENCE_S)
    virtual.scale.fault = fault
    with pytest.raises(error):
        _ = scale.read()
    virtual.scale.fault = None
    assert scale.read().is_stable
    scale.close()


def test_a_pulled_plug_is_told(virtual: VirtualScale) -> None:
    scale = open_scale(virtual.url, _PATIENCE_S)
    virtual.scale.fault = Fault.UNPLUGGED
    with pytest.raises(LostError, match="check its power, cable and address"):
        _ = scale.read()
    scale.close()


def test_nothing_at_the_address_is_told(virtual: VirtualScale) -> None:
    with VirtualScale() as gone:
        url = gone.url
    with pytest.raises(UnreachableError):
        _ = open_scale(url, _PATIENCE_S)
    with pytest.raises(UnreachableError):
        _ = open_scale("serial:///dev/no-such-port", _PATIENCE_S)


@pytest.mark.parametrize(
    "url",
    [
        "usb://scale",
        "tcp://host",
        "tcp://host:4001?format=morse",
        "tcp://host:x",
        "tcp://[::1:4001",
        "serial://ttyUSB0",
        "serial:///dev/ttyUSB0?baud=fast",
        "serial:///dev/ttyUSB0?bits=9Q1",
    ],
)
def test_an_address_that_names_no_scale_is_refused(url: str) -> None:
    with pytest.raises(BadAddressError):
        _ = open_scale(url, _PATIENCE_S)


def test_its_page_and_its_api_put_weights_on_it(virtual: VirtualScale) -> None:
    base = f"http://127.0.0.1:{virtual.url.rpartition('=')[2]}"
    answer = requests.put(f"{base}/scale.json", data=json.dumps({"load_g": 500, "settle_ms": 0}), timeout=5)
    assert answer.json() == {"load_g": 500, "reading_g": 500, "stable": True, "fault": None, "settle_ms": 0}
    assert "500 g" in requests.get(base, timeout=5).text
    assert requests.post(base, data={"load_g": "620"}, timeout=5).ok
    assert virtual.scale.load_g == 620
    assert requests.post(base, data={"load_g": "620", "empty": "1"}, timeout=5).ok
    assert virtual.scale.load_g == 0
    assert requests.put(f"{base}/scale.json", data='{"load_g": -1}', timeout=5).status_code == 400
    assert requests.put(f"{base}/scale.json", data='{"weight": 1}', timeout=5).status_code == 400


class _PortScale(threading.Thread):
    """A scale at the far end of a serial line (a pseudo terminal) that sends lines without being asked."""

    def __init__(self, lines: list[bytes]) -> None:
        super().__init__(daemon=True)
        self._far, near = os.openpty()
        tty.setraw(near)
        self.port, self._near = os.ttyname(near), near
        self._lines = lines
        self.ended = threading.Event()

    def run(self) -> None:
        at = 0
        while not self.ended.wait(0.02):
            _ = os.write(self._far, self._lines[at % len(self._lines)])
            at += 1

    def stop(self) -> None:
        self.ended.set()
        self.join()
        os.close(self._far)
        os.close(self._near)


def test_a_serial_scale_that_sends_by_itself_is_heard_from_a_whole_line_on() -> None:
    line = b"ST,+0000.720 kg\r\n"
    port = _PortScale([line[5:], line, line])
    port.start()
    scale = open_scale(f"serial://{port.port}?format=and", 2.0)
    for _ in range(5):
        assert scale.read() == Reading(weight_g=720, is_stable=True)
    scale.close()
    port.stop()


def test_a_reading_is_of_now_and_not_of_what_lay_in_the_line() -> None:
    far, near = pty.openpty()
    tty.setraw(near)
    scale = open_scale(f"serial://{os.ttyname(near)}?format=sics", 2.0)
    _ = os.write(far, b"S S      9.999 kg\r\n" * 20)
    time.sleep(0.1)

    def answer() -> None:
        asked = b""
        while not asked.endswith(b"SI\r\n"):
            asked += os.read(far, 16)
        _ = os.write(far, b"S S      0.720 kg\r\n")

    thread = threading.Thread(target=answer)
    thread.start()
    assert scale.read() == Reading(weight_g=720, is_stable=True)
    thread.join()
    scale.close()
    os.close(far)
    os.close(near)
