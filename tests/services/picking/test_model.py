"""Picking by chance: whatever is scanned, cancelled, taken over or put back, the books balance at each step."""

import pytest

from tests.services.picking import model_running
from tests.services.picking.model_rules import Picking


def test_whatever_happens_the_books_balance_and_every_walk_can_be_ended(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    model_running.run(Picking, request, monkeypatch, examples=10, steps=20)
