"""Whose load lies on the scale: the rule of the next box, and what is told of a scale that fails."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.builders import NOW
from wms.domain.weighing import EMPTY_G, LAPSE, LASTING, SILENCE, ScaleState, Weighing, after

_SECOND = dt.timedelta(seconds=1)


def _weighing(package_id: int = 1) -> Weighing:
    return Weighing(warehouse_id=1, station_id=9, package_id=package_id, session_id=7, began_at=NOW, asked_at=NOW)


@pytest.mark.parametrize(
    ("state", "weight_g", "then"),
    [
        (ScaleState.WAITING, 0, ScaleState.EMPTY),
        (ScaleState.WAITING, EMPTY_G, ScaleState.STRANGE),
        (ScaleState.STRANGE, 720, ScaleState.STRANGE),
        (ScaleState.STRANGE, -3, ScaleState.EMPTY),
        (ScaleState.EMPTY, EMPTY_G - 1, ScaleState.EMPTY),
        (ScaleState.EMPTY, 720, ScaleState.OWN),
        (ScaleState.OWN, 900, ScaleState.OWN),
        (ScaleState.OWN, 0, ScaleState.EMPTY),
        (ScaleState.TAKEN, 720, ScaleState.TAKEN),
        (ScaleState.TAKEN, 0, ScaleState.EMPTY),
    ],
)
def test_only_an_empty_scale_makes_the_load_that_follows_the_boxs_own(
    state: ScaleState, weight_g: int, then: ScaleState
) -> None:
    assert after(state, weight_g, is_stable=True) is then


@pytest.mark.parametrize("state", ScaleState)
def test_a_jump_below_all_weights_empties_no_scale(state: ScaleState) -> None:
    assert after(state, 0, is_stable=False) is state


@given(st.lists(st.integers(-50, 3000)))
def test_a_load_is_own_only_where_the_scale_was_empty_before_it(weights: list[int]) -> None:
    weighing = _weighing()
    for weight_g in weights:
        weighing.see(weight_g, NOW, is_stable=True)
    is_own = bool(weights) and weights[-1] >= EMPTY_G and min(weights) < EMPTY_G
    assert (weighing.state is ScaleState.OWN) == is_own


def test_another_box_that_asks_begins_without_the_load_of_the_last() -> None:
    weighing = _weighing()
    weighing.see(0, NOW, is_stable=True)
    weighing.see(720, NOW, is_stable=True)
    weighing.ask(2, 7, NOW + _SECOND)
    assert (weighing.package_id, weighing.state) == (2, ScaleState.WAITING)
    weighing.see(720, NOW + _SECOND, is_stable=True)
    assert weighing.state is ScaleState.STRANGE


def test_a_box_that_asks_anew_after_a_lapse_begins_anew_too() -> None:
    weighing = _weighing()
    weighing.see(0, NOW, is_stable=True)
    states = []
    for at in (NOW + LAPSE, NOW + LAPSE + LAPSE + _SECOND):
        weighing.ask(1, 7, at)
        states.append(weighing.state)
    assert states == [ScaleState.EMPTY, ScaleState.WAITING]


def test_a_scale_that_nobody_hears_is_silent() -> None:
    weighing = _weighing()
    assert not weighing.is_silent(NOW + SILENCE)
    assert weighing.is_silent(NOW + SILENCE + _SECOND)
    weighing.see(0, NOW + SILENCE, is_stable=True)
    assert not weighing.is_silent(NOW + SILENCE + SILENCE)


def test_a_fault_is_told_once_when_it_has_lasted_and_again_after_it_was_gone() -> None:
    weighing = _weighing()
    assert not weighing.fail("silent", NOW)
    assert weighing.is_silent(NOW)
    assert weighing.fail("silent", NOW + LASTING)
    assert not weighing.fail("silent", NOW + LASTING + _SECOND)
    weighing.see(0, NOW + LASTING + _SECOND, is_stable=True)
    assert not weighing.is_silent(NOW + LASTING + _SECOND)
    assert not weighing.fail("silent", NOW + LASTING + _SECOND)
    assert weighing.fail("silent", NOW + LASTING + LASTING + _SECOND)
