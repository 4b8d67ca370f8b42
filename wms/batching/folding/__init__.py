"""Before and behind the search: a problem is folded into simpler ones, and their plans are unfolded into its own.

The search knows orders that walk whole, each in one batch, on one floor. Bulk picks, orders in several trips and zones
become such orders here, in this sequence: what is picked in bulk is merged, the rest is divided by zone, and what is
still too much for a cart is divided into trips. The search counts each of these pieces as one order: so many late
orders in one bulk pick are one to it, and an order late in two zones is two.
"""

from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from wms.batching.folding.pieces import Piece, pieces_of
from wms.batching.folding.unfolding import first_come_m, unfolded
from wms.batching.folding.zones import Zones
from wms.batching.plans import Plan, TakenLine
from wms.batching.problem import Order, OrderId, Picker, Problem


@dataclass(frozen=True, kw_only=True, slots=True)
class Folded:
    """A problem as the search takes it: a simpler one for each zone in which there is work.

    Where nothing had to be folded, `problems` holds the problem itself and `pieces` nothing.
    """

    problem: Problem
    problems: tuple[Problem, ...]
    zones: tuple[Hashable | None, ...] = (None,)
    pieces: tuple[Piece, ...] = ()

    def walked(self) -> Mapping[tuple[OrderId, tuple[TakenLine, ...] | None], Order]:
        """Return what the search saw as one order, for each order and what is taken of it (None: all) in one batch."""
        if not self.pieces:
            return {(order.id, None): order for order in self.problem.orders}
        return {(order.id, piece.lines): piece.walked for piece in self.pieces for order in piece.orders}

    def crew_of(self, zone: Hashable | None) -> Sequence[Picker]:
        """Return who walks in a zone in which there is work."""
        return self.problems[self.zones.index(zone)].pickers

    def unfold(self, plans: Sequence[Plan]) -> Plan:
        """Return the plan of the whole problem, from the plans of its simpler ones in their sequence."""
        if not self.pieces:
            return plans[0]
        whole = unfolded(self.problem, self.pieces, dict(zip(self.zones, plans, strict=True)))
        if not any(piece.is_bulk for piece in self.pieces):
            return whole
        unmerged = fold(replace(self.problem, bulk_per_tote=None))
        as_they_came_m = sum(map(first_come_m, unmerged.problems))
        return replace(whole, totals=replace(whole.totals, metres_first_come=as_they_came_m))


def fold(problem: Problem) -> Folded:
    """Fold a problem."""
    zones = Zones(problem)
    is_asked = zones.are_many or problem.may_divide_orders or problem.bulk_per_tote is not None
    pieces = tuple(pieces_of(problem, zones)) if is_asked else ()
    if not pieces or (not zones.are_many and all(piece.is_whole for piece in pieces)):
        return Folded(problem=problem, problems=(problem,))
    by_zone: dict[Hashable | None, list[Piece]] = defaultdict(list)
    for piece in pieces:
        by_zone[piece.zone].append(piece)
    crews = zones.crews(problem.pickers, {zone: sum(map(_lines, found)) for zone, found in by_zone.items()})
    return Folded(
        problem=problem,
        problems=tuple(
            replace(
                problem,
                orders=tuple(piece.walked for piece in found),
                pickers=tuple(replace(picker, zone=None) for picker in crews[zone]),
                frozen=_renamed(problem.frozen, found),
                earlier=_renamed(problem.earlier, found),
                bulk_per_tote=None,
                may_divide_orders=False,
                zones=None,
            )
            for zone, found in by_zone.items()
        ),
        zones=tuple(by_zone),
        pieces=pieces,
    )


def _lines(piece: Piece) -> int:
    return len(piece.walked.lines)


def _renamed(batches: Sequence[Sequence[OrderId]], pieces: Iterable[Piece]) -> tuple[tuple[OrderId, ...], ...]:
    """Return batches of orders as batches of these pieces, without those that then are empty."""
    if not batches:
        return ()
    names: Mapping[OrderId, list[OrderId]] = defaultdict(list)
    for piece in pieces:
        for order in piece.orders:
            names[order.id].append(piece.walked.id)
    renamed = (tuple(dict.fromkeys(name for order in batch for name in names.get(order, ()))) for batch in batches)
    return tuple(batch for batch in renamed if batch)
