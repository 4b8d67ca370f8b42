"""The floor's sentences: those that code and templates hold, and what the catalogs make of them."""

import re
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po

from tests.house.source import ROOT
from wms.domain.saying import Language
from wms.web import languages

TRANSLATED = tuple(language for language in Language if language is not Language.ENGLISH)
MAX_WORDS = 8
_ROOM = 1.4
_MORE_LETTERS = 10
_GAP = re.compile(r"\{\w+\}")


@cache
def extracted() -> tuple[Message, ...]:
    """Return the sentences as `pybabel extract` finds them now."""
    with TemporaryDirectory() as folder:
        found = Path(folder) / "floor.pot"
        command = [sys.executable, "-m", "babel.messages.frontend", "-q", "extract", "-o", str(found)]
        _ = subprocess.run(command, cwd=ROOT, check=True)
        with found.open("rb") as file:
            return tuple(message for message in read_po(file) if message.id)


@cache
def catalog(language: str) -> Catalog:
    """Return a committed catalog as people write it."""
    with (languages.CATALOGS / language / "LC_MESSAGES" / f"{languages.DOMAIN}.po").open("rb") as file:
        return read_po(file, locale=language)


def forms(words: str | tuple[str, ...] | list[str] | None) -> tuple[str, ...]:
    """Return the forms of a sentence: one, or as many as the language has plurals."""
    return (words,) if isinstance(words, str) else tuple(words or ())


def pairs(language: str) -> Iterator[tuple[Message, tuple[str, ...]]]:
    """Yield each sentence of the floor with its translation's forms, () where there is none."""
    for message in extracted():
        found = catalog(language).get(message.id)
        yield message, forms(found.string) if found and not found.fuzzy else ()


def gaps(words: str) -> set[str]:
    """Return the gaps of a sentence for values."""
    return set(_GAP.findall(words))


def count_words(sentence: str) -> int:
    """Return how many words a sentence has, each gap one."""
    return len([word for word in sentence.split() if re.search(r"\w", word)])


def room_for(sentence: str) -> float:
    """Return how many letters a translation may have besides its gaps: 40 % more, and short words some more still."""
    return letters(sentence) * _ROOM + _MORE_LETTERS


def letters(sentence: str) -> int:
    """Return how many letters a sentence has besides its gaps."""
    return len(_GAP.sub("", sentence))
