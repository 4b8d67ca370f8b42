"""Sorting by chance: whatever is done at the put wall, the books balance at each step and all comes to an end."""

import hypothesis
import pytest

from tests.services.picking import model_running
from tests.services.picking.model_wall_rules import Sorting

DEEP = {"whole", "item packed", "tote packed"}
"""What the examples that are the same each time get to, whatever the product comes to do."""


def test_whatever_happens_at_the_wall_each_order_is_packed_or_put_back_in_the_end(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    Sorting.reached.clear()
    model_running.run(Sorting, request, monkeypatch, examples=8, steps=15)
    print(dict(Sorting.reached))
    if hypothesis.settings().derandomize:
        assert set(Sorting.reached) >= DEEP
