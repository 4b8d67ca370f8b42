"""What a virtual Zebra answers, byte for byte as the ZPL II Programming Guide lays out ~HS, ~HQES and SGD."""

from printers.virtual.engine import EngineState, Switch

COUNT_LIMIT = 999


def host_status(state: EngineState) -> list[bytes]:
    """Return the three frames of ~HS, each STX ... ETX CR LF."""
    first = ",".join(
        [
            "030",
            flag(state.is_on(Switch.PAPER_OUT)),
            flag(state.is_on(Switch.PAUSED)),
            f"{state.length_dots:04d}",
            f"{min(state.formats_waiting, COUNT_LIMIT):03d}",
            flag(state.buffer_full),
            "0",
            flag(state.partial_format),
            "000",
            "0",
            "0",
            flag(state.is_on(Switch.OVER_TEMPERATURE)),
        ]
    )
    second = ",".join(
        [
            "000",
            "0",
            flag(state.is_on(Switch.HEAD_OPEN)),
            flag(state.is_on(Switch.RIBBON_OUT)),
            "1",
            "2",
            "4",
            "0",
            f"{state.labels_remaining:08d}",
            "1",
            "000",
        ]
    )
    return [frame(first), frame(second), frame("1234,0")]


def host_query(state: EngineState) -> bytes:
    """Return the answer to ~HQES: bits for errors, no warnings."""
    bits = (
        0x1 * state.is_on(Switch.PAPER_OUT)
        | 0x2 * state.is_on(Switch.RIBBON_OUT)
        | 0x4 * state.is_on(Switch.HEAD_OPEN)
        | 0x10 * state.is_on(Switch.OVER_TEMPERATURE)
        | 0x10000 * state.is_on(Switch.PAUSED)
    )
    text = f"\r\n\r\n  PRINTER STATUS\r\n   ERRORS:         {flag(bits > 0)} 00000000 {bits:08X}\r\n"
    return b"\x02" + f"{text}   WARNINGS:       0 00000000 00000000\r\n".encode("ascii") + b"\x03\r\n"


def setting(name: bytes, state: EngineState) -> bytes:
    """Return the quoted value of an SGD setting, a quoted question mark for any we do not have."""
    known = {b"odometer.total_label_count": str(state.odometer), b"device.friendly_name": "virtual"}
    return f'"{known.get(name, "?")}"'.encode("ascii")


def frame(text: str) -> bytes:
    """Wrap one string as ~HS sends it."""
    return b"\x02" + text.encode("ascii") + b"\x03\r\n"


def flag(is_set: bool) -> str:  # noqa: FBT001 - it turns one truth into one digit
    """Write a truth as the printer does."""
    return "1" if is_set else "0"
