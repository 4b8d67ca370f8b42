"""The packing station's screens, one frozen dataclass each; most show the box on the bench."""

from dataclasses import dataclass
from typing import ClassVar

from wms.services.packing.on_bench import Bench, Carton, Counted, Take
from wms.services.scans.screens import Screen


@dataclass(frozen=True, kw_only=True)
class PackingScreen(Screen):
    """Base of the packing screens."""

    station: ClassVar[str] = "packing"


@dataclass(frozen=True, kw_only=True)
class ScanStation(PackingScreen):
    """This browser has no station yet: scan the code on the bench."""

    token: str = "station"  # noqa: S105 - a task's token, no secret
    wants: str = "station"


@dataclass(frozen=True, kw_only=True)
class ScanTote(PackingScreen):
    """Nothing on the bench: how many totes wait, what goes out next and the oldest tote's minutes.

    `unsorted` more of them wait until the rest of their orders is sorted at the put wall.
    `singles` orders of one unit wait in totes that they share (`shared`, by code): their item is scanned.
    """

    wants: str = "tote"
    waiting: int
    unsorted: int
    singles: int
    shared: tuple[str, ...]
    next_carrier: str
    next_due: str
    next_minutes: int
    oldest_minutes: int
    last: str


@dataclass(frozen=True, kw_only=True)
class BoxScreen(PackingScreen):
    """Base of the screens of one box. A wrong unit caught is on them until its cause is said or the next is scanned."""

    tells_stop: ClassVar[bool] = True

    bench: Bench

    @property
    def order_id(self) -> int:
        """The box's order."""
        return self.bench.order_id

    @property
    def about(self) -> str:
        """The box."""
        return f"box {self.bench.box} at {self.bench.station}"


@dataclass(frozen=True, kw_only=True)
class ScanItems(BoxScreen):
    """Scan every unit into the box; where all fit none, only what it `takes`, and there are `more_boxes` after it."""

    wants: str = "item"
    carton: Carton | None
    takes: tuple[Take, ...]
    more_boxes: int

    @property
    def has_all_it_takes(self) -> bool:
        """Whether this box of several holds all that it is proposed to take."""
        return bool(self.takes) and all(take.is_in for take in self.takes)


@dataclass(frozen=True, kw_only=True)
class NextTote(BoxScreen):
    """The open totes are empty and the order has more: scan another of its totes."""

    wants: str = "tote"


@dataclass(frozen=True, kw_only=True)
class RedTote(BoxScreen):
    """A wrong unit was caught: put it in a red tote and scan that; `product` and `sku` are '' where nobody knows it."""

    wants: str = "tote"
    product: str
    sku: str


@dataclass(frozen=True, kw_only=True)
class PutIn(BoxScreen):
    """Put an insert in and confirm it: by its `code` ('' for none) or by YES. `words` are a gift's own."""

    wants: str = "insert"
    insert_id: int
    insert: str
    code: str
    words: str


@dataclass(frozen=True, kw_only=True)
class BoxAndWeigh(BoxScreen):
    """All units are scanned: choose the box and weigh it. `doubted_g` is a first weight that did not fit.

    `scale` says how the station's scale stands, as scales.word has it: '' where there is none.
    """

    wants: str = "weight"
    carton: Carton | None
    expected_g: int
    doubted_g: int
    scale: str


@dataclass(frozen=True, kw_only=True)
class CountAgain(BoxScreen):
    """The box weighs `doubted_g`, not what its units are known to: each is scanned again, or the lead accepts it."""

    wants: str = "item"
    carton: Carton | None
    expected_g: int
    doubted_g: int
    rows: tuple[Counted, ...]


@dataclass(frozen=True, kw_only=True)
class LabelWait(BoxScreen):
    """Base of the screens that wait for a label: `waited_s` for its carrier, then for its scan."""

    # A packer sees from afar that a box has waited for longer.
    LATE_S: ClassVar[int] = 60

    waited_s: int

    @property
    def is_late(self) -> bool:
        """Whether the screen shows amber."""
        return self.waited_s >= self.LATE_S

    @property
    def late_in_s(self) -> int:
        """Seconds until it does."""
        return max(0, self.LATE_S - self.waited_s)


@dataclass(frozen=True, kw_only=True)
class BuyingLabel(LabelWait):
    """The label is being bought, or given back: the screen asks for itself until that has ended.

    `may_leave`: the order may be set aside meanwhile, as a void goes on by itself and a carrier that `is_slow` keeps
    the packer waiting for too long.
    """

    wants: str = "nothing"
    is_voiding: bool
    is_slow: bool
    may_leave: bool


@dataclass(frozen=True, kw_only=True)
class ScanLabel(LabelWait):
    """Stick the label on the box and scan it. `printing` is as labels.print_word says.

    `void_refused` is why its carrier would not take it back, '' where it was not asked or one is printed anew.
    """

    wants: str = "label"
    label_id: int
    tracking_tail: str
    printing: str
    print_reason: str
    print_job_id: int | None
    copies: int
    void_refused: str = ""


@dataclass(frozen=True, kw_only=True)
class LabelFailed(BoxScreen):
    """The carrier refused the label: ask again, ask another that is allowed, or set the order aside."""

    wants: str = "answer"
    reason: str
    has_other: bool


@dataclass(frozen=True, kw_only=True)
class HoldTote(BoxScreen):
    """The box was given up (`why`: short, cancelled or set aside): units into the tote, the tote to a hold lane.

    Where the warehouse has none, YES says that the tote is put away.
    """

    wants: str = "lane"
    why: str
    tote: str
    lanes: tuple[str, ...]
