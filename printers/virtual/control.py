"""The control API of virtual Zebras: what came out of them, and what is to go wrong with them, as JSON.

    GET  /labels       one object a physical label, oldest first: n, zpl, codes, png (base64); ?codes=0 draws none
    GET  /odometer     {"odometer": labels in its life}
    GET  /faults       what is wrong now, every key below
    PUT  /faults       sets the keys given and leaves the others: paper_out, ribbon_out, head_open, paused,
                       over_temperature, cutter_fault, motor_hot and bad_head ("flag", "silent" or null),
                       paper_low, needs_calibration, dirty_head and worn_head, with which it warns and prints on, and
                       no_query, with which it does not know ~HQES ("flag" or null), connection ("refuse", "never_read",
                       "reset_before", "reset_during", "reset_after", "half_open", "half_open_during",
                       "one_client" or null),
                       label_ms, status_delay_ms, status_pieces (numbers; null for the usual one)
    POST /power-cycle  off and on again: the queue and all connections are lost, the odometer stays

Where one process runs several printers, each has these under its name: /PACK-1/labels.
"""

import base64
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import TypeVar

from printers.errors import PreviewError
from printers.preview import Preview
from printers.virtual.engine import Position, Quirk, Switch
from printers.virtual.server import LineFault, Pace, VirtualZebra

LONGEST_MS = 600_000
MOST_PIECES = 1000
CONNECTION = "connection"
FLAG = Position.ANSWERS.value
Choice = TypeVar("Choice", Position, LineFault)
# The limits of each number, and how it stands in a printer's pace.
NUMBERS: Mapping[str, tuple[int, int]] = {
    "label_ms": (0, LONGEST_MS),
    "status_delay_ms": (0, LONGEST_MS),
    "status_pieces": (1, MOST_PIECES),
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Asked:
    """One request for one printer: the verb, the last word of the path, whether to draw, and the body."""

    verb: str
    word: str
    with_codes: bool = True
    body: bytes = b""


class NoSuchFaultError(ValueError):
    """A fault that does not exist was asked for; the text says which are there."""


def knows(asked: Asked) -> bool:
    """Tell whether a request is one of the API's."""
    return (asked.verb, asked.word) in _ROUTES


def respond(printer: VirtualZebra, preview: Preview | None, asked: Asked) -> object:
    """Return the answer to one of the API's requests as plain data; raises NoSuchFaultError."""
    return _ROUTES[asked.verb, asked.word](printer, preview, asked)


def labels(printer: VirtualZebra, preview: Preview | None, *, with_codes: bool) -> list[dict[str, object]]:
    """Return every physical label; one that cannot be drawn says why in `error` and has no codes and no picture."""
    return [_label(printer, preview, number, with_codes=with_codes) for number in printer.tray.numbers()]


def _label(printer: VirtualZebra, preview: Preview | None, number: int, *, with_codes: bool) -> dict[str, object]:
    tray = printer.tray
    label: dict[str, object] = {"n": number, "zpl": tray.zpl(number).decode("utf-8", errors="replace")}
    if not with_codes:
        return label
    if preview is None:
        return label | {"codes": [], "png": None, "error": "The renderer is not installed."}
    try:
        png = base64.b64encode(tray.png(number, preview)).decode("ascii")
        return label | {"codes": tray.codes(number, preview), "png": png}
    except PreviewError as error:
        # A real printer would have used up paper for it: it counts, with nothing to read.
        return label | {"codes": [], "png": None, "error": str(error)}


def faults(printer: VirtualZebra) -> dict[str, object]:
    """Return what is wrong with a printer, as `set_faults` takes it."""
    state = printer.state()
    positions = state.switches
    switches = {
        switch.value: None if positions[switch] is Position.OFF else positions[switch].value for switch in Switch
    }
    line = None if printer.fault is LineFault.NONE else printer.fault.value
    quirks = {quirk.value: FLAG if quirk in state.quirks else None for quirk in Quirk}
    return {**switches, **quirks, CONNECTION: line, **numbers(printer.pace)}


def numbers(pace: Pace) -> dict[str, int]:
    """Return a pace in the API's words."""
    return {
        "label_ms": round(pace.label_s * 1000),
        "status_delay_ms": round(pace.status_delay_s * 1000),
        "status_pieces": pace.status_pieces,
    }


def set_faults(printer: VirtualZebra, wanted: object) -> None:
    """Set the faults given and leave the others; NoSuchFaultError, before any is set, where one is not there."""
    if not isinstance(wanted, dict):
        raise NoSuchFaultError('Faults are an object, such as {"paper_out": "flag", "connection": null}.')
    pace = printer.pace
    steps: list[Callable[[], None]] = []
    for key, value in wanted.items():
        if key in set(Switch):
            steps.append(_switching(printer, Switch(key), _one_of(key, value, Position, Position.OFF)))
        elif key in set(Quirk):
            steps.append(_quirking(printer, Quirk(key), value))
        elif key == CONNECTION:
            steps.append(_breaking(printer, _one_of(key, value, LineFault, LineFault.NONE)))
        elif key in NUMBERS:
            pace = _paced(pace, key, numbers(printer.usual_pace)[key] if value is None else value)
        else:
            known = ", ".join([*Switch, *Quirk, CONNECTION, *NUMBERS])
            raise NoSuchFaultError(f"There is no fault {key!r}: use {known}.")
    printer.set_pace(pace)
    for step in steps:
        step()


def _switching(printer: VirtualZebra, switch: Switch, position: Position) -> Callable[[], None]:
    return lambda: printer.switch(switch, position)


def _quirking(printer: VirtualZebra, quirk: Quirk, value: object) -> Callable[[], None]:
    if value not in (FLAG, None):
        raise NoSuchFaultError(f"{quirk} cannot be {value!r}: use {FLAG} or null.")
    return lambda: printer.set_quirk(quirk, is_on=value == FLAG)


def _breaking(printer: VirtualZebra, fault: LineFault) -> Callable[[], None]:
    return lambda: printer.break_line(fault)


def _one_of(key: str, value: object, kind: type[Choice], nothing: Choice) -> Choice:
    choices = [choice for choice in kind if choice is not nothing]
    if value is None:
        return nothing
    if value not in choices:
        raise NoSuchFaultError(f"{key} cannot be {value!r}: use {', '.join(choices)} or null.")
    return kind(str(value))


def _paced(pace: Pace, key: str, value: object) -> Pace:
    least, most = NUMBERS[key]
    if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
        raise NoSuchFaultError(f"{key} cannot be {value!r}: use a whole number from {least} to {most}, or null.")
    if key == "label_ms":
        return replace(pace, label_s=value / 1000)
    if key == "status_delay_ms":
        return replace(pace, status_delay_s=value / 1000)
    return replace(pace, status_pieces=value)


def _put_faults(printer: VirtualZebra, _preview: Preview | None, asked: Asked) -> object:
    try:
        wanted = json.loads(asked.body)
    except (ValueError, RecursionError) as error:
        raise NoSuchFaultError("The body is no JSON.") from error
    set_faults(printer, wanted)
    return faults(printer)


def _power_cycle(printer: VirtualZebra, _preview: Preview | None, _asked: Asked) -> object:
    printer.power_cycle()
    return odometer(printer)


def odometer(printer: VirtualZebra) -> dict[str, int]:
    """Return how many labels a printer has printed in its life."""
    return {"odometer": printer.state().odometer}


_ROUTES: Mapping[tuple[str, str], Callable[[VirtualZebra, Preview | None, Asked], object]] = {
    ("GET", "labels"): lambda printer, preview, asked: labels(printer, preview, with_codes=asked.with_codes),
    ("GET", "odometer"): lambda printer, _preview, _asked: odometer(printer),
    ("GET", "faults"): lambda printer, _preview, _asked: faults(printer),
    ("PUT", "faults"): _put_faults,
    ("POST", "power-cycle"): _power_cycle,
}
