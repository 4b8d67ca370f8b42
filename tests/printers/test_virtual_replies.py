"""The virtual Zebra's answers against the manual's text, never against our own reader."""

import socket

import pytest

from printers.virtual.engine import Position, Switch
from printers.virtual.server import VirtualZebra

from .conftest import label


def ask(zebra: VirtualZebra, question: bytes, *, end: bytes) -> bytes:
    with socket.create_connection((zebra.host, zebra.port), timeout=5) as line:
        line.sendall(question)
        reply = b""
        while not reply.endswith(end):
            reply += line.recv(100)
        return reply


def host_status(zebra: VirtualZebra) -> bytes:
    return ask(zebra, b"~HS", end=b",0\x03\r\n")


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


def test_the_error_query_sets_the_documented_bits(zebra: VirtualZebra) -> None:
    zebra.switch(Switch.PAPER_OUT, Position.ANSWERS)
    zebra.switch(Switch.HEAD_OPEN, Position.ANSWERS)
    zebra.switch(Switch.PAUSED, Position.ANSWERS)
    reply = ask(zebra, b"~HQES", end=b"\x03\r\n")
    assert b"ERRORS:         1 00000000 00010005\r\n" in reply
    assert b"WARNINGS:       0 00000000 00000000\r\n" in reply


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
