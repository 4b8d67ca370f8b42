"""The router of a floor: how long a set of stops is to walk, and in which sequence.

Inside the engine a stop is a number: the index of its location among those the orders use.
"""

from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import TypeAlias

import numpy as np

from wms.batching.encode import Encoded
from wms.batching.kernel.bits import Words
from wms.batching.kernel.floors import Floats
from wms.batching.kernel.walks import EMPTY, reach_all, scratch_for, walk_m, walks_m
from wms.batching.layout import Layout, LocationId
from wms.batching.routes import passed, tour_of

Stops: TypeAlias = frozenset[int]


class Router:
    """Walks on one floor, each measured once."""

    def __init__(self, layout: Layout, used: Sequence[LocationId]) -> None:
        """Lay the floor out for the locations in use."""
        self.encoded = Encoded(layout, used)
        self._reach = np.full((self.encoded.floor.sub_aisles, 3), EMPTY)
        self._scratch = scratch_for(self.encoded.floor)
        self._metres: dict[bytes, float] = {}

    @property
    def is_exact(self) -> bool:
        """Whether walks on this floor are the shortest there are."""
        return self.encoded.is_exact

    def metres(self, stops: Iterable[int]) -> float:
        """Return the length of the shortest walk known from the depot over the stops and back; 0 for no stops."""
        return self.metres_of(self.words(stops))

    def metres_of(self, words: Words) -> float:
        """Return the same for a walk given as words."""
        key = words.tobytes()
        if key not in self._metres:
            self._metres[key] = self._measured(words)
        return self._metres[key]

    def metres_of_all(self, walks: Words) -> Floats:
        """Return the lengths of many walks given as rows of words."""
        if not self.is_exact:
            return np.array([self.metres_of(words) for words in walks], dtype=np.float64)
        return self.rough_metres_of_all(walks)

    def rough_metres_of_all(self, walks: Words) -> Floats:
        """Return the same; where walks are not exact, as short as the search finds them, which is quick."""
        metres = np.empty(len(walks))
        walks_m(self.encoded.floor, walks, self._reach, self._scratch, metres)
        return metres

    def _measured(self, words: Words) -> float:
        """Return the length of a walk, as the final route has it."""
        floor = self.encoded.floor
        if not self.is_exact:
            return sum(float(floor.metres[here, there]) for here, there in pairwise(tour_of(floor, words)))
        reach_all(floor, words, self._reach)
        return float(walk_m(floor, words, self._reach, self._scratch))

    def sequence(self, stops: Iterable[int]) -> list[int]:
        """Return the stops in the sequence of that walk; those that are reached from one spot follow one another."""
        wanted = frozenset(stops)
        places = passed(self.encoded.floor, self.words(wanted))
        return [stop for place in places for stop in self.encoded.stops_at(*place) if stop in wanted]

    def words(self, stops: Iterable[int]) -> Words:
        """Return the walk over the stops as words."""
        return self.encoded.words_of(self.encoded.locations[stop] for stop in stops)


def router_for(layout: Layout, used: Sequence[LocationId]) -> Router:
    """Return the router of the floor, for the locations in use."""
    return Router(layout, used)
