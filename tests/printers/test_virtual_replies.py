"""The virtual Zebra's answers against the manual's text, never against our own reader."""

import socket

import pytest

from printers.virtual.engine import Position, Quirk, Switch
from printers.virtual.server import VirtualZebra
from tests.printers.asking import ask, host_status
from tests.printers.sending import label

# ZPL II Programming Guide, ~HS: three strings, each STX to ETX and a line end, fields at fixed places and widths.
READY = b"\x02030,0,0,1218,000,0,0,0,000,0,0,0\x03\r\n\x02000,0,0,0,1,2,4,0,00000000,1,000\x03\r\n\x021234,0\x03\r\n"


def test_a_ready_printer_answers_as_the_manual_shows(zebra: VirtualZebra) -> None:
    assert host_status(zebra) == READY


@pytest.mark.parametrize(
    ("switch", "ready", "changed"),
    [
        (Switch.PAPER_OUT, b"\x02030,0,", b"\x02030,1,"),
        (Switch.PAUSED, b"\x02030,0,0,", b"\x02030,0,1,"),
        (Switch.OVER_TEMPERATURE, b"000,0,0,0\x03\r\n\x02000", b"000,0,0,1\x03\r\n\x02000"),
        (Switch.HEAD_OPEN, b"\x02000,0,0,", b"\x02000,0,1,"),
        (Switch.RIBBON_OUT, b"\x02000,0,0,0,", b"\x02000,0,0,1,"),
    ],
)
def test_each_switch_shows_in_the_manuals_field(
    zebra: VirtualZebra, switch: Switch, ready: bytes, changed: bytes
) -> None:
    zebra.switch(switch, Position.ANSWERS)
    assert host_status(zebra) == READY.replace(ready, changed, 1)


def test_waiting_labels_show_in_the_manuals_fields(zebra: VirtualZebra) -> None:
    zebra.switch(Switch.PAPER_OUT, Position.ANSWERS)
    reply = ask(zebra, label(copies=3) + label() + b"^XA~HS", end=b",0\x03\r\n")
    assert reply == (
        b"\x02030,1,0,0203,002,0,0,1,000,0,0,0\x03\r\n\x02000,0,0,0,1,2,4,0,00000004,1,000\x03\r\n\x021234,0\x03\r\n"
    )


# ZPL II Programming Guide, ~HQ, tables of error and warning flags: the nibble, counted from the right, and its value.
ERROR_FLAGS = {
    Switch.PAPER_OUT: (1, 1),
    Switch.RIBBON_OUT: (1, 2),
    Switch.HEAD_OPEN: (1, 4),
    Switch.CUTTER_FAULT: (1, 8),
    Switch.OVER_TEMPERATURE: (2, 1),
    Switch.MOTOR_HOT: (2, 2),
    Switch.BAD_HEAD: (2, 4),
    Switch.PAUSED: (5, 1),
}
WARNING_FLAGS = {
    Quirk.NEEDS_CALIBRATION: (1, 1),
    Quirk.DIRTY_HEAD: (1, 2),
    Quirk.WORN_HEAD: (1, 4),
    Quirk.PAPER_LOW: (1, 8),
}


def flags(nibble: int, value: int) -> str:
    """A line's two groups of the manual with one flag set."""
    return f"1 00000000 {'0' * (8 - nibble)}{value}{'0' * (nibble - 1)}"


def query(errors: str = "0 00000000 00000000", warnings: str = "0 00000000 00000000") -> bytes:
    """The answer as the manual shows it."""
    return (
        f"\x02\r\n\r\n  PRINTER STATUS\r\n   ERRORS:         {errors}\r\n   WARNINGS:       {warnings}\r\n\x03\r\n"
    ).encode("ascii")


def host_query(zebra: VirtualZebra) -> bytes:
    return ask(zebra, b"~HQES", end=b"\x03\r\n")


def test_a_ready_printer_has_no_flag_set(zebra: VirtualZebra) -> None:
    assert host_query(zebra) == query()


@pytest.mark.parametrize("switch", list(Switch))
def test_each_switch_sets_the_manuals_error_flag(zebra: VirtualZebra, switch: Switch) -> None:
    zebra.switch(switch, Position.ANSWERS)
    assert host_query(zebra) == query(errors=flags(*ERROR_FLAGS[switch]))


@pytest.mark.parametrize("quirk", list(WARNING_FLAGS))
def test_each_warning_sets_the_manuals_flag(zebra: VirtualZebra, quirk: Quirk) -> None:
    zebra.set_quirk(quirk, is_on=True)
    assert host_query(zebra) == query(warnings=flags(*WARNING_FLAGS[quirk]))


def test_flags_of_one_nibble_are_added(zebra: VirtualZebra) -> None:
    for switch in (Switch.PAPER_OUT, Switch.HEAD_OPEN, Switch.CUTTER_FAULT, Switch.PAUSED):
        zebra.switch(switch, Position.ANSWERS)
    zebra.set_quirk(Quirk.PAPER_LOW, is_on=True)
    zebra.set_quirk(Quirk.DIRTY_HEAD, is_on=True)
    assert host_query(zebra) == query(errors="1 00000000 0001000D", warnings="1 00000000 0000000A")


def test_old_firmware_does_not_know_the_error_query_and_answers_the_next_question(zebra: VirtualZebra) -> None:
    zebra.set_quirk(Quirk.NO_QUERY, is_on=True)
    assert ask(zebra, b"~HQES~HS", end=b",0\x03\r\n") == READY


@pytest.mark.parametrize(
    ("setting", "value"),
    [(b"odometer.total_label_count", b'"0"'), (b"device.friendly_name", b'"virtual"'), (b"no.such", b'"?"')],
)
def test_settings_are_quoted_and_unknown_ones_a_question_mark(
    zebra: VirtualZebra, setting: bytes, value: bytes
) -> None:
    assert ask(zebra, b'! U1 getvar "' + setting + b'"\r\n', end=b'"') == value


def test_a_silent_printer_answers_nothing(zebra: VirtualZebra) -> None:
    zebra.switch(Switch.PAPER_OUT, Position.SILENT)
    with socket.create_connection((zebra.host, zebra.port), timeout=0.3) as line:
        line.sendall(b"~HS~HQES")
        with pytest.raises(TimeoutError):
            _ = line.recv(1)
