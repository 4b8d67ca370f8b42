"""What a virtual Zebra answers, byte for byte as the ZPL II Programming Guide lays out ~HS, ~HQES and SGD."""

from printers.virtual.engine import EngineState, Quirk, Switch

COUNT_LIMIT = 999
# The flags of ~HQES, nibble by nibble.
_ERROR_BITS = {
    Switch.PAPER_OUT: 0x1,
    Switch.RIBBON_OUT: 0x2,
    Switch.HEAD_OPEN: 0x4,
    Switch.CUTTER_FAULT: 0x8,
    Switch.OVER_TEMPERATURE: 0x10,
    Switch.MOTOR_HOT: 0x20,
    Switch.BAD_HEAD: 0x40,
    Switch.PAUSED: 0x10000,
}
_WARNING_BITS = {
    Quirk.NEEDS_CALIBRATION: 0x1,
    Quirk.DIRTY_HEAD: 0x2,
    Quirk.WORN_HEAD: 0x4,
    Quirk.PAPER_LOW: 0x8,
}


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
    """Return the answer to ~HQES: the bits of errors and of warnings."""
    errors = sum(bit for switch, bit in _ERROR_BITS.items() if state.is_on(switch))
    warnings = sum(bit for quirk, bit in _WARNING_BITS.items() if quirk in state.quirks)
    text = f"\r\n\r\n  PRINTER STATUS\r\n   ERRORS:         {_bits(errors)}\r\n   WARNINGS:       {_bits(warnings)}\r\n"
    return b"\x02" + text.encode("ascii") + b"\x03\r\n"


def _bits(found: int) -> str:
    return f"{flag(found > 0)} 00000000 {found:08X}"


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
