"""Walks by the rules that people know, S-shape and largest gap, to set beside the shortest.

Both as in Roodbergen and de Koster, "Routing methods for warehouses with multiple cross aisles" (2001). One walks to
the leftmost aisle with a stop and up it to the farthest block, whose first aisle is walked through; then block by
block back to the depot, each from its back cross aisle to its front one. A block's aisles are walked through one after
another (S-shape), or entered from both ends up to the widest gap (largest gap). One block is the farthest too.
"""

from bisect import bisect_right
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple, TypeAlias

from wms.batching.errors import InvalidProblemError
from wms.batching.layout import Blocks, Layout, LocationId, Point
from wms.batching.plans import Route

Stop: TypeAlias = tuple[float, LocationId]
"""A location with its depth, from the depot's cross aisle."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Walk:
    """A route with the points (x, depth from the front) between which it is straight, from the depot and back to it."""

    route: Route
    turns: tuple[Point, ...]


class Compared(NamedTuple):
    """The lengths of one walk by each policy."""

    shortest_m: float
    s_shape_m: float
    largest_gap_m: float


def s_shape(layout: Layout, stops: Iterable[LocationId]) -> Walk:
    """Return the walk that goes through each aisle with stops; out and back where a block's last begins at its front.

    InvalidProblemError for a floor that has no blocks, and for a location that is not on it.
    """
    course = _Course(layout, stops)
    return _walked(course, lambda block: _through_each(course, block))


def largest_gap(layout: Layout, stops: Iterable[LocationId]) -> Walk:
    """Return the walk that goes through each block's first and last aisle, and enters the others up to the widest gap.

    Where all stops lie in the nearest block, the aisles between the leftmost and the depot are entered from the front
    on the way out. InvalidProblemError as for `s_shape`.
    """
    course = _Course(layout, stops)
    if course.left and max(course.left) == 0:
        for x_m in reversed(course.aisles(0)[1:-1]):
            if x_m <= course.depot_x_m:
                course.enter(0, x_m, course.up_to_gap(0, x_m, from_front=True))
    return _walked(course, lambda block: _up_to_gaps(course, block))


def shortest(layout: Layout, stops: Iterable[LocationId]) -> Route:
    """Return the shortest route; a short one on a floor without blocks. InvalidProblemError for unknown locations."""
    # numba takes a second to load: who only names policies does not wait for it
    from wms.batching.routing import router_for  # noqa: PLC0415

    used = _known(layout, stops)
    router = router_for(layout, used)
    numbers = range(len(used))
    return Route(stops=tuple(used[number] for number in router.sequence(numbers)), metres=router.metres(numbers))


def compare(layout: Layout, stops: Iterable[LocationId]) -> Compared:
    """Return how long the walk over the stops is by each policy. InvalidProblemError as for `s_shape`."""
    used = _known(layout, stops)
    return Compared(
        shortest_m=shortest(layout, used).metres,
        s_shape_m=s_shape(layout, used).route.metres,
        largest_gap_m=largest_gap(layout, used).route.metres,
    )


class _Course:
    """A walk being made: depths count from the depot's cross aisle, and `left` has each block's stops by aisle."""

    def __init__(self, layout: Layout, stops: Iterable[LocationId]) -> None:
        """Stand at the depot."""
        if not isinstance(layout, Blocks):
            raise InvalidProblemError("layout", "S-shape and largest gap are for floors of parallel aisles (blocks)")
        self._layout = layout
        self._end_m = layout.cross_y_m[-1]
        self.cross_m = sorted(self._from_front(depth_m) for depth_m in layout.cross_y_m)
        self.left: dict[int, dict[float, list[Stop]]] = {}
        for stop in _known(layout, stops):
            aisle, depth_m = layout.places[stop]
            y_m = self._from_front(depth_m)
            block = min(len(self.cross_m) - 2, bisect_right(self.cross_m, y_m) - 1)
            self.left.setdefault(block, {}).setdefault(layout.aisle_x_m[aisle], []).append((y_m, stop))
        for aisles in self.left.values():
            for found in aisles.values():
                found.sort(key=lambda stop: stop[0])
        self.depot_x_m = layout.depot_x_m
        self.x_m, self.y_m = self.depot_x_m, 0.0
        self.passed: list[LocationId] = []
        self._turns: list[Point] = [(self.x_m, self.y_m)]

    def aisles(self, block: int) -> list[float]:
        """Return where a block's aisles are that still have stops, from the left."""
        return sorted(self.left.get(block, {}))

    def across(self, x_m: float) -> None:
        """Walk along the cross aisle."""
        self._go(x_m, self.y_m)

    def through(self, block: int) -> None:
        """Walk through the aisle to the block's other end, and take what is left in it."""
        stops = self.left.get(block, {}).get(self.x_m, [])
        front_m, back_m = self.cross_m[block : block + 2]
        is_up = self.y_m == front_m
        self._take(block, stops if is_up else stops[::-1])
        self._go(self.x_m, back_m if is_up else front_m)

    def up_to_gap(self, block: int, x_m: float, *, from_front: bool) -> Sequence[Stop]:
        """Return what lies before an aisle's widest gap, seen from this end of the block, the nearest first."""
        stops = self.left[block][x_m]
        front_m, back_m = self.cross_m[block : block + 2]
        gaps = [far - near for near, far in pairwise([front_m, *(depth_m for depth_m, _ in stops), back_m])]
        widest = gaps.index(max(gaps))
        return stops[:widest] if from_front else stops[widest:][::-1]

    def enter(self, block: int, x_m: float, stops: Sequence[Stop]) -> None:
        """Walk to an aisle, take these stops, the last of them the deepest, and come back to where one came in."""
        if stops:
            self.across(x_m)
            here_m = self.y_m
            self._go(x_m, stops[-1][0])
            self._take(block, stops)
            self._go(x_m, here_m)

    def walk(self) -> Walk:
        """Return the way gone so far, with the depot's own."""
        legs = sum(abs(to[0] - at[0]) + abs(to[1] - at[1]) for at, to in pairwise(self._turns))
        metres = legs + 2 * self._layout.depot_m if self.passed else 0.0
        turns = tuple((x_m, self._from_front(y_m)) for x_m, y_m in self._turns)
        return Walk(route=Route(stops=tuple(self.passed), metres=metres), turns=turns)

    def _from_front(self, depth_m: float) -> float:
        """Turn a depth from one end of the floor into that from the depot's, or back."""
        return self._end_m - depth_m if self._layout.depot_at_back else depth_m

    def _take(self, block: int, stops: Sequence[Stop]) -> None:
        """Note stops as passed."""
        self.passed += [stop for _, stop in stops]
        if stops:
            aisles = self.left[block]
            aisles[self.x_m] = [stop for stop in aisles[self.x_m] if stop not in stops]
            if not aisles[self.x_m]:
                del aisles[self.x_m]

    def _go(self, x_m: float, y_m: float) -> None:
        if (x_m, y_m) != (self.x_m, self.y_m):
            self.x_m, self.y_m = x_m, y_m
            self._turns.append((x_m, y_m))


def _walked(course: _Course, serve: Callable[[int], None]) -> Walk:
    """Return the whole walk; `serve` takes what is left in a block, from its back cross aisle to its front one."""
    if course.left:
        farthest = max(course.left)
        course.across(min(x_m for block in course.left for x_m in course.aisles(block)))
        for block in range(farthest):
            course.through(block)
        first, *others = course.aisles(farthest)
        if others:
            course.across(first)
            course.through(farthest)
            serve(farthest)
        else:
            course.enter(farthest, first, course.left[farthest][first])
        for block in reversed(range(farthest)):
            if course.aisles(block):
                serve(block)
            else:
                course.through(block)
        course.across(course.depot_x_m)
    return course.walk()


def _through_each(course: _Course, block: int) -> None:
    """Walk through a block's aisles from the nearer side; the last from its front out and back."""
    aisles = course.aisles(block)
    if abs(course.x_m - aisles[-1]) < abs(course.x_m - aisles[0]):
        aisles.reverse()
    for x_m in aisles[:-1]:
        course.across(x_m)
        course.through(block)
    if course.y_m == course.cross_m[block]:
        course.enter(block, aisles[-1], course.left[block][aisles[-1]])
    else:
        course.across(aisles[-1])
        course.through(block)


def _up_to_gaps(course: _Course, block: int) -> None:
    """Enter a block's aisles from the back, walk through the one farthest off, and enter the others from the front."""
    here_m = course.x_m
    last, *others = sorted(course.aisles(block), key=lambda x_m: (-abs(x_m - here_m), x_m))
    # What lies away from the last comes first, and then what is on the way to it.
    for x_m in sorted(others, key=lambda x_m: ((x_m - here_m) * (last - here_m) > 0, abs(x_m - here_m))):
        course.enter(block, x_m, course.up_to_gap(block, x_m, from_front=False))
    course.across(last)
    course.through(block)
    for x_m in sorted(course.aisles(block), key=lambda x_m: abs(x_m - last)):
        course.enter(block, x_m, course.left[block][x_m])


def _known(layout: Layout, stops: Iterable[LocationId]) -> list[LocationId]:
    """Return stops, each once; refuse those that are not on the floor."""
    used = list(dict.fromkeys(stops))
    for stop in used:
        if stop not in layout:
            raise InvalidProblemError("stops", f"location {stop} is not on the floor plan")
    return used
