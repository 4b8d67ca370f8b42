"""Sentences that remember how they were made: English as they stand, and able to be made anew."""

import json
from dataclasses import asdict

import pytest

from wms.domain.saying import Said, kept, read_kept, say, say_some
from wms.services.scans.screens import Feedback


def test_a_sentence_is_its_english_text() -> None:
    assert say("Take {n} out of {tote}", n=2, tote="T000017") == "Take 2 out of T000017"


@pytest.mark.parametrize(("n", "said"), [(0, "0 orders"), (1, "1 order"), (2, "2 orders")])
def test_a_sentence_with_a_number_has_its_plural(n: int, said: str) -> None:
    assert say_some("{n} order", "{n} orders", n) == said


def test_a_measure_has_no_zeros_behind_its_last_digit() -> None:
    assert say("{cm} cm, {kg} kg", cm=30.0, kg=31.5) == "30 cm, 31.5 kg"


def test_a_text_without_gaps_keeps_its_braces() -> None:
    assert Said("{strange}") == "{strange}"


def test_a_value_with_braces_is_no_gap() -> None:
    assert say("Hello {name}", name="{name}") == "Hello {name}"


@pytest.mark.parametrize(
    "words",
    [
        say("PUT IT BACK"),
        say_some("{batch}, {n} order", "{batch}, {n} orders", 3, batch="W1"),
        say("{that}. {ask}", that=say("That is a TOTE"), ask=say("Too small: {cm} cm item", cm=31.5)),
    ],
)
def test_what_was_kept_as_json_can_be_said_again(words: Said) -> None:
    again = read_kept(json.loads(json.dumps(kept(words))))
    assert isinstance(again, Said)
    assert (again, again.template, again.many, again.values) == (words, words.template, words.many, words.values)


def test_a_plain_text_is_kept_as_it_is() -> None:
    assert read_kept(json.loads(json.dumps(kept("Thing MUG")))) == "Thing MUG"


def test_a_copy_can_be_said_again_too() -> None:
    verdict = Feedback(words=say("Take {n}", n=2))
    copied = asdict(verdict)["words"]
    assert (copied, copied.template, copied.values) == ("Take 2", "Take {n}", {"n": 2})
