"""On the floor each order walks whole: what only a plan could bring together again is not asked of the engine."""

from tests import builders
from tests.builders import NOW
from wms import batching
from wms.services import planning
from wms.services.planning import Draft, OpenTransaction
from wms.services.planning.selection import CollectionKey, Rules

KEY = CollectionKey(carrier="usps", cutoff_at=NOW.replace(hour=14, minute=30))


def test_no_order_is_picked_in_bulk_and_one_of_many_places_is_in_one_batch(
    open_transaction: OpenTransaction,
) -> None:
    with open_transaction() as session:
        _ = builders.cart(session, slots=4)
        products = [builders.product(session, f"P{number}") for number in range(3)]
        for product in products:
            builders.stock(session, builders.location(session), product, 50)
        alike = [builders.order(session, (products[0], 1)).id for _ in range(6)]
        long = builders.order(session, *((product, 2) for product in products)).id
        draft = planning.claim(session, builders.actor(), KEY, Rules(shares_singles=False))
        assert isinstance(draft, Draft)
    problem = draft.problem
    assert (problem.bulk_per_tote, problem.may_divide_orders, problem.zones) == (None, False, None)
    plan = batching.plan(problem, batching.Iterations(10))
    placed = [order for batch in plan.batches for order in batch.orders]
    assert sorted(str(order.id) for order in placed) == sorted(map(str, [*alike, long]))
    assert {(order.parts, order.lines, order.bulk) for order in placed} == {(1, None, None)}
    assert [len(batch.orders) <= 4 and batch.zone is None for batch in plan.batches] == [True, True]
