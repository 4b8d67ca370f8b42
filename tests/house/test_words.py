"""Every sentence of the floor is short, and said in every language: a new one without a translation fails here."""

import gettext
from pathlib import Path

import pytest

from tests.house.templates import bare_words, floor_templates
from tests.house.words import (
    MAX_WORDS,
    TRANSLATED,
    catalog,
    count_words,
    extracted,
    forms,
    gaps,
    letters,
    pairs,
    room_for,
)


def test_an_english_sentence_has_at_most_eight_words() -> None:
    sentences = [form for message in extracted() for form in forms(message.id)]
    assert len(sentences) > 300
    assert [sentence for sentence in sentences if count_words(sentence) > MAX_WORDS] == []


@pytest.mark.parametrize("language", TRANSLATED)
def test_every_sentence_is_translated(language: str) -> None:
    untranslated = [message.id for message, translation in pairs(language) if not all(translation) or not translation]
    assert untranslated == [], "pybabel extract && pybabel update, then translate: docs/languages.md"


@pytest.mark.parametrize("language", TRANSLATED)
def test_a_catalog_holds_no_sentence_that_nobody_says(language: str) -> None:
    said = {forms(message.id) for message in extracted()}
    kept = catalog(language)
    assert [message.id for message in kept if message.id and forms(message.id) not in said] == []
    assert list(kept.obsolete) == []


@pytest.mark.parametrize("language", TRANSLATED)
def test_a_translation_has_all_plural_forms_of_its_language(language: str) -> None:
    kept = catalog(language)
    plurals = [message for message in kept if isinstance(message.id, tuple)]
    assert len(plurals) > 10
    assert [message.id for message in plurals if len(forms(message.string)) != kept.num_plurals] == []


@pytest.mark.parametrize("language", TRANSLATED)
def test_a_translation_has_the_gaps_of_its_sentence(language: str) -> None:
    """A form that stands for a single number may say it as a word."""
    single = _forms_of_one_number(language)
    different = [
        (message.id, form)
        for message, translation in pairs(language)
        for place, form in enumerate(translation)
        if gaps(form) != gaps(forms(message.id)[-1])
        and not (len(translation) > 1 and place in single and gaps(form) | {"{n}"} == gaps(forms(message.id)[-1]))
    ]
    assert different == []


def _forms_of_one_number(language: str) -> set[int]:
    form_of = gettext.c2py(catalog(language).plural_expr)
    counted = [form_of(n) for n in range(200)]
    return {form for form in counted if counted.count(form) == 1}


@pytest.mark.parametrize("language", TRANSLATED)
def test_no_translation_is_longer_than_its_room(language: str) -> None:
    too_long = [
        (form, letters(form), room_for(max(forms(message.id), key=letters)))
        for message, translation in pairs(language)
        for form in translation
        if letters(form) > room_for(max(forms(message.id), key=letters))
    ]
    assert too_long == []


@pytest.mark.parametrize("language", TRANSLATED)
def test_a_translation_has_as_few_words_as_english_may_have(language: str) -> None:
    wordy = [form for _, translation in pairs(language) for form in translation if count_words(form) > MAX_WORDS]
    assert wordy == []


def test_a_floor_template_holds_no_word_that_cannot_be_translated() -> None:
    templates = floor_templates()
    assert len(templates) > 30
    assert {path.name: bare for path in templates if (bare := bare_words(path))} == {}


@pytest.mark.parametrize(
    "template",
    ["<p>Scan it</p>", '<i title="Close"></i>', '{{ command("K017", "SHORT", "short") }}', "{{ 'take ' ~ left }}"],
)
def test_a_bare_word_is_found(template: str, tmp_path: Path) -> None:
    path = tmp_path / "screen.html"
    _ = path.write_text(template)
    assert bare_words(path) != []
