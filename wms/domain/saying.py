"""What workers read: written once in English, and said on the page in the language of whoever reads it.

What `say` makes is the English sentence, so services, the journal and tests take it as any text. It also remembers how
it was made, so that a page can make it anew from the translated template. docs/languages.md tells the rest.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any, LiteralString, Self


class Language(StrEnum):
    """What floor pages speak besides English; each is a folder of wms/translations."""

    ENGLISH = "en"
    SPANISH = "es"
    POLISH = "pl"
    GERMAN = "de"
    ARABIC = "ar"


Value = str | int | float
"""What fills a gap of a sentence: a name, a number, or another sentence, which is translated with it."""

_NONE: Mapping[str, Value] = {}


class Said(str):
    """An English sentence with the template and values it was made from; `many` is its plural, '' where it has none.

    A text without values is taken as it stands, braces too.
    """

    __slots__ = ("many", "template", "values")

    template: str
    many: str
    values: Mapping[str, Value]

    def __new__(cls, template: str, values: Mapping[str, Value] = _NONE, many: str = "") -> Self:
        """Write the sentence out in English; the plural goes by the value `n`."""
        chosen = many if many and values["n"] != 1 else template
        said = super().__new__(cls, written(chosen, values) if values else chosen)
        said.template, said.values, said.many = template, values, many
        return said


def written(template: str, values: Mapping[str, Value]) -> str:
    """Return a template with its gaps filled; a measure has no zeros behind its last digit."""
    return template.format_map({name: f"{one:g}" if isinstance(one, float) else one for name, one in values.items()})


def say(sentence: LiteralString, /, **values: Value) -> Said:
    """Say a sentence with gaps such as `{left}` for the values."""
    return Said(sentence, values)


def say_some(one: LiteralString, many: LiteralString, n: int, /, **values: Value) -> Said:
    """Say a sentence that has a number in it, the gap `{n}`: as for one, or as for many."""
    return Said(one, {"n": n, **values}, many)


def kept(words: str) -> Any:
    """Return words as JSON can keep them, with all that says them again in another language."""
    if not isinstance(words, Said):
        return words
    values = {name: kept(value) if isinstance(value, str) else value for name, value in words.values.items()}
    return {"say": words.template, "values": values, "many": words.many}


def read_kept(words: Any) -> str:
    """Return the words that `kept` made JSON of."""
    if isinstance(words, str):
        return words
    values = {name: read_kept(value) if isinstance(value, dict) else value for name, value in words["values"].items()}
    return Said(words["say"], values, words["many"])
