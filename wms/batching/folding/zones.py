"""Zones: which goods lie where, and who walks there."""

from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence

from wms.batching.folding.loads import Stretch
from wms.batching.problem import Line, Order, Picker, Problem


class Zones:
    """A problem's zones; where it has one or none, everything lies in a zone that is None."""

    def __init__(self, problem: Problem) -> None:
        """Find where each frozen batch is walked."""
        zone_of = problem.zones or {}
        self.are_many = len(set(zone_of.values())) > 1
        self._zone_of = zone_of if self.are_many else {}
        lines = {order.id: order.lines for order in problem.orders} if self.are_many else {}
        self._frozen = {
            order: self._most([line for member in batch for line in lines[member]])
            for batch in problem.frozen
            if self.are_many
            for order in batch
        }

    def of_lines(self, order: Order, stretches: Iterable[Stretch]) -> Mapping[Hashable | None, list[Stretch]]:
        """Return the lines of an order by the zone in which they lie."""
        found: dict[Hashable | None, list[Stretch]] = defaultdict(list)
        for stretch in stretches:
            found[self._zone_of.get(order.lines[stretch.line].location)].append(stretch)
        return found

    def of_whole(self, order: Order) -> Hashable | None:
        """Return the zone in which an order walks that cannot be divided: of most of its lines, or of its batch's."""
        return self._frozen[order.id] if order.id in self._frozen else self._most(order.lines)

    def crews(
        self, pickers: Iterable[Picker], work: Mapping[Hashable | None, int]
    ) -> Mapping[Hashable | None, Sequence[Picker]]:
        """Return who walks where, for so much work in each zone.

        Pickers without a zone go where nobody is yet, then where most work is left for each.
        """
        crews: dict[Hashable | None, list[Picker]] = {zone: [] for zone in work}
        anywhere: list[Picker] = []
        for picker in pickers:
            if picker.zone is None or not self.are_many:
                anywhere.append(picker)
            elif picker.zone in crews:
                crews[picker.zone].append(picker)
        for picker in anywhere:
            neediest = max(crews, key=lambda zone: (not crews[zone], work[zone] / (len(crews[zone]) + 1)))
            crews[neediest].append(picker)
        return crews

    def _most(self, lines: Sequence[Line]) -> Hashable | None:
        """Return the zone of most lines; any where none of them lies on the floor."""
        known = [self._zone_of[line.location] for line in lines if line.location in self._zone_of]
        return Counter(known).most_common(1)[0][0] if known else next(iter(self._zone_of.values()), None)
