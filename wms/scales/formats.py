"""What scales say on the wire: one format a maker, each a question, an end of line and how a line is read.

Sources:
- sics: METTLER TOLEDO, "Standard Interface Command Set MT-SICS", reference manual 11780711, sections 3.2 and 4.1
  (https://paperzz.com/doc/7823012/reference-manual-standard-interface-command).
- and: A&D, GC series manual, 16.2 (https://manualshive.com/en/manual/aandd/gc-series/446421?page=51), and the AD-4329A
  manual, 9.1, for the second header of indicators.
- ohaus: OHAUS, "RS232 Interface", EN-3 (https://manualslib.fr/manual/558648/Ohaus-Rs232.html?page=5), and the Defender
  3000 manual, 5.2: at least nine characters stand before the unit.
- nci: Avery Weigh-Tronix, 7821 user instructions, 6.3 (https://www.easymanua.ls/avery-weigh-tronix/7821/manual?p=25);
  the status bits from the NCI 6702 manual, page 14 (https://www.manualslib.com/manual/727415/Nci-6702.html?page=14).
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from wms.scales.base import Reading

# The pound by the international agreement of 1959: exact, and so is its sixteenth.
_GRAMS = {"g": Decimal(1), "kg": Decimal(1000), "lb": Decimal("453.59237"), "oz": Decimal("28.349523125")}
_UNIT = r"(?P<unit>kg|g|lb|oz)"
_MOTION, _OUT_OF_RANGE = 0b1, 0b11


class OutOfRange(Exception):  # noqa: N818 - what a line says, no fault of it
    """The line says that the scale is over or under its range."""


@dataclass(frozen=True, kw_only=True, slots=True)
class LineFormat:
    """How one kind of scale is spoken to: `ask` draws one line, which ends with `end`.

    `read` returns None for a line that is no weight, such as "busy" or the tail of a line that we came into.
    """

    ask: bytes
    end: bytes
    read: Callable[[str], Reading | None]


def grams(number: str, unit: str) -> int:
    """Return a weight in whole grams, half a gram up; by decimals, so that 0.0005 kg is 1 g and never 0."""
    exact = Decimal(number.replace(" ", "")) * _GRAMS[unit.lower()]
    return int(exact.quantize(Decimal(1), rounding=ROUND_HALF_UP))


_SICS = re.compile(rf"S (?P<state>[SD]) +(?P<number>-? *\d+(?:\.\d+)?) {_UNIT}")


def read_sics(line: str) -> Reading | None:
    """Read `S S     1.234 kg`: S stable, D dynamic, + and - out of range, I busy."""
    line = line.strip()
    if line in {"S +", "S -"}:
        raise OutOfRange
    found = _SICS.fullmatch(line)
    if found is None:
        return None
    return Reading(weight_g=grams(found["number"], found["unit"]), is_stable=found["state"] == "S")


_AND = re.compile(
    rf"(?P<state>ST|US),(?:(?:GS?|NT?|LO|OK|HI|--) ?,)?(?P<number>[+-] *\d+(?:\.\d+)?) *{_UNIT}", re.IGNORECASE
)


def read_and(line: str) -> Reading | None:
    """Read `ST,+0001.234 kg`: ST stable, US not, OL out of range; a second header says gross or net."""
    line = line.strip()
    if line.startswith("OL,"):
        raise OutOfRange
    found = _AND.fullmatch(line)
    if found is None:
        return None
    return Reading(weight_g=grams(found["number"], found["unit"]), is_stable=found["state"].upper() == "ST")


_OHAUS = re.compile(rf"(?P<number> *-? *\d+(?:\.\d+)?) +{_UNIT}(?P<rest>(?: .*)?|\?.*)")
_OHAUS_FIELD = 9


def read_ohaus(line: str) -> Reading | None:
    """Read `       0.211 kg ?`: a question mark behind the unit says that the weight is not stable.

    The number's field is at least nine characters wide: a shorter one is the tail of a line that we came into.
    """
    line = line.rstrip()
    found = _OHAUS.fullmatch(line)
    if found is None or len(found["number"]) < _OHAUS_FIELD:
        return None
    return Reading(weight_g=grams(found["number"], found["unit"]), is_stable=not found["rest"].strip().startswith("?"))


_NCI = re.compile(rf"\n *(?P<number>-? *\d*\.?\d+) *{_UNIT} *\r\n(?P<status>[\x30-\x7f]{{2,}})\r", re.IGNORECASE)
_NCI_OUT = re.compile(r"\n *[\^_-]{4,}[^\r]*\r")


def read_nci(line: str) -> Reading | None:
    """Read `<LF>  1.234kg<CR><LF>hh<CR>`: bit 0 of the first status byte is motion, 0 and 1 of the second range."""
    if _NCI_OUT.search(line):
        raise OutOfRange
    found = _NCI.search(line)
    if found is None:
        return None
    first, second = (ord(char) for char in found["status"][:2])
    if second & _OUT_OF_RANGE:
        raise OutOfRange
    return Reading(weight_g=grams(found["number"], found["unit"]), is_stable=not first & _MOTION)


FORMATS: Mapping[str, LineFormat] = {
    "sics": LineFormat(ask=b"SI\r\n", end=b"\r\n", read=read_sics),
    "and": LineFormat(ask=b"Q\r\n", end=b"\r\n", read=read_and),
    "ohaus": LineFormat(ask=b"IP\r\n", end=b"\r\n", read=read_ohaus),
    "nci": LineFormat(ask=b"W\r", end=b"\x03", read=read_nci),
}
