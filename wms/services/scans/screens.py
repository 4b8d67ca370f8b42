"""What a scan answers: a Screen (one frozen dataclass = one template) and the Feedback on the scan just made."""

import datetime as dt
import re
from dataclasses import dataclass
from typing import ClassVar, Literal
from zoneinfo import ZoneInfo

from wms.domain.codes import Code
from wms.domain.saying import say

Keypad = Literal["", "number", "letters"]
_DAYS = (say("Mon"), say("Tue"), say("Wed"), say("Thu"), say("Fri"), say("Sat"), say("Sun"))


@dataclass(frozen=True, kw_only=True, slots=True)
class Card:
    """One side of a wrong-item panel: what the worker has, or needs. `sku` picks the picture; '' where unknown."""

    name: str
    sku: str = ""
    detail: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Feedback:
    """The verdict on a scan: `tone` is none, info, ok, warn or wrong; `cue` names sound and vibration; `words` <= 8.

    `have` and `need` fill the full red panel of a wrong item or tote, which stays until the next right scan. `opens`
    asks for the keypad: for a quantity, or for any letters.
    """

    tone: str = "none"
    cue: str = ""
    words: str = ""
    have: Card | None = None
    need: Card | None = None
    opens: Keypad = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Call:
    """A worker's call for help: what stands on the handheld, while it is open or (`is_new`: not shown yet) answered."""

    words: str
    is_open: bool = False
    is_new: bool = False


@dataclass(frozen=True, kw_only=True)
class Screen:
    """Base of all floor screens.

    `token` is the opaque token of the task on screen (a scan made for another one does not count); `wants` the barcode
    type asked for; `accept` the codes that would be right (None for blind counts and badges); `ahead` those of the
    task's next steps, one after another, for scans made before the answer; `job` the top bar's text; `done` of `total`
    draws the progress line (total 0: none). `tells_stop`: the screen itself says what was wrong and what to do with
    it, so that no stop need stand on it.
    """

    station: ClassVar[str]
    tells_stop: ClassVar[bool] = False

    token: str
    wants: str
    accept: tuple[str, ...] | None = None
    ahead: tuple[tuple[str, ...], ...] = ()
    job: str = ""
    done: int = 0
    total: int = 0

    @property
    def name(self) -> str:
        """The screen's name: the class name in snake case (ScanItem -> scan_item)."""
        return re.sub(r"(?<!^)(?=[A-Z])", "_", type(self).__name__).lower()

    @property
    def template(self) -> str:
        """The template of this screen."""
        return f"{self.station}/{self.name}.html"

    @property
    def place(self) -> str:
        """The location that the screen is about, '' for none."""
        return ""

    @property
    def order_id(self) -> int | None:
        """The order that the screen is about, None for none."""
        return None

    def may_want(self, code: Code) -> bool:  # noqa: ARG002 - most screens ask for labels of one kind only
        """Tell whether a text may be what is asked for even where it reads like a label of another kind."""
        return False

    @property
    def about(self) -> str:
        """What the work on screen is, as the inbox says it of a call for help; '' where there is none."""
        return ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Answer:
    """What a station answers to a scan: the screen as it is now, the verdict, and how the worker's call stands."""

    screen: Screen
    feedback: Feedback
    call: Call | None = None


def clock(at: dt.datetime | None, zone: str, now: dt.datetime) -> str:
    """Return a moment as the warehouse's clock shows it, with its weekday where it is not today; '' for none."""
    if at is None:
        return ""
    there = at.astimezone(ZoneInfo(zone))
    is_today = there.date() == now.astimezone(ZoneInfo(zone)).date()
    time = f"{there:%H:%M}"
    return time if is_today else say("{day} {time}", day=_DAYS[there.weekday()], time=time)
