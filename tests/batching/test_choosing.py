"""The choice of whole batches is the best there is when it is called proven: checked against every choice."""

from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from wms.batching.master import Members, choose_batches


@st.composite
def batches(draw: st.DrawFn) -> list[tuple[Members, float]]:
    """Each of some orders by itself, and up to a dozen batches of several, with their metres."""
    orders = range(draw(st.integers(2, 6)))
    several = [group for size in (2, 3) for group in combinations(orders, size)]
    drawn = draw(st.lists(st.sampled_from(several), max_size=12, unique=True))
    return [(members, float(draw(st.integers(10, 40)))) for members in [*((order,) for order in orders), *drawn]]


def shortest_m(known: list[tuple[Members, float]], orders: frozenset[int]) -> float:
    """The metres of the best choice that holds each order once, by trying every one."""
    if not orders:
        return 0.0
    first = min(orders)
    return min(
        metres + shortest_m(known, orders.difference(members))
        for members, metres in known
        if first in members and orders.issuperset(members)
    )


@given(batches())
def test_a_choice_called_proven_is_the_shortest_that_covers_every_order(known: list[tuple[Members, float]]) -> None:
    columns, metres = [members for members, _ in known], [length_m for _, length_m in known]
    orders = range(1 + max(map(max, columns)))
    # An order may be in two of the chosen batches: it is then taken out of one, which is not counted as shorter.
    freely = [
        (part, length_m)
        for members, length_m in known
        for size in range(1, len(members) + 1)
        for part in combinations(members, size)
    ]
    choice = choose_batches(columns, metres, [], orders, orders, seconds=60.0, nodes=2_000)
    assert choice.is_proven
    assert {order for at in choice.chosen for order in columns[at]} == set(orders)
    assert sum(metres[at] for at in choice.chosen) == shortest_m(freely, frozenset(orders))


def test_cuts_that_hold_for_every_choice_leave_the_best_one() -> None:
    columns: list[Members] = [(0,), (1,), (2,), (3,), (0, 1), (1, 2), (0, 2), (0, 3), (0, 1, 2)]
    metres = [30.0, 30.0, 30.0, 30.0, 31.0, 31.0, 31.0, 31.0, 90.0]
    for triples in ([], [(0, 1, 2)], [(0, 1, 2), (0, 1, 3)]):
        choice = choose_batches(columns, metres, triples, range(4), range(4), seconds=60.0, nodes=2_000)
        assert choice.is_proven
        assert {columns[at] for at in choice.chosen} == {(1, 2), (0, 3)}
