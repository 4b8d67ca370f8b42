"""Read what a Zebra says about itself: ~HS, ~HQES and the label odometer.

Layouts: Zebra's ZPL II Programming Guide, ~HS and ~HQ (its tables of error and warning flags by nibbles). What only
~HQES tells, a cutter, a motor, a head or a roll that ends, older firmware does not tell at all.
"""

import re
from dataclasses import dataclass, replace
from enum import StrEnum

HOST_STATUS_FRAMES = 3
FRAME = re.compile(rb"\x02([^\x03]*)\x03")
HOST_QUERY_LINE = re.compile(r"(ERRORS|WARNINGS):\s*[01]\s+([0-9A-Fa-f]{8})\s+([0-9A-Fa-f]{8})")
QUOTED = re.compile(rb'"([^"]*)"')


class Notice(StrEnum):
    """What a printer wants although it prints on, in the words a worker would use."""

    CALIBRATE = "calibrate media"
    CLEAN_HEAD = "clean print head"
    REPLACE_HEAD = "replace print head"
    PAPER_LOW = "paper nearly out"


class Trouble(StrEnum):
    """Why a printer does not print, in the words a worker would use."""

    PAPER_OUT = "paper out"
    RIBBON_OUT = "ribbon out"
    HEAD_OPEN = "head open"
    PAUSED = "paused"
    BUFFER_FULL = "buffer full"
    OVER_TEMPERATURE = "too hot"
    UNDER_TEMPERATURE = "too cold"
    MEMORY_LOST = "memory lost"
    CUTTER = "cutter fault"
    MOTOR_HOT = "motor too hot"
    HEAD_BROKEN = "print head fault"
    SILENT = "no answer"


HOST_QUERY_ERRORS = {
    0x1: Trouble.PAPER_OUT,
    0x2: Trouble.RIBBON_OUT,
    0x4: Trouble.HEAD_OPEN,
    0x8: Trouble.CUTTER,
    0x10: Trouble.OVER_TEMPERATURE,
    0x20: Trouble.MOTOR_HOT,
    0x40: Trouble.HEAD_BROKEN,
    0x80: Trouble.HEAD_BROKEN,
    0x200: Trouble.HEAD_BROKEN,
    0x10000: Trouble.PAUSED,
}
HOST_QUERY_WARNINGS = {1: Notice.CALIBRATE, 2: Notice.CLEAN_HEAD, 4: Notice.REPLACE_HEAD, 8: Notice.PAPER_LOW}


class GarbledError(ValueError):
    """A reply does not have the documented layout."""

    def __init__(self, *, reply: bytes) -> None:
        """Keep the reply."""
        super().__init__(f"The printer's answer {reply!r} is not a Zebra status: is this a ZPL printer?")
        self.reply = reply


@dataclass(frozen=True, kw_only=True, slots=True)
class HostStatus:
    """What ~HS says, and ~HQES beside it where the printer knows that."""

    troubles: tuple[Trouble, ...]
    formats_waiting: int
    labels_remaining: int
    partial_format: bool
    notices: tuple[Notice, ...] = ()

    @property
    def is_idle(self) -> bool:
        """Nothing waits to be printed (a format that never ended waits for nobody)."""
        return self.formats_waiting == 0 and self.labels_remaining == 0


@dataclass(frozen=True, kw_only=True, slots=True)
class HostQuery:
    """What ~HQES says: troubles that stop it, notices that do not."""

    troubles: tuple[Trouble, ...]
    notices: tuple[Notice, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Status:
    """How a printer is. `labels_waiting` and `odometer` (labels in its life) are None where it cannot tell."""

    troubles: tuple[Trouble, ...] = ()
    notices: tuple[Notice, ...] = ()
    labels_waiting: int | None = None
    odometer: int | None = None

    @property
    def is_ready(self) -> bool:
        """Whether a label sent now would be printed."""
        return not self.troubles


def is_whole_host_status(reply: bytes) -> bool:
    """Tell whether all three frames of a ~HS answer have arrived; they may come in any number of pieces."""
    return len(_host_status_frames(reply)) >= HOST_STATUS_FRAMES


def _host_status_frames(reply: bytes) -> list[bytes]:
    """Return what stands between STX and ETX, but for an answer to ~HQES, which may come before it or late."""
    return [frame for frame in FRAME.findall(reply) if b"ERRORS:" not in frame]


def is_whole_setting(reply: bytes) -> bool:
    """Tell whether the quoted answer to an SGD getvar has arrived."""
    return QUOTED.search(reply) is not None


def parse_host_status(reply: bytes) -> HostStatus:
    """Read the three frames of ~HS; raises GarbledError."""
    fields = [frame.decode("ascii", errors="replace").split(",") for frame in _host_status_frames(reply)]
    try:
        first, second = fields[0], fields[1]
        flags = {
            Trouble.PAPER_OUT: first[1],
            Trouble.PAUSED: first[2],
            Trouble.BUFFER_FULL: first[5],
            Trouble.MEMORY_LOST: first[9],
            Trouble.UNDER_TEMPERATURE: first[10],
            Trouble.OVER_TEMPERATURE: first[11],
            Trouble.HEAD_OPEN: second[2],
            Trouble.RIBBON_OUT: second[3],
        }
        return HostStatus(
            troubles=tuple(trouble for trouble, flag in flags.items() if int(flag)),
            formats_waiting=int(first[4]),
            labels_remaining=int(second[8]),
            partial_format=bool(int(first[7])),
        )
    except (IndexError, ValueError) as error:
        raise GarbledError(reply=reply) from error


def parse_host_query(reply: bytes) -> HostQuery:
    """Read the answer to ~HQES wherever its two lines stand; raises GarbledError."""
    lines = {
        kind: int(high + low, 16)
        for kind, high, low in HOST_QUERY_LINE.findall(reply.decode("ascii", errors="replace"))
    }
    if set(lines) != {"ERRORS", "WARNINGS"}:
        raise GarbledError(reply=reply)
    troubles = dict.fromkeys(trouble for bit, trouble in HOST_QUERY_ERRORS.items() if lines["ERRORS"] & bit)
    notices = (notice for bit, notice in HOST_QUERY_WARNINGS.items() if lines["WARNINGS"] & bit)
    return HostQuery(troubles=tuple(troubles), notices=tuple(notices))


def parse_both(reply: bytes) -> HostStatus:
    """Read the answer to ~HQES~HS, of which older firmware leaves the first part out; raises GarbledError."""
    host = parse_host_status(reply)
    try:
        query = parse_host_query(reply)
    except GarbledError:
        return host
    return replace(host, troubles=tuple(dict.fromkeys((*host.troubles, *query.troubles))), notices=query.notices)


def parse_setting(reply: bytes) -> int | None:
    """Read the quoted number that answers an SGD getvar; None where the printer does not know the setting."""
    quoted = QUOTED.search(reply)
    return int(quoted[1]) if quoted and quoted[1].isdigit() else None
