"""What lies on a packing bench: the box, its order's lines and totes, and what has gone into it."""

from dataclasses import dataclass

from wms.domain.orders import OrderStatus
from wms.domain.packing import PackageStatus

MIN_TOLERANCE_G = 20
TOLERANCE_PCT = 3
# Half of all units lie within one spread of the median; beyond three of them hardly one does.
_SPREADS = 3


@dataclass(frozen=True, kw_only=True, slots=True)
class Units:
    """An order line at the bench: `packed` of `wanted` are in boxes, `here` of them in this one.

    `codes` are the product's barcodes with the units each counts; weight and sizes are of one unit (0: not known).
    `learned_mg` is what a unit weighed in past boxes, None while there are too few, and `spread_mg` how far it varies.
    """

    line_id: int
    product_id: int
    sku: str
    name: str
    wanted: int
    packed: int
    here: int
    weight_g: int
    sizes_mm: tuple[int, int, int]
    codes: tuple[tuple[str, int], ...]
    learned_mg: int | None = None
    spread_mg: int = 0
    ships_in_own_box: bool = False

    @property
    def is_own_box(self) -> bool:
        """Whether a unit goes as it is, in no carton; one without weight or sizes cannot."""
        return self.ships_in_own_box and all((self.weight_g, *self.sizes_mm))

    @property
    def left(self) -> int:
        """Units still to scan."""
        return self.wanted - self.packed

    @property
    def unit_mg(self) -> int:
        """What one unit weighs in thousandths of a gram: as learned, else as the catalog says."""
        return self.weight_g * 1000 if self.learned_mg is None else self.learned_mg


@dataclass(frozen=True, kw_only=True, slots=True)
class Counted:
    """A product of a box that is counted again: `counted` of its units, by the barcodes `codes`."""

    product_id: int
    sku: str
    name: str
    counted: int
    of: int
    codes: tuple[tuple[str, int], ...]

    @property
    def left(self) -> int:
        """Units still to count."""
        return self.of - self.counted


@dataclass(frozen=True, kw_only=True, slots=True)
class Content:
    """What a tote of the order holds by the books."""

    tote_id: int
    product_id: int
    lot: str
    serial: str
    on_hand: int


@dataclass(frozen=True, kw_only=True, slots=True)
class BenchTote:
    """One of the order's totes; it is open once it was scanned at the bench."""

    tote_id: int
    code: str
    is_open: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Carton:
    """A box size as shown: `sizes_mm` are its inner sizes."""

    carton_type_id: int
    code: str
    name: str
    sizes_mm: tuple[int, int, int]
    weight_g: int
    max_weight_g: int

    @property
    def sizes_cm(self) -> str:
        """The inner sizes as people say them."""
        return "x".join(f"{side / 10:g}" for side in self.sizes_mm)


@dataclass(frozen=True, kw_only=True, slots=True)
class Take:
    """So many units of a line that this box is proposed to take, `here` of them in it."""

    line_id: int
    name: str
    sku: str
    quantity: int
    here: int

    @property
    def is_in(self) -> bool:
        """Whether all of them are in the box."""
        return self.here == self.quantity


@dataclass(frozen=True, kw_only=True, slots=True)
class Bench:
    """What lies at a station: the box being packed (the order's `box`-th), its order, the order's lines and totes.

    What was put in beside the goods weighs `inserts_g`, and more where it `has_unweighed` among it.
    """

    station_id: int
    station: str
    package_id: int
    package: str
    package_status: PackageStatus
    box: int
    order_id: int
    number: str
    order_status: OrderStatus
    note: str
    carrier: str
    due: str
    carton_type_id: int | None
    weight_g: int
    weighed: bool
    full: bool
    own_box: bool
    caught: str
    wrong_unit: str
    inserts_g: int
    has_unweighed: bool
    units: tuple[Units, ...]
    totes: tuple[BenchTote, ...]
    contents: tuple[Content, ...]

    @property
    def packed(self) -> int:
        """Units scanned into boxes."""
        return sum(row.packed for row in self.units)

    @property
    def wanted(self) -> int:
        """Units the order owes."""
        return sum(row.wanted for row in self.units)

    @property
    def here(self) -> int:
        """Units in this box."""
        return sum(row.here for row in self.units)

    @property
    def may_be_doubted(self) -> bool:
        """Whether the box has a weight that nobody has taken: one that was doubted, or of a label that is void."""
        return self.weight_g > 0 and not self.weighed

    @property
    def left_for_cartons(self) -> int:
        """Units still to scan that need a carton."""
        return sum(row.left for row in self.units if not row.is_own_box)

    @property
    def is_full(self) -> bool:
        """Whether nothing more goes into this box."""
        return self.full or self.packed == self.wanted

    @property
    def boxes(self) -> int:
        """How many boxes the order has, 0 while units are left for further ones."""
        return self.box if self.packed == self.wanted else 0

    @property
    def open_totes(self) -> tuple[BenchTote, ...]:
        """The totes scanned at the bench."""
        return tuple(tote for tote in self.totes if tote.is_open)

    @property
    def other_totes(self) -> tuple[BenchTote, ...]:
        """The order's totes not yet scanned."""
        return tuple(tote for tote in self.totes if not tote.is_open)

    def in_open_totes(self, product_id: int) -> int:
        """Units of a product that the open totes hold by the books."""
        opened = {tote.tote_id for tote in self.open_totes}
        return sum(row.on_hand for row in self.contents if row.tote_id in opened and row.product_id == product_id)

    @property
    def is_learned(self) -> bool:
        """Tell whether the weights of all that is in the box were learned: then a wrong weight is a wrong count."""
        return not self.has_unweighed and all(row.learned_mg is not None for row in self.units if row.here)

    def expected_g(self, carton: Carton | None) -> int:
        """The box's weight by its contents; 0 where a product's weight is not known."""
        rows = [row for row in self.units if row.here]
        if (carton is None and not self.own_box) or not all(row.unit_mg for row in rows):
            return 0
        goods_g = round(sum(row.here * row.unit_mg for row in rows) / 1000)
        return (carton.weight_g if carton else 0) + goods_g + self.inserts_g

    def fits(self, weight_g: int, expected_g: int) -> bool:
        """Tell whether a weighing is near the expected one; goods that vary may be off by what they vary."""
        varies_mg = sum(row.here * row.spread_mg for row in self.units)
        return abs(weight_g - expected_g) <= max(tolerance_g(expected_g), _SPREADS * varies_mg // 1000)


def tolerance_g(weight_g: int) -> int:
    """How far a weighing may be off: 20 g or 3 %, whichever is more."""
    return max(MIN_TOLERANCE_G, weight_g * TOLERANCE_PCT // 100)
