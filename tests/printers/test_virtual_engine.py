"""What the virtual Zebra does with paper: every label counted, nothing printed that a real one would not print."""

import socket
import time
from collections.abc import Callable

import pytest

from printers.virtual.engine import Position, Switch
from printers.virtual.server import VirtualZebra
from tests.printers.sending import label


def pour(zebra: VirtualZebra, *pieces: bytes) -> socket.socket:
    """Send bytes on a connection that stays open."""
    line = socket.create_connection((zebra.host, zebra.port), timeout=5)
    for piece in pieces:
        line.sendall(piece)
    return line


def wait_until(is_true: Callable[[], bool]) -> None:
    """Give the printer's threads up to ten seconds."""
    ends_at = time.monotonic() + 10
    while not is_true():
        assert time.monotonic() < ends_at, "the printer never got there"
        time.sleep(0.005)


def test_copies_are_labels_of_their_own(zebra: VirtualZebra) -> None:
    with pour(zebra, label(copies=3)):
        wait_until(lambda: zebra.state().odometer == 3)
    assert zebra.tray.numbers() == [1, 2, 3]
    assert len({zebra.tray.printed(number).sha256 for number in (1, 2, 3)}) == 1


def test_a_format_without_a_field_uses_no_paper(zebra: VirtualZebra) -> None:
    with pour(zebra, b"^XA^LT0^MNW^XZ", label()):
        wait_until(lambda: zebra.state().odometer == 1)
    assert zebra.tray.zpl(1) == label().strip()


@pytest.mark.parametrize("switch", [Switch.PAPER_OUT, Switch.RIBBON_OUT, Switch.HEAD_OPEN, Switch.OVER_TEMPERATURE])
@pytest.mark.parametrize("position", [Position.ANSWERS, Position.SILENT])
def test_what_waited_for_paper_prints_when_it_is_back(zebra: VirtualZebra, switch: Switch, position: Position) -> None:
    zebra.switch(switch, position)
    with pour(zebra, label()):
        assert zebra.wait_for_formats(1)
        assert zebra.tray.numbers() == []
        zebra.switch(switch, Position.OFF)
        assert zebra.wait_until_idle()
    assert zebra.tray.numbers() == [1]


def test_a_label_interrupted_under_the_head_is_printed_again(switch_on: Callable[..., VirtualZebra]) -> None:
    zebra = switch_on(label_s=0.3)
    with pour(zebra, label()):
        assert zebra.wait_for_formats(1)
        zebra.switch(Switch.HEAD_OPEN, Position.ANSWERS)
        zebra.switch(Switch.HEAD_OPEN, Position.OFF)
        assert zebra.wait_until_idle()
    assert zebra.tray.numbers() == [1]


def test_a_printer_told_not_to_reprint_drops_the_interrupted_label(switch_on: Callable[..., VirtualZebra]) -> None:
    zebra = switch_on(label_s=30)
    with pour(zebra, label().replace(b"^XA", b"^XA^JZN")):
        assert zebra.wait_for_formats(1)
        # Only once the label is under the head can it be spoiled; before that it just waits.
        wait_until(lambda: is_spoiled_by_opening(zebra))
    assert zebra.tray.numbers() == []


def is_spoiled_by_opening(zebra: VirtualZebra) -> bool:
    zebra.switch(Switch.HEAD_OPEN, Position.ANSWERS)
    spoiled = zebra.wait_until_idle(timeout_s=0.1)
    zebra.switch(Switch.HEAD_OPEN, Position.OFF)
    return spoiled


def test_pause_and_start_come_over_the_line(zebra: VirtualZebra) -> None:
    with pour(zebra, b"~PP", label(), label()) as line:
        assert zebra.wait_for_formats(2)
        assert zebra.state().is_on(Switch.PAUSED)
        line.sendall(b"~PS")
        assert zebra.wait_until_idle()
    assert zebra.tray.numbers() == [1, 2]


def test_cancel_all_drops_what_waits(zebra: VirtualZebra) -> None:
    zebra.switch(Switch.PAPER_OUT, Position.ANSWERS)
    with pour(zebra, label(), label(), b"^XA^FDhalf") as line:
        assert zebra.wait_for_formats(2)
        line.sendall(b"~JA^FDother half^XZ")
        assert zebra.wait_until_idle()
        zebra.switch(Switch.PAPER_OUT, Position.OFF)
    assert zebra.tray.numbers() == []
    assert not zebra.state().partial_format


def test_half_a_format_prints_nothing_and_is_remembered(zebra: VirtualZebra) -> None:
    with pour(zebra, label()[:-5]):
        wait_until(lambda: zebra.state().partial_format)
    with pour(zebra, b"~HS") as line:
        assert line.recv(100)
        assert zebra.state().partial_format
    with pour(zebra, label()):
        wait_until(lambda: zebra.state().odometer == 1)
    assert not zebra.state().partial_format


def test_a_full_buffer_stops_reading_and_lets_the_sender_wait(switch_on: Callable[..., VirtualZebra]) -> None:
    zebra = switch_on(buffer_bytes=2000)
    zebra.switch(Switch.PAPER_OUT, Position.ANSWERS)
    more_than_all_windows = label() * 200_000
    with pour(zebra, label() * 40) as line:
        wait_until(lambda: zebra.state().buffer_full)
        line.settimeout(0.3)
        with pytest.raises(TimeoutError):
            line.sendall(more_than_all_windows)


def test_a_full_buffer_drains_once_paper_is_back(switch_on: Callable[..., VirtualZebra]) -> None:
    zebra = switch_on(buffer_bytes=2000)
    zebra.switch(Switch.PAPER_OUT, Position.ANSWERS)
    with pour(zebra, label() * 100):
        wait_until(lambda: zebra.state().buffer_full)
        zebra.switch(Switch.PAPER_OUT, Position.OFF)
        wait_until(lambda: zebra.state().odometer == 100)


def test_a_power_cycle_loses_the_queue_and_keeps_the_count(zebra: VirtualZebra) -> None:
    with pour(zebra, label()):
        wait_until(lambda: zebra.state().odometer == 1)
        zebra.switch(Switch.PAPER_OUT, Position.ANSWERS)
    with pour(zebra, label(), label()) as line:
        assert zebra.wait_for_formats(2)
        zebra.power_cycle()
        with pytest.raises(ConnectionResetError):
            _ = line.recv(1)
    zebra.switch(Switch.PAPER_OUT, Position.OFF)
    assert zebra.wait_until_idle()
    assert (zebra.tray.numbers(), zebra.state().odometer) == ([1], 1)


def test_a_restarted_printer_counts_on_from_its_tray(switch_on: Callable[..., VirtualZebra]) -> None:
    first = switch_on()
    with pour(first, label(copies=2)):
        wait_until(lambda: first.state().odometer == 2)
    second = switch_on()
    assert second.state().odometer == 2
    with pour(second, label()):
        wait_until(lambda: second.tray.numbers() == [1, 2, 3])


def test_several_lines_and_several_printers_keep_apart(switch_on: Callable[..., VirtualZebra]) -> None:
    left, right = switch_on("LEFT"), switch_on("RIGHT")
    half = label("P000000017")
    with pour(left, half[:20]) as one, pour(left, half[:20]) as two, pour(right, label("P000000024")):
        one.sendall(half[20:])
        two.sendall(half[20:])
        wait_until(lambda: left.state().odometer == 2 and right.state().odometer == 1)
    assert left.tray.zpl(1) == left.tray.zpl(2) != right.tray.zpl(1)


@pytest.mark.parametrize("name", ["", "../up", "a b", "-x", "x" * 41])
def test_a_name_that_is_no_folder_name_is_refused(switch_on: Callable[..., VirtualZebra], name: str) -> None:
    with pytest.raises(ValueError, match="must be letters"):
        _ = switch_on(name)
