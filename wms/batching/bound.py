"""A length that no plan can beat."""

from itertools import accumulate

from wms.batching.workload import Workload


def lower_bound_m(work: Workload) -> float | None:
    """Return the metres every plan walks at least, or None where routes are not exact.

    A batch is at least as long as its longest order alone. With at most k totes a batch, the sum of those longest
    orders is least when the longest k totes walk together, then the next k. Frozen batches are taken as they are.
    A weak bound: it knows nothing of how orders spread over the floor.
    """
    if not work.router.is_exact:
        return None
    most_totes = max(cart.totes for cart in work.problem.carts)
    alone = sorted(((work.metres([number]), work.orders[number].totes) for number in work.free), reverse=True)
    # The batches that the totes so far fill; an order that begins or runs into a new batch is counted for each.
    ends = [-(-totes // most_totes) for totes in accumulate(totes for _, totes in alone)]
    begun = zip(ends, [0, *ends], strict=False)
    heads = sum(metres * (end - before) for (metres, _), (end, before) in zip(alone, begun, strict=True))
    return heads + sum(work.metres(batch) for batch in work.frozen)
