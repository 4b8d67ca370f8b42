"""Tiny floors and orders, small enough to check by hand."""

from itertools import accumulate, pairwise, permutations

from hypothesis import strategies as st

from wms.batching import Blocks, Cart, Line, LocationId, Order, Picker, Problem
from wms.batching.layout import MOST_BLOCKS

FLOOR = Blocks(
    aisle_x_m=(0.0, 5.0, 10.0),
    cross_y_m=(0.0, 12.0),
    depot_x_m=0.0,
    places={f"{name}{depth}": (aisle, float(depth)) for aisle, name in enumerate("ABC") for depth in (1, 4, 8, 11)},
)
"""Three aisles 5 m apart and 12 m long, four locations each (A1, A4, A8, A11, B1 ...), the depot in front of A."""

LOCATIONS = sorted(map(str, FLOOR.places))


def order(number: int, *locations: str, totes: int = 1, due_s: float | None = None, priority: int = 0) -> Order:
    """One unit from each of the locations."""
    lines = tuple(Line(location=location, quantity=1) for location in locations)
    return Order(id=number, lines=lines, totes=totes, due_s=due_s, priority=priority, volume_ml=500, weight_g=200)


def problem(*orders: Order, totes: int = 2, pickers: int = 0) -> Problem:
    """A problem on the floor, with one shape of cart."""
    people = tuple(Picker(id=f"picker {number}") for number in range(pickers))
    return Problem(layout=FLOOR, orders=orders, carts=(Cart(name="cart", totes=totes),), pickers=people)


def metres_between(floor: Blocks, here: tuple[float, float], there: tuple[float, float]) -> float:
    """The walking distance between two points (x, depth): along one aisle, or over the cross aisle that suits best."""
    across = abs(here[0] - there[0])
    if not across:
        return abs(here[1] - there[1])
    return across + min(abs(here[1] - cross) + abs(there[1] - cross) for cross in floor.cross_y_m)


def walked_m(floor: Blocks, stops: tuple[LocationId, ...]) -> float:
    """The length of the walk from the depot over the stops in this sequence and back."""
    places = [floor.places[stop] for stop in stops]
    depot = (floor.depot_x_m, floor.cross_y_m[-1] if floor.depot_at_back else 0.0)
    points = [depot, *((floor.aisle_x_m[aisle], depth) for aisle, depth in places), depot]
    return sum(metres_between(floor, here, there) for here, there in pairwise(points)) + 2 * floor.depot_m


def shortest_m(floor: Blocks, stops: tuple[LocationId, ...]) -> float:
    """The length of the shortest walk over the stops, by trying every sequence."""
    return min(walked_m(floor, sequence) for sequence in permutations(stops))


def s_shape_m(floor: Blocks, stops: tuple[LocationId, ...]) -> float:
    """The length of the S-shape walk on one block: each aisle with a stop end to end, an odd last one out and back."""
    deepest: dict[int, float] = {}
    for aisle, depth in (floor.places[stop] for stop in stops):
        deepest[aisle] = max(depth, deepest.get(aisle, 0.0))
    aisles = sorted(deepest)
    left, right = (floor.aisle_x_m[aisles[at]] for at in (0, -1))
    across = abs(floor.depot_x_m - left) + (right - left) + abs(right - floor.depot_x_m)
    through = len(aisles) // 2 * 2 * floor.cross_y_m[-1]
    return across + through + (2 * deepest[aisles[-1]] if len(aisles) % 2 else 0.0) + 2 * floor.depot_m


@st.composite
def floors(draw: st.DrawFn, most_blocks: int = MOST_BLOCKS, *, at_back: bool = True) -> Blocks:
    """One to four blocks of up to six aisles, with locations anywhere in them and the depot anywhere at either end."""
    gaps = draw(st.lists(st.integers(1, 9), min_size=1, max_size=6))
    lengths = draw(st.lists(st.integers(3, 12), min_size=1, max_size=most_blocks))
    cross_y_m = tuple(map(float, accumulate(lengths, initial=0)))
    spots = st.tuples(st.integers(0, len(gaps) - 1), st.integers(0, sum(lengths)).map(float))
    places = draw(st.lists(spots, min_size=1, max_size=20))
    return Blocks(
        aisle_x_m=tuple(map(float, accumulate(gaps))),
        cross_y_m=cross_y_m,
        depot_x_m=float(draw(st.integers(-3, sum(gaps) + 3))),
        depot_m=float(draw(st.integers(0, 2))),
        depot_at_back=at_back and draw(st.booleans()),
        places=dict(enumerate(places)),
    )


def orders_on(floor: Blocks) -> st.SearchStrategy[Order]:
    """Orders from a floor's locations, and now and then from nowhere."""
    anywhere = st.sampled_from([*floor.places] * 5 + ["nowhere"])
    lines = st.builds(Line, location=anywhere, quantity=st.integers(1, 3))
    return st.builds(
        Order,
        id=st.uuids(),
        lines=st.lists(lines, min_size=1, max_size=4).map(tuple),
        totes=st.integers(1, 3),
        volume_ml=st.integers(0, 900),
        weight_g=st.integers(0, 900),
        due_s=st.none() | st.integers(-60, 1200).map(float),
        priority=st.integers(0, 2),
    )


@st.composite
def problems(draw: st.DrawFn, most_orders: int = 10) -> Problem:
    """Days of some orders with loads, cutoffs and priorities, for up to three pickers with or without shifts.

    Some orders fit no cart, some want what is nowhere, some walk in a frozen batch and some in an earlier one.
    """
    floor = draw(floors())
    orders = draw(st.lists(orders_on(floor), max_size=most_orders, unique_by=lambda order: order.id))
    small = Cart(name="small", totes=2, volume_ml=1500, weight_g=1200)
    large = Cart(name="large", totes=5, volume_ml=2000, weight_g=2500, lines=12)
    until = st.none() | st.integers(200, 2000).map(float)
    pickers = st.builds(Picker, id=st.integers(), available_from_s=st.integers(0, 100), available_until_s=until)
    carts = draw(st.sampled_from([(small,), (large,), (small, large)]))
    frozen = (tuple(order.id for order in orders[:2]),) if len(orders) > 1 and draw(st.booleans()) else ()
    return Problem(
        layout=floor,
        orders=tuple(orders),
        carts=carts,
        pickers=tuple(draw(st.lists(pickers, max_size=3, unique_by=lambda picker: picker.id))),
        frozen=frozen,
        earlier=(tuple(order.id for order in orders[1:4]),) if len(orders) > 1 and draw(st.booleans()) else (),
        move_penalty_m=draw(st.sampled_from([0.0, 3.0, 1000.0])),
    )
